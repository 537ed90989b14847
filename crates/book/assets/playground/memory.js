// "Watch the memory" at the line of the cursor: what became of each value, from traces of both programs.
import { make, post } from "./playground-parts.js";

const SIDES = [["go", "Go"], ["rust", "Rust"]];
const STATES = ["alive", "garbage", "freed", "leaked"];
const ARROWS = { strong: "→", weak: "⇢" };

/** How many values are in each state, or the figures that are told in their place. */
const summary = ({ counts, figures }) => {
  const states = STATES.filter((state) => counts?.[state]).map((state) => `${counts[state]} ${state}`);
  const told = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  return [...states, ...told].join(", ") || "nothing";
};

const side = (moment, [name, title]) => {
  const shown = moment.objects.map(({ id, state }) => make("li", { class: state, title: state }, id, make("span", { class: "state" }, ` ${state}`)));
  const links = moment.links.map(({ from, to, kind }) => `${from} ${ARROWS[kind]} ${to}`);
  return make("div", { class: name },
    make("p", {}, make("b", {}, title), ` ${summary(moment)}`),
    make("ul", {}, ...shown),
    ...(links.length ? [make("p", { class: "links" }, links.join("  "))] : []));
};

/** Follows the cursor of a sheet through the traces of its script. */
export const memory = (topic, sheet) => {
  const node = make("section", { class: "memory", "aria-label": "Watch the memory", hidden: "" });
  let lines = [];
  let shown;
  const show = () => {
    const cursor = sheet.before().length;
    const line = lines.findLast((line) => line.text !== null && line.line <= cursor) ?? lines[0];
    if (!line || line === shown) return;
    shown = line;
    const parts = JSON.stringify([line.go.counts, line.go.objects]) !== JSON.stringify([line.rust.counts, line.rust.objects]);
    node.replaceChildren(
      make("p", { role: "status", class: "at" }, `Behind line ${line.line}`, ...(parts ? [": ", make("b", {}, "here the languages part")] : [])),
      make("div", { class: "sides" }, ...SIDES.map((own) => side(line[own[0]], own))));
  };
  // A script whose trace hits a limit has none; one that is changed meanwhile is asked again.
  const ask = async (script, signal) => {
    try {
      const answer = await post(`${topic}/trace`, { script }, signal);
      lines = answer.ok ? (await answer.json()).lines : [];
    } catch {
      lines = [];
    }
    // What comes late belongs to a script that has changed.
    if (signal.aborted || script !== sheet.text.value) return;
    shown = undefined;
    node.hidden = !lines.length;
    show();
  };
  document.addEventListener("selectionchange", () => { if (document.activeElement === sheet.text) show(); });
  const forget = () => { lines = []; node.hidden = true; };
  return { node, ask, forget };
};
