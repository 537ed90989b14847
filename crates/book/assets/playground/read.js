
// A book that is only read has no playground, and asks no server for one.
if (playgroundPage.carried() !== null) playgroundPage.unanswered("This book is only read here.");
