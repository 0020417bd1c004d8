/* What is pasted from Word, a spreadsheet or a web page, brought into the shape of the dialect. */

import { Fragment, DOMParser as Reader, Slice } from "@tiptap/pm/model";

import { isCaption, isNote, lineStarts } from "./dialect.js";
import { paragraph } from "./write.js";

const HEADINGS = { H1: "h3", H2: "h3", H3: "h4", H4: "h4", H5: "h4", H6: "h4" };
const NUMBER = /^[\s\d.,'’\u00a0\u202f%+\-–−\u0660-\u066c]*[\d\u0660-\u0669][\s\d.,'’\u00a0\u202f%+\-–−\u0660-\u066c]*$/;
const LIST = /mso-list:\s*l\d+\s+level(\d+)/i;
const NUMBERED = /^\s*(?:\d+|[a-z]{1,4})[.)]/i;

/* Where no list and no table can stand, signs keep their parts apart. */
const itemSign = (number) => (number === false ? "• " : `${number}. `);
const CELL_SIGN = "· ";

/* Styles are read, but must not be applied: the content policy allows none in an element, and no
   script either. It looks even at pages that are only taken apart. */
const styleOf = (element) => element.getAttribute("data-style") ?? "";

function parsed(html) {
  const text = html
    .replace(/<style[\s>][^]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
  return new DOMParser().parseFromString(text, "text/html");
}

function rename(element, tag) {
  const other = element.ownerDocument.createElement(tag);
  other.append(...element.childNodes);
  element.replaceWith(other);
  return other;
}

function removeNoise(page) {
  const noise = "style, script, meta, link, title, xml, img, svg, object, iframe, o\\:p, v\\:shape";
  for (const element of page.querySelectorAll(noise)) element.remove();
  const comments = page.createTreeWalker(page.body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const comment of found) comment.remove();
}

/* The words of a note, with the emphasis and the links that it has. */
function noteIn(body, schema) {
  for (const block of body.querySelectorAll("p, div, li, tr, td, br")) block.after(" ");
  for (const broken of body.querySelectorAll("br")) broken.remove();
  const line = Reader.fromSchema(schema).parse(body, { topNode: schema.node("paragraph") });
  const content = paragraph(line).replace(/\s+/g, " ").trim();
  const bare = line.textContent.replace(/\s+/g, " ").trim().replace(/[\\[\]*_^]/g, "\\$&");
  return isNote(content) ? content : bare;
}

/* Word's footnotes stand at the end, each with a mark in the text that leads to it, and with one
   that leads back. */
function placeNotes(page, schema) {
  for (const mark of page.querySelectorAll("a[href*='#_ftn'], a[href*='#_edn']")) {
    const name = /#_((?:ftn|edn)\d+)$/.exec(mark.getAttribute("href"))?.[1];
    const body = name && page.getElementById(name);
    if (!body) continue;
    for (const back of body.querySelectorAll("a[href*='#_ftnref'], a[href*='#_ednref']")) back.remove();
    const note = page.createElement("span");
    note.dataset.note = noteIn(body, schema);
    if (note.dataset.note) mark.replaceWith(note);
    else mark.remove();
    body.remove();
  }
}

/* Word's lists are paragraphs with a level in their style and a sign in their text. */
function makeLists(page) {
  let stack = [];
  for (const paragraph of page.body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
    const level = Number(LIST.exec(styleOf(paragraph))?.[1] ?? 0);
    if (!level || /^H/.test(paragraph.tagName)) continue;
    if (stack[0]?.list !== paragraph.previousElementSibling) stack = [];
    const sign = [...paragraph.querySelectorAll("span")].find((span) =>
      /mso-list:\s*ignore/i.test(styleOf(span)),
    );
    const kind = sign && NUMBERED.test(sign.textContent) ? "ol" : "ul";
    sign?.remove();
    while (stack.length > 1 && stack.at(-1).level > level) stack.pop();
    if (stack.length && stack.at(-1).level === level && stack.at(-1).kind !== kind) stack.pop();
    if (!stack.length || stack.at(-1).level < level) {
      const list = page.createElement(kind);
      if (stack.length) stack.at(-1).list.lastElementChild.append(list);
      else paragraph.before(list);
      stack.push({ level, kind, list });
    }
    const item = page.createElement("li");
    stack.at(-1).list.append(item);
    item.append(paragraph);
  }
}

/* Cells that span several get neighbours, so that each row has as many cells as the others. */
function fillSpans(table) {
  [...table.rows].forEach((row, index) => {
    for (const cell of [...row.cells]) {
      const { colSpan, rowSpan } = cell;
      cell.removeAttribute("colspan");
      cell.removeAttribute("rowspan");
      const position = cell.cellIndex;
      for (let step = 1; step < Math.min(colSpan, 100); step += 1) row.insertCell(position + step);
      for (const below of [...table.rows].slice(index + 1, index + rowSpan)) {
        for (let step = 0; step < Math.min(colSpan, 100); step += 1) {
          below.insertCell(Math.min(position, below.cells.length));
        }
      }
    }
  });
}

/* A cell holds one line: in it each item of a list has its sign, and so has each cell of a table. */
function flatten(cell) {
  for (const list of cell.querySelectorAll("ul, ol")) {
    const items = [...list.children].filter((item) => item.tagName === "LI");
    items.forEach((item, index) => item.prepend(itemSign(list.tagName === "OL" && list.start + index)));
  }
  for (const inner of cell.querySelectorAll("td, th")) inner.prepend(CELL_SIGN);
  const blocks = "p, div, h1, h2, h3, h4, h5, h6, br, ul, ol, li, table, caption, thead, tbody, tfoot, tr, td, th";
  for (const block of cell.querySelectorAll(blocks)) {
    block.replaceWith(" ", ...block.childNodes, " ");
  }
}

function shapeTable(table) {
  fillSpans(table);
  for (const row of [...table.rows]) {
    if (![...row.cells].some((cell) => cell.textContent.trim())) row.remove();
  }
  for (const row of table.rows) for (const cell of row.cells) flatten(cell);
  table.caption?.remove();
  const [head, ...rows] = [...table.rows];
  if (!head) return;
  for (const cell of [...head.cells]) {
    const cells = rows.map((row) => row.cells[cell.cellIndex]?.textContent.trim() ?? "");
    const filled = cells.filter(Boolean);
    const isNumeric = filled.length > 0 && filled.every((text) => NUMBER.test(text));
    const own = cell.tagName === "TH" ? cell : rename(cell, "th");
    if (isNumeric) own.setAttribute("align", "right");
    else own.removeAttribute("align");
  }
  for (const row of rows) {
    for (const cell of [...row.cells]) if (cell.tagName === "TH") rename(cell, "td");
  }
}

function keepCaption(table, language) {
  const caption = table.caption?.textContent.trim();
  if (!caption) return;
  const line = table.ownerDocument.createElement("p");
  line.textContent = isCaption(caption) ? caption : lineStarts(language)[0] + caption;
  table.before(line);
}

/* Emphasis that is said in a style only. */
function readStyles(page) {
  for (const span of page.querySelectorAll("span[data-style]")) {
    const style = styleOf(span);
    if (/font-weight:\s*(bold|[6-9]00)/i.test(style)) rename(span, "strong");
    else if (/font-style:\s*italic/i.test(style)) rename(span, "em");
  }
  for (const bold of page.querySelectorAll("b[data-style]")) {
    if (/(^|;)\s*font-weight:\s*(normal|400)/i.test(styleOf(bold))) rename(bold, "span");
  }
}

/* Return what is pasted without all that the dialect does not have. */
export function cleaned(html, schema, language) {
  // Copied in this editor: it is in shape.
  if (html.includes("data-pm-slice")) return html;
  const page = parsed(html);
  removeNoise(page);
  makeLists(page);
  readStyles(page);
  placeNotes(page, schema);
  for (const table of page.querySelectorAll("table")) {
    // One within another is already taken apart.
    if (!page.contains(table)) continue;
    keepCaption(table, language);
    shapeTable(table);
  }
  for (const heading of page.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    rename(heading, HEADINGS[heading.tagName]);
  }
  for (const element of page.body.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (!["href", "align", "start", "data-note"].includes(name)) element.removeAttribute(name);
    }
  }
  return page.body.innerHTML;
}

/* Whether a cell can take it as it is: words of one paragraph, or rows. Cells without a row are
   paragraphs that were taken for cells on the way here, and would overwrite those beside it. */
function fitsInCell({ content }) {
  const role = content.firstChild?.type.spec.tableRole;
  if (role) return role === "row" || (role === "table" && content.childCount === 1);
  let inner = content;
  while (inner.childCount === 1 && inner.firstChild.isBlock && !inner.firstChild.isTextblock) {
    inner = inner.firstChild.content;
  }
  return inner.childCount === 1 || inner.firstChild?.isInline === true;
}

/* The sign that a part of a block has on one line. */
function signIn(block, index) {
  if (block.type.name === "bulletList") return itemSign(false);
  if (block.type.name === "orderedList") return itemSign(block.attrs.start + index);
  return block.type.spec.tableRole === "row" ? CELL_SIGN : "";
}

/* Bring what is pasted into a cell on the one line that a cell holds. */
export function onOneLine(slice) {
  const { content } = slice;
  if (!content.size || fitsInCell(slice)) return slice;
  const { schema } = content.firstChild.type;
  const line = [];
  const say = (words) => {
    const apart = line.length ? ` ${words}` : words;
    if (apart) line.push(schema.text(apart));
  };
  const add = (block, sign) => {
    if (block.type.name === "placement") return say(`${sign}[[${block.attrs.kind}:${block.attrs.key}]]`);
    if (!block.isTextblock) {
      if (block.attrs.title) say(block.attrs.title);
      return block.forEach((one, _offset, index) => add(one, signIn(block, index) || (index ? "" : sign)));
    }
    if (!block.childCount) return null;
    say(sign);
    return block.forEach((one) => line.push(one.type.name === "hardBreak" ? schema.text(" ") : one));
  };
  content.forEach((block) => add(block, ""));
  return new Slice(Fragment.fromArray(line), 0, 0);
}

/* Read plain text with tabs in each line, as a spreadsheet gives it, as a table. */
export function tableIn(text, schema) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
  const rows = lines.map((line) => line.split("\t"));
  const width = rows[0].length;
  if (rows.length < 2 || width < 2 || rows.some((row) => row.length !== width)) return null;
  const table = document.createElement("table");
  for (const row of rows) {
    const line = table.insertRow();
    for (const words of row) line.insertCell().textContent = words.trim();
  }
  shapeTable(table);
  const aligned = [...table.rows[0].cells].map((cell) => cell.getAttribute("align"));
  const nodes = [...table.rows].map((row, index) => {
    const cells = [...row.cells].map((cell, column) => {
      const content = cell.textContent ? schema.text(cell.textContent) : null;
      const kind = index === 0 ? "tableHeader" : "tableCell";
      return schema.node(kind, { align: aligned[column] }, schema.node("paragraph", null, content));
    });
    return schema.node("tableRow", null, cells);
  });
  return new Slice(Fragment.from(schema.node("table", null, nodes)), 0, 0);
}
