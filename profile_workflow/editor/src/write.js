/* From the document of the editor to the text. Each paragraph is written with as few escapes as
   will do, read again, and written more carefully if it would not come back the same. */

import { readAlone, readCell } from "./read.js";

const BLANK = /^[\s\u00a0]+$/;
const EMPHASIS = ["bold", "italic"];

/* --- one paragraph ---------------------------------------------------------------------- */

const LINE_START = /^([ \t]*)([#>+-]|\d{1,9}[.)])/gm;
const ENTITY = /&(?=#?\w+;)/g;

const ESCAPES = [
  (text) => text,
  (text) => text.replace(/[\\*_[\]^]/g, "\\$&").replace(ENTITY, "\\&"),
  // Not the colon: it makes a caption, and means nothing else within a line.
  (text) => text.replace(/[!-/;-@[-`{-~]/g, "\\$&"),
];
const DELIMITERS = [
  { bold: "**", italic: "*" },
  { bold: "**", italic: "_" },
  { bold: "__", italic: "*" },
  { bold: "__", italic: "_" },
];

function markName(mark) {
  return mark.type.name === "link" ? `link ${mark.attrs.href} ${mark.attrs.title ?? ""}` : mark.type.name;
}

const known = new WeakMap();

/* Content in parts that are blank, or a word, or something that is not text. */
function partsOf(node) {
  if (!known.has(node)) known.set(node, partsIn(node));
  return known.get(node);
}

function partsIn(node) {
  const parts = [];
  node.forEach((child) => {
    const marks = child.marks.map((mark) => ({ name: markName(mark), mark }));
    if (child.isText) {
      for (const text of child.text.split(/([\s\u00a0]+)/)) {
        if (text) parts.push({ text: BLANK.test(text) ? text.replace(/\s*\n\s*/g, " ") : text, marks });
      }
    } else {
      parts.push({ atom: child, marks });
    }
  });
  return withoutMarksOnEdges(trimmed(parts));
}

const isBlank = (part) => part.text !== undefined && BLANK.test(part.text);
const isBreak = (part) => part?.atom?.type.name === "hardBreak";

/* Without blanks at the ends and around breaks; a break at the end cannot be written. */
function trimmed(parts) {
  const kept = parts.filter(
    (part, index) => !isBlank(part) || !(isBreak(parts[index - 1]) || isBreak(parts[index + 1])),
  );
  while (kept.length && isBlank(kept[0])) kept.shift();
  while (kept.length && (isBlank(kept.at(-1)) || isBreak(kept.at(-1)))) kept.pop();
  return kept;
}

/* Emphasis cannot begin or end in a blank: a blank keeps only the marks that go on beyond it. */
function withoutMarksOnEdges(parts) {
  const solid = (from, step) => {
    let index = from + step;
    while (parts[index] && (isBlank(parts[index]) || isBreak(parts[index]))) index += step;
    return parts[index];
  };
  return parts.map((part, index) => {
    if (!isBlank(part) && !isBreak(part)) return part;
    const around = [solid(index, -1), solid(index, 1)];
    const marks = part.marks.filter(({ name }) =>
      around.every((one) => one?.marks.some((other) => other.name === name)),
    );
    return { ...part, marks };
  });
}

/* What two paragraphs must have in common to be the same. */
function shapeOf(parts) {
  const shape = [];
  for (const part of parts) {
    const atom = part.atom && [part.atom.type.name, part.atom.attrs.content ?? ""];
    const marks = part.marks.map(({ name }) => name).sort().join(" ");
    const last = shape.at(-1);
    if (!atom && last && !last.atom && last.marks === marks) last.text += part.text;
    else shape.push({ text: part.text ?? "", atom, marks });
  }
  return JSON.stringify(shape);
}

/* How far a mark goes on from a part. */
function extent(parts, from, name) {
  let index = from;
  while (parts[index]?.marks.some((mark) => mark.name === name)) index += 1;
  return index - from;
}

function opening({ mark }, delimiters) {
  return mark.type.name === "link" ? "[" : delimiters[mark.type.name];
}

function closing({ mark }, delimiters) {
  if (mark.type.name !== "link") return delimiters[mark.type.name];
  const { href, title } = mark.attrs;
  const address = /[()\\<>\s]/.test(href) ? `<${href.replace(/[\\<>]/g, "\\$&")}>` : href;
  return title ? `](${address} "${title.replace(/[\\"]/g, "\\$&")}")` : `](${address})`;
}

function content(part, escape) {
  if (!part.atom) return escape(part.text);
  switch (part.atom.type.name) {
    case "hardBreak":
      return "\\\n";
    case "citation":
    case "reference":
      return `[${part.atom.attrs.content}]`;
    default:
      return `^[${part.atom.attrs.content}]`;
  }
}

function spell(parts, escape, delimiters) {
  let text = "";
  let open = [];
  const close = (count) => {
    for (const mark of open.slice(count).reverse()) text += closing(mark, delimiters);
    open = open.slice(0, count);
  };
  parts.forEach((part, index) => {
    const has = ({ name }) => part.marks.some((mark) => mark.name === name);
    const first = open.findIndex((mark) => !has(mark));
    if (first >= 0) close(first);
    const fresh = part.marks.filter(({ name }) => !open.some((mark) => mark.name === name));
    fresh.sort((a, b) => extent(parts, index, b.name) - extent(parts, index, a.name));
    for (const mark of fresh) {
      text += opening(mark, delimiters);
      open.push(mark);
    }
    text += content(part, escape);
  });
  close(0);
  return text;
}

/* At the start of a line some signs begin a list, a heading, a quotation or a box. */
function guardLines(text) {
  return text
    .replace(LINE_START, (_all, blank, sign) =>
      sign.length === 1 ? `${blank}\\${sign}` : `${blank}${sign.slice(0, -1)}\\${sign.at(-1)}`,
    )
    .replace(/^([ \t]*):::/gm, "$1\\:::");
}

const guardBoxes = (text) => text.replace(/^([ \t]*):::/gm, "$1\\:::");

const without = (parts, drops) =>
  parts.map((part) => ({ ...part, marks: part.marks.filter((mark) => !drops(mark, part)) }));
const isEmphasis = ({ name }) => EMPHASIS.includes(name);

/* Words without the signs before and after them, which may keep emphasis from being read. */
function split(parts) {
  return parts.flatMap((part) => {
    const cut = part.text?.match(/^([\p{P}\p{S}]*)(.*?)([\p{P}\p{S}]*)$/su);
    if (!cut) return [part];
    return cut.slice(1).filter(Boolean).map((text) => ({ ...part, text }));
  });
}

const isSign = (part) => part.atom || /^[\p{P}\p{S}]*$/u.test(part.text);

/* The same words with ever less emphasis, for what Markdown has no way to write. */
function* simpler(parts) {
  yield parts;
  const pieces = split(parts);
  yield withoutMarksOnEdges(without(pieces, (mark, part) => isEmphasis(mark) && isSign(part)));
  yield without(parts, ({ name }) => name === "italic");
  yield without(parts, isEmphasis);
  yield without(parts, () => true);
}

function* spellings(parts) {
  for (const escape of ESCAPES) {
    for (const delimiters of DELIMITERS) {
      const text = spell(parts, escape, delimiters);
      yield guardBoxes(text);
      yield guardLines(text);
      if (!parts.some((part) => part.marks.some(isEmphasis))) break;
    }
  }
}

function spelled(node, readAgain) {
  for (const parts of simpler(partsOf(node))) {
    const wanted = shapeOf(parts);
    for (const text of spellings(parts)) {
      const again = readAgain(text);
      if (again && shapeOf(partsOf(again)) === wanted) return text;
    }
  }
  return spell(without(partsOf(node), () => true), ESCAPES.at(-1), DELIMITERS[0]);
}

/* --- blocks ----------------------------------------------------------------------------- */

function isEmpty(node) {
  if (!node.isTextblock) return false;
  let empty = true;
  node.forEach((child) => {
    if (child.isText ? !BLANK.test(child.text) : child.type.name !== "hardBreak") empty = false;
  });
  return empty;
}

const isList = (node) => ["bulletList", "orderedList"].includes(node?.type.name);
const indented = (text, prefix, first = prefix) =>
  text
    .split("\n")
    .map((line, index) => (index === 0 ? first : line ? prefix : prefix.trimEnd()) + line)
    .join("\n");

function children(node) {
  const found = [];
  node.forEach((child) => {
    if (!isEmpty(child)) found.push(child);
  });
  return found;
}

/* Blocks one after the other; of two lists without anything between, the second has other signs. */
function blocks(nodes, gap = "\n\n") {
  let other = false;
  return nodes
    .map((node, index) => {
      const before = nodes[index - 1];
      other = isList(node) && before?.type === node.type ? !other : false;
      return block(node, other);
    })
    .join(gap);
}

/* A paragraph by itself. */
export function paragraph(node) {
  return spelled(node, (text) => {
    const again = readAlone(node.type.schema, text);
    return again?.type.name === "paragraph" ? again : null;
  });
}

function heading(node) {
  const signs = "#".repeat(node.attrs.level);
  const text = spelled(withoutBreaks(node), (words) => {
    const again = readAlone(node.type.schema, `${signs} ${words}`);
    return again?.type.name === "heading" ? again : null;
  });
  return `${signs} ${text}`;
}

/* In a line that cannot be broken a blank stands for a break. */
function withoutBreaks(node) {
  const kept = [];
  node.forEach((child) => {
    kept.push(child.type.name === "hardBreak" ? node.type.schema.text(" ") : child);
  });
  return node.type.schema.node("paragraph", null, kept);
}

/* Whether a block may follow another one without an empty line between. */
function isClear(before, node) {
  const [first, second] = [before.type.name, node.type.name];
  if (["paragraph", "placement"].includes(second)) return ["heading", "box"].includes(first);
  if (second === "table") return ["paragraph", "heading", "box"].includes(first);
  if (second === "orderedList" && node.attrs.start !== 1) return ["heading", "box"].includes(first);
  return first !== second || first === "heading" || first === "box";
}

function isTight(node) {
  let tight = node.attrs.tight;
  node.forEach((item) => {
    const inner = children(item);
    if (!inner.slice(1).every((one, index) => isClear(inner[index], one))) tight = false;
  });
  return tight;
}

function list(node, other) {
  const ordered = node.type.name === "orderedList";
  const tight = isTight(node);
  const items = [];
  node.forEach((item, _offset, index) => {
    const sign = ordered
      ? `${node.attrs.start + index}${other ? ")" : "."}`
      : other ? "*" : "-";
    const text = blocks(children(item), tight ? "\n" : "\n\n");
    items.push(text ? indented(text, " ".repeat(sign.length + 1), `${sign} `) : sign);
  });
  return items.join(tight ? "\n" : "\n\n");
}

const RULES = { left: ":--", center: ":-:", right: "--:" };

function cell(node) {
  const flat = withoutBreaks(node.firstChild);
  const text = spelled(flat, (words) => readCell(node.type.schema, words));
  return text.replace(/\|/g, "\\|");
}

function table(node) {
  const rows = [];
  node.forEach((row) => {
    const cells = [];
    row.forEach((one) => cells.push(cell(one)));
    rows.push(`| ${cells.join(" | ")} |`);
  });
  const rules = [];
  node.firstChild.forEach((one) => rules.push(RULES[one.attrs.align] ?? "---"));
  rows.splice(1, 0, `| ${rules.join(" | ")} |`);
  return rows.join("\n");
}

/* A box that holds another one has more colons than that. */
function colons(node) {
  let inner = 2;
  node.descendants((one) => {
    if (one.type.name === "box") inner = Math.max(inner, colons(one));
  });
  return inner + 1;
}

function box(node) {
  const fence = ":".repeat(colons(node));
  const title = node.attrs.title.replace(/\s+/g, " ").trim();
  const head = `${fence}${node.attrs.kind}${title ? ` ${title}` : ""}`;
  return [head, blocks(children(node)), fence].filter(Boolean).join("\n");
}

const cache = new WeakMap();

function block(node, other = false) {
  if (!other && cache.has(node)) return cache.get(node);
  const text = WRITERS[node.type.name](node, other);
  if (!other) cache.set(node, text);
  return text;
}

const WRITERS = {
  paragraph,
  heading,
  bulletList: list,
  orderedList: list,
  table,
  box,
  blockquote: (node) => indented(blocks(children(node)), "> "),
  placement: (node) => `[[${node.attrs.kind}:${node.attrs.key}]]`,
};

/* --- the whole -------------------------------------------------------------------------- */

/* The sign before the items of a list: two lists that follow one another need different ones. */
const signOf = (text) => /^(?:\d+)?([-+*.)])/.exec(text)?.[1];

/* Write a document as text; a block that nobody touched is written as it was read.

   `origin` is what `read` returned with the document, or nothing to write everything anew. */
export function write(doc, origin = new WeakMap()) {
  const nodes = children(doc);
  let text = "";
  let sign = null;
  nodes.forEach((node, index) => {
    const before = nodes[index - 1] ?? null;
    const follows = isList(node) && before?.type === node.type;
    let was = origin.get(node);
    if (was && follows && signOf(was.text) === sign) was = null;
    if (was && was.previous === before) text += was.gap;
    else if (before) text += "\n\n";
    const written = was?.text ?? block(node, follows && ["-", "."].includes(sign));
    sign = isList(node) ? signOf(written) : null;
    text += written;
  });
  return text + (origin.get(nodes.at(-1))?.tail ?? "");
}

/* Whether two documents say the same, blanks and empty paragraphs aside. */
export function isSame(one, other) {
  return contentOf(one) === contentOf(other);
}

/* What a document or a block says: the same of two that say the same. */
export function contentOf(node) {
  return JSON.stringify(outline(node));
}

function outline(node) {
  if (node.isTextblock) return [node.type.name, node.attrs.level, shapeOf(partsOf(node))];
  const { kind, key, title, start, align } = node.attrs;
  return [node.type.name, [kind, key, title, start, align], children(node).map(outline)];
}
