/* The row of buttons: one stop of the Tab key, arrows within, each pressed while it applies. */

export function toolbar(element, editor, actions) {
  const all = [...element.querySelectorAll("[data-do]")];
  const shown = () => all.filter((button) => button.checkVisibility());
  let current = all[0];

  const stop = (button) => {
    current = button;
    for (const one of all) one.tabIndex = one === button ? 0 : -1;
  };

  const refresh = () => {
    const inTable = editor.isActive("table");
    for (const group of element.querySelectorAll("[data-within=table]")) group.hidden = !inTable;
    for (const button of all) {
      const action = actions[button.dataset.do];
      if (action.isOn) button.setAttribute("aria-pressed", String(Boolean(action.isOn())));
      const can = action.can?.() ?? true;
      if (can) button.removeAttribute("aria-disabled");
      else button.setAttribute("aria-disabled", "true");
    }
    if (current.closest("[hidden]")) stop(all[0]);
  };

  element.addEventListener("keydown", (event) => {
    const buttons = shown();
    const here = buttons.indexOf(event.target.closest("[data-do]"));
    if (here < 0) return;
    const forward = getComputedStyle(element).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const moves = {
      [forward]: here + 1,
      [forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"]: here - 1 + buttons.length,
      Home: 0,
      End: buttons.length - 1,
    };
    if (event.key === "Escape") editor.commands.focus();
    if (!(event.key in moves)) return;
    event.preventDefault();
    const next = buttons[moves[event.key] % buttons.length];
    stop(next);
    next.focus();
  });

  // The text keeps its selection while a button is pressed with the mouse.
  element.addEventListener("mousedown", (event) => event.preventDefault());
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button.getAttribute("aria-disabled")) return;
    stop(button);
    actions[button.dataset.do].run();
  });

  stop(all[0]);
  editor.on("transaction", refresh);
  refresh();
  return { focus: () => current.focus() };
}
