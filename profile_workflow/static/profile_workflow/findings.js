/* What a text should be looked at: shown in the text at a press, and brought up to date while it is
   being written. Without this file the page tells it when it is loaded. */

"use strict";

(() => {
  const beside = document.getElementById("beside");
  const form = document.getElementById("section-form");
  if (!beside || !form) return;
  const LEAST = 5000;
  const { text, base_version: version } = form.elements;
  const state = document.getElementById("save-state");

  /* The last words before a place, and where they begin; those behind it, if there are none. */
  const besideOf = (place) => {
    const runs = [...text.value.matchAll(/[^\n*_[\]@^|#>]{3,}/g)].filter((run) => run[0].trim());
    const run = runs.findLast((one) => one.index < place) || runs[0];
    return run ? [run[0].trim(), run.index] : ["", place];
  };

  const showInText = ({ show, words }) => {
    const [start, end] = show.split(" ").map(Number);
    // What was typed since the last save may have moved it a little.
    const near = words ? text.value.indexOf(words, Math.max(0, start - 200)) : start;
    const found = near < 0 ? text.value.lastIndexOf(words) : near;
    const at = found < 0 ? start : found;
    // An editor over the field, if there is one, shows the words in its own text; a sign such as a
    // citation has none there, and is shown by what stands before it.
    const [said, from] = /^[@[]/.test(words) ? besideOf(at) : [words, at];
    const before = said ? text.value.slice(0, from).split(said).length - 1 : 0;
    const detail = { words: said, before };
    if (!text.dispatchEvent(new CustomEvent("pw:show", { detail, cancelable: true }))) return;
    text.focus();
    if (found < 0) {
      text.setSelectionRange(start, start);
      state.textContent = `${form.dataset.sayGone} ${words}`;
    } else text.setSelectionRange(at, words ? at + words.length : end);
  };

  const reveal = () => {
    for (const button of document.querySelectorAll("button[data-show]")) button.hidden = false;
  };
  reveal();
  document.addEventListener("click", (event) => {
    const found = event.target.closest("[data-show]");
    if (!found) return;
    event.preventDefault();
    showInText(found.dataset);
  });
  // Somebody came here to see one place.
  const wanted = document.querySelector("[data-show-now]");
  if (wanted) window.addEventListener("load", () => showInText(wanted.dataset));

  /* After a save, at most every some seconds, and never under somebody's fingers. */
  let shown = version.value;
  const refresh = async () => {
    const now = version.value;
    if (now === shown || document.hidden || beside.contains(document.activeElement)) return;
    let answer;
    let told;
    try {
      answer = await fetch(beside.dataset.beside, { cache: "no-store" });
      told = await answer.text();
    } catch {
      return;
    }
    if (!answer.ok || answer.redirected || beside.contains(document.activeElement)) return;
    shown = now;
    const page = new DOMParser().parseFromString(told, "text/html");
    const opened = new Map();
    for (const one of beside.querySelectorAll("details[data-part]")) opened.set(one.dataset.part, one.open);
    for (const one of page.querySelectorAll("details[data-part]")) {
      if (opened.has(one.dataset.part)) one.open = opened.get(one.dataset.part);
    }
    beside.replaceChildren(...[...page.body.childNodes].map((one) => document.adoptNode(one)));
    reveal();
  };
  setInterval(refresh, LEAST);
})();
