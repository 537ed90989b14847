// The ledger: filters and order live in the address, and links combine them. A claim's id leads to its row.
const ledger = first("table.ledger");
if (ledger) {
  const rows = all("tr[data-verdict]", ledger);
  const links = all(".filters a");
  const keys = [...new Set(links.map((link) => link.dataset.key))];
  const verdicts = links.filter((link) => link.dataset.key === "verdict").map((link) => link.dataset.value);
  // The browser would scroll to a link whose id stands in the address.
  for (const link of links) link.removeAttribute("id");
  const address = (chosen) => `#${keys.filter((key) => chosen[key]).map((key) => `${key}=${chosen[key]}`).join("&") || "all"}`;
  let order = "";
  const sort = () => {
    const place = (row) => verdicts.indexOf(row.dataset.verdict);
    for (const body of ledger.tBodies) {
      const own = rows.filter((row) => row.parentElement === body);
      body.append(...(order === "verdict" ? [...own].sort((a, b) => place(a) - place(b)) : own));
    }
  };
  const show = () => {
    const words = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    const chosen = Object.fromEntries(keys.map((key) => [key, words.get(key) ?? ""]));
    for (const link of links) {
      const { key, value } = link.dataset;
      link.setAttribute("href", address({ ...chosen, [key]: value }));
      if (chosen[key] === value) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const row of rows) row.hidden = keys.some((key) => key in row.dataset && chosen[key] && row.dataset[key] !== chosen[key]);
    for (const body of ledger.tBodies) first(".group", body).hidden = all("tr[data-verdict]", body).every((row) => row.hidden);
    if (chosen.order !== order) {
      order = chosen.order;
      sort();
    }
    const left = rows.filter((row) => !row.hidden).length;
    const meaning = all(".meanings dd").find((dd) => dd.dataset.verdict === chosen.verdict);
    const count = left === rows.length ? `All ${left} claims.` : `${left} of ${rows.length} claims.`;
    first(".counted").textContent = meaning ? `${count} ${chosen.verdict}: ${meaning.textContent}` : count;
    first(".empty").hidden = left > 0;
  };
  addEventListener("hashchange", () => {
    show();
    target()?.scrollIntoView();
  });
  show();
}
