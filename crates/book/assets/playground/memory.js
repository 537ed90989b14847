// "Watch the memory" at the line of the cursor: what became of each value, from traces of both programs.
import { LANGUAGES, make, post, whole } from "./playground-shared.js";

const STATES = ["alive", "garbage", "freed", "leaked"];

/** Milliseconds until a trace is asked for again that had to wait. */
const RETRY = 600;

/** How many values are in each state, or the figures of a topic that counts no values. */
const summary = ({ counts, figures }) => {
  const states = STATES.filter((state) => counts?.[state]).map((state) => `${whole(counts[state])} ${state}`);
  const others = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  return [...states, ...others].join(", ") || "nothing";
};

const side = (moment, [name, title]) => {
  const shown = moment.objects.map(({ id, state }) => make("li", { class: state, title: state }, id, make("span", { class: "state" }, ` ${state}`)));
  const links = moment.links.map(({ from, to, kind }) => `${from} → ${to}${kind === "weak" ? " (weak)" : ""}`);
  return make("div", { class: name },
    make("p", {}, make("b", {}, title), ` ${summary(moment)}`),
    make("ul", {}, ...shown),
    ...(links.length ? [make("p", { class: "links" }, links.join(", "))] : []));
};

const states = ({ counts, objects, figures }) => JSON.stringify([counts, objects, figures]);

/** Follows the cursor of a sheet through the trace of its script. */
export const memory = (topic, sheet) => {
  const node = make("section", { class: "memory", "aria-label": "Watch the memory", hidden: "" });
  let lines = [];
  let shown;
  const show = () => {
    const cursor = sheet.cursor().line;
    const line = lines.findLast((line) => line.text !== null && line.line <= cursor) ?? lines[0];
    if (!line || line === shown) return;
    shown = line;
    const parts = states(line.go) !== states(line.rust);
    // A script that was refused ends at its last line; the end of any other has no text.
    const end = line === lines.at(-1) ? ", where the script ends" : "";
    node.replaceChildren(
      make("p", { role: "status", class: "at" }, `Memory after line ${line.line}${end}`, ...(parts ? [": ", make("b", {}, "here the languages part")] : [])),
      make("div", { class: "sides" }, ...LANGUAGES.map((own) => side(line[own[0]], own))));
  };
  const explain = (why) => {
    lines = [];
    node.hidden = !why;
    node.replaceChildren(make("p", { role: "status", class: "at" }, why));
  };
  const ask = async (script, signal) => {
    const isOld = () => signal.aborted || script !== sheet.text.value;
    try {
      const answer = await post(`${topic}/trace`, { script }, signal);
      const body = answer.ok ? await answer.json() : await answer.text();
      if (isOld()) return;
      if (answer.status === 429) {
        setTimeout(() => { if (!isOld()) ask(script, signal); }, RETRY);
      } else if (answer.ok) {
        ({ lines } = body);
        shown = undefined;
        node.hidden = !lines.length;
        show();
      } else {
        explain(body.trim());
      }
    } catch {
      if (!isOld()) explain("");
    }
  };
  document.addEventListener("selectionchange", () => { if (document.activeElement === sheet.text) show(); });
  return { node, ask, forget: () => explain("") };
};
