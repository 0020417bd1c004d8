/* Where a section cannot be written any more: what was written in this browser and never reached the
   server can still be read, text and notes to guiding questions, and thrown away. */

"use strict";

(() => {
  const root = document.getElementById("kept-here");
  if (!root) return;
  const STARTS = ["draft:", "marks:"].map((kind) => `${kind}${root.dataset.draftOf}:${location.pathname}:`);
  const ROWS = 12;
  const FEW_ROWS = 4;

  const names = () => {
    try {
      return Object.keys(localStorage).filter((name) => STARTS.some((one) => name.startsWith(one)));
    } catch {
      return [];
    }
  };

  /* Notes that an earlier edition of `guidance.js` left know no questions, or are a bare list. */
  const wordsOf = (name) => {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(name));
    } catch {
      return "";
    }
    if (kept?.written) return [kept.written.text, kept.written.searched].filter(Boolean).join("\n\n");
    if (kept?.words) return kept.words.join("\n\n");
    const marks = kept?.marks ?? kept;
    return Array.isArray(marks) ? marks.map(([, , note]) => note).filter(Boolean).join("\n\n") : "";
  };

  // Texts first.
  const left = names().sort().map((name) => [name, wordsOf(name)]).filter(([, words]) => words);
  for (const [name, words] of left) {
    const area = document.createElement("textarea");
    area.className = "form-control mb-3";
    area.rows = name.startsWith("draft:") ? ROWS : FEW_ROWS;
    area.readOnly = true;
    area.dir = "auto";
    area.value = words;
    area.setAttribute("aria-label", root.querySelector("p").textContent);
    root.append(area);
  }
  root.hidden = left.length === 0;
  document.getElementById("kept-drop").addEventListener("click", () => {
    for (const [name] of left) localStorage.removeItem(name);
    root.hidden = true;
  });
})();
