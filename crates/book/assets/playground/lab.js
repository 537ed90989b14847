// What this machine says: the facts that differ, a measured case, and the claims by one's own results.
import { make, post, table } from "./playground-shared.js";

const POLL_INTERVAL = 1000;
const GONE = "The playground does not answer.";

const region = (label) => make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label });

/** A button that asks the playground and shows its answer. */
const asking = (label, path, shown, show) => {
  const button = make("button", { type: "button" }, label);
  const ask = async () => {
    button.disabled = true;
    try {
      const answer = await post(path, {});
      if (answer.ok) shown.replaceChildren(show(await answer.json())); else shown.textContent = await answer.text();
    } catch {
      shown.textContent = GONE;
    }
    button.disabled = false;
  };
  button.addEventListener("click", ask);
  return { button, ask };
};

/** Asks both programs for the facts that differ. */
export const facts = (topic) => {
  const shown = region("What differs here");
  const show = (all) => table("facts", [["fact"], ["Go", "go"], ["Rust", "rust"]], all);
  const { button } = asking("Ask both programs what differs", `${topic}/contrast`, shown, show);
  return make("div", {}, button, shown);
};

/** Judges the claims of the chapter by one's own results alone. */
export const judging = (topic) => {
  const shown = region("The claims by your own results");
  const show = (all) => {
    if (!all.length) return `No result of yours measures a claim of this chapter yet. cargo lab measure --only ${topic} measures them.`;
    const row = ({ id, says, verdict, finding, measured }) => [id, says, verdict, finding, measured.map(([day, command]) => `${day}: ${command}`).join("; ")];
    return table("facts", [["claim"], ["says"], ["verdict"], ["finding"], ["measured"]], all.map(row));
  };
  const { button, ask } = asking("Judge the claims by your own results", `${topic}/judge`, shown, show);
  return { node: make("div", {}, button, shown), ask };
};

/** The state of a measurement, in words. */
const words = (job) => {
  const name = `${job.topic}/${job.case}`;
  const left = job.left === null ? "" : `, about ${Math.ceil(job.left)} s left`;
  switch (job.state) {
    case "building": return `${name}: builds the lab and the programs, then tries them. The first time, that takes minutes.`;
    case "measuring": return `${name}: block ${job.blocks} of ${job.of}${left}.`;
    case "failed": return `${name} was not measured: ${job.why}`;
    case "done": return `${name}: ${job.figures.ratio}. Go ${job.figures.go}, Rust ${job.figures.rust}; ${job.figures.control}.`;
    default: return "";
  }
};

/** Measures one case with a progress bar, and shows its figure, interval and control. */
export const measuring = (topic, cases, measured) => {
  const chosen = make("select", { id: "script-case" }, ...cases.map(([name, , says]) => make("option", { value: name }, `${name}: ${says}`)));
  const start = make("button", { type: "button" });
  const stop = make("button", { type: "button", hidden: "" }, "Stop");
  const bar = make("progress", { max: "1", "aria-label": "Blocks measured", hidden: "" });
  const status = make("p", { class: "measured", role: "status" });
  let expected = {};
  let isRunning = false;
  const label = () => {
    const seconds = expected[chosen.value];
    start.textContent = seconds ? `Measure here: about ${Math.max(1, Math.round(seconds))} s` : "Measure here";
  };
  const expect = async () => {
    try {
      const answer = await fetch(`/playground/${topic}/expected`);
      if (answer.ok) expected = await answer.json();
    } catch { /* Then the button names no time. */ }
    label();
  };
  const show = (job) => {
    const wasRunning = isRunning;
    isRunning = ["building", "measuring"].includes(job.state);
    start.disabled = isRunning;
    stop.hidden = bar.hidden = !isRunning;
    if (job.blocks) bar.value = job.blocks / job.of; else bar.removeAttribute("value");
    if (status.textContent !== words(job)) status.textContent = words(job);
    if (isRunning) setTimeout(() => ask(() => fetch("/playground/measured")), POLL_INTERVAL);
    if (wasRunning && job.state === "done") {
      expect();
      measured();
    }
  };
  const ask = async (request) => {
    try {
      const answer = await request();
      if (answer.ok) show(await answer.json()); else status.textContent = await answer.text();
    } catch {
      status.textContent = GONE;
    }
  };
  chosen.addEventListener("change", label);
  start.addEventListener("click", () => ask(() => post(`${topic}/measure`, { case: chosen.value })));
  stop.addEventListener("click", () => post("stop", {}));
  label();
  const begin = () => {
    expect();
    ask(() => fetch("/playground/measured"));
  };
  const node = cases.length ? make("div", {}, make("label", { for: "script-case" }, "A case: "), chosen, " ", start, " ", stop, bar, status) : "";
  return { node, begin };
};
