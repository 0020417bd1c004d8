/* Commenting on selected words, and comments at the height of their words. Without this file one
   comments by the link at each paragraph, and the comments stand one below the other. */

"use strict";

(() => {
  const article = document.querySelector("[data-remarked]");
  if (!article) return;
  const quotable = "quotable" in article.dataset;

  const FOREIGN = ".note-mark, .quote-number, .permalink, .here, .on-selection, svg";
  const KEPT = "quoted-words";
  const MOST_BEFORE = 40;

  const section = document.querySelector("[data-new-remark]");
  let picked = null;
  const field = (name) => section.querySelector(`[name="new-${name}"]`);

  const blockOf = (node) => {
    let element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    while (element && element !== article && !/^b\d+$/.test(element.id)) element = element.parentElement;
    return element && element !== article ? element : null;
  };

  /* The words of the text itself, without the numbers and links that we set into it. */
  const wordsOf = (range) => {
    const copy = range.cloneContents();
    for (const one of copy.querySelectorAll(FOREIGN)) one.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  /* What is selected, as far as it lies within the paragraph in which the selection begins. */
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0).cloneRange();
    const block = article.contains(range.startContainer) ? blockOf(range.startContainer) : null;
    if (!block) return null;
    if (!block.contains(range.endContainer)) range.setEndAfter(block.lastChild);
    const words = wordsOf(range);
    if (!words) return null;
    const before = document.createRange();
    before.setStart(block, 0);
    before.setEnd(range.startContainer, range.startOffset);
    return { block, words, before: wordsOf(before).slice(-MOST_BEFORE), box: range.getBoundingClientRect() };
  };

  /* The form, beside the words instead of at the end of the page. */
  const putBack = () => {
    section.classList.remove("at-hand");
    section.querySelector("[data-put-back]").hidden = true;
    align();
  };

  const take = (chosen) => {
    picked = chosen;
    const { words, block, before } = picked;
    field("quote").value = words;
    field("block").value = block;
    field("before").value = before;
    section.classList.add("at-hand");
    section.querySelector("[data-put-back]").hidden = false;
    align();
    const kinds = [...section.querySelectorAll("[name='new-kind']")];
    (kinds.find((one) => one.checked) || kinds[0]).focus();
  };

  /* A page without the form hands the words over to the one that has it, in this tab only. */
  const comment = (picked) => {
    if (section) {
      take(picked);
      return;
    }
    let address = article.dataset.quotable;
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(picked));
    } catch {
      // Nothing can be kept: the form opens on the whole paragraph.
      address += `&block=${picked.block}#new`;
    }
    location.assign(address);
  };

  const bar = document.createElement("div");
  const button = document.createElement("button");
  let offered = false;
  bar.className = "on-selection no-print";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", article.dataset.sayComment || "");
  bar.hidden = true;
  button.type = "button";
  button.className = "btn btn-sm btn-primary";
  button.textContent = article.dataset.sayComment || "";
  bar.append(button);

  const hide = () => {
    bar.hidden = true;
  };

  const show = () => {
    if (bar.contains(document.activeElement)) return;
    const found = selected();
    if (!found) {
      hide();
      return;
    }
    offered = false;
    picked = { words: found.words, block: found.block.id, before: found.before };
    /* Right behind the paragraph, so that the Tab key comes to it next. */
    const outer = found.block.parentElement.closest(".headed") || found.block;
    if (outer.nextElementSibling !== bar) outer.after(bar);
    bar.hidden = false;
    const around = article.getBoundingClientRect();
    bar.style.insetBlockStart = `${found.box.bottom - around.top + 6}px`;
    const left = Math.min(found.box.left - around.left, around.width - bar.offsetWidth);
    bar.style.left = `${Math.max(0, left)}px`;
  };

  let waiting;
  document.addEventListener("selectionchange", () => {
    if (!quotable) return;
    clearTimeout(waiting);
    waiting = setTimeout(show, 150);
  });
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    getSelection().removeAllRanges();
    hide();
    comment(picked);
  });
  document.addEventListener("keydown", (event) => {
    /* Where the Tab key goes from a selection differs between browsers. Once for each selection. */
    const here = document.activeElement;
    const within = here === document.body || article.contains(here);
    if (event.key === "Tab" && !event.shiftKey && !bar.hidden && within && !offered) {
      offered = true;
      event.preventDefault();
      button.focus();
    }
    if (event.key !== "Escape") return;
    hide();
    if (section && section.classList.contains("at-hand")) {
      putBack();
      const back = picked && document.querySelector(`[data-block="${picked.block}"]`);
      if (back) back.focus();
    }
  });

  /* Each comment at the height of its words, where there is room beside the text. */
  const entries = [...document.querySelectorAll("[data-beside]")];

  const align = () => {
    for (const entry of entries) entry.style.marginBlockStart = "";
    const list = entries.length ? entries[0].parentElement : null;
    if (!list || list.getBoundingClientRect().top >= article.getBoundingClientRect().bottom) return;
    for (const entry of entries) {
      const words = document.getElementById(entry.dataset.beside);
      const space = words.getBoundingClientRect().top - entry.getBoundingClientRect().top;
      if (space > 0) entry.style.marginBlockStart = `${space}px`;
    }
  };

  if (section) {
    section.querySelector("[data-put-back]").addEventListener("click", () => {
      putBack();
      document.getElementById("new").focus();
    });
    for (const link of article.querySelectorAll("[data-block]")) {
      link.addEventListener("click", (event) => {
        const block = document.getElementById(link.dataset.block);
        const whole = document.createRange();
        whole.selectNodeContents(block);
        event.preventDefault();
        take({ words: wordsOf(whole), block: block.id, before: "" });
      });
    }
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(KEPT));
      sessionStorage.removeItem(KEPT);
    } catch {
      // Nothing was handed over.
    }
    if (kept && quotable) take(kept);
  }

  align();
  addEventListener("resize", align);
  addEventListener("load", align);
  document.addEventListener("toggle", align, true);
})();
