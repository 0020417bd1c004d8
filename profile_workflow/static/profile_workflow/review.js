/* What a reviewer types of his judgement is saved while he types, for him alone. Without this file the
   button below does it. */

"use strict";

(() => {
  const form = document.querySelector("form[data-review-draft]");
  const state = document.getElementById("review-state");
  const version = form?.elements.namedItem("draft_version");
  if (!form || !state || !version) return;
  const PAUSE = 1500;
  const isPart = (name) => /^(rating_|words_|move$|reason$)/.test(name);
  let timer = 0;
  let isSaving = false;
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

  const save = async () => {
    if (isSaving) return later();
    isSaving = true;
    isChanged = false;
    try {
      const answer = await fetch(form.dataset.reviewDraft, { method: "POST", body: typed() });
      const told = await answer.json();
      // Another window has saved since: this one says so, and does not overwrite it by itself.
      if (answer.ok) version.value = told.version;
      state.textContent = answer.ok ? state.dataset.saved : told.message;
    } catch {
      state.textContent = state.dataset.unsaved;
    }
    isSaving = false;
    if (isChanged) later();
  };

  form.addEventListener("input", (event) => {
    if (!isPart(event.target.name)) return;
    isChanged = true;
    later();
  });
  form.addEventListener("submit", () => clearTimeout(timer));
})();
