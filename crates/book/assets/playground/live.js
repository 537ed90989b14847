
// The server of the book has a playground: fetches the editor.
(async () => {
  const { section, ...page } = playgroundPage;
  const RETRY = 1000;
  const begin = async () => {
    try {
      const answer = await fetch(`/playground/${section.dataset.topic}`);
      if (answer.ok) {
        const { edit } = await import("./playground-editor.js");
        page.answered();
        edit(section, await answer.json(), page);
      } else if (answer.status === 503) {
        // The programs are being built.
        page.waiting((await answer.text()).trim());
        setTimeout(begin, RETRY);
      } else {
        page.unanswered((await answer.text()).trim());
      }
    } catch {
      page.unanswered("The playground does not answer.");
    }
  };
  begin();
})();
