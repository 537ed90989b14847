// The ledger: filters that live in the address, columns to sort by.
const ledgers = all(".ledger").map((table) => ({ table, rows: all("tbody tr", table), heads: all("thead th", table) }));
const filter = first("form.filter");
if (ledgers.length && filter) {
  const rows = ledgers.flatMap((ledger) => ledger.rows);
  const names = ["verdict", "topic", "favours"];
  const show = () => {
    const chosen = new FormData(filter);
    for (const row of rows) {
      row.hidden = names.some((name) => chosen.get(name) && row.dataset[name] !== chosen.get(name));
    }
    first(".left", filter).textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
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
  const read = () => {
    const chosen = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    for (const name of names) filter.elements[name].value = chosen.get(name) ?? "";
    show();
  };
  filter.addEventListener("change", (event) => {
    if (event.target.name === "sort") return ledgers.forEach((ledger) => sort(ledger, event.target.value, true));
    const chosen = names.map((name) => [name, filter.elements[name].value]).filter(([, value]) => value);
    show();
    location.hash = new URLSearchParams(chosen).toString() || "ledger";
  });
  filter.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", read);
  for (const ledger of ledgers) {
    ledger.heads.forEach((head, column) => {
      head.addEventListener("click", () => sort(ledger, column, head.getAttribute("aria-sort") !== "ascending"));
    });
  }
  read();
}
