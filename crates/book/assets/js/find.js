// Search: the index is a script, since a page of the file system may not read files.
const box = document.getElementById("contents");
const input = document.getElementById("search");
const found = document.getElementById("found");
let loading;
const load = () => loading ??= new Promise((resolve) => {
  const script = document.createElement("script");
  script.src = root.dataset.up + "search.js";
  script.onload = resolve;
  document.head.append(script);
});
const plain = (text) => text.toLowerCase().replaceAll("_", "");

// Whole words around the first hit, with the hit marked.
const excerpt = (text, word) => {
  const at = text.toLowerCase().indexOf(word.toLowerCase());
  if (at < 0) return [];
  let [from, to] = [Math.max(0, at - 40), Math.min(text.length, at + 100)];
  while (from > 0 && from < at && /\S/.test(text[from - 1])) from += 1;
  while (to < text.length && /\S/.test(text[to])) to -= 1;
  to = Math.max(to, at + word.length);
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, at + word.length);
  const [before, after] = [from > 0 ? "… " : "", to < text.length ? " …" : ""];
  return [before + text.slice(from, at), mark, text.slice(at + word.length, to) + after];
};
const link = ([title, place, text], words) => {
  const link = document.createElement("a");
  link.href = root.dataset.up + place;
  link.textContent = title;
  const parts = words.map((word) => excerpt(text, word)).find((parts) => parts.length);
  if (parts) {
    const small = document.createElement("small");
    small.append(...parts);
    link.append(small);
  }
  return link;
};
const search = async () => {
  await load();
  const typed = input.value.trim().split(/\s+/).filter(Boolean);
  const words = typed.map(plain).filter(Boolean);
  found.hidden = words.length === 0;
  first("nav", box).hidden = !found.hidden;
  const hits = [];
  for (const entry of window.bookIndex) {
    const [head, body] = [plain(entry[0]), plain(entry[2])];
    if (!words.every((word) => head.includes(word) || body.includes(word))) continue;
    const names = head.split(/[^\p{L}\p{N}:.]+/u);
    const score = words.reduce((sum, word) => sum + (names.includes(word) ? 4 : head.includes(word) ? 2 : 1), 0);
    // What teaches comes before what drives it.
    hits.push([entry[1].startsWith("source/") ? score - 0.5 : score, entry]);
  }
  hits.sort((a, b) => b[0] - a[0]);
  found.replaceChildren(...hits.slice(0, 20).map(([, entry]) => link(entry, typed)));
  if (!hits.length && words.length) {
    const none = document.createElement("p");
    none.textContent = "Nothing found.";
    found.append(none);
  }
};
input.addEventListener("input", search);
input.addEventListener("focus", load);
found.addEventListener("click", () => box.hidePopover());
addEventListener("keydown", (event) => {
  // A field keeps the focus for a moment after its box is closed.
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.checkVisibility();
  if (event.key === "/" && !typing && !first("dialog[open]")) {
    event.preventDefault();
    box.showPopover();
    input.focus();
  } else if (event.key === "Enter" && event.target === input) {
    first("a", found)?.click();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && box.contains(event.target) && !found.hidden) {
    const links = [input, ...all("a", found)];
    const next = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
    event.preventDefault();
  }
});
