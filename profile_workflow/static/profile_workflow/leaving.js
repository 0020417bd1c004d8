/* Asks before a page is left on which somebody has typed a text that nobody has got yet. What
   `draft.js` keeps needs no question. Without this file the page is left as browsers leave it. */

"use strict";

(() => {
  const LONGEST_ANSWER = 30000;
  // What is typed in one line is soon typed again, and words to be quoted stand in the text.
  const FORMS = "main form[method=post]:not([data-autosave], [data-keep])";
  const FIELDS = `${FORMS} textarea:not([readonly], [hidden], [name$="-quote"])`;
  // A page that was sent and came back holds what was typed on the one before.
  const cameBack = "cameBack" in document.getElementById("main").dataset;
  const had = new Map();
  for (const field of document.querySelectorAll(FIELDS)) {
    had.set(field, cameBack ? "" : field.defaultValue);
  }
  if (!had.size) return;

  let sent = null;
  let sentEnds;

  /* Nothing came of it: the answer was stopped, or was a file. */
  const stay = () => {
    clearTimeout(sentEnds);
    sent = null;
  };

  /* What is saved while it is typed says so. */
  addEventListener("pw:kept", ({ target, detail }) => had.set(target, detail));
  addEventListener("input", stay);
  addEventListener("pageshow", stay);
  addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
    const frame = submitter?.formTarget || target.target;
    if (defaultPrevented || (frame && frame !== "_self")) return;
    stay();
    sent = target;
    sentEnds = setTimeout(stay, LONGEST_ANSWER);
  });
  addEventListener("beforeunload", (event) => {
    for (const [field, value] of had) {
      if (field.form !== sent && field.value.trim() && field.value !== value) event.preventDefault();
    }
  });
})();
