/* Buttons that put something into the text at the cursor, and the filter of the sources beside it.
   Without this file what they insert stands there to be copied, and the filter asks the server.

   A button sends "pw:insert" with {markdown} to the text field. Whoever puts another editor over the
   field listens there and calls preventDefault; otherwise it is put into the field itself. */

"use strict";

(() => {
  const text = document.getElementById("id_text");
  if (!text) return;

  for (const button of document.querySelectorAll("[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const detail = { markdown: button.dataset.insert };
      const options = { detail, bubbles: true, cancelable: true };
      text.dispatchEvent(new CustomEvent("pw:insert", options));
    });
  }

  /* Where something is put in, and with what around it: after the chosen words, so that none of them
     goes away, apart from a word before it; what stands in a paragraph of its own, after the paragraph
     of the cursor. */
  const placed = (markdown) => {
    const at = text.selectionEnd;
    if (!markdown.startsWith("[[")) {
      const isAfterWord = /[^\s([«“]$/u.test(text.value.slice(0, at));
      return [at, isAfterWord ? ` ${markdown}` : markdown];
    }
    const next = text.value.indexOf("\n\n", at);
    const end = next < 0 ? text.value.length : next;
    const ends = /\n*$/.exec(text.value.slice(0, end))[0].length;
    const missing = end === 0 ? 0 : Math.max(0, 2 - ends);
    return [end, "\n".repeat(missing) + markdown];
  };

  document.addEventListener("pw:insert", (event) => {
    if (event.defaultPrevented || event.target !== text) return;
    text.focus();
    const [at, words] = placed(event.detail.markdown);
    text.setRangeText(words, at, at, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });

  const field = document.getElementById("pick");
  const picker = document.getElementById("picker");
  if (!field || !picker) return;

  const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = [...picker.querySelectorAll("[data-words]")].map((row) => ({
    row,
    words: plain(row.dataset.words),
  }));
  const none = document.getElementById("picker-none");

  const filter = () => {
    const wanted = plain(field.value).split(/\s+/);
    for (const { row, words } of rows) row.hidden = !wanted.every((word) => words.includes(word));
    none.hidden = rows.some(({ row }) => !row.hidden);
  };

  picker.querySelector("[value=pick]").hidden = true;
  // What is looked for is no part of the text.
  field.removeAttribute("form");
  field.removeAttribute("name");
  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
})();
