// The playground's section of a chapter: the script that an address carries, and notes for the reader.
"use strict";
const playgroundPage = (() => {
  const section = document.getElementById("playground");

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

  // Takes away the note that there is no playground.
  const answered = () => section.querySelector(".unanswered")?.remove();

  // Says why there is no playground yet.
  const waiting = (why) => {
    answered();
    note("unanswered", why).role = "status";
  };

  // Says why there is no playground and how to start it, and shows the script of the address.
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

  // Says that the server goes on as it was built.
  const outdated = () => {
    if (section.querySelector(".outdated")) return;
    const command = document.createElement("code");
    command.textContent = "cargo make serve";
    const why = "The book's own code or style changed, and this server still has the old one. To see the change, stop ";
    const line = note("outdated", why, command, " in its terminal and start it again.");
    line.role = "status";
    section.querySelector("h2").after(line);
  };

  return { section, carried, answered, waiting, unanswered, outdated };
})();
