/* What the buttons do. */

import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  selectedRect,
} from "@tiptap/pm/tables";
import { liftTarget } from "@tiptap/pm/transform";

import {
  isNote,
  isReference,
  lineStarts,
  MAX_TABLE_COLUMNS,
  MAX_TABLE_ROWS,
  sourcesOf,
} from "./dialect.js";
import { ask, material, offer } from "./dialogs.js";
import { readCell } from "./read.js";
import { meaning } from "./schema.js";
import { paragraph } from "./write.js";

const oneLine = (text) => text.replace(/\s+/g, " ").trim();

/* The piece that is selected as a whole, if it is of this kind. */
function selected(editor, name) {
  const { node } = editor.state.selection;
  return node?.type.name === name ? node : null;
}

/* The innermost block of a kind that the selection begins in, with its place in what holds it. */
function around(editor, name) {
  const { $from } = editor.state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (node.type.name !== name) continue;
    return { node, position: $from.before(depth), parent: $from.node(depth - 1), index: $from.index(depth - 1) };
  }
  return null;
}

/* Where the chosen words end. Of several cells that is within the first of them. */
function end({ $to }) {
  return $to.parent.type.spec.tableRole ? $to.pos - 1 : $to.pos;
}

/* Put a piece in place of the one that is being changed, or else after the chosen words: none of
   them goes away. A block cannot stand in a cell, and follows the table; what reads as words
   stands apart from the word before it. */
export function put(editor, given, { was = null, isBlock = false } = {}) {
  const { selection } = editor.state;
  const table = isBlock && around(editor, "table");
  const after = table ? linesBeside(table).source.to : end(selection);
  const place = was ? { from: selection.from, to: selection.to } : after;
  const content = was || !isApart(editor, given, after) ? given : [{ type: "text", text: " " }, given].flat();
  editor.chain().focus().insertContentAt(place, content).run();
  return goOnAfter(editor);
}

/* Whether something needs a blank before it, where it is to be put in. */
function isApart(editor, given, place) {
  const [{ type }] = [given].flat();
  if (!["citation", "reference"].includes(type)) return false;
  const $place = editor.state.doc.resolve(place);
  return /[^\s([«“]$/u.test($place.parent.textBetween(0, $place.parentOffset, "\n", "\ufffc"));
}

/* Whether a piece is edited as a whole, in its form. */
export const isPiece = (node) =>
  ["citation", "note", "reference", "placement"].includes(node?.type.name);

/* Let the writing go on after the piece that is selected: what is typed would take its place. After
   one that stands alone that is the next paragraph, if need be a new one. */
export function goOnAfter(editor) {
  const { node, $to, to } = editor.state.selection;
  if (!isPiece(node)) return true;
  const chain = editor.chain().focus();
  if (node.isInline) return chain.setTextSelection(to).run();
  if (!$to.nodeAfter?.isTextblock) chain.insertContentAt(to, { type: "paragraph" });
  return chain.setTextSelection(to + 1).run();
}

async function editLink(editor) {
  const chain = () => editor.chain().focus().extendMarkRange("link");
  const { href } = editor.getAttributes("link");
  const bare = editor.state.selection.empty && !href;
  const answer = await ask("link", { href: href ?? "", bare, isThere: Boolean(href) });
  if (!answer) return editor.commands.focus();
  if (answer.pressed === "remove") return chain().unsetMark("link").run();
  const address = answer.given.get("href").trim();
  const attrs = { href: address };
  if (!bare) return chain().setMark("link", attrs).run();
  const text = oneLine(answer.given.get("words") ?? "") || address;
  return put(editor, { type: "text", text, marks: [{ type: "link", attrs }] });
}

async function editCitation(editor) {
  const dialog = document.getElementById("rich-citation");
  const rows = dialog.querySelector("[data-rows]");
  const known = material("source");
  const tidy = () => {
    for (const row of rows.children) row.querySelector("[data-less]").hidden = rows.childElementCount < 2;
    rows.lastElementChild.querySelector("label:not([hidden]) :is(input, select)").focus();
  };
  const addRow = ({ key, where } = {}) => {
    rows.append(dialog.querySelector("template").content.cloneNode(true));
    const row = rows.lastElementChild;
    offer(row, known, key);
    row.querySelector("[name=where]").value = where ?? "";
    row.querySelector("[data-less]").onclick = () => {
      row.remove();
      tidy();
    };
    tidy();
  };
  const was = selected(editor, "citation");
  rows.replaceChildren();
  const cited = was ? sourcesOf(was.attrs.content) : [{}];
  cited.forEach(addRow);
  dialog.querySelector("[data-none]").hidden = known.size > 0;
  dialog.querySelector("[data-more]").onclick = () => addRow();
  const answer = await ask("citation", { isThere: was });
  if (!answer) return editor.commands.focus();
  if (answer.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  const places = answer.given.getAll("where");
  const parts = answer.given.getAll("key").map((key, index) => {
    const where = oneLine(places[index]);
    return key && `@${key}${where ? `, ${where}` : ""}`;
  });
  const content = parts.filter(Boolean).join("; ");
  return content ? put(editor, { type: "citation", attrs: { content } }, { was }) : editor.commands.focus();
}

async function editNote(editor, words) {
  const was = selected(editor, "note");
  const check = (given) => (isNote(oneLine(given.get("content"))) ? "" : words.sayNote);
  const values = { content: was?.attrs.content ?? "", isThere: was };
  const answer = await ask("note", values, check);
  if (!answer) return editor.commands.focus();
  if (answer.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  const content = oneLine(answer.given.get("content"));
  return put(editor, { type: "note", attrs: { content } }, { was });
}

/* What can be referred to: what stands beside the text, and the headings and the captions as they
   are typed now. */
function targets(editor, section) {
  const found = material("reference");
  const add = (kind, words) => {
    const content = `#${kind}:${section}, ${words}`;
    if (words && isReference(`[${content}]`)) found.set(content, found.get(content) ?? words);
  };
  editor.state.doc.descendants((node, _position, parent, index) => {
    const words = oneLine(node.textContent);
    if (node.type.name === "heading") add("section", words);
    else if (meaning(node, null, parent.maybeChild(index + 1))) add("table", words.slice(startOf(words).length));
    return !node.isTextblock;
  });
  return found;
}

async function editReference(editor, section) {
  const was = selected(editor, "reference");
  const dialog = document.getElementById("rich-reference");
  const target = offer(dialog, targets(editor, section), was?.attrs.content);
  const answer = await ask("reference", { isThere: was, target });
  const content = answer?.given.get("target");
  if (answer?.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  return content ? put(editor, { type: "reference", attrs: { content } }, { was }) : editor.commands.focus();
}

async function editBox(editor) {
  const was = around(editor, "box");
  const values = { kind: was?.node.attrs.kind ?? "box", title: was?.node.attrs.title ?? "", isThere: was };
  const answer = await ask("box", values);
  if (!answer) return editor.commands.focus();
  if (answer.pressed === "remove") return unwrap(editor, was);
  const attrs = { kind: answer.given.get("kind"), title: oneLine(answer.given.get("title")) };
  if (!was) return editor.chain().focus().wrapIn("box", attrs).run();
  return editor
    .chain()
    .focus()
    .command(({ tr }) => Boolean(tr.setNodeMarkup(was.position, null, attrs)))
    .run();
}

/* Take a box away and leave what it holds. */
function unwrap(editor, { node, position }) {
  const { tr } = editor.state;
  const inside = tr.doc.resolve(position + 1);
  const range = inside.blockRange(tr.doc.resolve(position + node.nodeSize - 1));
  editor.view.dispatch(tr.lift(range, liftTarget(range)));
  return editor.commands.focus();
}

/* What is placed and selected, if it is a picture, or if it is none. */
function placed(editor, isPicture) {
  const node = selected(editor, "placement");
  return node && (node.attrs.kind === "image") === isPicture ? node : null;
}

async function editPicture(editor) {
  const was = placed(editor, true);
  const choices = new Map([...material("image")].map(([key, caption]) => [key, `${key}: ${caption}`]));
  const dialog = document.getElementById("rich-picture");
  const picture = offer(dialog, choices, was?.attrs.key);
  dialog.querySelector("[data-none]").hidden = choices.size > 0;
  const answer = await ask("picture", { isThere: was, picture });
  const key = answer?.given.get("picture");
  if (answer?.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  if (!key) return editor.commands.focus();
  return put(editor, { type: "placement", attrs: { kind: "image", key } }, { was });
}

async function editPlacement(editor, words) {
  if (placed(editor, true)) return editPicture(editor);
  const was = placed(editor, false);
  const tables = material("table");
  const choices = new Map(
    [...tables].flatMap(([key, title]) => [
      [`table:${key}`, `${words.table} ${key}: ${title}`],
      [`figure:${key}`, `${words.figure} ${key}: ${title}`],
    ]),
  );
  const dialog = document.getElementById("rich-placement");
  const exhibit = offer(dialog, choices, was && `${was.attrs.kind}:${was.attrs.key}`);
  dialog.querySelector("[data-none]").hidden = choices.size > 0;
  const answer = await ask("placement", { isThere: was, exhibit });
  const chosen = answer?.given.get("exhibit");
  if (answer?.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  if (!chosen) return editor.commands.focus();
  const [kind, key] = chosen.split(/:(.*)/s);
  return put(editor, { type: "placement", attrs: { kind, key } }, { was });
}

/* The word that makes a line a caption or a source. */
const startOf = (text) => /^[^:]*:\s*/.exec(text)[0];

/* The caption and the source of a table, as they are typed, each with its place in the text. */
function linesBeside({ node, position, parent, index }) {
  const line = (beside, found, from, to) => {
    const text = found ? paragraph(beside).replace(/\\\n/g, " ") : "";
    const start = found ? startOf(text) : "";
    return { start, text: text.slice(start.length), from: found ? from : to, to };
  };
  const [before, after] = [parent.maybeChild(index - 1), parent.maybeChild(index + 1)];
  const end = position + node.nodeSize;
  const isCaption = meaning(before, null, node) === "is-caption";
  const isSource = meaning(after, node, null) === "source";
  return {
    caption: line(before, isCaption, position - (before?.nodeSize ?? 0), position),
    source: line(after, isSource, end, isSource ? end + after.nodeSize : end),
  };
}

/* A line with such a start; its words are typed in the dialect, or taken as they are. */
function lineSaying(schema, start, text) {
  return readCell(schema, start + text) ?? schema.node("paragraph", null, schema.text(start + text));
}

function editTable(editor, language) {
  const was = around(editor, "table");
  return was ? editLines(editor, was, lineStarts(language)) : addTable(editor, lineStarts(language));
}

async function editLines(editor, was, starts) {
  const lines = linesBeside(was);
  const values = { caption: lines.caption.text, source: lines.source.text };
  const answer = await ask("table", values);
  if (!answer) return editor.commands.focus();
  const { tr, schema } = editor.state;
  // The later one first: it does not move the other.
  for (const [name, start] of [["source", starts[1]], ["caption", starts[0]]]) {
    const { from, to, text, start: own } = lines[name];
    const given = oneLine(answer.given.get(name));
    if (given === text) continue;
    tr.replaceWith(from, to, given ? lineSaying(schema, own || start, given) : []);
  }
  editor.view.dispatch(tr);
  return editor.commands.focus();
}

async function addTable(editor, [caption, source]) {
  const answer = await ask("table", { isNew: true, columns: 3, rows: 4 });
  if (!answer) return editor.commands.focus();
  const { given } = answer;
  const line = (start, field) => {
    const text = oneLine(given.get(field));
    return text ? [lineSaying(editor.schema, start, text).toJSON()] : [];
  };
  const cells = (type) =>
    Array.from({ length: Number(given.get("columns")) }, () => ({ type, content: [{ type: "paragraph" }] }));
  const rows = Array.from({ length: Number(given.get("rows")) }, (_none, index) => ({
    type: "tableRow",
    content: cells(index === 0 ? "tableHeader" : "tableCell"),
  }));
  const above = line(caption, "caption");
  const content = [...above, { type: "table", content: rows }, ...line(source, "source")];
  put(editor, content);
  return enterLastTable(editor, content);
}

/* Writing goes on in the first cell of the table that was just put in. */
function enterLastTable(editor) {
  const { doc, selection } = editor.state;
  let found = null;
  doc.nodesBetween(0, Math.min(selection.to + 1, doc.content.size), (node, position) => {
    if (node.type.name === "table") found = position;
    return node.type.name !== "table";
  });
  if (found !== null) editor.commands.setTextSelection(found + 4);
}

function alignNumbers(editor) {
  const { state, view } = editor;
  const rect = selectedRect(state);
  const isRight = columnIsRight(editor);
  const tr = state.tr;
  for (let column = rect.left; column < rect.right; column += 1) {
    for (let row = 0; row < rect.map.height; row += 1) {
      const place = rect.tableStart + rect.map.map[row * rect.map.width + column];
      const cell = tr.doc.nodeAt(place);
      tr.setNodeMarkup(place, null, { ...cell.attrs, align: isRight ? null : "right" });
    }
  }
  view.dispatch(tr);
  editor.commands.focus();
}

function columnIsRight(editor) {
  if (!editor.isActive("table")) return false;
  const rect = selectedRect(editor.state);
  const place = rect.tableStart + rect.map.map[rect.left];
  return editor.state.doc.nodeAt(place)?.attrs.align === "right";
}

/* A table goes with its caption and its source: alone, they would be lines about nothing. */
function removeTable(editor) {
  const { caption, source } = linesBeside(around(editor, "table"));
  editor.view.dispatch(editor.state.tr.delete(caption.from, source.to).scrollIntoView());
  editor.commands.focus();
}

function tableActions(editor) {
  const run = (command) => () => {
    command(editor.state, editor.view.dispatch);
    editor.commands.focus();
  };
  // Where the last row or column was, the cursor stays in the table.
  const take = (command) => () => {
    const { position } = around(editor, "table");
    command(editor.state, editor.view.dispatch);
    const end = position + editor.state.doc.nodeAt(position).nodeSize - 4;
    if (!editor.isActive("table")) editor.commands.setTextSelection(end);
    editor.commands.focus();
  };
  const isBelow = (size, most) => () =>
    !editor.isActive("table") || selectedRect(editor.state).map[size] < most;
  // A table keeps a row and a column; as a whole it is removed by its own button.
  const isLeft = (size, first, last) => () => {
    if (!editor.isActive("table")) return true;
    const rect = selectedRect(editor.state);
    return rect[last] - rect[first] < rect.map[size];
  };
  return {
    rowBefore: { run: run(addRowBefore), can: isBelow("height", MAX_TABLE_ROWS) },
    rowAfter: { run: run(addRowAfter), can: isBelow("height", MAX_TABLE_ROWS) },
    columnBefore: { run: run(addColumnBefore), can: isBelow("width", MAX_TABLE_COLUMNS) },
    columnAfter: { run: run(addColumnAfter), can: isBelow("width", MAX_TABLE_COLUMNS) },
    rowDelete: { run: take(deleteRow), can: isLeft("height", "top", "bottom") },
    columnDelete: { run: take(deleteColumn), can: isLeft("width", "left", "right") },
    tableDelete: { run: () => removeTable(editor) },
    numbers: { run: () => alignNumbers(editor), isOn: () => columnIsRight(editor) },
  };
}

/* What each button does, when it is pressed, when it can be. */
export function actions(editor, words, language) {
  const chain = () => editor.chain().focus();
  const can = (command, ...given) => () => editor.can()[command](...given);
  const outside = () => !editor.isActive("table");
  return {
    heading: {
      run: () => chain().toggleHeading({ level: 3 }).run(),
      isOn: () => editor.isActive("heading", { level: 3 }),
      can: outside,
    },
    subheading: {
      run: () => chain().toggleHeading({ level: 4 }).run(),
      isOn: () => editor.isActive("heading", { level: 4 }),
      can: outside,
    },
    bold: { run: () => chain().toggleBold().run(), isOn: () => editor.isActive("bold") },
    italic: { run: () => chain().toggleItalic().run(), isOn: () => editor.isActive("italic") },
    bullets: {
      run: () => chain().toggleBulletList().run(),
      isOn: () => editor.isActive("bulletList"),
      can: outside,
    },
    numbered: {
      run: () => chain().toggleOrderedList().run(),
      isOn: () => editor.isActive("orderedList"),
      can: outside,
    },
    indent: { run: () => chain().sinkListItem("listItem").run(), can: can("sinkListItem", "listItem") },
    outdent: { run: () => chain().liftListItem("listItem").run(), can: can("liftListItem", "listItem") },
    quote: {
      run: () => chain().toggleBlockquote().run(),
      isOn: () => editor.isActive("blockquote"),
      can: outside,
    },
    link: { run: () => editLink(editor), isOn: () => editor.isActive("link") },
    citation: { run: () => editCitation(editor), isOn: () => Boolean(selected(editor, "citation")) },
    note: { run: () => editNote(editor, words), isOn: () => Boolean(selected(editor, "note")) },
    reference: {
      run: () => editReference(editor, words.section),
      isOn: () => Boolean(selected(editor, "reference")),
    },
    table: { run: () => editTable(editor, language), isOn: () => editor.isActive("table") },
    placement: {
      run: () => editPlacement(editor, words),
      isOn: () => Boolean(placed(editor, false)),
      can: outside,
    },
    picture: {
      run: () => editPicture(editor),
      isOn: () => Boolean(placed(editor, true)),
      can: outside,
    },
    box: { run: () => editBox(editor), isOn: () => editor.isActive("box"), can: outside },
    undo: { run: () => chain().undo().run(), can: can("undo") },
    redo: { run: () => chain().redo().run(), can: can("redo") },
    ...tableActions(editor),
  };
}
