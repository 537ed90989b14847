// Watch the memory: one frame at a time, forward and back; the status line says it aloud.
const saidOf = (frame, step) => {
  const printed = all("output:not(.none)", frame).map((output) => `${first(".lang", output.parentElement).textContent} prints: ${output.textContent}.`);
  return [`${first("span", step).textContent}.`, first(".what", frame).textContent.trim(), ...printed].join(" ");
};
for (const watch of all(".watch")) {
  const scenes = all(".scene", watch);
  const tabs = all("[role=tab]", watch);
  const told = first("[role=status]", watch);
  tabs.forEach((tab, place) => { tab.tabIndex = place ? -1 : 0; });
  const show = (number) => {
    scenes.forEach((scene, place) => { scene.classList.toggle("on", place === number); });
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", place === number);
      tab.tabIndex = place === number ? 0 : -1;
    });
  };
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => show(place));
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const next = tabs[(place + by + tabs.length) % tabs.length];
      next.click();
      next.focus();
    });
  });
  // A link to a scene shows it.
  const follow = () => {
    const number = scenes.findIndex((scene) => location.hash === `#${scene.id}`);
    if (number < 0) return;
    show(number);
    watch.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  follow();
  for (const scene of scenes) {
    const frames = all(".frame", scene);
    const steps = all(".script li button", scene);
    let at = Math.max(0, steps.findIndex((step) => step.hasAttribute("aria-current")));
    const go = (to, aloud = true) => {
      at = Math.max(0, Math.min(steps.length - 1, to));
      frames.forEach((frame, place) => frame.classList.toggle("on", place === at));
      steps.forEach((step, place) => {
        step.parentElement.classList.toggle("done", place < at);
        step.toggleAttribute("aria-current", place === at);
        if (place === at) step.setAttribute("aria-current", "step");
        step.tabIndex = place === at ? 0 : -1;
      });
      first(".back", scene).disabled = at === 0;
      first(".go-on", scene).disabled = at === steps.length - 1;
      if (aloud) told.textContent = `Line ${at + 1} of ${steps.length}: ${saidOf(frames[at], steps[at])}`;
    };
    steps.forEach((step, place) => step.addEventListener("click", () => go(place)));
    first(".back", scene).addEventListener("click", () => go(at - 1));
    first(".go-on", scene).addEventListener("click", () => go(at + 1));
    scene.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      go(at + by);
      if (event.target.closest("li")) steps[at].focus();
    });
    go(at, false);
  }
}
