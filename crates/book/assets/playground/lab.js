// What this machine says: the facts that differ, and a measured case.
import { make, post } from "./playground-parts.js";

const POLL_INTERVAL = 500;
const GONE = "The playground does not answer.";

const factsTable = (facts) => {
  const row = ([name, go, rust]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, go), make("td", {}, rust));
  const heads = [["fact", ""], ["Go", "go"], ["Rust", "rust"]].map(([name, side]) => make("th", { scope: "col", class: side }, name));
  return make("table", { class: "facts" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...facts.map(row)));
};

/** Asks both programs for the facts that differ. */
export const facts = (topic) => {
  const button = make("button", { type: "button" }, "Ask both programs what differs");
  const shown = make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "What differs here" });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const answer = await post(`${topic}/contrast`, {});
      if (answer.ok) shown.replaceChildren(factsTable(await answer.json())); else shown.textContent = await answer.text();
    } catch {
      shown.textContent = GONE;
    }
    button.disabled = false;
  });
  return make("div", {}, button, shown);
};

/** What a measurement says of itself. */
const words = (job) => {
  const name = `${job.topic}/${job.case}`;
  const left = job.left === null ? "" : `, about ${Math.ceil(job.left)} s left`;
  switch (job.state) {
    case "building": return `${name}: building the lab and the programs that are timed, then the first block.`;
    case "measuring": return `${name}: block ${job.blocks} of ${job.of}${left}.`;
    case "failed": return `${name} was not measured: ${job.said}`;
    case "done": return `${name}: ${job.figures.ratio}. Go ${job.figures.go}, Rust ${job.figures.rust}; ${job.figures.control}.`;
    default: return "";
  }
};

/** Measures one case, with a bar, and shows its figure, interval and control. */
export const measuring = (topic, cases) => {
  const chosen = make("select", { id: "script-case" }, ...cases.map(([name, , says]) => make("option", { value: name }, `${name}: ${says}`)));
  const start = make("button", { type: "button" }, "Measure");
  const stop = make("button", { type: "button", hidden: "" }, "Stop");
  const bar = make("progress", { max: "1", "aria-label": "Blocks measured", hidden: "" });
  const status = make("p", { class: "measured", role: "status" });
  const show = (job) => {
    const runs = ["building", "measuring"].includes(job.state);
    start.disabled = runs;
    stop.hidden = bar.hidden = !runs;
    if (job.blocks) bar.value = job.blocks / job.of; else bar.removeAttribute("value");
    if (status.textContent !== words(job)) status.textContent = words(job);
    if (runs) setTimeout(() => ask(() => fetch("/playground/measured")), POLL_INTERVAL);
  };
  const ask = async (request) => {
    try {
      const answer = await request();
      if (answer.ok) show(await answer.json()); else status.textContent = await answer.text();
    } catch {
      status.textContent = GONE;
    }
  };
  start.addEventListener("click", () => ask(() => post(`${topic}/measure`, { case: chosen.value })));
  stop.addEventListener("click", () => post("stop", {}));
  ask(() => fetch("/playground/measured"));
  if (!cases.length) return "";
  return make("div", {}, make("label", { for: "script-case" }, "Measure here "), chosen, " ", start, " ", stop, bar, status);
};
