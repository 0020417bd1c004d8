/* Takes up what somebody else has written meanwhile: only the blocks that differ are replaced, so
   that the cursor stays where it is and the change can be undone. */

import { Selection } from "@tiptap/pm/state";

import { contentOf } from "./write.js";

/* The longest texts that are compared block by block: as many comparisons fit into one pause. */
const MOST_COMPARED = 4_000_000;

const isBlank = (node) => node.type.name === "paragraph" && !node.textContent.trim() && !node.childCount;

/* Change a document into another one that says the same but for some blocks. */
export function joined(state, fresh) {
  const { tr, doc, selection } = state;
  const starts = [0];
  doc.forEach((node) => starts.push(starts.at(-1) + node.nodeSize));
  let within = null;
  for (const [first, last, from, to] of differences(doc, fresh).reverse()) {
    const nodes = [];
    for (let index = from; index < to; index += 1) nodes.push(fresh.child(index));
    const old = [];
    for (let index = first; index < last; index += 1) old.push(doc.child(index));
    if (old.every(isBlank)) {
      // Where somebody has just begun a paragraph, he goes on.
      if (nodes.length) tr.insert(starts[first], nodes);
    } else {
      if (selection.from >= starts[first] && selection.from < starts[last]) {
        within = { start: starts[first], offset: selection.from - starts[first] };
      }
      tr.replaceWith(starts[first], starts[last], nodes);
    }
  }
  if (within) {
    const place = tr.mapping.map(within.start, -1) + within.offset;
    tr.setSelection(Selection.near(tr.doc.resolve(Math.min(place, tr.doc.content.size))));
  }
  return tr;
}

/* Where two documents differ: blocks from and to in the first, from and to in the second. */
function differences(one, other) {
  const first = contents(one);
  const second = contents(other);
  if (first.length * second.length > MOST_COMPARED) return [[0, first.length, 0, second.length]];
  const common = commonFrom(first, second);
  const found = [];
  let [i, j] = [0, 0];
  const isPair = () => i < first.length && j < second.length && first[i] === second[j];
  while (i < first.length || j < second.length) {
    if (isPair()) {
      i += 1;
      j += 1;
      continue;
    }
    const [from, start] = [i, j];
    while ((i < first.length || j < second.length) && !isPair()) {
      if (j === second.length || (i < first.length && common[i + 1][j] >= common[i][j + 1])) i += 1;
      else j += 1;
    }
    found.push([from, i, start, j]);
  }
  return found;
}

function contents(doc) {
  const found = [];
  doc.forEach((node) => found.push(contentOf(node)));
  return found;
}

/* How many blocks two lists have in common from each pair of places on, in the same order. */
function commonFrom(first, second) {
  const common = first.map(() => new Uint16Array(second.length + 1));
  common.push(new Uint16Array(second.length + 1));
  for (let i = first.length - 1; i >= 0; i -= 1) {
    for (let j = second.length - 1; j >= 0; j -= 1) {
      common[i][j] =
        first[i] === second[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  return common;
}
