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
  const troubleText = document.getElementById("save-trouble-text");
  const signIn = document.getElementById("save-sign-in");

  /* Key of a question → its fields. */
  const questions = new Map();
  for (const field of form.elements) {
    const [, key, part] = field.name.match(/^q-(.+)-(outcome|note|seen)$/) || [];
    if (key) questions.set(key, { ...questions.get(key), [part]: field });
  }
  if (!questions.size) return;

  // A field of one line leaves out the ends of lines in what came.
  const said = (outcome, note) => JSON.stringify([outcome, note.replace(/[\r\n]/g, "").trim()]);
  const saidIn = ({ outcome, note }) => said(outcome.value, note.value);
  // What the server has, and what it refused as it stands.
  const saved = new Map();
  const refused = new Map();
  for (const [key, { outcome, note }] of questions) {
    const chosen = [...outcome.options].find((one) => one.value === outcome.dataset.saved);
    saved.set(key, said(chosen?.value ?? "", note.dataset.saved));
  }
  // Some came back with a page that could not save them.
  const isBack = form.dataset.marksBack !== undefined;

  /* A mark as somebody reads it where its question is not. */
  const wordsOf = ([, { outcome, note }]) =>
    [outcome.labels[0].textContent, outcome.value && outcome.selectedOptions[0].text, note.value]
      .map((one) => one.trim())
      .filter(Boolean)
      .join(" – ");

  const unsaved = () => [...questions].filter(([key, one]) => saidIn(one) !== saved.get(key));
  const isReady = ([key, one]) =>
    saidIn(one) !== refused.get(key) &&
    (!ASK_WHY.includes(one.outcome.value) || one.note.value.trim());

  /* Copies in this browser, one for each time the page is opened. */
  const page = form.closest("[data-draft-of]").dataset;
  const START = `marks:${page.draftOf}:${location.pathname}:`;
  const own = `${START}${Date.now()}-${Math.random().toString(36).slice(2)}`;
  // Whoever signed out wanted nothing to stay here.
  let isErased = false;
  /* Whether it worked: there may be no room, or none allowed. */
  const keep = () => {
    if (isErased) return false;
    const left = unsaved();
    if (left.length) form.dataset.marks = "unsaved";
    else delete form.dataset.marks;
    const marks = left.map(([key, one]) => [key, one.outcome.value, one.note.value, one.seen.value]);
    const copy = { marks, words: left.map(wordsOf), place: page.draftPlace, at: Date.now() };
    try {
      if (left.length) localStorage.setItem(own, JSON.stringify(copy));
      else localStorage.removeItem(own);
      return true;
    } catch {
      // This browser keeps nothing; leaving the page warns.
      return false;
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
  /* What is said of the text itself stays: `draft.js` says it, and takes it back. */
  const isOurs = () => trouble.hidden || trouble.dataset.of === "marks";
  const complain = (message) => {
    if (!isOurs()) return;
    if (troubleText.textContent !== message) troubleText.textContent = message;
    trouble.dataset.of = "marks";
    trouble.hidden = signIn.hidden = false;
  };
  const calm = () => {
    if (isOurs()) trouble.hidden = signIn.hidden = true;
  };

  const later = (message) => {
    state.textContent = form.dataset.sayUnsaved;
    if (message) complain(message);
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
    for (const [key, written] of sent) {
      const problem = told.problems[`q-${key}-note`] || told.problems[`q-${key}-outcome`];
      const seen = told.seen[`q-${key}-seen`];
      show(key, problem);
      if (seen) questions.get(key).seen.value = seen;
      // What is refused, or not asked any more, waits for another word, or for the button.
      if (seen && !problem) saved.set(key, written);
      else refused.set(key, written);
    }
    words.firstElementChild.textContent = told.coverage;
    meter.value = told.done;
  };

  const content = (ready) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token());
    body.set("writer", form.elements.writer.value);
    for (const [, one] of ready) {
      for (const field of Object.values(one)) body.set(field.name, field.value);
    }
    return body;
  };

  const send = (body) =>
    fetch(form.dataset.answers, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(LONGEST_ANSWER),
    });

  const attempt = async () => {
    const ready = unsaved().filter(isReady);
    if (!ready.length) return;
    const sent = new Map(ready.map(([key, one]) => [key, saidIn(one)]));
    let answer;
    let told = null;
    try {
      answer = await send(content(ready));
      told = await answer.json();
    } catch {
      // No connection, or a page instead of an answer.
    }
    const isSignedOut = answer?.status === 401 || (answer?.status === 403 && !told);
    if (isSignedOut || !told || told.other) {
      keep();
      later(isSignedOut ? form.dataset.saySignedOut : told?.other && told.message);
      return;
    }
    delay = 0;
    if (told.seen) take(told, sent);
    else for (const [key, written] of sent) refused.set(key, written);
    state.textContent = told.message;
    calm();
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
    isErased = false;
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

  window.addEventListener("pageshow", () => {
    isErased = false;
  });

  /* Before somebody signs out, what he marked is saved; if that fails, he is asked. */
  const saveAll = async () => {
    await running;
    if (unsaved().some(isReady)) await save();
  };
  document.addEventListener("pw:sign-out", ({ detail }) => {
    keep();
    if (unsaved().some(isReady)) detail.waitFor.push(saveAll());
  });
  document.addEventListener("pw:signing-out", ({ detail }) => {
    isErased = detail.isErased;
    if (isErased) clearTimeout(keeping);
  });

  const read = (name) => {
    try {
      const kept = JSON.parse(localStorage.getItem(name));
      // A copy that was left by an earlier edition of this script is a bare list.
      return Array.isArray(kept) ? { marks: kept } : { marks: [], ...kept };
    } catch {
      return { marks: [] };
    }
  };

  /* What earlier visits could not save goes back into its fields, with what they had seen: if
     somebody has marked the same question since, the server shows both. */
  const restore = ({ marks, at }) => {
    for (const [key, outcome, note, seen] of marks) {
      const one = questions.get(key);
      if (!one || saidIn(one) !== saved.get(key) || said(outcome, note) === saved.get(key)) continue;
      one.outcome.value = outcome;
      one.note.value = note;
      // When it was typed: what the same person said later, on another device, is newer.
      one.seen.value = at && !seen.includes("@") ? `${seen}@${at}` : seen;
    }
  };

  /* They go only when all is kept anew; what is not asked any more stays as it is. */
  const restoreAll = () => {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(START));
    const copies = names.sort().reverse().map((name) => [name, read(name)]);
    for (const [, kept] of copies) restore(kept);
    if (!keep()) return;
    for (const [name, kept] of copies) {
      const rest = kept.marks.filter(([key]) => !questions.has(key));
      if (!rest.length) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify({ ...kept, marks: rest }));
    }
  };
  try {
    // What came back with a page is newer than any copy; the next visit looks at them.
    if (!isBack) restoreAll();
  } catch {
    // Nothing can be kept here.
  }
  if (unsaved().length) {
    state.textContent = form.dataset.sayUnsaved;
    keep();
    if (!isBack) schedule(PAUSE);
  }
})();
