/* The nodes and marks of the editor: those of the dialect, and no others. */

import { Extension, InputRule, Mark, Node, mergeAttributes } from "@tiptap/core";
import Blockquote from "@tiptap/extension-blockquote";
import Bold from "@tiptap/extension-bold";
import Document from "@tiptap/extension-document";
import HardBreak from "@tiptap/extension-hard-break";
import Heading from "@tiptap/extension-heading";
import Italic from "@tiptap/extension-italic";
import { BulletList } from "@tiptap/extension-list/bullet-list";
import { ListItem } from "@tiptap/extension-list/item";
import { ListKeymap } from "@tiptap/extension-list/keymap";
import { OrderedList } from "@tiptap/extension-list/ordered-list";
import Paragraph from "@tiptap/extension-paragraph";
import Text from "@tiptap/extension-text";
import { Gapcursor } from "@tiptap/extensions/gap-cursor";
import { TrailingNode } from "@tiptap/extensions/trailing-node";
import { UndoRedo } from "@tiptap/extensions/undo-redo";
import { Plugin } from "@tiptap/pm/state";
import { goToNextCell, tableEditing } from "@tiptap/pm/tables";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { isAllowedLink, isCaption, isCitation, isNote, isReference, isSource, sourcesOf } from "./dialect.js";

/* Each paragraph runs in the direction of its first letter, as on the page for reading. What holds
   paragraphs is given a direction below: `auto` does not look into what has one of its own. */
const Direction = Extension.create({
  name: "direction",
  addGlobalAttributes() {
    const attribute = { default: "auto", parseHTML: () => "auto" };
    return [{ types: ["paragraph", "heading"], attributes: { dir: attribute } }];
  },
});

const tight = { tight: { default: true, rendered: false } };
const withTight = {
  addAttributes() {
    return { ...this.parent?.(), ...tight };
  },
};

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: { default: "" }, title: { default: null, rendered: false } }),
  parseHTML: () => [
    {
      tag: "a[href]",
      getAttrs: (element) => isAllowedLink(element.getAttribute("href")) && null,
    },
  ],
  renderHTML: ({ HTMLAttributes }) => [
    "a",
    mergeAttributes(HTMLAttributes, { rel: "noopener noreferrer" }),
    0,
  ],
});

/* A piece of the text that is edited as a whole, in a dialog. */
function chip(name, { label, typed, suits }) {
  return Node.create({
    name,
    group: "inline",
    inline: true,
    atom: true,
    addOptions: () => ({ words: {}, sourceName: (key) => key, targetName: (content) => content }),
    addAttributes: () => ({
      content: {
        default: "",
        parseHTML: (element) => element.getAttribute(`data-${name}`),
        renderHTML: ({ content }) => ({ [`data-${name}`]: content }),
      },
    }),
    parseHTML: () => [{ tag: `span[data-${name}]` }],
    renderHTML({ node, HTMLAttributes }) {
      const shown = label(node.attrs.content, this.options);
      return ["span", { ...HTMLAttributes, class: `chip chip-${name}`, dir: "auto" }, shown];
    },
    renderText: ({ node }) =>
      label(node.attrs.content, {
        words: {},
        sourceName: (key) => key,
        targetName: (content) => content,
      }),
    addInputRules() {
      return [
        new InputRule({
          find: typed,
          handler: ({ state, range, match }) => {
            if (!suits(match[1])) return;
            const node = this.type.create({ content: match[1] });
            state.tr.replaceWith(range.from, range.to, node);
          },
        }),
      ];
    },
  });
}

export const Citation = chip("citation", {
  typed: /\[(@[^[\]]+)\]$/,
  suits: (content) => isCitation(`[${content}]`),
  label: (content, { sourceName }) =>
    `(${sourcesOf(content)
      .map(({ key, where }) => sourceName(key) + (where ? `, ${where}` : ""))
      .join("; ")})`,
});

export const Note = chip("note", {
  typed: /\^\[([^[\]]+)\]$/,
  suits: isNote,
  label: (content, { words }) => `${words.note ?? ""} ${content}`.trim(),
});

export const Reference = chip("reference", {
  typed: /\[(#[^[\]]+)\]$/,
  suits: (content) => isReference(`[${content}]`),
  label: (content, { targetName }) => `# ${targetName(content)}`,
});

/* A data table, its chart or a picture, alone in its place. */
export const Placement = Node.create({
  name: "placement",
  group: "block",
  atom: true,
  addOptions: () => ({ words: {}, tableName: (key) => key, pictureOf: () => null }),
  addAttributes: () => ({ kind: { default: "table" }, key: { default: "" } }),
  parseHTML: () => [
    {
      tag: "[data-placement]",
      getAttrs: ({ dataset }) => ({ kind: dataset.placement, key: dataset.key }),
    },
  ],
  renderHTML({ node: { attrs } }) {
    const { words, tableName, pictureOf } = this.options;
    const own = { "data-placement": attrs.kind, "data-key": attrs.key };
    const picture = attrs.kind === "image" && pictureOf(attrs.key);
    if (picture) {
      const { caption, ...image } = picture;
      const given = { ...own, class: "chip chip-placement picture" };
      return ["figure", given, ["img", { ...image, draggable: "false" }], ["figcaption", { dir: "auto" }, caption]];
    }
    const name = attrs.kind === "image" ? attrs.key : tableName(attrs.key);
    const shown = `${words[attrs.kind] ?? attrs.kind} ${name}`;
    return ["div", { ...own, class: "chip chip-placement", dir: "auto" }, shown];
  },
});

export const Box = Node.create({
  name: "box",
  group: "block",
  content: "block+",
  defining: true,
  addOptions: () => ({ words: {} }),
  addAttributes: () => ({ kind: { default: "box" }, title: { default: "" } }),
  parseHTML: () => [
    {
      tag: "div[data-box]",
      contentElement: "div",
      getAttrs: ({ dataset }) => ({ kind: dataset.box, title: dataset.title }),
    },
  ],
  renderHTML({ node: { attrs } }) {
    const own = { "data-box": attrs.kind, "data-title": attrs.title };
    const head = { class: "box-title", contenteditable: "false", dir: "auto" };
    const kind = this.options.words[attrs.kind] ?? attrs.kind;
    const shown = attrs.title ? `${kind} – ${attrs.title}` : kind;
    return ["div", { ...own, class: `box ${attrs.kind}` }, ["p", head, shown], ["div", 0]];
  },
});

/* --- tables ----------------------------------------------------------------------------- */

function cellNode(name, tag, role) {
  return Node.create({
    name,
    tableRole: role,
    content: "paragraph",
    isolating: true,
    addAttributes: () => ({
      align: { default: null, parseHTML: (element) => element.getAttribute("align") },
      // Cells are never joined: the dialect has no way to write it.
      colspan: { default: 1, parseHTML: () => 1, rendered: false },
      rowspan: { default: 1, parseHTML: () => 1, rendered: false },
      colwidth: { default: null, parseHTML: () => null, rendered: false },
    }),
    parseHTML: () => [{ tag }],
    renderHTML: ({ node }) => [tag, node.attrs.align === "right" ? { class: "numeric" } : {}, 0],
  });
}

const TableCell = cellNode("tableCell", "td", "cell");
const TableHeader = cellNode("tableHeader", "th", "header_cell");
const TableRow = Node.create({
  name: "tableRow",
  tableRole: "row",
  content: "(tableCell | tableHeader)+",
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
});

/* The first row of a table is its head, and every other one is not. A column is aligned as one. */
function tidyTables(state) {
  const { schema, tr } = state;
  const { tableHeader, tableCell } = schema.nodes;
  state.doc.descendants((node, position) => {
    if (node.type.name !== "table") return;
    const aligned = [];
    node.firstChild.forEach((cell) => aligned.push(cell.attrs.align));
    node.forEach((row, rowOffset, rowIndex) => {
      row.forEach((cell, cellOffset, column) => {
        const type = rowIndex === 0 ? tableHeader : tableCell;
        const align = aligned[column] ?? null;
        if (cell.type === type && cell.attrs.align === align) return;
        const place = position + 1 + rowOffset + 1 + cellOffset;
        tr.setNodeMarkup(place, type, { ...cell.attrs, align });
      });
    });
  });
  return tr.docChanged ? tr : null;
}

const Table = Node.create({
  name: "table",
  group: "block",
  tableRole: "table",
  content: "tableRow+",
  isolating: true,
  parseHTML: () => [{ tag: "table" }],
  renderHTML: () => ["table", ["tbody", 0]],
  addKeyboardShortcuts() {
    const go = (step) => () => goToNextCell(step)(this.editor.state, this.editor.view.dispatch);
    return { Tab: go(1), "Shift-Tab": go(-1) };
  },
  addProseMirrorPlugins: () => [
    tableEditing(),
    new Plugin({
      appendTransaction: (transactions, _old, state) =>
        transactions.some((one) => one.docChanged) ? tidyTables(state) : null,
    }),
  ],
  extendNodeSchema: (extension) =>
    extension.config.tableRole ? { tableRole: extension.config.tableRole } : {},
});

/* --- what follows from what a block holds, and from where it stands --------------------- */

/* What a line says as it stands between two blocks: a caption, a source, or neither. */
export function meaning(node, before, after) {
  if (node?.type.name !== "paragraph") return null;
  const words = node.textBetween(0, node.content.size, " ", "\ufffc");
  if (after?.type.name === "table" && isCaption(words)) return "is-caption";
  const follows = ["table", "placement"].includes(before?.type.name);
  return follows && isSource(words) ? "source" : null;
}

const HOLDERS = ["bulletList", "orderedList", "blockquote", "box", "table"];
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

function directionOf(node) {
  const letter = /\p{L}/u.exec(node.textContent)?.[0];
  return letter && (RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr");
}

function meanings(doc) {
  const found = [];
  doc.descendants((node, position, parent, index) => {
    const given = {};
    if (node.isTextblock) {
      const before = index > 0 ? parent.child(index - 1) : null;
      given.class = meaning(node, before, parent.maybeChild(index + 1));
    } else if (HOLDERS.includes(node.type.name)) {
      given.dir = directionOf(node);
    }
    if (given.class || given.dir) {
      found.push(Decoration.node(position, position + node.nodeSize, given));
    }
    return !node.isTextblock;
  });
  return DecorationSet.create(doc, found);
}

const Meanings = Extension.create({
  name: "meanings",
  addProseMirrorPlugins: () => [
    new Plugin({
      state: {
        init: (_config, state) => meanings(state.doc),
        apply: (tr, old) => (tr.docChanged ? meanings(tr.doc) : old),
      },
      props: {
        decorations(state) {
          return this.getState(state);
        },
      },
    }),
  ],
});

/* What the editor is made of.

   `words` are in the language of the interface; `sourceName` and `tableName` name what a key
   stands for, `targetName` what a reference leads to; `pictureOf` returns the attributes of a
   picture, and its caption. */
export function extensions({
  words = {},
  sourceName = (key) => key,
  tableName = (key) => key,
  pictureOf = () => null,
  targetName = (content) => content,
} = {}) {
  return [
    Document,
    Paragraph,
    Text,
    Bold,
    Italic,
    Link,
    Heading.configure({ levels: [3, 4] }),
    BulletList.extend(withTight),
    OrderedList.extend(withTight),
    ListItem.extend({ content: "block+" }),
    ListKeymap,
    Blockquote,
    HardBreak,
    Citation.configure({ words, sourceName }),
    Note.configure({ words }),
    Reference.configure({ words, targetName }),
    Placement.configure({ words, tableName, pictureOf }),
    Box.configure({ words }),
    Table,
    TableRow,
    TableHeader,
    TableCell,
    Direction,
    Meanings,
    Gapcursor,
    TrailingNode,
    UndoRedo,
  ];
}
