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

  return { section, carried, answered, unanswered };
})();
