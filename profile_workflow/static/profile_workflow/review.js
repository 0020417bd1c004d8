/* What a reviewer types of his judgement is saved while he types, for him alone. Without this file the
   button below does it. */

"use strict";

(() => {
  const form = document.querySelector("form[data-review-draft]");
  const state = document.getElementById("review-state");
  const version = form?.elements.namedItem("draft_version");
  if (!form || !state || !version) return;
  const PAUSE = 1500;
  const LONGEST_ANSWER = 30000;
  const isPart = (name) => /^(rating_|words_|move$|reason$)/.test(name);
  let timer = 0;
  let saving = null;
  let isSending = false;
  let isChanged = false;

  const typed = () => {
    const found = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (isPart(name) || name === "csrfmiddlewaretoken" || name === "draft_version") {
        found.append(name, value);
      }
    }
    return found;
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };

  /* Whoever asks before the page is left need not ask about what is saved. */
  const tellKept = (fields) => {
    for (const [name, value] of fields) {
      const field = form.elements.namedItem(name);
      if (field.type === "textarea") {
        field.dispatchEvent(new CustomEvent("pw:kept", { bubbles: true, detail: value }));
      }
    }
  };

  const attempt = async () => {
    isChanged = false;
    const body = typed();
    const sent = { method: "POST", body, signal: AbortSignal.timeout(LONGEST_ANSWER) };
    try {
      const answer = await fetch(form.dataset.reviewDraft, sent);
      const told = await answer.json();
      // Another window has saved since: this one says so, and does not overwrite it by itself.
      if (answer.ok) {
        version.value = told.version;
        tellKept(body);
      }
      state.textContent = answer.ok ? state.dataset.saved : told.message;
    } catch {
      state.textContent = state.dataset.unsaved;
    }
  };

  const save = async () => {
    if (saving) return later();
    saving = attempt();
    await saving;
    saving = null;
    if (isChanged) later();
  };

  form.addEventListener("input", (event) => {
    if (!isPart(event.target.name)) return;
    isChanged = true;
    later();
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!saving) return;
    // What is on its way makes a version of its own, after which this one follows.
    event.preventDefault();
    state.textContent = state.dataset.saving;
    if (isSending) return;
    isSending = true;
    const { submitter } = event;
    saving.then(() => {
      isSending = false;
      form.requestSubmit(submitter);
    });
  });
})();
