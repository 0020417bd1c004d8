/* From the text to the document of the editor. What the document cannot hold is refused, so that
   nothing vanishes unseen. */

import {
  MAX_DEPTH,
  MAX_LENGTH,
  MAX_PARAGRAPH,
  MAX_TABLE_COLUMNS,
  MAX_TABLE_ROWS,
  parse,
  parseInline,
  placementIn,
} from "./dialect.js";

/* The text holds something that the editor would lose. */
export class CannotKeep extends Error {
  constructor(what, line = null) {
    super(what);
    this.line = line;
  }
}

const MARKS = { strong: "bold", em: "italic", link: "link" };

/* Children of a paragraph: text with marks, citations, notes, references, line breaks. */
export function readInline(schema, tokens) {
  const nodes = [];
  const open = [];
  const filled = [];
  const add = (node) => {
    filled.fill(true);
    nodes.push(node);
  };
  const marks = () => open.reduce((set, mark) => mark.addToSet(set), []);
  for (const token of tokens) {
    const [kind, , end] = /^(.*?)(_(open|close))?$/.exec(token.type).slice(1);
    if (end === "open" && MARKS[kind]) {
      const attributes =
        kind === "link" ? { href: token.attrGet("href"), title: token.attrGet("title") } : null;
      open.push(schema.mark(MARKS[kind], attributes));
      filled.push(false);
    } else if (end === "close" && MARKS[kind]) {
      open.pop();
      if (!filled.pop()) throw new CannotKeep(`empty ${kind}`);
    } else if (kind === "text" || kind === "text_special") {
      if (token.content) add(schema.text(token.content, marks()));
    } else if (kind === "softbreak") {
      add(schema.text(" ", marks()));
    } else if (kind === "hardbreak") {
      add(schema.node("hardBreak", null, null, marks()));
    } else if (["citation", "note", "reference"].includes(kind)) {
      add(schema.node(kind, { content: token.content }, null, marks()));
    } else {
      throw new CannotKeep(token.type);
    }
  }
  return nodes;
}

function bound(token, depth) {
  if (token.type === "inline" && token.content.length > MAX_PARAGRAPH) {
    throw new CannotKeep("a paragraph that is too long");
  }
  if (token.level >= MAX_DEPTH - 1 || depth >= MAX_DEPTH - 1) {
    throw new CannotKeep("lists, quotations or boxes that are too deep");
  }
}

function alignment(token) {
  return /text-align:(left|center|right)/.exec(token.attrGet("style") ?? "")?.[1] ?? null;
}

class Reader {
  constructor(schema, tokens) {
    this.schema = schema;
    this.tokens = tokens;
    this.at = 0;
  }

  next() {
    const token = this.tokens[this.at];
    this.at += 1;
    bound(token, 0);
    return token;
  }

  /* Everything up to a closing token, which is passed over. */
  until(type, read) {
    const nodes = [];
    while (this.tokens[this.at].type !== type) nodes.push(read.call(this));
    this.at += 1;
    return nodes;
  }

  blocks(type) {
    const nodes = this.until(type, this.block);
    return nodes.length ? nodes : [this.schema.node("paragraph")];
  }

  inline() {
    return readInline(this.schema, this.next().children);
  }

  block() {
    const token = this.next();
    const box = /^container_(\w+)_open$/.exec(token.type);
    if (box) return this.box(box[1], token);
    switch (token.type) {
      case "paragraph_open":
        return this.paragraph();
      case "heading_open":
        return this.heading(token);
      case "blockquote_open":
        return this.schema.node("blockquote", null, this.blocks("blockquote_close"));
      case "bullet_list_open":
        return this.list("bulletList", "bullet_list_close", {});
      case "ordered_list_open":
        return this.list("orderedList", "ordered_list_close", {
          start: Number(token.attrGet("start") ?? 1),
        });
      case "table_open":
        return this.table();
      default:
        throw new CannotKeep(token.type);
    }
  }

  paragraph() {
    const placed = placementIn(this.tokens[this.at].content);
    const content = placed ? this.next() && null : this.inline();
    this.at += 1;
    return placed
      ? this.schema.node("placement", { kind: placed[0], key: placed[1] })
      : this.schema.node("paragraph", null, content);
  }

  heading(token) {
    const content = this.inline();
    this.at += 1;
    return this.schema.node("heading", { level: Number(token.tag[1]) }, content);
  }

  list(kind, end, attributes) {
    const from = this.at;
    const level = this.tokens[from].level + 1;
    const items = this.until(end, this.item);
    const paragraph = this.tokens
      .slice(from, this.at)
      .find((one) => one.type === "paragraph_open" && one.level === level);
    const tight = paragraph ? paragraph.hidden : true;
    return this.schema.node(kind, { ...attributes, tight }, items);
  }

  item() {
    this.next();
    return this.schema.node("listItem", null, this.blocks("list_item_close"));
  }

  box(kind, token) {
    const title = token.info.trim().slice(kind.length).trim();
    return this.schema.node("box", { kind, title }, this.blocks(`container_${kind}_close`));
  }

  table() {
    const rows = [];
    while (this.tokens[this.at].type !== "table_close") {
      const token = this.next();
      if (token.type === "tr_open") rows.push(this.schema.node("tableRow", null, this.row()));
    }
    this.at += 1;
    if (rows.length > MAX_TABLE_ROWS || rows[0].childCount > MAX_TABLE_COLUMNS) {
      throw new CannotKeep("a table that is too large");
    }
    return this.schema.node("table", null, rows);
  }

  row() {
    return this.until("tr_close", () => {
      const token = this.next();
      const paragraph = this.schema.node("paragraph", null, this.inline());
      this.at += 1;
      const kind = token.type === "th_open" ? "tableHeader" : "tableCell";
      return this.schema.node(kind, { align: alignment(token) }, paragraph);
    });
  }
}

/* Where each block of the text stands, in lines, without the empty lines after it. */
function places(tokens, lines) {
  return tokens
    .filter((token) => token.level === 0 && token.map && token.nesting >= 0)
    .map(({ type, map: [start, end] }) => {
      // The line that closes a box is not counted.
      const isClosed = type.startsWith("container_") && /^ {0,3}:::+[ \t]*$/.test(lines[end] ?? "");
      let last = isClosed ? end + 1 : end;
      while (last > start + 1 && !lines[last - 1].trim()) last -= 1;
      return [start, last];
    });
}

/* Remember of each block the text that it was read from: what nobody touches stays as it was. */
function remember(nodes, text, found) {
  const lines = text.split("\n");
  const origin = new WeakMap();
  if (found.length !== nodes.length) return origin;
  const offset = [0];
  for (const line of lines) offset.push(offset.at(-1) + line.length + 1);
  let end = 0;
  nodes.forEach((node, index) => {
    const start = offset[found[index][0]];
    const stop = offset[found[index][1]] - 1;
    const gap = text.slice(end, start);
    end = stop;
    const tail = index === nodes.length - 1 ? text.slice(stop) : null;
    const own = text.slice(start, stop);
    // What is indented, or a box that is not closed, would read differently beside something new.
    if (/^[ \t]/.test(own) || (node.type.name === "box" && !/:::[ \t]*$/.test(own))) return;
    origin.set(node, {
      text: own,
      gap,
      previous: nodes[index - 1] ?? null,
      tail,
    });
  });
  return origin;
}

/* Read a text.

   Returns the document and, for each of its blocks, the text it was read from.
   Throws CannotKeep if the document would lose something. */
export function read(schema, text) {
  if (text.length > MAX_LENGTH) throw new CannotKeep("a text that is too long");
  const tokens = parse(text);
  const reader = new Reader(schema, tokens);
  const found = places(tokens, text.split("\n"));
  const nodes = [];
  try {
    while (reader.at < tokens.length) nodes.push(reader.block());
  } catch (error) {
    if (error instanceof CannotKeep) error.line = lineOf(found, nodes.length);
    throw error;
  }
  const origin = remember(nodes, text, found);
  const doc = schema.node("doc", null, nodes.length ? nodes : [schema.node("paragraph")]);
  return { doc, origin, lineOf: (index) => lineOf(found, index) };
}

/* The number of the line at which a block begins. */
const lineOf = (found, index) => (found[index]?.[0] ?? 0) + 1;

/* The paragraph or heading that a text by itself is, or null if it is anything else. */
export function readAlone(schema, text) {
  const tokens = parse(text);
  if (tokens.length !== 3 || tokens[1].type !== "inline") return null;
  try {
    return new Reader(schema, tokens).block();
  } catch (error) {
    if (error instanceof CannotKeep) return null;
    throw error;
  }
}

/* The content of a cell, or null if it is nothing that the editor can hold. */
export function readCell(schema, text) {
  try {
    const content = readInline(schema, parseInline(text)[0]?.children ?? []);
    return schema.node("paragraph", null, content);
  } catch (error) {
    if (error instanceof CannotKeep) return null;
    throw error;
  }
}
