/* Makes the one file that a browser loads, the list of licences beside it, and their entries in
   the manifest: `make editor`. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const VENDOR = join(HERE, "../static/vendor");

/* The server's parser has no blocks of code, and so no limit of four blanks before a block; the
   one in the browser has the limit written into each of its rules. */
const CODE = /state\.sCount\[\w+\] - state\.blkIndent >= 4/g;
const EXPECTED = { "blockquote.mjs": 1, "heading.mjs": 1, "index.mjs": 1, "list.mjs": 2, "table.mjs": 3 };
/* Rules that the dialect switches off, and so need not be sent. */
const UNUSED =
  /rules_(block|inline|core)\/(code|fence|hr|html_block|reference|lheading|backticks|image|autolink|html_inline|linkify|smartquotes|replacements)\.mjs$/;
const asOnTheServer = {
  name: "as on the server",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^linkify-it$/ }, () => ({ path: join(HERE, "src/linkify.js") }));
    onResolve({ filter: /^uc\.micro$/ }, () => ({ path: join(HERE, "src/unicode.js") }));
    onResolve({ filter: /^entities$/ }, () => ({ path: join(HERE, "src/entities.js") }));
    onResolve({ filter: UNUSED }, () => ({ path: join(HERE, "src/unused.js") }));
    const filter = /(rules_block\/(blockquote|heading|list|table)|markdown-it-container\/index)\.mjs$/;
    onLoad({ filter }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const found = text.match(CODE)?.length;
      const wanted = EXPECTED[basename(path)];
      if (found !== wanted) throw new Error(`${path}: the limit of four stands ${found} times, not ${wanted}`);
      return { contents: text.replace(CODE, "false") };
    });
  },
};

/* The parts of the bundle that others wrote, each with its version and licence. */
function packagesIn(metafile) {
  const names = new Set();
  for (const path of Object.keys(metafile.inputs)) {
    const match = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (match) names.add(match[1]);
  }
  return [...names].sort().map((name) => {
    const folder = join(HERE, "node_modules", name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : "";
    return { name, version: about.version, licence: about.license, text };
  });
}

function licences(packages) {
  const parts = packages.map(
    ({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text}`.trim(),
  );
  return parts.join(`\n\n${"-".repeat(72)}\n\n`) + "\n";
}

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/* What the bundle was made of, so that a test sees when it was not made anew. */
function madeOf() {
  const names = readdirSync(join(HERE, "src")).sort().map((name) => join("src", name));
  const hash = createHash("sha256");
  for (const name of [...names, "build.js", "package-lock.json"]) hash.update(readFileSync(join(HERE, name)));
  return hash.digest("hex");
}

const ICONS = [
  "arrow-clockwise",
  "arrow-counterclockwise",
  "list-ol",
  "list-ul",
  "quote",
  "text-indent-left",
  "text-indent-right",
  "type-bold",
  "type-italic",
];

/* The icons of the buttons, one below the other, each with a view of its own name. */
function icons() {
  const parts = ICONS.map((name, index) => {
    const file = readFileSync(join(HERE, "node_modules/bootstrap-icons/icons", `${name}.svg`), "utf8");
    const body = /<svg[^>]*>(.*)<\/svg>/s.exec(file)[1].replace(/\s*\n\s*/g, "");
    const top = 16 * index;
    return `<view id="${name}" viewBox="0 ${top} 16 16"/><g transform="translate(0 ${top})">${body}</g>`;
  });
  const start = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">';
  return `${start}\n${parts.join("\n")}\n</svg>\n`;
}

const versionOf = (name) =>
  JSON.parse(readFileSync(join(HERE, "node_modules", name, "package.json"), "utf8")).version;

const { outputFiles, metafile } = await build({
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  entryPoints: ["src/main.js"],
  format: "iife",
  legalComments: "none",
  metafile: true,
  minify: true,
  plugins: [asOnTheServer],
  target: ["es2022"],
  write: false,
});
const tiptap = {
  name: "tiptap",
  version: versionOf("@tiptap/core"),
  licence: "MIT and others, see LICENSES",
  changes: "built by `make editor` from profile_workflow/editor",
  made_of: madeOf(),
};
const signs = {
  name: "bootstrap-icons",
  version: versionOf("bootstrap-icons"),
  licence: "MIT",
  changes: "the icons of the editor alone, put together by `make editor`",
};
const files = {
  "editor/editor.js": [outputFiles[0].contents, tiptap],
  "editor/LICENSES": [licences(packagesIn(metafile)), tiptap],
  "bootstrap-icons/editor.svg": [icons(), signs],
};
const place = join(VENDOR, "manifest.json");
const manifest = JSON.parse(readFileSync(place, "utf8"));
mkdirSync(join(VENDOR, "editor"), { recursive: true });
for (const [name, [content, about]] of Object.entries(files)) {
  writeFileSync(join(VENDOR, name), content);
  manifest[name] = { ...about, sha256: sha256(content) };
}
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(place, `${JSON.stringify(sorted, null, 2)}\n`);
