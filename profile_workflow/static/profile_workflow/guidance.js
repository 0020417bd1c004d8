/* Beside a text that is being written: marks of guiding questions are saved as they are made, and a
   finding is shown in the text. Without this file the buttons of the page do it. */

"use strict";

(() => {
  const form = document.querySelector("form[data-answers]");
  if (!form) return;
  const PAUSE = 800;
  const state = document.getElementById("answers-state");
  const words = document.getElementById("coverage-words");
  const meter = document.getElementById("coverage");
  const isMark = (field) => field.name.startsWith("q-");
  let timer;

  let running = Promise.resolve();

  const save = async () => {
    const sent = new Map();
    const body = new FormData();
    for (const field of form.elements) {
      if (isMark(field) || field.name === "csrfmiddlewaretoken") body.set(field.name, field.value);
      if (isMark(field)) sent.set(field, field.value);
    }
    let answer, told;
    try {
      answer = await fetch(form.dataset.answers, { method: "POST", body, cache: "no-store" });
      told = await answer.json();
    } catch {
      // The button below the questions saves them too, and says why it cannot.
      state.textContent = form.dataset.sayUnsaved;
      return;
    }
    state.textContent = told.message;
    if (!answer.ok) return;
    // What was changed while this was on its way waits for the next save.
    if ([...sent].every(([field, value]) => field.value === value)) delete form.dataset.marks;
    words.firstElementChild.textContent = told.coverage;
    meter.value = told.done;
    for (const [name, value] of Object.entries(told.seen)) form.elements[name].value = value;
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // One after the other: an answer tells what the page has seen from then on.
      running = running.then(save);
    }, PAUSE);
  };

  /* Nothing is sent while a reason is still to be given. */
  const isReady = () =>
    [...form.elements].every(
      (field) =>
        !field.name.endsWith("-outcome") ||
        !["not_applicable", "nothing_found"].includes(field.value) ||
        form.elements[field.name.replace(/-outcome$/, "-note")].value.trim(),
    );

  for (const field of form.elements) {
    if (!isMark(field)) continue;
    field.addEventListener("change", () => {
      form.dataset.marks = "unsaved";
      if (isReady()) later();
      else state.textContent = form.dataset.sayUnsaved;
    });
  }

  for (const button of document.querySelectorAll("[data-show]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const [start, end] = button.dataset.show.split(" ").map(Number);
      const text = form.elements.text;
      const { words } = button.dataset;
      // What was typed since the last save may have moved it a little.
      const near = words ? text.value.indexOf(words, Math.max(0, start - 200)) : start;
      const at = near < 0 ? start : near;
      // An editor over the field, if there is one, shows the words in its own text.
      const before = words ? text.value.slice(0, at).split(words).length - 1 : 0;
      const detail = { words, before };
      if (!text.dispatchEvent(new CustomEvent("pw:show", { detail, cancelable: true }))) return;
      text.focus();
      text.setSelectionRange(at, words ? at + words.length : end);
    });
  }
})();
