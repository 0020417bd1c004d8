/* Shows the pages of a chapter as they will be printed, beside its text: asks for them when they are
   opened and after each save, and looks how far they are. Without this file the button does it. */

"use strict";

(() => {
  const root = document.querySelector("[data-printed]");
  if (!root) return;

  const LOOK = 800;
  const BETWEEN_ORDERS = 5000;
  const LONGEST_ANSWER = 30000;
  const address = root.dataset.printed;
  const form = root.querySelector("form");
  const part = (name) => document.getElementById(`printed-${name}`);

  const isBeside = root instanceof HTMLDetailsElement;
  const isOpen = () => !isBeside || root.open;
  let isBusy = false;
  let isWantedAgain = false;
  let orderedAt = 0;
  let timer;

  const pause = (wait) =>
    new Promise((done) => {
      setTimeout(done, wait);
    });

  const token = () => {
    const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
    return found ? found[1] : form.elements.csrfmiddlewaretoken.value;
  };

  /* The pages that are shown stay until there are others: whoever reads is not disturbed. */
  const show = (page) => {
    const now = page.getElementById("printed-now");
    const pages = page.getElementById("printed-pages");
    if (!now || !pages) return false;
    const isMoving = "moving" in now.dataset;
    if (part("now").textContent.trim() !== now.textContent.trim()) {
      part("now").replaceChildren(...[...now.childNodes].map((one) => document.adoptNode(one)));
    }
    if (pages.dataset.build !== part("pages").dataset.build) {
      part("pages").replaceWith(document.adoptNode(pages));
    }
    part("now").toggleAttribute("data-moving", isMoving);
    return true;
  };

  const fetched = async (options) => {
    const answer = await fetch(address, {
      cache: "no-store",
      headers: { Accept: "text/html" },
      signal: AbortSignal.timeout(LONGEST_ANSWER),
      ...options,
    });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const follow = async () => {
    while (isOpen() && "moving" in part("now").dataset) {
      await pause(LOOK);
      if (!show(await fetched({}))) throw new Error("no page of a preview");
    }
  };

  const attempt = async (isOrder) => {
    if (isOrder) {
      orderedAt = Date.now();
      const body = new FormData();
      body.set("csrfmiddlewaretoken", token());
      if (!show(await fetched({ method: "POST", body }))) throw new Error("no page of a preview");
    }
    await follow();
  };

  /* One at a time: what is saved meanwhile is asked for afterwards, not too often. */
  const run = async (isOrder) => {
    if (isBusy) {
      isWantedAgain ||= isOrder;
      return;
    }
    clearTimeout(timer);
    isBusy = true;
    try {
      await attempt(isOrder);
    } catch {
      part("now").textContent = root.dataset.sayFailing;
    }
    isBusy = false;
    if (isWantedAgain && isOpen()) later();
  };

  function later() {
    isWantedAgain = false;
    clearTimeout(timer);
    timer = setTimeout(() => run(true), Math.max(0, orderedAt + BETWEEN_ORDERS - Date.now()));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(true);
  });
  if (isBeside) {
    // It opens no tab where the pages stand beside the text.
    form.querySelector("[data-printed-order]").hidden = true;
    root.addEventListener("toggle", () => {
      if (root.open) run(true);
    });
    document.addEventListener("pw:saved", () => {
      if (!root.open) return;
      if (isBusy) isWantedAgain = true;
      else later();
    });
  } else {
    run(false);
  }
})();
