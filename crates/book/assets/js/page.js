// Every page can be read without this file. It adds theme, search, swapping, copying, presenting, stepping
// through the memory, filters, and the command for a load of one's own.
"use strict";
const root = document.documentElement;
const first = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const remember = (name, value) => {
  try { localStorage.setItem(name, value); } catch { /* Then it is forgotten. */ }
};
const recall = (name) => {
  try { return localStorage.getItem(name); } catch { return null; }
};

// Theme
first(".theme").addEventListener("click", () => {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  remember("theme", root.dataset.theme);
});

// A link into something folded opens it.
const target = () => {
  // A hash with an equals sign is a filter or a script, not an id.
  if (location.hash.includes("=")) return null;
  const id = decodeURIComponent(location.hash.slice(1));
  return id ? document.getElementById(id) : null;
};
const unfold = () => {
  let folded = false;
  for (let at = target()?.closest("details"); at; at = at.parentElement.closest("details")) {
    folded ||= !at.open;
    at.open = true;
  }
  if (folded) target().scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();

// A tool says for a moment what became of a click.
const copy = async (button, text) => {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
};

for (const button of all(".command-box button")) {
  button.addEventListener("click", () => copy(button, first("code", button.parentElement).textContent));
}

// The chapters that were opened, for the page for someone learning.
const seen = new Set((recall("seen") ?? "").split(" ").filter(Boolean));
const chapter = first(".chap")?.dataset.topic;
if (chapter && !seen.has(chapter)) remember("seen", [...seen.add(chapter)].join(" "));
for (const item of all(".way [data-topic]")) {
  if (!seen.has(item.dataset.topic)) continue;
  item.classList.add("seen");
  first("small", item).textContent += ", opened";
}
