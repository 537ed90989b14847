// The commands for a load of one's own: each takes what the command takes, and says which part is wrong.
const percentiles = ["p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99"];
const wrongTarget = (word) => {
  const [, name, sign, number, unit, rest] = /^\s*([^<>=\s]*)\s*([<>=]*)\s*([\d.]*)([^\d\s]*)\s*(.*)$/.exec(word);
  if (!percentiles.includes(name)) return `“${name}” is no percentile: write ${percentiles.join(", ")}`;
  if (!["<", "<=", "="].includes(sign)) return `“${sign}” between percentile and time: write <, <= or =`;
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(number)) return `“${number || unit}” is no time: write for example 20ms or 0.5ms`;
  if (!["us", "µs", "ms", "s"].includes(unit)) return `“${unit}” is no unit of time: write us, ms or s`;
  if (Number(number) === 0) return `“${number}${unit}” is no time: no request takes less`;
  if (rest) return `“${rest}” is too much: separate targets by commas`;
  return "";
};
const wrongPart = {
  "live-objects": (text) => /^\d+$/.test(text) ? "" : `“${text}” is no number: write for example 2000000`,
  rate: (text) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 1e6 ? "" : `“${text}” is no number from 1 to 1000000: write for example 800`,
  payload: (text) => /^\d+([kKmM](iB)?)?$/.test(text) ? "" : `“${text}” is no size: write for example 64KiB`,
  slo: (text) => text.split(",").map((word) => text.trim() ? wrongTarget(word) : "").find(Boolean) ?? "",
  url: (text) => /^https?:\/\/[^\s'"]+$/.test(text) ? "" : `“${text}” is no URL: write for example http://127.0.0.1:8080/`,
};
// A shell takes < for a file.
const quoted = (word) => /^[\w.,:=/-]+$/.test(word) ? word : `'${word}'`;
for (const form of all("form.point")) {
  const command = document.getElementById(form.dataset.for);
  const take = first(".take", command.parentElement);
  const optional = (field) => form.dataset.for === "point-url" && field.name === "rate";
  const check = () => {
    const fields = all("input", form);
    for (const field of fields) {
      const text = field.name === "slo" ? field.value : field.value.trim();
      const why = !text && optional(field) ? "" : wrongPart[field.name](text);
      field.setCustomValidity(why);
      if (why) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    return fields.find((field) => !field.validity.valid);
  };
  form.addEventListener("input", () => {
    const wrong = check();
    take.disabled = !!wrong;
    command.classList.toggle("wrong", !!wrong);
    if (wrong) {
      command.textContent = `${first("span", wrong.closest("label")).textContent}: ${wrong.validationMessage}.`;
      return;
    }
    // Each target has an option of its own.
    const options = [...new FormData(form)].flatMap(([name, value]) =>
      (name === "slo" ? value.split(",") : [value]).map((word) => [name, word.trim()]));
    const words = options.filter(([, word]) => word).map(([name, word]) => ` --${name} ${quoted(word)}`);
    command.textContent = form.dataset.command + words.join("");
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  take.addEventListener("click", () => copy(take, command.textContent));
}

// The map: which kind of request, which point. A point that was not measured fills the form.
const fillForm = ({ live, payload, share }) => {
  const form = first("form.point");
  form.elements["live-objects"].value = live;
  form.elements.payload.value = payload;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  const sweep = document.getElementById("fill");
  sweep.hidden = !share;
  first("code", sweep).textContent = `cargo lab sweep --live-objects ${live} --payload ${payload} --share ${share}`;
  // Following the link itself would take the focus away again.
  document.getElementById("own").scrollIntoView();
  form.elements.rate.focus({ preventScroll: true });
};
for (const map of all(".cell-map")) {
  const figures = all(".mapset > figure", map);
  const tabs = all(".segs button", map);
  const panel = first(".panel", map);
  const pick = (cell) => {
    const row = document.getElementById(cell.hash.slice(1));
    const heads = all("thead th", row.closest("table"));
    const [name, ...cells] = row.children;
    first("h4", panel).textContent = name.textContent;
    const list = first("dl", panel);
    list.replaceChildren(...cells.flatMap((figure, place) => {
      const [term, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
      term.textContent = heads[place + 1].textContent;
      value.textContent = figure.textContent;
      return [term, value];
    }));
    Object.assign(first("a", panel).dataset, { live: cell.dataset.live, payload: cell.dataset.payload });
    for (const other of all(".cell[aria-current]", map)) other.removeAttribute("aria-current");
    cell.setAttribute("aria-current", "true");
  };
  tabs.forEach((tab, chosen) => {
    tab.addEventListener("click", () => {
      tabs.forEach((other, place) => other.setAttribute("aria-pressed", place === chosen));
      figures.forEach((figure, place) => figure.classList.toggle("on", place === chosen));
      const best = first(".cell.best", figures[chosen]);
      if (best) pick(best);
    });
  });
  map.addEventListener("click", (event) => {
    const cell = event.target.closest("a.cell:not(.none)");
    if (!cell || !panel) return;
    event.preventDefault();
    pick(cell);
    panel.scrollIntoView({ block: "nearest" });
  });
}
addEventListener("click", (event) => {
  const link = event.target.closest("a[href='#own'][data-live]");
  if (!link) return;
  event.preventDefault();
  fillForm(link.dataset);
});
