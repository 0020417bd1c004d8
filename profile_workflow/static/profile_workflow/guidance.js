/* Beside a text that is being written: marks of guiding questions and the notes to them are saved as
   they are made, and kept in this browser until the server has them. Without this file the button
   below the questions saves them. */

"use strict";

(() => {
  const form = document.querySelector("form[data-answers]");
  if (!form) return;
  const PAUSE = 1500;
  const FIRST_RETRY = 5000;
  const LAST_RETRY = 60000;
  const LONGEST_ANSWER = 30000;
  const ASK_WHY = ["not_applicable", "nothing_found"];
  const state = document.getElementById("answers-state");
  const words = document.getElementById("coverage-words");
  const meter = document.getElementById("coverage");
  const trouble = document.getElementById("save-trouble");
  const signIn = document.getElementById("save-sign-in");

  /* Key of a question → its fields. */
  const questions = new Map();
  for (const field of form.elements) {
    const [, key, part] = field.name.match(/^q-(.+)-(outcome|note|seen)$/) || [];
    if (key) questions.set(key, { ...questions.get(key), [part]: field });
  }
  if (!questions.size) return;

  const saidIn = ({ outcome, note }) => JSON.stringify([outcome.value, note.value.trim()]);
  // What the server has, and what it refused as it stands.
  const saved = new Map();
  const refused = new Map();
  for (const [key, one] of questions) saved.set(key, saidIn(one));
  // Some came back with a page that could not save them.
  const isBack = form.dataset.marksBack !== undefined;
  if (isBack) saved.clear();

  const unsaved = () => [...questions].filter(([key, one]) => saidIn(one) !== saved.get(key));
  const isReady = ([key, one]) =>
    saidIn(one) !== refused.get(key) &&
    (!ASK_WHY.includes(one.outcome.value) || one.note.value.trim());

  /* Copies in this browser, one for each time the page is opened. */
  const START = `marks:${form.closest("[data-draft-of]").dataset.draftOf}:${location.pathname}:`;
  const own = `${START}${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const keep = () => {
    const left = unsaved();
    if (left.length) form.dataset.marks = "unsaved";
    else delete form.dataset.marks;
    try {
      const copy = left.map(([key, one]) => [key, one.outcome.value, one.note.value, one.seen.value]);
      if (left.length) localStorage.setItem(own, JSON.stringify(copy));
      else localStorage.removeItem(own);
    } catch {
      // This browser keeps nothing; leaving the page warns.
    }
  };

  let timer;
  let keeping;
  let delay = 0;
  let running = null;

  const schedule = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const later = (isSignedOut = false) => {
    state.textContent = form.dataset.sayUnsaved;
    if (isSignedOut) {
      document.getElementById("save-trouble-text").textContent = form.dataset.saySignedOut;
      trouble.hidden = signIn.hidden = false;
    }
    delay = Math.min(delay ? delay * 2 : FIRST_RETRY, LAST_RETRY);
    schedule(delay);
  };

  /* Somebody who signed in again has a new token. */
  const token = () => {
    const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    return found ? found[1] : form.elements.csrfmiddlewaretoken.value;
  };

  const show = (key, problem) => {
    const { note } = questions.get(key);
    const place = document.getElementById(`${note.id}_error`);
    place.hidden = !problem;
    place.lastElementChild.textContent = problem || "";
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", place.id]]) {
      if (problem) note.setAttribute(name, value);
      else note.removeAttribute(name);
    }
  };

  const take = (told, sent) => {
    for (const [key, said] of sent) {
      const problem = told.problems[`q-${key}-note`];
      const seen = told.seen[`q-${key}-seen`];
      show(key, problem);
      if (seen) questions.get(key).seen.value = seen;
      // What is refused waits for another word, or for the button.
      if (problem) refused.set(key, said);
      else saved.set(key, said);
    }
    words.firstElementChild.textContent = told.coverage;
    meter.value = told.done;
  };

  const attempt = async () => {
    const ready = unsaved().filter(isReady);
    if (!ready.length) return;
    const sent = new Map(ready.map(([key, one]) => [key, saidIn(one)]));
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token());
    for (const [, one] of ready) {
      for (const field of Object.values(one)) body.set(field.name, field.value);
    }
    let answer;
    let told = null;
    try {
      const signal = AbortSignal.timeout(LONGEST_ANSWER);
      answer = await fetch(form.dataset.answers, { method: "POST", body, cache: "no-store", signal });
      told = await answer.json();
    } catch {
      // No connection, or a page instead of an answer.
    }
    if (!told) {
      later(answer && [401, 403].includes(answer.status));
      return;
    }
    delay = 0;
    if (told.seen) take(told, sent);
    else for (const [key, said] of sent) refused.set(key, said);
    state.textContent = told.message;
    if (form.dataset.marks && !signIn.hidden) trouble.hidden = signIn.hidden = true;
    keep();
    if (unsaved().some(isReady)) schedule(PAUSE);
  };

  function save() {
    clearTimeout(timer);
    running ??= attempt().finally(() => {
      running = null;
    });
    return running;
  }

  const changed = (event) => {
    if (event.target.form !== form || !event.target.name.startsWith("q-")) return;
    form.dataset.marks = "unsaved";
    state.textContent = form.dataset.sayUnsaved;
    clearTimeout(keeping);
    keeping = setTimeout(keep, 300);
    schedule(PAUSE);
  };
  for (const kind of ["input", "change"]) document.addEventListener(kind, changed);
  document.addEventListener("focusin", () => {
    if (delay && form.dataset.marks) save();
  });
  window.addEventListener("online", save);
  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) keep();
  });

  /* What earlier visits could not save goes back into its fields, with what they had seen: if
     somebody has marked the same question since, the server shows both. */
  const restore = (name) => {
    let left = [];
    try {
      left = JSON.parse(localStorage.getItem(name)) || [];
      localStorage.removeItem(name);
    } catch {
      return;
    }
    for (const [key, outcome, note, seen] of left) {
      const one = questions.get(key);
      if (!one || saidIn(one) !== saved.get(key)) continue;
      one.outcome.value = outcome;
      one.note.value = note;
      one.seen.value = seen;
    }
  };
  try {
    Object.keys(localStorage).filter((name) => name.startsWith(START)).sort().reverse().forEach(restore);
  } catch {
    // Nothing can be kept here.
  }
  if (unsaved().length) {
    state.textContent = form.dataset.sayUnsaved;
    keep();
    if (!isBack) schedule(PAUSE);
  }
})();
