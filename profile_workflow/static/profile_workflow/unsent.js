/* Texts that were written in this browser and never reached the server: listed where one begins to
   work, and before anybody signs out. `draft.js` keeps them. */

"use strict";

(() => {
  const form = document.querySelector("form[data-person]");
  if (!form) return;
  const EVERYBODY = "draft:";
  const OWN = `${EVERYBODY}${form.dataset.person}:`;
  const FIRST_WORDS = 120;

  const names = (start) => {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(start));
    } catch {
      return [];
    }
  };

  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };

  /* The newest text of each section below an address. */
  const unsent = (under) => {
    const found = new Map();
    for (const name of names(`${OWN}${under}`)) {
      const address = name.slice(OWN.length, name.lastIndexOf(":"));
      const kept = read(name);
      if (!kept?.written) continue;
      if (!found.has(address) || found.get(address).at < kept.at) found.set(address, kept);
    }
    return [...found];
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
    words.textContent = (kept.written.text || kept.written.searched).slice(0, FIRST_WORDS);
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
  dialog.querySelector("[data-do=stay]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-do=keep]").addEventListener("click", () => leaveWith(false));
  dialog.querySelector("[data-do=erase]").addEventListener("click", () => leaveWith(true));
})();
