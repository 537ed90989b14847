// The playground of a chapter: where this book is served by its own server, the editor is fetched; elsewhere
// the page says how to get there. See crates/book/src/playground.
"use strict";
(() => {
  const section = document.getElementById("playground");
  const topic = section.dataset.topic;

  // The script that the address carries
  const carried = () => {
    if (!location.hash.startsWith("#script=")) return null;
    try { return decodeURIComponent(location.hash.slice("#script=".length)); } catch { return null; }
  };

  const note = (name, ...content) => {
    const line = document.createElement("p");
    line.className = name;
    line.append(...content);
    section.append(line);
    return line;
  };
  const answered = () => section.querySelector(".unanswered")?.remove();
  const unanswered = (why) => {
    answered();
    const command = document.createElement("code");
    command.textContent = "cargo make serve";
    note("unanswered", `${why} `, command, " starts it, and prints the address to open.").role = "status";
    const script = carried();
    if (script === null || section.querySelector(".carried, textarea")) return;
    note("carried", "This address carries a script:");
    const shown = document.createElement("pre");
    shown.tabIndex = 0;
    shown.ariaLabel = "The script of this address";
    shown.textContent = script;
    section.append(shown);
  };

  const begin = async () => {
    const isHere = location.protocol === "http:" && ["127.0.0.1", "localhost"].includes(location.hostname);
    if (!isHere) {
      if (carried() !== null) unanswered("Only a book that is served on your own machine has a playground.");
      return;
    }
    try {
      const answer = await fetch(`/playground/${topic}`);
      if (answer.ok) {
        const { edit } = await import("./playground-editor.js");
        edit(section, await answer.json(), { carried, answered, unanswered });
      } else {
        unanswered(answer.status === 403 ? (await answer.text()).trim() : "This server shows the book without its playground.");
      }
    } catch {
      unanswered("The playground does not answer.");
    }
  };
  begin();
})();
