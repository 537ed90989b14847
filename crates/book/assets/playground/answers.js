// What both programs reply to a script: two columns, line by line, and whether they are the same.
import { LANGUAGES, make, whole } from "./playground-shared.js";

/** The most lines that a page shows. */
const MAX_ROWS = 2000;

const lines = (output) => output ? output.replace(/\n$/, "").split("\n") : [];

const row = (...cells) => make("div", { class: "line", role: "row" }, ...cells);

/** Both outputs side by side, each line at the height of its twin. */
const rowsOf = (replies) => {
  const printed = LANGUAGES.map(([side]) => lines(replies[side].output));
  const count = Math.max(...printed.map((all) => all.length));
  const head = row(...LANGUAGES.map(([side, name]) => make("div", { class: `${side} head`, role: "columnheader" }, name)));
  const line = (_, place) => {
    const [go, rust] = printed.map((all) => all[place]);
    const mark = go !== rust && replies.comparison === "differs" ? " differs" : "";
    return row(...[go, rust].map((text, own) => make("div", { class: LANGUAGES[own][0] + mark, role: "cell" }, text ?? "")));
  };
  const rows = [head, ...Array.from({ length: Math.min(count, MAX_ROWS) }, line)];
  if (count > MAX_ROWS) rows.push(row(make("div", { class: "rest", role: "cell" }, `${whole(count - MAX_ROWS)} more lines`)));
  return rows;
};

/** Whether both reply the same, in words; a difference is a defect, and said loudly. */
const compared = (replies, report) => {
  const whys = (...ends) => LANGUAGES.filter(([side]) => ends.includes(replies[side].end)).map(([side, name]) => `${name}: ${replies[side].why}`);
  const times = LANGUAGES.map(([side, name]) => `${name} ${replies[side].milliseconds.toFixed(0)} ms`).join(", ");
  switch (replies.comparison) {
    case "same": return [make("b", {}, "same output"), ` · ${times}`];
    case "limit": return [make("b", {}, "Limit. "), `${whys("limit").join("; ")}. The output before it is the same.`];
    default: return [
      make("b", {}, "The two programs differ. That is a defect. "), "Please report it with what this command prints:",
      make("pre", { tabindex: "0", "aria-label": "The command to report it" }, report),
      ...whys("refused", "crashed", "limit").map((text) => make("span", { class: "why" }, text)),
    ];
  }
};

/** The place of the replies to the script in a sheet; `keep` is the command that keeps it. */
export const answers = (topic, sheet, keep) => {
  const refusal = make("p", { class: "refusal", role: "alert" });
  const status = make("div", { class: "compared", role: "status" });
  const rows = make("div", { class: "rows", role: "table", "aria-label": "What both programs print", tabindex: "0" });
  const wrong = make("p", { class: "wrong", id: "script-error", role: "alert" });
  const show = (replies) => {
    rows.classList.remove("old");
    rows.replaceChildren(...rowsOf(replies));
    status.className = `compared ${replies.comparison}`;
    status.replaceChildren(...compared(replies, `${keep()}cargo lab verify --only ${topic}`));
    const refused = replies.comparison === "same" && replies.go.end === "refused" ? replies.go : null;
    wrong.textContent = refused ? `Both say: ${refused.why}` : "";
    sheet.draw(refused?.line ?? null);
  };
  return {
    refusal, status, rows, wrong, show,
    // A text that was not inserted changes no script: what was printed is that of the script.
    refuse: (text) => { refusal.textContent = text; },
    // What was printed for another script stays, and is seen to be old.
    say: (text) => { status.className = "compared"; status.textContent = text; rows.classList.add("old"); },
    forget: () => { wrong.textContent = refusal.textContent = ""; },
  };
};
