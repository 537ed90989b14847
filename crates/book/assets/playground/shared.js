// Helpers that the scripts of the playground share: elements, tables, requests.

/** Both languages: the class of their elements, and their names. */
export const LANGUAGES = [["go", "Go"], ["rust", "Rust"]];

/** A whole number, with commas between thousands: `12,000`. */
export const whole = (number) => number.toLocaleString("en");

/** An element with attributes and content. */
export const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

/** A table with a class, the heads of its columns, and rows whose first cell is a head. */
export const table = (name, heads, rows) => {
  const head = ([text, side = ""]) => make("th", { scope: "col", class: side }, text);
  const row = ([first, ...others]) => make("tr", {}, make("th", { scope: "row" }, first), ...others.map((cell) => make("td", {}, cell)));
  return make("table", { class: name }, make("thead", {}, make("tr", {}, ...heads.map(head))), make("tbody", {}, ...rows.map(row)));
};

/** A button that copies a text. */
export const copying = (label, text) => {
  const button = make("button", { type: "button" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  });
  return button;
};

/** A request to the playground. */
export const post = (path, body, signal) => fetch(`/playground/${path}`, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
});
