// The pair: exchanging the sides, copying, selecting, links to lines, one item on the whole screen.
for (const button of all(".swap")) {
  button.addEventListener("click", () => remember("side", root.classList.toggle("swapped") ? "rust" : "go"));
}

// A line that is not shown is empty.
const withoutEnd = (line) => line.textContent.replace(/\n$/, "");
for (const button of all(".copy")) {
  button.addEventListener("click", () => {
    const lines = [];
    for (const line of all(`.side.${button.dataset.side} .l`, button.closest(".pair"))) {
      lines[Number(line.id.split("-").pop()) - 1] = withoutEnd(line);
    }
    copy(button, Array.from(lines, (line) => line ?? "").join("\n") + "\n");
  });
}

// Selecting in one column takes that column only; a selection that begins elsewhere takes both.
addEventListener("mousedown", (event) => {
  const side = event.target.closest?.(".side");
  for (const pair of all(".pair")) {
    const within = side && pair.contains(side) ? side.classList : null;
    pair.classList.toggle("only-go", !!within?.contains("go"));
    pair.classList.toggle("only-rust", !!within?.contains("rust"));
  }
});

// The number of a line is a link to it: thousands of real links would each be a stop of the Tab key.
addEventListener("click", (event) => {
  const line = event.target.closest?.(".l[id]");
  if (line && event.clientX < line.getBoundingClientRect().left + 24) location.hash = line.id;
});

for (const button of all(".notes")) {
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", open);
    for (const note of all(".note", button.closest(".pair"))) note.open = open;
  });
}

const slide = first("dialog.slide");
if (slide) {
  const rows = all(".pair > .row[id]:not(details *)");
  let at = 0;
  const lane = (side) => {
    const shown = side.cloneNode(true);
    const lines = all(".l", shown);
    const indents = lines.filter((line) => line.textContent.trim()).map((line) => /^[ \t]*/.exec(line.textContent)[0].length);
    const indent = Math.min(...indents);
    for (const line of lines) {
      line.removeAttribute("id");
      if (!indent || !line.textContent.trim()) continue;
      line.firstChild.textContent = line.firstChild.textContent.slice(indent);
      line.className = line.className.replace(/\bi(\d)/, (_, steps) => `i${steps - 1}`);
    }
    return shown;
  };
  const draw = () => {
    const row = rows[at];
    first(".lanes", slide).replaceChildren(...all(":scope > .side", row).map(lane));
    // As large as the longest line and the number of lines allow.
    const code = all(".l", slide).map((line) => withoutEnd(line).replaceAll("\t", "    ").length);
    const wide = (innerWidth > 820 ? innerWidth / 2 - 60 : innerWidth - 44) / (0.61 * Math.max(34, ...code));
    const high = innerWidth > 820 ? (innerHeight * 0.8) / (1.5 * Math.max(...all(".side", slide).map((side) => all(".l", side).length))) : 30;
    slide.style.setProperty("--big", `${Math.max(11, Math.min(30, wide, high))}px`);
    first("h2", slide).textContent = first("h3 b", row).textContent;
    first(".place", slide).textContent = `${at + 1} of ${rows.length}`;
    first(".before", slide).disabled = at === 0;
    first(".after", slide).disabled = at === rows.length - 1;
    address(row.id);
  };
  // The address names the item that is presented, so that a link opens it.
  const address = (item) => {
    const here = new URL(location.href);
    if (item) here.searchParams.set("item", item);
    else here.searchParams.delete("item");
    try { history.replaceState(null, "", here); } catch { /* A file's address stays as it is. */ }
  };
  const present = (row) => {
    at = Math.max(0, rows.indexOf(row));
    draw();
    if (!slide.open) slide.showModal();
  };
  const step = (by) => {
    at = Math.max(0, Math.min(rows.length - 1, at + by));
    draw();
  };
  for (const row of rows) first(".present", row)?.addEventListener("click", () => present(row));
  first(".bar .present")?.addEventListener("click", () => {
    present(rows.find((row) => row.getBoundingClientRect().bottom > 140));
  });
  first(".before", slide).addEventListener("click", () => step(-1));
  first(".after", slide).addEventListener("click", () => step(1));
  first(".close", slide).addEventListener("click", () => slide.close());
  slide.addEventListener("close", () => {
    address(null);
    rows[at].scrollIntoView({ block: "start", behavior: "instant" });
  });
  slide.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  addEventListener("resize", () => { if (slide.open) draw(); });
  const wanted = new URLSearchParams(location.search).get("item");
  const row = rows.find((row) => row.id === wanted);
  if (row) present(row);
}
