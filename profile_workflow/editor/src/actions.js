/* What the buttons do. */

import {
  addColumnAfter,
  addRowAfter,
  deleteColumn,
  deleteRow,
  deleteTable,
  selectedRect,
} from "@tiptap/pm/tables";
import { liftTarget } from "@tiptap/pm/transform";

import { isNote, isReference, MAX_TABLE_COLUMNS, MAX_TABLE_ROWS, sourcesOf } from "./dialect.js";
import { ask, fill, material } from "./dialogs.js";

const CAPTIONS = {
  en: ["Table: ", "Source: "],
  fr: ["Tableau : ", "Source : "],
  ar: ["جدول: ", "المصدر: "],
};
const oneLine = (text) => text.replace(/\s+/g, " ").trim();

/* The piece that is selected as a whole, if it is of this kind. */
function selected(editor, name) {
  const { node } = editor.state.selection;
  return node?.type.name === name ? node : null;
}

/* Put a piece in place of what is selected. */
function put(editor, content) {
  editor.chain().focus().insertContent(content).run();
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
  const addRow = ({ key, where } = {}) => {
    const row = dialog.querySelector("template").content.cloneNode(true);
    fill(row.querySelector("select"), known, key);
    row.querySelector("input").value = where ?? "";
    rows.append(row);
    rows.lastElementChild.querySelector("select").focus();
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
  return content ? put(editor, { type: "citation", attrs: { content } }) : editor.commands.focus();
}

async function editNote(editor, words) {
  const was = selected(editor, "note");
  const { from, to, empty } = editor.state.selection;
  const before = was || empty ? "" : editor.state.doc.textBetween(from, to, " ");
  const check = (given) => (isNote(oneLine(given.get("content"))) ? "" : words.sayNote);
  const values = { content: was?.attrs.content ?? before, isThere: was };
  const answer = await ask("note", values, check);
  if (!answer) return editor.commands.focus();
  if (answer.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  return put(editor, { type: "note", attrs: { content: oneLine(answer.given.get("content")) } });
}

/* What can be referred to: what stands beside the text, and the headings as they are typed now. */
function targets(editor, section) {
  const found = material("reference");
  editor.state.doc.descendants((node) => {
    const words = node.type.name === "heading" ? oneLine(node.textContent) : "";
    const content = `#section:${section}, ${words}`;
    if (words && isReference(`[${content}]`)) found.set(content, found.get(content) ?? words);
    return !node.isTextblock;
  });
  return found;
}

async function editReference(editor, section) {
  const was = selected(editor, "reference");
  const choices = targets(editor, section);
  const select = document.querySelector("#rich-reference select");
  fill(select, choices, was?.attrs.content);
  const answer = await ask("reference", { isThere: was, target: select.value });
  const content = answer?.given.get("target");
  if (answer?.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  return content ? put(editor, { type: "reference", attrs: { content } }) : editor.commands.focus();
}

function boxAround(editor) {
  const { $from } = editor.state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (node.type.name === "box") return { node, position: $from.before(depth), depth };
  }
  return null;
}

async function editBox(editor) {
  const was = boxAround(editor);
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
  const select = document.querySelector("#rich-picture select");
  fill(select, choices, was?.attrs.key);
  document.querySelector("#rich-picture [data-none]").hidden = choices.size > 0;
  const answer = await ask("picture", { isThere: was, picture: select.value });
  const key = answer?.given.get("picture");
  if (answer?.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  if (!key) return editor.commands.focus();
  return put(editor, { type: "placement", attrs: { kind: "image", key } });
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
  const select = document.querySelector("#rich-placement select");
  fill(select, choices, was && `${was.attrs.kind}:${was.attrs.key}`);
  document.querySelector("#rich-placement [data-none]").hidden = choices.size > 0;
  const answer = await ask("placement", { isThere: was, exhibit: select.value });
  const chosen = answer?.given.get("exhibit");
  if (answer?.pressed === "remove") return editor.chain().focus().deleteSelection().run();
  if (!chosen) return editor.commands.focus();
  const [kind, key] = chosen.split(/:(.*)/s);
  return put(editor, { type: "placement", attrs: { kind, key } });
}

async function addTable(editor, language) {
  const answer = await ask("table", { columns: 3, rows: 4 });
  if (!answer) return editor.commands.focus();
  const { given } = answer;
  const [caption, source] = CAPTIONS[language] ?? CAPTIONS.en;
  const line = (start, field) => {
    const text = oneLine(given.get(field));
    return text ? [{ type: "paragraph", content: [{ type: "text", text: start + text }] }] : [];
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

function tableActions(editor) {
  const run = (command) => () => {
    command(editor.state, editor.view.dispatch);
    editor.commands.focus();
  };
  const isBelow = (size, most) => () =>
    !editor.isActive("table") || selectedRect(editor.state).map[size] < most;
  return {
    rowAfter: { run: run(addRowAfter), can: isBelow("height", MAX_TABLE_ROWS) },
    columnAfter: { run: run(addColumnAfter), can: isBelow("width", MAX_TABLE_COLUMNS) },
    rowDelete: { run: run(deleteRow) },
    columnDelete: { run: run(deleteColumn) },
    tableDelete: { run: run(deleteTable) },
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
    table: { run: () => addTable(editor, language), can: outside },
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
