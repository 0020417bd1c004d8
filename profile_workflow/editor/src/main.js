/* Writing with formatting: an editor over the field that holds the text. The field stays what is
   saved; whatever else works on it – saving, the copy in this browser, joining – need not know. */

import { Editor } from "@tiptap/core";
import { EditorState, Selection } from "@tiptap/pm/state";

import { actions, goOnAfter, isPiece, put } from "./actions.js";
import { joined } from "./join.js";
import { material, pictures } from "./dialogs.js";
import { cleaned, onOneLine, tableIn } from "./paste.js";
import { CannotKeep, read } from "./read.js";
import { extensions } from "./schema.js";
import { toolbar } from "./toolbar.js";
import { isSame, write } from "./write.js";

const CHOICE = "writing";

const choice = {
  isPlain() {
    try {
      return localStorage.getItem(CHOICE) === "plain";
    } catch {
      return false;
    }
  },
  keep(value) {
    try {
      localStorage.setItem(CHOICE, value);
    } catch {
      // Not kept: next time it begins with formatting.
    }
  },
};

/* The first block that one document has otherwise than another, by its number. */
function firstDifference(one, other) {
  let index = 0;
  while (
    index < Math.min(one.childCount, other.childCount) &&
    isSame(one.child(index), other.child(index))
  ) {
    index += 1;
  }
  return index;
}

class Writing {
  constructor(root, field) {
    this.root = root;
    this.field = field;
    this.words = root.dataset;
    this.host = root.querySelector("[data-host]");
    this.bar = root.querySelector("[role=toolbar]");
    this.help = root.querySelector("[data-help]");
    this.status = root.querySelector("[data-status]");
    this.button = root.querySelector("[data-switch]");
    this.isRich = false;
    this.isOwn = false;
    this.mayLeave = false;
    field.before(root);
    root.hidden = false;
    this.editor = this.make();
    this.actions = actions(this.editor, this.words, this.words.language);
    this.buttons = toolbar(this.bar, this.editor, this.actions);
    this.listen();
    if (choice.isPlain()) this.show(false);
    else this.showRich({ focus: location.hash === `#${field.id}` });
  }

  make() {
    const sources = material("source");
    const tables = material("table");
    const shown = pictures();
    const targets = material("reference");
    const shorten = (words) => (words.length > 60 ? `${words.slice(0, 59)}…` : words);
    const label = document.querySelector(`label[for="${this.field.id}"]`);
    label.id ||= `${this.field.id}_label`;
    const describedBy = [this.field.getAttribute("aria-describedby"), this.help.id];
    return new Editor({
      element: this.host,
      injectCSS: false,
      extensions: extensions({
        words: this.words,
        sourceName: (key) => (sources.has(key) ? shorten(sources.get(key)) : `@${key}`),
        targetName: (content) => shorten(targets.get(content) ?? content),
        tableName: (key) => (tables.has(key) ? `${key}: ${tables.get(key)}` : key),
        pictureOf: (key) => shown.get(key),
      }),
      editorProps: {
        attributes: {
          id: `${this.field.id}_rich`,
          class: "form-control prose rich-text",
          role: "textbox",
          "aria-multiline": "true",
          "aria-labelledby": label.id,
          "aria-describedby": describedBy.filter(Boolean).join(" "),
          lang: this.words.language,
          spellcheck: "true",
        },
        transformPastedHTML: (html, view) => cleaned(html, view.state.schema, this.words.language),
        transformPasted: (slice) => (this.editor.isActive("table") ? onOneLine(slice) : slice),
        clipboardTextParser: (text, _context, isPlain, view) =>
          isPlain ? null : tableIn(text, view.state.schema),
        handleDOMEvents: {
          keydown: (view, event) => {
            this.catchUp();
            return this.passTab(event);
          },
          paste: (view, event) => {
            this.catchUp();
            return this.leaveOutPictures(event, event.clipboardData);
          },
          drop: (view, event) => this.leaveOutPictures(event, event.dataTransfer),
          // A word is composed where the browser finds the selection; in a piece it would be lost.
          compositionstart: () => {
            goOnAfter(this.editor);
            return false;
          },
        },
        handleKeyDown: (view, event) => this.openSelected(event),
        handleTextInput: (view, _from, _to, text) => this.typeAfterSelected(text),
        handlePaste: () => {
          goOnAfter(this.editor);
          return false;
        },
        handleDoubleClickOn: (view, _position, node) => this.openNode(node),
      },
      onUpdate: () => this.writeField(),
    });
  }

  /* Browsers tell late where a click has led: what is pasted or pressed before they do would come
     where somebody wrote last. The editor looks for itself when it is told. */
  catchUp() {
    document.dispatchEvent(new Event("selectionchange"));
  }

  /* Esc, then Tab: the Tab key leaves even a list or a table. */
  passTab(event) {
    if (event.key === "Tab" && this.mayLeave) return true;
    if (event.key !== "Shift") this.mayLeave = event.key === "Escape";
    if (event.key === "F10" && event.altKey) {
      event.preventDefault();
      this.buttons.focus();
      return true;
    }
    return false;
  }

  /* A picture needs a source and a description, which it gets on its own page. What comes with words
     leaves it behind; one by itself, which a browser would open in place of the page, is stopped. */
  leaveOutPictures(event, data) {
    const html = data?.getData("text/html") ?? "";
    const isAlone = data?.files.length > 0 && !html && !data.getData("text/plain");
    const isFromElsewhere = /<img\s/i.test(html) && !html.includes("data-pm-slice");
    this.status.textContent = isAlone || isFromElsewhere ? this.words.sayPicture : "";
    if (isAlone) event.preventDefault();
    return isAlone;
  }

  openSelected(event) {
    const { node } = this.editor.state.selection;
    return event.key === "Enter" && node ? this.openNode(node) : false;
  }

  /* A piece goes away by its form, or by a key that deletes; nobody types it away. */
  typeAfterSelected(text) {
    if (!isPiece(this.editor.state.selection.node)) return false;
    goOnAfter(this.editor);
    this.editor.view.dispatch(this.editor.state.tr.insertText(text).scrollIntoView());
    return true;
  }

  openNode(node) {
    if (!isPiece(node)) return false;
    this.actions[node.type.name].run();
    return true;
  }

  listen() {
    const { field, editor } = this;
    this.button.addEventListener("click", () => {
      if (this.isRich) this.show(false);
      else this.showRich({ focus: true });
      choice.keep(this.isRich ? "rich" : "plain");
    });
    // Another script has changed the text: an earlier one was taken up, or something put in.
    field.addEventListener("input", () => {
      if (this.isRich && !this.isOwn && field.value !== this.written) this.showRich({ focus: true });
    });
    field.addEventListener("pw:insert", (event) => {
      if (!this.isRich) return;
      event.preventDefault();
      this.insert(event.detail.markdown);
    });
    // What somebody else has written meanwhile was joined with the text.
    field.addEventListener("pw:join", (event) => {
      if (this.isRich && this.join(event.detail.text)) event.preventDefault();
    });
    field.addEventListener("pw:show", (event) => {
      if (!this.isRich) return;
      event.preventDefault();
      this.select(event.detail.words, event.detail.before);
    });
    // Who leads to the field is led to where the text is written.
    const plain = field.focus.bind(field);
    field.focus = (...options) => (this.isRich ? editor.commands.focus() : plain(...options));
    const leads = `label[for="${field.id}"], a[href$="#${field.id}"]`;
    document.addEventListener("click", (event) => {
      if (!this.isRich || !event.target.closest?.(leads)) return;
      const link = event.target.closest("a");
      if (link && link.pathname !== location.pathname) return;
      event.preventDefault();
      editor.commands.focus();
    });
  }

  insert(text) {
    const { doc } = read(this.editor.schema, text);
    const only = doc.childCount === 1 ? doc.firstChild : null;
    const isBlock = only?.type.name !== "paragraph";
    put(this.editor, (isBlock ? doc : only).content.toJSON(), { isBlock });
  }

  /* Select words of the text: those that stand after so many others that are the same. */
  select(words, before) {
    const places = [];
    this.editor.state.doc.descendants((node, position) => {
      if (!node.isTextblock) return true;
      const text = node.textBetween(0, node.content.size, "\n", "\ufffc");
      for (let at = text.indexOf(words); words && at >= 0; at = text.indexOf(words, at + 1)) {
        places.push(position + 1 + at);
      }
      return false;
    });
    const from = places[Math.min(before, places.length - 1)];
    const chain = this.editor.chain().focus();
    if (from !== undefined) chain.setTextSelection({ from, to: from + words.length });
    chain.scrollIntoView().run();
  }

  /* Read a text, and see whether writing it again would keep all of it.

     Returns the document, what each block was read from, and the text written anew.
     Throws CannotKeep if something would be lost. */
  readSafely(text) {
    const { schema } = this.editor;
    const found = read(schema, text);
    const anew = write(found.doc);
    const again = read(schema, anew).doc;
    if (isSame(found.doc, again)) return { ...found, anew };
    throw new CannotKeep("not the same again", found.lineOf(firstDifference(found.doc, again)));
  }

  /* Change the text into another one where the two differ; return whether that worked. */
  join(text) {
    let found;
    try {
      found = this.readSafely(text);
    } catch (error) {
      if (!(error instanceof CannotKeep)) throw error;
      return false;
    }
    const transaction = joined(this.editor.state, found.doc);
    const origin = new WeakMap();
    transaction.doc.forEach((node) => {
      const was = found.origin.get(node) ?? this.origin.get(node);
      if (was) origin.set(node, was);
    });
    this.origin = origin;
    this.editor.view.dispatch(transaction);
    return true;
  }

  writeField() {
    const text = write(this.editor.state.doc, this.origin);
    if (text === this.written) return;
    this.written = text;
    this.field.value = text;
    this.isOwn = true;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.isOwn = false;
  }

  showRich({ focus }) {
    let found;
    try {
      found = this.readSafely(this.field.value);
    } catch (error) {
      if (!(error instanceof CannotKeep)) throw error;
      this.show(false);
      this.status.textContent = [
        this.words.sayCannot,
        error.line && `${this.words.sayLine} ${error.line}.`,
      ].join(" ");
      if (focus) this.field.focus();
      return;
    }
    const { view, state } = this.editor;
    this.origin = found.origin;
    this.written = write(found.doc, found.origin);
    const selection = Selection.atEnd(found.doc);
    view.updateState(EditorState.create({ doc: found.doc, plugins: state.plugins, selection }));
    this.show(true);
    this.editor.emit("transaction", { editor: this.editor, transaction: this.editor.state.tr });
    if (focus) this.editor.commands.focus();
  }

  show(isRich) {
    this.isRich = isRich;
    this.field.hidden = isRich;
    this.bar.hidden = !isRich;
    this.host.hidden = !isRich;
    this.help.hidden = !isRich;
    this.status.textContent = "";
    this.button.textContent = isRich ? this.words.sayPlain : this.words.sayRich;
  }
}

for (const root of document.querySelectorAll("[data-rich]")) {
  const field = document.getElementById(root.dataset.rich);
  if (field) root.writing = new Writing(root, field);
}
