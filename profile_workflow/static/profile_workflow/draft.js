/* Saves the text of a section while it is being written, and keeps a copy in this browser until
   the server has it. Without this file the page works by its buttons. */

"use strict";

(() => {
  const root = document.querySelector("[data-draft-of]");
  if (!root) return;

  /* Copies in this browser: one for each time the page is opened, so that two tabs never share one,
     and a text that is offered is not written over before somebody has decided on it. */
  const PREFIX = "draft:";
  const HERE = `${PREFIX}${root.dataset.draftOf}:${location.pathname}:`;
  const newName = () => `${HERE}${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const own = newName();
  const shelf = {
    read(name) {
      try {
        return JSON.parse(localStorage.getItem(name));
      } catch {
        return null;
      }
    },
    /* Whether it worked: there may be no room, or none allowed. */
    write(name, value) {
      try {
        localStorage.setItem(name, JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
    remove(name) {
      try {
        localStorage.removeItem(name);
      } catch {
        // Nothing was kept.
      }
    },
    names(start) {
      try {
        return Object.keys(localStorage).filter((name) => name.startsWith(start));
      } catch {
        return [];
      }
    },
    /* What earlier visits and other tabs left, the newest first. */
    found() {
      return this.names(HERE)
        .filter((name) => name !== own)
        .map((name) => ({ name, ...this.read(name) }))
        .filter((kept) => kept.written)
        .sort((one, other) => other.at - one.at);
    },
  };

  const same = (one, other) =>
    one.text === other.text && one.nothing === other.nothing && one.searched === other.searched;

  const contentOf = ({ text, nothing_found: nothing, searched }) => ({
    text: text.value.replaceAll("\r\n", "\n"),
    nothing: nothing.type === "checkbox" ? nothing.checked : nothing.value === "True",
    searched: searched.value.replaceAll("\r\n", "\n").trim(),
  });

  const copyOf = (form) => ({
    written: contentOf(form.elements),
    version: form.elements.base_version.value,
    base: form.elements.base_text.value.replaceAll("\r\n", "\n"),
    at: Date.now(),
  });

  /* On a computer that people share nothing stays behind. */
  const signOut = document.querySelector("form[action$='/sign-out/']");
  if (signOut) {
    signOut.addEventListener("submit", () => {
      for (const name of shelf.names(PREFIX)) shelf.remove(name);
    });
  }

  /* On the page with two versions: the server keeps the one that met a newer one, so its copy here
     has done its work. What is chosen or joined is kept until it is seen to be saved. */
  const mine = document.getElementById("mine");
  if (mine) {
    const met = contentOf(mine.elements);
    for (const kept of shelf.found()) if (same(kept.written, met)) shelf.remove(kept.name);
  }
  for (const element of document.querySelectorAll("form[data-keep]")) {
    for (const kind of ["input", "submit"]) {
      element.addEventListener(kind, () => shelf.write(own, copyOf(element)));
    }
  }
  for (const link of document.querySelectorAll("a[data-drop]")) {
    link.addEventListener("click", () => shelf.remove(own));
  }

  /* Where the text cannot be written any more, what was not saved can still be read. */
  if (root.id === "kept-here") {
    const left = shelf.found();
    for (const kept of left) {
      const area = document.createElement("textarea");
      area.className = "form-control mb-3";
      area.rows = 12;
      area.readOnly = true;
      area.dir = "auto";
      area.value = [kept.written.text, kept.written.searched].filter(Boolean).join("\n\n");
      area.setAttribute("aria-label", root.querySelector("p").textContent);
      root.append(area);
    }
    root.hidden = left.length === 0;
    document.getElementById("kept-drop").addEventListener("click", () => {
      for (const kept of left) shelf.remove(kept.name);
      root.hidden = true;
    });
  }

  const form = root.querySelector("form[data-autosave]");
  if (!form) return;

  const PAUSE = 1500;
  const FIRST_RETRY = 5000;
  const LAST_RETRY = 60000;
  const LONGEST_ANSWER = 30000;
  const MOST_UNANSWERED = 20;

  const { text, nothing_found: nothing, searched, base_version: version, base_text: base } =
    form.elements;
  const words = form.dataset;
  const state = document.getElementById("save-state");
  const length = document.getElementById("length");
  const trouble = document.getElementById("save-trouble");
  const troubleText = document.getElementById("save-trouble-text");
  const signIn = document.getElementById("save-sign-in");
  const signInForm = document.getElementById("sign-in-again");
  const signInProblem = document.getElementById("sign-in-problem");

  const written = () => contentOf(form.elements);

  let saved = words.unsaved === undefined ? written() : null;
  let timer;
  let keeping;
  let delay = 0;
  let saving = null;
  // What was sent and never answered: the server may have it all the same.
  let unanswered = [];
  let stale = false;
  let leaving = false;
  let leavingEnds;
  let isKept = true;

  const isDirty = () => saved === null || !same(saved, written());

  const say = (message) => {
    state.textContent = message;
  };

  const complain = (message, { signedOut = false } = {}) => {
    const whole = isKept ? message : `${message} ${words.sayNotKept}`;
    if (troubleText.textContent !== whole) troubleText.textContent = whole;
    signIn.hidden = !signedOut;
    trouble.hidden = false;
    if (isDirty()) say(words.sayUnsaved);
  };

  const calm = () => {
    trouble.hidden = true;
    troubleText.textContent = "";
  };

  const keep = () => {
    clearTimeout(keeping);
    if (isDirty()) isKept = shelf.write(own, copyOf(form));
  };

  const token = () => {
    const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    return found ? found[1] : form.elements.csrfmiddlewaretoken.value;
  };

  /* Somebody who signed in again in another tab has a new token. */
  const refreshTokens = () => {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
      field.value = token();
    }
  };

  const content = (action) => {
    refreshTokens();
    const body = new FormData(form);
    if (action) body.set("action", action);
    return body;
  };

  const send = (address, body, accept) =>
    fetch(address, {
      method: "POST",
      body,
      headers: { Accept: accept },
      cache: "no-store",
      signal: AbortSignal.timeout(LONGEST_ANSWER),
    });

  const schedule = (wait) => {
    clearTimeout(timer);
    if (!stale) timer = setTimeout(save, wait);
  };

  const later = () => {
    delay = Math.min(delay ? delay * 2 : FIRST_RETRY, LAST_RETRY);
    schedule(delay);
  };

  const readAnswer = async (answer) => {
    try {
      return await answer.json();
    } catch {
      return null;
    }
  };

  const accept = (sent, told) => {
    version.value = told.version;
    base.value = sent.text;
    saved = sent;
    delay = 0;
    unanswered = [];
    calm();
    say(told.message);
    length.textContent = told.length;
    if (isDirty()) {
      keep();
      schedule(PAUSE);
    } else {
      clearTimeout(keeping);
      shelf.remove(own);
    }
    return "saved";
  };

  const refuse = (answer, told) => {
    keep();
    if (answer.status === 401 || (answer.status === 403 && !told)) {
      complain(words.saySignedOut, { signedOut: true });
      later();
    } else if (told && told.stale && unanswered.some((one) => same(one, told.saved))) {
      accept(told.saved, { ...told, message: words.saySaved, length: length.textContent });
      if (isDirty()) say(words.sayUnsaved);
      return "saved";
    } else if (told && (told.stale || told.other)) {
      stale = true;
      complain(told.stale ? words.sayStale : told.message, { signedOut: told.other });
      return "stale";
    } else if (told) {
      complain(told.message);
    } else {
      complain(words.sayFailing);
      later();
    }
    return "refused";
  };

  const attempt = async () => {
    const sent = written();
    if (saved && same(saved, sent)) return "saved";
    const body = content();
    body.delete("base_text");
    say(words.saySaving);
    let answer;
    unanswered = [...unanswered.slice(-MOST_UNANSWERED), sent];
    try {
      answer = await send(words.autosave, body, "application/json");
    } catch {
      keep();
      complain(navigator.onLine ? words.sayFailing : words.sayOffline);
      later();
      return "refused";
    }
    const told = await readAnswer(answer);
    return answer.ok && told ? accept(sent, told) : refuse(answer, told);
  };

  function save() {
    clearTimeout(timer);
    if (stale) return Promise.resolve("stale");
    saving ??= attempt().finally(() => {
      saving = null;
    });
    return saving;
  }

  /* What was typed while an earlier text was on its way is saved too. */
  const saveAll = async () => {
    let outcome = await save();
    while (outcome === "saved" && isDirty()) outcome = await save();
    return outcome;
  };

  /* Nothing came of leaving: the answer was stopped, or somebody goes on writing. */
  const stay = () => {
    clearTimeout(leavingEnds);
    leaving = false;
  };

  const pass = (button) => {
    keep();
    refreshTokens();
    leaving = true;
    clearTimeout(leavingEnds);
    leavingEnds = setTimeout(stay, LONGEST_ANSWER);
    // Not at once: while it tells that it is being submitted, a form cannot be submitted again.
    setTimeout(() => form.requestSubmit(button));
  };

  const preview = async (button) => {
    let answer;
    try {
      answer = await send(form.getAttribute("action"), content("preview"), "text/html");
    } catch {
      keep();
      complain(navigator.onLine ? words.sayNoPreview : words.sayOffline);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("preview");
    if (!answer.ok || !found) {
      pass(button);
      return;
    }
    document.getElementById("preview").replaceWith(document.adoptNode(found));
    document.getElementById("preview-title").focus();
  };

  const press = async (button, action) => {
    if (action === "preview") {
      await preview(button);
      return;
    }
    const outcome = await saveAll();
    const isMore = action !== "save" || form.dataset.marks === "unsaved";
    if (outcome === "stale" || (outcome === "saved" && isMore)) pass(button);
    else if (outcome === "saved") say(state.textContent || words.saySaved);
    else trouble.focus();
  };

  form.addEventListener("submit", (event) => {
    if (leaving === "gone") event.preventDefault();
    if (leaving) {
      leaving = "gone";
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    press(button, button ? button.value : "save");
  });

  /* Signs in again beside the text, which stays where it is. */
  const signInAgain = async () => {
    const { password } = signInForm.elements;
    signInProblem.textContent = "";
    refreshTokens();
    let answer;
    try {
      answer = await fetch(signInForm.action, {
        method: "POST",
        body: new FormData(signInForm),
        redirect: "manual",
        cache: "no-store",
        signal: AbortSignal.timeout(LONGEST_ANSWER),
      });
    } catch {
      signInProblem.textContent = navigator.onLine ? words.sayFailing : words.sayOffline;
      return;
    }
    if (answer.type !== "opaqueredirect") {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const told = page.querySelector("#error-summary li");
      signInProblem.textContent = told ? told.textContent.trim() : words.sayFailing;
      password.focus();
      return;
    }
    password.value = "";
    stale = false;
    text.focus();
    save();
  };
  signInForm.addEventListener("submit", (event) => {
    event.preventDefault();
    signInAgain();
  });

  form.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    stay();
    if (!stale) say(words.sayUnsaved);
    clearTimeout(keeping);
    keeping = setTimeout(keep, 300);
    schedule(PAUSE);
  });

  const again = () => {
    if (!trouble.hidden && isDirty()) save();
  };
  window.addEventListener("online", () => {
    if (isDirty()) save();
    else calm();
  });
  window.addEventListener("offline", () => {
    keep();
    if (isDirty()) complain(words.sayOffline);
  });
  window.addEventListener("focus", again);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) keep();
    else again();
  });
  window.addEventListener("pagehide", keep);
  window.addEventListener("pageshow", stay);
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (isDirty() || form.dataset.marks === "unsaved")) event.preventDefault();
  });

  /* Texts of earlier visits that the server never got are offered one after the other, never put in
     unasked; what has been typed meanwhile is kept like them. */
  const found = document.getElementById("found");
  const offers = [];
  const offerNext = () => {
    found.hidden = offers.length === 0;
    if (!offers.length) return;
    const [{ at, written: kept }] = offers;
    const time = new Date(at).toLocaleString(`${document.documentElement.lang}-u-nu-latn`, {
      dateStyle: "medium",
      timeStyle: "short",
    });
    document.getElementById("found-when").textContent = time;
    document.getElementById("found-words").textContent = (kept.text || kept.searched).slice(0, 160);
  };
  const decided = () => {
    offerNext();
    text.focus();
  };
  document.getElementById("found-use").addEventListener("click", () => {
    const kept = offers.shift();
    if (isDirty()) shelf.write(newName(), copyOf(form));
    text.value = kept.written.text;
    nothing.checked = kept.written.nothing;
    searched.value = kept.written.searched;
    // As of then: if somebody has saved since, the two versions meet on the page for that.
    version.value = kept.version;
    base.value = kept.base;
    saved = null;
    if (shelf.write(own, { ...kept, name: undefined })) shelf.remove(kept.name);
    decided();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.getElementById("found-drop").addEventListener("click", () => {
    shelf.remove(offers.shift().name);
    decided();
  });

  for (const kept of shelf.found()) {
    if (!same(kept.written, written())) {
      offers.push(kept);
    } else if (saved || shelf.write(own, copyOf(form))) {
      shelf.remove(kept.name);
    }
  }
  offerNext();
})();
