// The command for a load of one's own: takes what the command takes, and says which part is wrong.
const point = first("form.point");
if (point) {
  const command = document.getElementById("point");
  const take = first(".take", point);
  const percentiles = ["p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99"];
  const target = (word) => {
    const [, name, sign, number, unit, rest] = /^\s*([^<>=\s]*)\s*([<>=]*)\s*([\d.]*)([^\d\s]*)\s*(.*)$/.exec(word);
    if (!percentiles.includes(name)) return `“${name}” is no percentile: write ${percentiles.join(", ")}`;
    if (!["<", "<=", "="].includes(sign)) return `“${sign}” between percentile and time: write <, <= or =`;
    if (!/^\d{1,9}(\.\d{1,3})?$/.test(number)) return `“${number || unit}” is no time: write for example 20ms or 0.5ms`;
    if (!["us", "µs", "ms", "s"].includes(unit)) return `“${unit}” is no unit of time: write us, ms or s`;
    if (Number(number) === 0) return `“${number}${unit}” is no time: no request takes less`;
    if (rest) return `“${rest}” is too much: separate targets by commas`;
    return "";
  };
  const parts = {
    "live-objects": (text) => /^\d+$/.test(text) ? "" : `“${text}” is no number: write for example 2000000`,
    rate: (text) => /^\d+$/.test(text) ? "" : `“${text}” is no number: write for example 800`,
    payload: (text) => /^\d+([kKmM](iB)?)?$/.test(text) ? "" : `“${text}” is no size: write for example 64KiB`,
    slo: (text) => text.split(",").map((word) => text.trim() ? target(word) : "").find(Boolean) ?? "",
  };
  const check = () => {
    const fields = all("input", point);
    for (const field of fields) {
      const why = parts[field.name](field.name === "slo" ? field.value : field.value.trim());
      field.setCustomValidity(why);
      field.toggleAttribute("aria-invalid", !!why);
      if (why) field.setAttribute("aria-invalid", "true");
    }
    return fields.find((field) => !field.validity.valid);
  };
  point.addEventListener("input", () => {
    const wrong = check();
    take.disabled = !!wrong;
    command.classList.toggle("wrong", !!wrong);
    if (wrong) {
      command.textContent = `${first("span", wrong.closest("label")).textContent}: ${wrong.validationMessage}.`;
      return;
    }
    // A shell takes < for a file; each target has an option of its own.
    const quoted = (word) => /^[\w.,:=-]+$/.test(word) ? word : `'${word}'`;
    const options = [...new FormData(point)].flatMap(([name, value]) => value.split(",").map((word) => [name, word.trim()]));
    const words = options.filter(([, word]) => word).map(([name, word]) => ` --${name} ${quoted(word)}`);
    command.textContent = "cargo lab point" + words.join("");
  });
  point.addEventListener("submit", (event) => event.preventDefault());
  take.addEventListener("click", () => copy(take, command.textContent));
}
