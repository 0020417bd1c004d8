/* Saves the text of a section while it is being written, and keeps a copy in this browser until
   the server has it. Without this file the page works by its buttons. */

"use strict";

(() => {
  const root = document.querySelector("[data-draft-of]");
  if (!root) return;

  /* The copy in this browser: one for each person and page. */
  const PREFIX = "draft:";
  const copy = {
    name: `${PREFIX}${root.dataset.draftOf}:${location.pathname}`,
    read() {
      try {
        return JSON.parse(localStorage.getItem(this.name));
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        localStorage.setItem(this.name, JSON.stringify(value));
      } catch {
        // No room, or none allowed: the text is still on the page, which warns before it goes.
      }
    },
    remove() {
      try {
        localStorage.removeItem(this.name);
      } catch {
        // Nothing was kept.
      }
    },
  };

  /* Whoever decides on the page with two versions has dealt with his copy, once that is saved. */
  const settle = (element) => {
    const kept = copy.read();
    if (kept) copy.write({ ...kept, settled: Number(element.dataset.settles) });
  };
  for (const element of document.querySelectorAll("[data-settles]")) {
    element.addEventListener(element.tagName === "FORM" ? "submit" : "click", () => settle(element));
  }

  /* On a computer that people share nothing stays behind. */
  const signOut = document.querySelector("form[action$='/sign-out/']");
  if (signOut) {
    signOut.addEventListener("submit", () => {
      try {
        for (const name of Object.keys(localStorage)) {
          if (name.startsWith(PREFIX)) localStorage.removeItem(name);
        }
      } catch {
        // Nothing was kept.
      }
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

  const written = () => ({
    text: text.value,
    nothing: nothing.checked,
    searched: searched.value.trim(),
  });
  const same = (one, other) =>
    one.text === other.text && one.nothing === other.nothing && one.searched === other.searched;

  let saved = words.unsaved === undefined ? written() : null;
  let timer;
  let keeping;
  let delay = 0;
  let saving = null;
  // What was sent and never answered: the server may have it all the same.
  let unanswered = [];
  let stale = false;
  let leaving = false;

  const isDirty = () => saved === null || !same(saved, written());

  const say = (message) => {
    state.textContent = message;
  };

  const complain = (message, { signedOut = false } = {}) => {
    if (troubleText.textContent !== message) troubleText.textContent = message;
    signIn.hidden = !signedOut;
    trouble.hidden = false;
    say(words.sayUnsaved);
  };

  const calm = () => {
    trouble.hidden = true;
    troubleText.textContent = "";
  };

  const keep = () => {
    clearTimeout(keeping);
    if (isDirty()) {
      copy.write({ written: written(), version: version.value, base: base.value, at: Date.now() });
    }
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
      copy.remove();
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

  const pass = (button) => {
    keep();
    refreshTokens();
    leaving = true;
    // Not at once: while it tells that it is being submitted, a form cannot be submitted again.
    setTimeout(() => form.requestSubmit(button));
  };

  const preview = async (button) => {
    let answer;
    try {
      answer = await send(form.getAttribute("action"), content("preview"), "text/html");
    } catch {
      complain(navigator.onLine ? words.sayFailing : words.sayOffline);
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
    if (outcome === "stale" || (outcome === "saved" && action !== "save")) pass(button);
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
  window.addEventListener("offline", () => complain(words.sayOffline));
  window.addEventListener("focus", again);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) keep();
    else again();
  });
  window.addEventListener("pagehide", keep);
  window.addEventListener("pageshow", () => {
    leaving = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && isDirty()) event.preventDefault();
  });

  /* A text of an earlier visit that the server never got is offered, never put in unasked. */
  const found = document.getElementById("found");
  const offer = (kept) => {
    const time = new Date(kept.at).toLocaleString(`${document.documentElement.lang}-u-nu-latn`, {
      dateStyle: "medium",
      timeStyle: "short",
    });
    document.getElementById("found-when").textContent = time;
    found.hidden = false;
    document.getElementById("found-use").addEventListener("click", () => {
      text.value = kept.written.text;
      nothing.checked = kept.written.nothing;
      searched.value = kept.written.searched;
      // As of then: if somebody has saved since, the two versions meet on the page for that.
      version.value = kept.version;
      base.value = kept.base;
      found.hidden = true;
      text.focus();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    document.getElementById("found-drop").addEventListener("click", () => {
      copy.remove();
      found.hidden = true;
      text.focus();
    });
  };

  const kept = copy.read();
  if (kept && saved !== null) {
    if (kept.settled <= Number(version.value) || same(kept.written, saved)) copy.remove();
    else offer(kept);
  }
})();
