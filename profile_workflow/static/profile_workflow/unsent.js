/* Texts and notes that were written in this browser and never reached the server: listed where one
   begins to work, and before anybody signs out. `draft.js` and `guidance.js` keep them. */

"use strict";

(() => {
  const form = document.querySelector("form[data-person]");
  if (!form) return;
  const EVERYBODY = ["draft:", "marks:"];
  const OWN = EVERYBODY.map((kind) => `${kind}${form.dataset.person}:`);
  const FIRST_WORDS = 120;

  const names = (starts) => {
    try {
      return Object.keys(localStorage).filter((name) => starts.some((one) => name.startsWith(one)));
    } catch {
      return [];
    }
  };

  /* Notes that an earlier edition of `guidance.js` left are a bare list, and only their name says
     when. */
  const read = (name) => {
    try {
      const kept = JSON.parse(localStorage.getItem(name));
      if (!Array.isArray(kept)) return kept;
      return { marks: kept, at: parseInt(name.slice(name.lastIndexOf(":") + 1), 10) };
    } catch {
      return null;
    }
  };

  /* The newest text, and the newest notes, of each section below an address. */
  const unsent = (under) => {
    const found = new Map();
    for (const start of OWN) {
      for (const name of names([`${start}${under}`])) {
        const what = name.slice(0, name.lastIndexOf(":"));
        const kept = read(name);
        if (!kept?.written && !kept?.marks) continue;
        if (found.has(what) && found.get(what)[1].at >= kept.at) continue;
        found.set(what, [what.slice(start.length), kept]);
      }
    }
    return [...found.values()];
  };

  const wordsOf = ({ written, marks, words = [] }) => {
    if (written) return written.text || written.searched;
    const notes = marks.map(([, , note]) => note).filter(Boolean);
    return (notes.length ? notes : words).join(" – ");
  };

  const line = ([address, kept]) => {
    const link = document.createElement("a");
    link.href = address;
    link.dir = "auto";
    link.textContent = kept.place ?? address;
    const when = document.createElement("bdi");
    when.className = "small-print";
    when.textContent = new Date(kept.at).toLocaleString(
      `${document.documentElement.lang}-u-nu-latn`,
      { dateStyle: "medium", timeStyle: "short" },
    );
    const words = document.createElement("div");
    words.className = "small-print";
    words.dir = "auto";
    words.textContent = wordsOf(kept).slice(0, FIRST_WORDS);
    const row = document.createElement("li");
    row.append(link, " ", when, words);
    return row;
  };

  const panel = document.getElementById("unsent");
  if (panel) {
    const found = unsent(panel.dataset.under);
    panel.querySelector("ul").replaceChildren(...found.map(line));
    panel.hidden = found.length === 0;
  }

  const dialog = document.getElementById("sign-out-unsent");
  let isDecided = false;

  /* The browser forgets everything, unless there is somebody's text among it. */
  const sayWhetherToForget = () => {
    form.elements.forget.value = names(EVERYBODY).length ? "" : "on";
  };

  const leave = () => {
    isDecided = true;
    sayWhetherToForget();
    form.requestSubmit();
    // If nothing comes of it, the next time is asked about anew.
    isDecided = false;
  };

  const leaveWith = (isErased) => {
    document.dispatchEvent(new CustomEvent("pw:signing-out", { detail: { isErased } }));
    if (isErased) for (const name of names(OWN)) localStorage.removeItem(name);
    dialog.close();
    leave();
  };

  const ask = () => {
    const found = unsent("/");
    if (!found.length) {
      leave();
      return;
    }
    dialog.querySelector("ul").replaceChildren(...found.map(line));
    dialog.showModal();
  };

  form.addEventListener("submit", (event) => {
    if (isDecided) return;
    // Whoever knows of a text that is not saved yet saves it first.
    const waitFor = [];
    document.dispatchEvent(new CustomEvent("pw:sign-out", { detail: { waitFor } }));
    if (!waitFor.length && !unsent("/").length) {
      sayWhetherToForget();
      return;
    }
    event.preventDefault();
    Promise.allSettled(waitFor).then(ask);
  });
  window.addEventListener("pageshow", () => {
    isDecided = false;
  });
  dialog.querySelector("[data-do=stay]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-do=keep]").addEventListener("click", () => leaveWith(false));
  dialog.querySelector("[data-do=erase]").addEventListener("click", () => leaveWith(true));
})();
