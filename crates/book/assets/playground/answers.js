// What both programs answer to a script: two columns, line by line, and whether they are the same.
import { make } from "./playground-parts.js";

/** More lines than a page shows at once. */
const MAX_ROWS = 2000;
const SIDES = [["go", "Go"], ["rust", "Rust"]];

const lines = (output) => output ? output.replace(/\n$/, "").split("\n") : [];

const row = (...cells) => make("div", { class: "row", role: "row" }, ...cells);

/** Both outputs side by side, each line at the height of its twin. */
const table = (answer) => {
  const printed = SIDES.map(([side]) => lines(answer[side].output));
  const count = Math.max(...printed.map((all) => all.length));
  const head = row(...SIDES.map(([side, name]) => make("div", { class: `${side} head`, role: "columnheader" }, name)));
  const line = (_, place) => {
    const [go, rust] = printed.map((all) => all[place]);
    const name = go !== rust && answer.comparison === "differs" ? " differs" : "";
    return row(...[go, rust].map((text, own) => make("div", { class: SIDES[own][0] + name, role: "cell" }, text ?? "")));
  };
  const rows = [head, ...Array.from({ length: Math.min(count, MAX_ROWS) }, line)];
  if (count > MAX_ROWS) rows.push(row(make("div", { class: "rest", role: "cell" }, `${count - MAX_ROWS} more lines`)));
  return rows;
};

/** Whether both answer the same, in words; what must not happen is said loudly. */
const compared = (answer, report) => {
  const said = (end) => SIDES.filter(([side]) => answer[side].end === end).map(([side, name]) => `${name} ${answer[side].said}`);
  const times = SIDES.map(([side, name]) => `${name} ${answer[side].milliseconds.toFixed(0)} ms`).join(", ");
  switch (answer.comparison) {
    case "same": return [make("b", {}, "= same output"), ` · ${times}`];
    case "limit": return [make("b", {}, "Limit: "), `${said("limit").join("; ")}. What came before is the same.`];
    default: return [
      make("b", {}, "The two programs differ. That is a defect. "), "Please report it with what this prints:",
      make("pre", { tabindex: "0", "aria-label": "The command to report it" }, report),
      ...[...said("refused"), ...said("broke"), ...said("limit")].map((text) => make("span", { class: "said" }, text)),
    ];
  }
};

/** The place of the answers to what stands in a sheet. */
export const answers = (topic, sheet, keep) => {
  const status = make("div", { class: "compared", role: "status" });
  const rows = make("div", { class: "rows", role: "table", "aria-label": "What both programs print", tabindex: "0" });
  const wrong = make("p", { class: "wrong", id: "script-error", role: "alert" });
  const show = (answer) => {
    rows.replaceChildren(...table(answer));
    status.className = `compared ${answer.comparison}`;
    status.replaceChildren(...compared(answer, `${keep()}cargo lab verify --only ${topic}`));
    const refused = answer.comparison === "same" && answer.go.end === "refused" ? answer.go : null;
    wrong.textContent = refused ? `Both say: ${refused.said}` : "";
    sheet.draw(refused?.line ?? null);
  };
  return {
    status, rows, wrong, show,
    say: (text) => { status.className = "compared"; status.textContent = text; },
    forget: () => { wrong.textContent = ""; },
  };
};
