// The editor of a script: both programs perform what is typed, and the newest run wins.
import { copying, make, post, whole } from "./playground-shared.js";
import { answers } from "./playground-answers.js";
import { facts, judging, measuring } from "./playground-lab.js";
import { memory } from "./playground-memory.js";

/** Milliseconds from the last key until the script is performed. */
const DELAY = 300;
/** Milliseconds until a script is performed again that had to wait. */
const RETRY = 1000;
/** The answers after which a script is performed again: too many runs, programs that are being built. */
const WAIT = [429, 503];
/** Milliseconds between two looks whether the book was written again. */
const POLL_INTERVAL = 1000;
/** The height of a line in pixels, as in style.css. */
const LINE = 20;
/** The fewest and the most lines that are seen at once. */
const [MIN_SEEN, MAX_SEEN] = [6, 24];
const GONE = "The playground does not answer; the script stays in this page and in its address.";

const carrying = (script) => "#script=" + encodeURIComponent(script);

/** The length of a text in bytes, as the server counts it. */
const length = (text) => new TextEncoder().encode(text).length;

/** The longest script in words, as the server says it. */
const limit = (known) => `A script has at most ${known.max_script >> 10} KiB.`;

const bytes = (count) => count === 1 ? "1 byte" : `${whole(count)} bytes`;

/** The text with line numbers, and a mark at the line that both programs refused. */
const makeSheet = () => {
  const text = make("textarea", {
    id: "script", spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", rows: "1",
    "aria-label": "Script", "aria-describedby": "script-help script-error", "aria-controls": "script-words",
  });
  const numbers = make("div", { class: "numbers", "aria-hidden": "true" });
  const mark = make("div", { class: "mark", hidden: "" });
  let count = 1;
  let refused = null;
  // Only the numbers that are seen are in the page: a key costs the same in a long script.
  const scroll = () => {
    const top = text.scrollTop;
    const first = Math.floor(top / LINE) + 1;
    const seen = Math.min(count - first + 1, MAX_SEEN + 1);
    const number = (line) => make("span", line === refused ? { class: "refused" } : {}, String(line));
    numbers.replaceChildren(...Array.from({ length: Math.max(seen, 0) }, (_, place) => number(first + place)));
    numbers.style.transform = `translateY(${(first - 1) * LINE - top}px)`;
    mark.style.top = `${(refused - 1) * LINE + 8 - top}px`;
  };
  const lines = () => text.value.split("\n");
  const draw = (line) => {
    refused = line;
    count = lines().length;
    text.style.height = `${Math.min(Math.max(count + 1, MIN_SEEN), MAX_SEEN) * LINE + 18}px`;
    mark.hidden = refused === null;
    scroll();
  };
  text.addEventListener("scroll", scroll);
  // The number of the cursor's line, and what stands in it before and behind the cursor.
  const cursor = () => {
    const above = text.value.slice(0, text.selectionStart).split("\n");
    return { line: above.length, before: above.at(-1), behind: text.value.slice(text.selectionStart).split("\n", 1)[0] };
  };
  return { node: make("div", { class: "sheet" }, mark, numbers, text), text, lines, cursor, draw };
};

/** Explains the operation in the line of the cursor. */
const explaining = (known, { text, cursor }) => {
  const help = make("p", { class: "help", id: "script-help" });
  const explain = () => {
    const { before, behind } = cursor();
    const word = (before + behind).trim().split(/[ \t]/)[0];
    const found = known.operations.find((operation) => operation.word === word);
    help.replaceChildren();
    if (!found) return;
    const limits = found.operands.length ? ` (${found.operands.join("; ")})` : "";
    const says = found.says.replace(/\.$/, "");
    help.append(make("code", {}, found.usage), ` ${says}${limits}. ${found.settling}`);
  };
  document.addEventListener("selectionchange", () => { if (document.activeElement === text) explain(); });
  return help;
};

/** Offers the operations that begin with what is typed. */
const completing = (known, { text, cursor }) => {
  const words = make("ul", { class: "words", id: "script-words", role: "listbox", "aria-label": "Operations", hidden: "" });
  let chosen = -1;
  const close = () => {
    words.hidden = true;
    chosen = -1;
    text.removeAttribute("aria-activedescendant");
  };
  const take = (place) => {
    const { word, operands } = known.operations[Number(words.children[place].dataset.place)];
    const end = text.selectionStart;
    text.setRangeText(word + (operands.length ? " " : ""), end - cursor().before.trimStart().length, end, "end");
    close();
    text.dispatchEvent(new Event("input"));
  };
  const choose = (place) => {
    chosen = (place + words.children.length) % words.children.length;
    [...words.children].forEach((item, own) => item.setAttribute("aria-selected", own === chosen));
    text.setAttribute("aria-activedescendant", words.children[chosen].id);
    words.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const item = ([{ usage, says }, place], own) => {
    const line = make("li", { role: "option", id: `script-word-${own}`, "data-place": place, "aria-selected": "false" }, make("code", {}, usage), " ", make("small", {}, says));
    line.addEventListener("mousedown", (event) => { event.preventDefault(); take(own); });
    return line;
  };
  const offer = () => {
    close();
    const { line, before, behind } = cursor();
    const typed = before.trimStart();
    const fits = known.operations.map((operation, place) => [operation, place])
      .filter(([{ word }]) => typed && word.startsWith(typed) && word !== typed);
    if (!fits.length || behind.trim()) return;
    words.replaceChildren(...fits.map(item));
    words.style.top = `${line * LINE + 10 - text.scrollTop}px`;
    words.hidden = false;
  };
  text.addEventListener("keydown", (event) => {
    if (words.hidden || event.isComposing) return;
    const keys = {
      ArrowDown: () => choose(chosen + 1),
      ArrowUp: () => choose(chosen < 0 ? -1 : chosen - 1),
      Tab: () => take(Math.max(chosen, 0)),
      Escape: close,
    };
    // Enter ends the line unless a word was chosen.
    if (chosen >= 0) keys.Enter = () => take(chosen);
    if (!keys[event.key] || (event.key === "Tab" && event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  text.addEventListener("blur", close);
  return { words, offer };
};

/** Refuses a pasted or dropped text with which the script would be too long: a page hangs while Chromium inserts 200,000 lines. */
const refusing = (known, { text }, shown) => {
  let isMoving = false;
  const refuse = (event, data, replaced) => {
    const more = length((data?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n")) - length(replaced);
    const excess = length(text.value) + more - known.max_script;
    if (more <= 0 || excess <= 0) return;
    event.preventDefault();
    shown.refuse(`${limit(known)} With this text it would be ${bytes(excess)} longer, so nothing was inserted.`);
  };
  text.addEventListener("paste", (event) => refuse(event, event.clipboardData, text.value.slice(text.selectionStart, text.selectionEnd)));
  // A part of the script that is dragged to another place makes it no longer.
  text.addEventListener("dragstart", () => { isMoving = true; });
  text.addEventListener("dragend", () => { isMoving = false; });
  text.addEventListener("drop", (event) => { if (!isMoving) refuse(event, event.dataTransfer, ""); });
};

/** The shell command that saves the script among the kept ones. */
const keeping = (topic, lines) => {
  let end = "END";
  while (lines.includes(end)) end += "D";
  const script = lines.join("\n").replace(/\n?$/, "\n");
  return `cat > tests/scripts/${topic}/my-script.txt <<'${end}'\n${script}${end}\n`;
};

/** Performs the script in the sheet, now or soon after the last key. */
const running = (section, known, sheet, shown, watched, page) => {
  let newest = 0;
  let waiting;
  let aborting;
  const excess = () => length(sheet.text.value) - known.max_script;
  const run = async () => {
    clearTimeout(waiting);
    aborting?.abort();
    aborting = new AbortController();
    const own = ++newest;
    const script = sheet.text.value;
    if (excess() > 0) {
      shown.say(`${limit(known)} This one is ${bytes(excess())} longer, and is not performed.`);
      return;
    }
    try {
      const answer = await post(`${section.dataset.topic}/replay`, { script }, aborting.signal);
      const body = answer.ok ? await answer.json() : await answer.text();
      if (own !== newest || script !== sheet.text.value) return;
      page.answered();
      if (answer.ok) {
        shown.show(body);
        section.dataset.shown = script;
        watched.ask(script, aborting.signal);
      } else if (answer.status === 403) {
        page.unanswered(body.trim());
      } else {
        shown.say(body);
        if (WAIT.includes(answer.status)) waiting = setTimeout(run, RETRY);
      }
    } catch (error) {
      if (own === newest && error.name !== "AbortError") page.unanswered(GONE);
    }
  };
  const soon = () => {
    clearTimeout(waiting);
    aborting?.abort();
    waiting = setTimeout(() => {
      run();
      // Some browsers refuse an address that changes too often.
      if (excess() <= 0) history.replaceState(null, "", carrying(sheet.text.value));
    }, DELAY);
  };
  return { run, soon };
};

/** Loads the page again; script, cursor and place stay. A script that no browser keeps stays in the old page. */
const reload = (state, { text }) => {
  const kept = { script: text.value, place: text.selectionStart, focused: document.activeElement === text, y: scrollY };
  try {
    sessionStorage.setItem(state, JSON.stringify(kept));
  } catch { return; }
  location.reload();
};

/** Loads the page again when it is another; performs the script again when only the rest of the book was written. */
const following = (state, topic, known, sheet, run, page) => {
  let { version } = known;
  let isWaiting = false;
  const look = async () => {
    if (document.hidden) return;
    const isGone = document.querySelector("#playground .unanswered");
    try {
      const answer = await fetch(`/playground/${topic}/version`);
      if (answer.status === 403) {
        // Another server listens there now, with another token.
        if (!isGone) page.unanswered((await answer.text()).trim());
        return;
      }
      // The programs are gone, and are being built again.
      isWaiting ||= !answer.ok;
      if (!answer.ok) return;
      const now = await answer.json();
      if (now.is_outdated) page.outdated();
      if (now.page !== known.page) reload(state, sheet);
      else if (isGone || isWaiting || now.version !== version) run();
      ({ version } = now);
      isWaiting = false;
    } catch {
      if (!isGone) page.unanswered(GONE);
    }
  };
  setInterval(look, POLL_INTERVAL);
  look();
};

/** Begins with the script from before the page was loaded again, with that of the address, or with an example. */
const restore = (state, example, { text }, load, section, page) => {
  const kept = JSON.parse(sessionStorage.getItem(state) ?? "null");
  sessionStorage.removeItem(state);
  load(kept?.script ?? page.carried() ?? example?.text ?? "");
  if (kept) {
    text.setSelectionRange(kept.place, kept.place);
    if (kept.focused) text.focus({ preventScroll: true });
    scrollTo(0, kept.y);
  } else if (page.carried() !== null) {
    section.scrollIntoView();
  }
};

/** Turns the section of a chapter into an editor for the topic's scripts. */
export const edit = (section, known, page) => {
  const { topic, first } = section.dataset;
  const sheet = makeSheet();
  const { text } = sheet;
  const keep = () => keeping(topic, sheet.lines());
  const shown = answers(topic, sheet, keep);
  const { words, offer } = completing(known, sheet);
  const watched = memory(topic, sheet);
  const { run, soon } = running(section, known, sheet, shown, watched, page);
  const command = make("pre", { tabindex: "0", "aria-label": "The command that saves this script" });
  const saving = make("details", { class: "keep" }, make("summary", {}, "Save as a kept script"), command, copying("Copy the command", keep));
  const fill = () => { if (saving.open) command.textContent = keep(); };
  saving.addEventListener("toggle", fill);
  const changed = () => {
    sheet.draw(null);
    shown.forget();
    watched.forget();
    fill();
  };
  text.addEventListener("input", () => { changed(); offer(); soon(); });
  refusing(known, sheet, shown);
  const load = (script) => { text.value = script; changed(); run(); };
  const examples = make("select", { id: "script-from" }, ...known.scripts.map(({ title }, place) => make("option", { value: place }, title)));
  const example = known.scripts.find(({ name }) => name === first) ?? known.scripts[0];
  examples.value = known.scripts.indexOf(example);
  examples.addEventListener("change", () => {
    history.replaceState(null, "", location.pathname + location.search);
    load(known.scripts[examples.value].text);
  });
  addEventListener("hashchange", () => {
    const script = page.carried();
    if (script !== null && script !== text.value) load(script);
  });
  const judged = judging(topic);
  const lab = measuring(topic, known.cases, judged.ask);
  const here = make("details", { class: "here" }, make("summary", {}, "Ask and measure on this machine"), facts(topic), lab.node, judged.node);
  here.addEventListener("toggle", lab.begin, { once: true });
  for (const part of section.querySelectorAll(":scope > .command, :scope > .kept")) part.remove();
  section.append(
    make("div", { class: "tools" }, make("label", { for: "script-from" }, "Start from "), examples,
      copying("Copy a link to this script", () => location.href.replace(/[?#].*$/, "") + carrying(text.value))),
    make("div", { class: "both" },
      make("div", { class: "writing" }, make("div", { class: "editor" }, sheet.node, words), shown.wrong, explaining(known, sheet)),
      make("div", { class: "answers" }, shown.refusal, shown.status, shown.rows, watched.node)),
    saving, here,
  );
  const state = `playground ${topic}`;
  restore(state, example, sheet, load, section, page);
  following(state, topic, known, sheet, run, page);
};
