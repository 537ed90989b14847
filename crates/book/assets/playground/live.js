
// The server of the book has a playground: fetches the editor.
(async () => {
  const { section, carried, answered, unanswered } = playgroundPage;
  try {
    const answer = await fetch(`/playground/${section.dataset.topic}`);
    if (answer.ok) {
      const { edit } = await import("./playground-editor.js");
      edit(section, await answer.json(), { carried, answered, unanswered });
    } else {
      unanswered((await answer.text()).trim());
    }
  } catch {
    unanswered("The playground does not answer.");
  }
})();
