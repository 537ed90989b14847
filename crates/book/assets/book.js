// Everything can be read without this file. It adds search, theme, side, copying, stepping, filters.
"use strict";
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const remember = (name, value) => {
  try { localStorage.setItem(name, value); } catch { /* Then it is forgotten. */ }
};

// Theme
const themeButton = document.querySelector(".theme");
const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const nameTheme = () => { themeButton.textContent = isDark() ? "Light" : "Dark"; };
themeButton.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  remember("theme", root.dataset.theme);
  nameTheme();
});
nameTheme();

// Sides
for (const button of all(".swap")) {
  button.addEventListener("click", () => {
    const left = root.classList.toggle("swapped") ? "rust" : "go";
    remember("side", left);
  });
}

// Copying one side: a line that is not shown is empty.
for (const button of all(".copy")) {
  button.addEventListener("click", async () => {
    const lines = [];
    for (const line of all(`.side.${button.dataset.side} .l`, button.closest(".pair"))) {
      lines[Number(line.id.split("-").pop()) - 1] = line.textContent;
    }
    const text = Array.from(lines, (line) => line ?? "").join("\n") + "\n";
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  });
}

// Selecting in one column takes that column only; one that begins elsewhere takes both.
addEventListener("mousedown", (event) => {
  const side = event.target.closest?.(".side");
  for (const pair of all(".pair")) {
    const within = side && pair.contains(side) ? side.classList : null;
    pair.classList.toggle("only-go", !!within?.contains("go"));
    pair.classList.toggle("only-rust", !!within?.contains("rust"));
  }
});

// A link into something folded opens it.
const unfold = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  let folded = false;
  for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) {
    folded ||= !at.open;
    at.open = true;
  }
  if (folded) target.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();

// Stepping through a script
for (const button of all(".step")) {
  const steps = all("li", button.closest(".script"));
  let shown = steps.length;
  button.addEventListener("click", () => {
    shown = shown >= steps.length ? 1 : shown + 1;
    steps.forEach((step, place) => step.classList.toggle("later", place >= shown));
    button.textContent = shown >= steps.length ? "Again" : `Step ${shown} of ${steps.length}`;
  });
}

// The ledger, in two tables
const ledgers = all(".ledger").map((table) => ({ table, rows: all("tbody tr", table), heads: all("thead th", table) }));
if (ledgers.length) {
  const form = document.querySelector(".filter");
  const rows = ledgers.flatMap((ledger) => ledger.rows);
  const show = () => {
    const chosen = Object.fromEntries(new FormData(form));
    for (const row of rows) {
      row.hidden = ["verdict", "topic", "favours"].some((name) => chosen[name] && row.dataset[name] !== chosen[name]);
    }
    form.querySelector(".left").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  };
  // By a column, or in the order in which it is written.
  const sort = ({ table, rows, heads }, column, up) => {
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column]?.setAttribute("aria-sort", up ? "ascending" : "descending");
    // A verdict's sign says nothing of its place.
    const text = (row) => row.children[column].textContent.replace(/^[^\p{L}\p{N}]+/u, "");
    const order = (a, b) => text(a).localeCompare(text(b), "en", { numeric: true }) * (up ? 1 : -1);
    table.tBodies[0].append(...(heads[column] ? [...rows].sort(order) : rows));
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "sort") ledgers.forEach((ledger) => sort(ledger, event.target.value, true));
    show();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const ledger of ledgers) {
    ledger.heads.forEach((head, column) => {
      head.addEventListener("click", () => sort(ledger, column, head.getAttribute("aria-sort") !== "ascending"));
    });
  }
  show();
}

// The command for one's own point
const point = document.querySelector("form.point");
if (point) {
  const command = document.getElementById("point");
  const take = point.querySelector(".take");
  point.addEventListener("input", () => {
    take.disabled = !point.checkValidity();
    if (take.disabled) {
      const wrong = point.querySelector(":invalid");
      command.textContent = `${wrong.closest("label").querySelector("span").textContent}: write for example ${wrong.defaultValue}.`;
      return;
    }
    // A shell takes < for a file; each target has an option of its own.
    const quoted = (word) => /^[\w.,:=-]+$/.test(word) ? word : `'${word}'`;
    const options = [...new FormData(point)].flatMap(([name, value]) => value.split(",").map((word) => [name, word.trim()]));
    const words = options.filter(([, word]) => word).map(([name, word]) => ` --${name} ${quoted(word)}`);
    command.textContent = "cargo lab point" + words.join("");
  });
  point.addEventListener("submit", (event) => event.preventDefault());
  take.addEventListener("click", () => navigator.clipboard.writeText(command.textContent));
}

// Search: the index is a script, since a page of the file system may not read files.
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
const search = async () => {
  await load();
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  found.hidden = words.length === 0;
  const hits = [];
  for (const [title, place, text] of window.bookIndex) {
    const [head, body] = [plain(title), plain(text)];
    if (!words.every((word) => head.includes(word) || body.includes(word))) continue;
    const names = head.split(/[^\p{L}\p{N}:.]+/u);
    const score = words.reduce((sum, word) => sum + (names.includes(word) ? 4 : head.includes(word) ? 2 : 1), 0);
    hits.push([score, title, place, text, body.indexOf(words[0])]);
  }
  hits.sort((a, b) => b[0] - a[0]);
  found.replaceChildren();
  for (const [, title, place, text, at] of hits.slice(0, 20)) {
    const link = document.createElement("a");
    link.href = root.dataset.up + place;
    link.textContent = title;
    if (at >= 0 && text.includes(" ")) {
      const small = document.createElement("small");
      small.textContent = text.slice(Math.max(0, at - 30), at + 90);
      link.append(small);
    }
    found.append(link);
  }
  if (!hits.length && words.length) {
    const none = document.createElement("p");
    none.textContent = "Nothing found.";
    found.append(none);
  }
};
input.addEventListener("input", search);
input.addEventListener("focus", load);
found.addEventListener("click", () => { found.hidden = true; });
addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !typing) {
    event.preventDefault();
    input.focus();
  } else if (event.key === "Escape") {
    found.hidden = true;
  } else if (event.key === "Enter" && event.target === input) {
    found.querySelector("a")?.click();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !found.hidden) {
    const links = [input, ...all("a", found)];
    const next = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
    event.preventDefault();
  }
});
