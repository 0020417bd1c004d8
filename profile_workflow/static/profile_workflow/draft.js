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

  /* What the text was made from. */
  const baseOf = ({ base_text: text, base_nothing: nothing, base_searched: searched }) => ({
    text: text.value.replaceAll("\r\n", "\n"),
    nothing: nothing.value === "True",
    searched: searched.value.replaceAll("\r\n", "\n").trim(),
  });
  const setBase = ({ base_text: text, base_nothing: nothing, base_searched: searched }, made) => {
    text.value = made.text;
    nothing.value = made.nothing ? "True" : "False";
    searched.value = made.searched;
  };

  const copyOf = (form) => ({
    written: contentOf(form.elements),
    version: form.elements.base_version.value,
    madeFrom: baseOf(form.elements),
    place: root.dataset.draftPlace,
    at: Date.now(),
  });

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

  const form = root.querySelector("form[data-autosave]");
  if (!form) return;

  const PAUSE = 1500;
  const FIRST_RETRY = 5000;
  const LAST_RETRY = 60000;
  const LONGEST_ANSWER = 30000;
  const BASE = ["base_text", "base_nothing", "base_searched"];
  const MOST_UNANSWERED = 20;
  const MOST_UNANSWERED_KEPT = 3;

  const { text, nothing_found: nothing, searched, base_version: version, aside } = form.elements;
  const words = form.dataset;
  const state = document.getElementById("save-state");
  const length = document.getElementById("length");
  const trouble = document.getElementById("save-trouble");
  const troubleText = document.getElementById("save-trouble-text");
  const signIn = document.getElementById("save-sign-in");
  const signInForm = document.getElementById("sign-in-again");
  const signInProblem = document.getElementById("sign-in-problem");
  const somebody = document.getElementById("somebody");
  const said = document.getElementById("somebody-said");

  const written = () => contentOf(form.elements);

  let saved = words.unsaved === undefined ? written() : null;
  let timer;
  let keeping;
  let delay = 0;
  let saving = null;
  // What was sent and never answered: the server may have it all the same.
  let unanswered = [];
  // Somebody else has signed in: nothing is saved by itself any more.
  let isOther = false;
  // Somebody has saved a newer text: what this one was made from is sent too, to join the two.
  let isBehind = false;
  // What could not be joined, as the server keeps it beside the saved text.
  let setAside = null;
  let isJoined = false;
  let isPlacing = false;
  // Whoever signs out was asked about his text.
  let isLeft = false;
  let isErased = false;
  let leaving = false;
  let leavingEnds;
  let isKept = true;

  const isDirty = () => saved === null || !same(saved, written());
  /* What was sent and never answered may be what the server has, whatever this page knows. */
  const isSettled = () => !isDirty() && unanswered.length === 0;

  const say = (message) => {
    state.textContent = message;
  };

  const complain = (message, { signedOut = false } = {}) => {
    const whole = isKept ? message : `${message} ${words.sayNotKept}`;
    if (troubleText.textContent !== whole) troubleText.textContent = whole;
    signIn.hidden = !signedOut;
    // `guidance.js` takes back only what it said itself.
    trouble.dataset.of = "text";
    trouble.hidden = false;
    if (isDirty()) say(words.sayUnsaved);
  };

  const calm = () => {
    trouble.hidden = true;
    troubleText.textContent = "";
  };

  const keep = () => {
    clearTimeout(keeping);
    if (isErased) return;
    if (isSettled()) shelf.remove(own);
    if (!isDirty()) return;
    isKept = shelf.write(own, {
      ...copyOf(form),
      unanswered: unanswered.slice(-MOST_UNANSWERED_KEPT),
    });
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
    if (!isOther) timer = setTimeout(() => save(), wait);
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

  /* Who else writes, as the server tells it. It is said aloud when that is somebody else than
     before, not each time that he saves. */
  const whoIn = (element) => {
    const panel = element.querySelector("[data-who]");
    return { who: panel?.dataset.who, counts: panel !== null && "counts" in panel.dataset };
  };
  let others = whoIn(somebody);
  const showOthers = (told) => {
    if (told.writing === undefined || somebody.contains(document.activeElement)) return;
    const page = new DOMParser().parseFromString(told.writing, "text/html");
    const now = whoIn(page);
    const isNews = now.who !== others.who || now.counts !== others.counts;
    if (!others.counts && now.counts) {
      const first = document.createElement("strong");
      first.textContent = words.sayTaken;
      page.querySelector("p").prepend(first, " ");
    } else if (!isNews && now.counts) {
      return;
    }
    others = now;
    somebody.replaceChildren(...[...page.body.childNodes].map((one) => document.adoptNode(one)));
    if (isNews) said.textContent = somebody.querySelector("p")?.textContent ?? "";
  };

  /* Places are told in characters, and counted here in halves of them where a character has two. */
  const placesIn = (whole, changes) => {
    const before = [0];
    for (const sign of whole) before.push(before.at(-1) + sign.length);
    return changes.map(([start, end, added]) => [before[start], before[end], added]);
  };

  /* Where something stands after a change. */
  const moved = (place, [start, end, added]) => {
    const isAfter = place > end || (place === end && added.endsWith("\n"));
    if (isAfter) return place + added.length - (end - start);
    return Math.min(place, start + added.length);
  };

  /* Put what somebody else has written into the field, so that the cursor stays where it is and
     the change can be undone. */
  const placeInField = (changes, whole) => {
    const isHere = document.activeElement === text;
    let [from, to] = [text.selectionStart, text.selectionEnd];
    const { scrollTop } = text;
    for (const change of placesIn(text.value, changes).reverse()) {
      const [start, end, added] = change;
      [from, to] = [moved(from, change), moved(to, change)];
      text.setSelectionRange(start, end);
      // The old command is the only one that a browser can undo.
      const command = added ? "insertText" : "delete";
      const isDone = isHere && document.execCommand(command, false, added);
      if (!isDone) text.setRangeText(added, start, end);
    }
    if (text.value !== whole) text.value = whole;
    text.setSelectionRange(from, to);
    text.scrollTop = scrollTop;
    if (!isHere) text.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const place = ({ changes, written: joined }) => {
    const { text: whole, nothing: isNothing, searched: where } = joined;
    isPlacing = true;
    if (text.value.replaceAll("\r\n", "\n") !== whole) {
      // An editor over the field, if there is one, puts it into its own text.
      const event = new CustomEvent("pw:join", { detail: { text: whole }, cancelable: true });
      if (text.dispatchEvent(event)) placeInField(changes, whole);
    }
    nothing.checked = isNothing;
    if (searched.value.trim() !== where) searched.value = where;
    isPlacing = false;
  };

  /* Take over the text with which this one was joined. What was typed while it was on its way is
     joined with it by the next save: it was made from what was sent. The same while a dialog of the
     editor is open, which remembers a place in the text. */
  const takeJoined = (sent, told) => {
    isJoined = true;
    if (!same(sent, written()) || document.querySelector("dialog.rich-form[open]")) {
      setBase(form.elements, sent);
      saved = null;
      return;
    }
    isBehind = false;
    place(told.joined);
    saved = told.joined.written;
    setBase(form.elements, saved);
    version.value = told.version;
  };

  const accept = (sent, told) => {
    delay = 0;
    unanswered = [];
    setAside = null;
    aside.value = "";
    if (told.joined) {
      takeJoined(sent, told);
    } else {
      isBehind = false;
      version.value = told.version;
      setBase(form.elements, sent);
      saved = sent;
    }
    calm();
    // Of what was typed while this was on its way it is not true yet.
    say(isDirty() ? words.sayUnsaved : told.message);
    length.textContent = told.length;
    document.dispatchEvent(new CustomEvent("pw:saved"));
    showOthers(told);
    if (isDirty()) {
      keep();
      schedule(PAUSE);
    } else {
      clearTimeout(keeping);
      shelf.remove(own);
    }
    return "saved";
  };

  /* Both changed the same passage: the server keeps this text beside the saved one, and it can be
     written on. */
  const goOnAside = (sent, told) => {
    setAside = told.aside ? sent : null;
    aside.value = told.aside ?? "";
    delay = 0;
    complain(told.message);
    if (told.kept) say(told.kept);
    showOthers(told);
    if (!same(sent, written())) schedule(PAUSE);
    return "stale";
  };

  const refuse = (answer, told, sent, action) => {
    keep();
    if (answer.status === 401 || (answer.status === 403 && !told)) {
      complain(words.saySignedOut, { signedOut: true });
      later();
    } else if (told && told.stale && unanswered.some((one) => same(one, told.saved))) {
      return accept(told.saved, { ...told, message: words.saySaved, length: length.textContent });
    } else if (told && told.stale && !isBehind) {
      isBehind = true;
      return attempt(action);
    } else if (told && told.stale) {
      return goOnAside(sent, told);
    } else if (told && told.other) {
      isOther = true;
      complain(told.message, { signedOut: true });
      return "stale";
    } else if (told) {
      complain(told.message);
    } else {
      complain(words.sayFailing);
      later();
    }
    return "refused";
  };

  const attempt = async (action) => {
    const sent = written();
    if (isSettled() && !action) {
      // What was typed was taken back.
      shelf.remove(own);
      if (state.textContent === words.sayUnsaved) say(words.saySaved);
      return "saved";
    }
    const body = content(action);
    if (!isBehind) for (const name of BASE) body.delete(name);
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
    return answer.ok && told ? accept(sent, told) : refuse(answer, told, sent, action);
  };

  function save(action) {
    clearTimeout(timer);
    if (isOther) return Promise.resolve("stale");
    saving ??= attempt(action).finally(() => {
      saving = null;
    });
    return saving;
  }

  /* Whoever takes over saves with it, even what is saved already. */
  const takeOver = async () => {
    // The button goes away with what it is about.
    text.focus();
    await saving;
    return save("take");
  };

  /* What was typed while an earlier text was on its way is saved too. */
  const saveAll = async () => {
    let outcome = await save();
    while (outcome === "saved" && isDirty()) outcome = await save();
    return outcome;
  };

  /* Nothing came of leaving: the answer was stopped, or somebody goes on writing. */
  const stay = () => {
    clearTimeout(leavingEnds);
    leaving = isLeft = isErased = false;
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
    isJoined = false;
    const outcome = action === "take" ? await takeOver() : await saveAll();
    const isMore = !["save", "take"].includes(action) || form.dataset.marks === "unsaved";
    if (outcome === "saved" && isJoined && action === "submit") {
      // Nobody submits what he has not read.
      complain(words.sayJoined);
      trouble.focus();
    } else if (outcome === "stale" || (outcome === "saved" && isMore)) pass(button);
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
    isOther = false;
    text.focus();
    save();
  };
  signInForm.addEventListener("submit", (event) => {
    event.preventDefault();
    signInAgain();
  });

  form.addEventListener("input", (event) => {
    if (event.target.form !== form || isPlacing) return;
    stay();
    if (!isOther) say(words.sayUnsaved);
    clearTimeout(keeping);
    keeping = setTimeout(keep, 300);
    schedule(PAUSE);
  });

  const again = () => {
    const isAside = setAside && same(setAside, written());
    if (!trouble.hidden && isDirty() && !isAside) save();
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
    const isUnsaved = isDirty() || form.dataset.marks === "unsaved";
    if (!leaving && !isLeft && isUnsaved) event.preventDefault();
  });

  /* Before somebody signs out, what he wrote is saved; if that fails, he is asked. */
  document.addEventListener("pw:sign-out", ({ detail }) => {
    keep();
    if (isDirty()) detail.waitFor.push(saveAll());
  });
  document.addEventListener("pw:signing-out", ({ detail }) => {
    isLeft = true;
    isErased = detail.isErased;
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
    // A copy that was left by an earlier edition of this script knows less.
    setBase(form.elements, kept.madeFrom ?? { text: kept.base, nothing: false, searched: "" });
    unanswered = kept.unanswered ?? [];
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
