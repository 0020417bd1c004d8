/* The text dialect as the server reads it: the twin of profile_workflow/markup.py, rule by rule. */

import MarkdownIt from "markdown-it";
import container from "markdown-it-container";
import anyHeading from "markdown-it/lib/rules_block/heading.mjs";

/* The limits of markup.py. Beyond them the server leaves something out. */
export const MAX_LENGTH = 300_000;
export const MAX_PARAGRAPH = 6_000;
export const MAX_DEPTH = 12;
export const MAX_TABLE_ROWS = 400;
export const MAX_TABLE_COLUMNS = 15;

export const BOXES = ["box", "practice", "warning"];

/* What the caption of a table and its source begin with, by the language of the text. */
const LINE_STARTS = {
  en: ["Table: ", "Source: "],
  fr: ["Tableau : ", "Source : "],
  es: ["Cuadro: ", "Fuente: "],
  it: ["Tabella: ", "Fonte: "],
  de: ["Tabelle: ", "Quelle: "],
  pt: ["Quadro: ", "Fonte: "],
  ar: ["جدول: ", "المصدر: "],
};
export const lineStarts = (language) => LINE_STARTS[language] ?? LINE_STARTS.en;

// What Python calls \w.
const KEY = "[\\p{L}\\p{N}_-]{1,60}";
const PLACE = "[^\\]\\[;@]{1,80}";
const CITATION = new RegExp(
  `\\[@${KEY}(?:,${PLACE})?(?:;\\s*@${KEY}(?:,${PLACE})?){0,19}\\]`,
  "uy",
);
const ONE_CITATION = new RegExp(`@(${KEY})(?:,\\s*(${PLACE}))?`, "gu");
const PLACEMENT = /^\[\[(table|figure|image):([\p{L}\p{N}_.-]{1,20})\]\]$/u;
const REFERENCE =
  /\[#(?:figure:[\p{L}\p{N}_.-]{1,20}|(?:table|section):[\p{L}\p{N}_.-]{1,20}(?:,[ \t]*[^\]\[\s][^\]\[\n]{0,149})?)\](?!\()/uy;
const CAPTION = /^(?:Table|Tableau|Tabla|Cuadro|Tabella|Tabelle|Tabela|Quadro|جدول|الجدول)\s*:\s*(?=\S)/;
const SOURCE = /^(?:Sources?|Fuentes?|Font[ei]|Fontes|Quellen?|المصدر|المصادر)\s*:\s*\S/;
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\uf8ff\ufffe\uffff]/g;
const ALLOWED_LINK = /^(?:https?:\/\/|mailto:)\S/i;

function heading(state, start, end, silent) {
  const line = state.src.slice(state.bMarks[start] + state.tShift[start], state.eMarks[start]);
  if (!line.startsWith("###") || line.startsWith("#####")) return false;
  return anyHeading(state, start, end, silent);
}

function citation(state, silent) {
  if (!state.src.startsWith("[@", state.pos)) return false;
  CITATION.lastIndex = state.pos;
  const match = CITATION.exec(state.src);
  if (!match) return false;
  if (!silent) state.push("citation", "", 0).content = match[0].slice(1, -1);
  state.pos += match[0].length;
  return true;
}

function reference(state, silent) {
  if (!state.src.startsWith("[#", state.pos)) return false;
  REFERENCE.lastIndex = state.pos;
  const match = REFERENCE.exec(state.src);
  if (!match) return false;
  if (!silent) state.push("reference", "", 0).content = match[0].slice(1, -1);
  state.pos += match[0].length;
  return true;
}

function note(state, silent) {
  if (state.env.inNote || !state.src.startsWith("^[", state.pos)) return false;
  const end = state.md.helpers.parseLinkLabel(state, state.pos + 1);
  const content = state.src.slice(state.pos + 2, end);
  if (end < 0 || !content.trim()) return false;
  if (!silent) state.push("note", "", 0).content = content;
  state.pos = end + 1;
  return true;
}

function makeParser() {
  const parser = new MarkdownIt("commonmark", { html: false, maxNesting: MAX_DEPTH });
  parser.enable("table");
  parser.disable([
    "code",
    "fence",
    "hr",
    "html_block",
    "reference",
    "lheading",
    "backticks",
    "image",
    "autolink",
    "html_inline",
  ]);
  parser.block.ruler.at("heading", heading, { alt: ["paragraph", "blockquote"] });
  parser.inline.ruler.before("link", "citation", citation);
  parser.inline.ruler.before("link", "reference", reference);
  parser.inline.ruler.before("link", "note", note);
  for (const kind of BOXES) {
    container(parser, kind, { validate: (words) => words.trim().split(" ")[0] === kind });
  }
  parser.validateLink = isAllowedLink;
  return parser;
}

export function isAllowedLink(address) {
  return ALLOWED_LINK.test(address);
}

/* The sources that a citation names, each with the place in it. */
export function sourcesOf(cited) {
  return [...cited.matchAll(ONE_CITATION)].map(([, key, where]) => ({
    key,
    where: (where ?? "").trim(),
  }));
}

export function isCitation(text) {
  CITATION.lastIndex = 0;
  return CITATION.exec(text)?.[0] === text;
}

export function isReference(text) {
  REFERENCE.lastIndex = 0;
  return REFERENCE.exec(text)?.[0] === text;
}

/* What a paragraph places, if it does: [kind, key]. */
export function placementIn(text) {
  const match = PLACEMENT.exec(text.trim());
  return match && [match[1], match[2]];
}

export function isCaption(text) {
  return CAPTION.test(text.trim());
}

export function isSource(text) {
  return SOURCE.test(text.trim());
}

/* Whether `^[text]` would be read as one note. */
export function isNote(text) {
  const [inline] = parser.parseInline(`^[${text}]`, {});
  return inline.children.length === 1 && inline.children[0].type === "note";
}

export function clean(text) {
  return text.replace(FORBIDDEN, "");
}

const parser = makeParser();

export const parse = (text) => parser.parse(clean(text), {});
export const parseInline = (text) => parser.parseInline(clean(text), {});
