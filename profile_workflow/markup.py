"""The one renderer of the text dialect: Markdown to HTML, the same for the web and for the PDF.

The dialect: headings ``###`` and ``####``, paragraphs, lists, pipe tables, quotes, bold, italic,
hard breaks, links to https, http and mailto, citations ``[@key, p. 4]``, notes ``^[text]``, boxes
``:::box Title`` … ``:::``, captions ``Table: …`` before a pipe table, ``Source: …`` after a table
or figure, and ``[[table:KEY]]``, ``[[figure:KEY]]`` or ``[[image:KEY]]`` alone in a paragraph.
``[#table:KEY]``, ``[#figure:KEY]``, ``[#section:KEY]``, ``[#section:KEY, Heading]`` and
``[#table:KEY, Caption]`` point to what stands elsewhere. Everything else, raw HTML above all, is
text.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.heading import heading as any_heading
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.container import container_plugin

#: Longest text that is read, in characters: about a hundred printed pages in one section.
MAX_LENGTH = 300_000
#: Longest paragraph in which markup is looked for, in characters; a longer one is plain text.
MAX_PARAGRAPH = 6_000
#: Depth of lists, quotes and boxes inside one another.
MAX_DEPTH = 12
#: Largest pipe table.
MAX_TABLE_ROWS = 400
MAX_TABLE_COLUMNS = 15

_KEY = r"[\w-]{1,60}"
_ONE_CITATION = rf"@({_KEY})(?:,\s*([^\]\[;@]{{1,80}}))?"
_CITATION = re.compile(
    rf"\[@{_KEY}(?:,[^\]\[;@]{{1,80}})?(?:;\s*@{_KEY}(?:,[^\]\[;@]{{1,80}})?){{0,19}}\]"
)
_EACH_CITATION = re.compile(_ONE_CITATION)
_PLACEMENT = re.compile(r"\[\[(table|figure|image):([\w.-]{1,20})\]\]")
_REFERENCE = re.compile(
    r"\[#(?:figure:([\w.-]{1,20})"
    r"|(table|section):([\w.-]{1,20})(?:,[ \t]*([^\]\[\s][^\]\[\n]{0,149}))?)\](?!\()"
)
_CAPTION = re.compile(r"(?:Table|Tableau|جدول|الجدول)\s*:\s*(?=\S)")
_SOURCE = re.compile(r"(?:Sources?|المصدر|المصادر)\s*:\s*\S")
_TYPED_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?\s+")
_WORD = re.compile(r"\w+(?:['\u2019\-]\w+)*")
#: A word in capitals, of two letters or more.
ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]*[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*\b")
_BOXES = ("box", "practice", "warning")
#: Characters that stand for placed exhibits while the HTML is sanitised; removed from input.
_MARK_START, _MARK_END = "\ue000", "\ue001"
_LINE_END = re.compile(r"\r\n?|\n")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\uf8ff\ufffe\uffff]")
_BLOCKS = frozenset(
    {
        "paragraph_open",
        "heading_open",
        "bullet_list_open",
        "ordered_list_open",
        "table_open",
        "blockquote_open",
    }
)


class Medium(Enum):
    """Where the text is shown, which decides how notes, headings and directions are written."""

    WEB = "web"
    PRINT = "print"


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text.

    Attributes:
        tokens: The markdown-it tokens, captions and sources already recognised.
        problems: What could not be read as it was written.
    """

    tokens: tuple[Token, ...]
    problems: tuple["Problem", ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the text that will not print as its author thinks.

    Attributes:
        code: ``unknown_source``, ``unknown_table``, ``unknown_figure``, ``unknown_image``,
            ``unknown_reference``,
            ``too_long``, ``too_deep``, ``table_too_large`` or ``paragraph_too_long``.
        detail: The key or the number that the code is about.
    """

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text: its level in the dialect (3 or 4), number, words and address."""

    level: int
    number: str
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table or figure of the text, in the order of printing.

    Attributes:
        kind: ``table``, ``figure`` or ``image``.
        key: Key of the data table or picture, or an empty string for a table typed in the text.
        caption: Caption of a typed table.
        id: Address of the block.
    """

    kind: str
    key: str
    caption: str
    id: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a text points to elsewhere in the same profile.

    Attributes:
        kind: ``table``, ``figure`` or ``section``.
        key: Key of the section if there are words or it is one, else of the data table.
        words: A heading in that section, or the caption of a table typed in it; empty for the
            section as a whole and for a data table. Words and no number, so that it still leads
            there when something is added before.
    """

    kind: str
    key: str
    words: str = ""

    def __str__(self) -> str:
        return f"[#{self.kind}:{self.key}{', ' if self.words else ''}{self.words}]"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reference leads: the words that are printed, and an address, which may be empty."""

    words: str
    address: str = ""


def _as_named(reference: Reference) -> Target | None:
    return Target(reference.words or f"{reference.kind} {reference.key}")


def _nothing(_key: str, _id: str) -> None:
    return None


def _no_label(_caption: str, _id: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Exhibits:
    """How the caller draws what the text places.

    Attributes:
        table: ``(key, block id)`` → safe HTML of a data table, or ``None`` if there is no such.
        figure: ``(key, block id)`` → safe HTML of a chart, or ``None``.
        label: ``(caption, block id)`` → words before the caption of a typed table ("Table 3").
        refer: What a text points to → where that is, or ``None`` if it is nowhere.
        image: ``(key, block id)`` → safe HTML of a picture, or ``None``.
    """

    table: Callable[[str, str], str | None] = _nothing
    figure: Callable[[str, str], str | None] = _nothing
    label: Callable[[str, str], str] = _no_label
    refer: Callable[[Reference], Target | None] = _as_named
    image: Callable[[str, str], str | None] = _nothing


@dataclass(frozen=True, slots=True)
class Rendered:
    """The HTML of one section, and what it uses."""

    html: SafeString
    citations: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[Exhibit] = field(default_factory=list)
    figures: list[Exhibit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Pass:
    """State of one rendering."""

    citations: Mapping[str, str]
    exhibits: Exhibits
    medium: Medium
    prefix: str
    direction: str
    chapter: str
    result: Rendered
    blocks: int = 0
    sections: int = 0
    placed: list[str] = field(default_factory=list)

    def new_id(self) -> str:
        self.blocks += 1
        return f"{self.prefix}b{self.blocks}"

    def direction_of(self, text: str) -> str:
        """Value of ``dir`` for a block: the browser decides, on paper we do."""
        if self.medium is Medium.WEB:
            return "auto"
        own = first_strong_direction(text)
        return own if own != self.direction else ""


def first_strong_direction(text: str) -> str:
    """Return ``ltr`` or ``rtl`` by the first letter that has a direction, or an empty string."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in ("R", "AL"):
            return "rtl"
    return ""


# --- reading -------------------------------------------------------------------------------


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Accept headings of the third and fourth level only; others stay paragraphs."""
    position = state.bMarks[start] + state.tShift[start]
    line = state.src[position : state.eMarks[start]]
    if not line.startswith("###") or line.startswith("#####"):
        return False
    return any_heading(state, start, end, silent)


def _citation(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("[@", state.pos):
        return False
    match = _CITATION.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.meta = {
            "sources": [(key, where.strip()) for key, where in _EACH_CITATION.findall(match[0])]
        }
    state.pos = match.end()
    return True


def _reference(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("[#", state.pos):
        return False
    match = _REFERENCE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        figure, kind, key, words = match.groups(default="")
        token = state.push("reference", "", 0)
        token.content = match[0]
        token.meta = {"reference": Reference(kind or "figure", figure or key, words.strip())}
    state.pos = match.end()
    return True


def _note(state: StateInline, silent: bool) -> bool:
    if state.env.get("in_note") or not state.src.startswith("^[", state.pos):
        return False
    end = state.md.helpers.parseLinkLabel(state, state.pos + 1)
    content = state.src[state.pos + 2 : end]
    if end < 0 or not content.strip():
        return False
    if not silent:
        children: list[Token] = []
        state.env["in_note"] = True
        state.md.inline.parse(content, state.md, state.env, children)
        state.env["in_note"] = False
        token = state.push("note", "", 0)
        token.children = children
        token.content = content
    state.pos = end + 1
    return True


def _inline(state: StateCore) -> None:
    """Look for markup in each paragraph, but not in monsters: some patterns cost n² time."""
    for token in state.tokens:
        if token.type != "inline" or token.children is None:
            continue
        if len(token.content) <= MAX_PARAGRAPH:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
            continue
        plain = Token("text", "", 0, content=token.content)
        token.children.append(plain)
        state.env["problems"].append(Problem("paragraph_too_long", str(len(token.content))))


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_DEPTH})
    parser.enable("table")
    parser.disable(
        [
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
        ]
    )
    parser.block.ruler.at("heading", _heading, {"alt": ["paragraph", "blockquote"]})
    parser.core.ruler.at("inline", _inline)
    parser.inline.ruler.before("link", "citation", _citation)
    parser.inline.ruler.before("link", "reference", _reference)
    parser.inline.ruler.before("link", "note", _note)
    for kind in _BOXES:
        container_plugin(parser, kind, validate=_is_box(kind))
    parser.validateLink = _is_allowed_link  # type: ignore[method-assign]
    return parser


def _is_box(kind: str) -> Callable[..., bool]:
    return lambda params, *_: params.strip().split(" ", 1)[0] == kind


def _is_allowed_link(url: str) -> bool:
    return re.match(r"(?:https?://|mailto:)\S", url, re.IGNORECASE) is not None


_PARSER = _make_parser()


def parse(text: str) -> Document:
    """Read a text of the dialect.

    Args:
        text: Markdown; anything beyond ``MAX_LENGTH`` characters is left out and reported.

    Returns:
        The parsed text. Reading never fails.
    """
    problems: list[Problem] = []
    if len(text) > MAX_LENGTH:
        problems.append(Problem("too_long", str(len(text))))
    clean = _FORBIDDEN.sub("", text[:MAX_LENGTH])
    tokens = _PARSER.parse(clean, {"problems": problems})
    if any(token.level >= MAX_DEPTH - 1 for token in tokens):
        problems.append(Problem("too_deep", str(MAX_DEPTH)))
    return Document(tuple(_recognised(_bounded(tokens, problems))), tuple(problems))


def _bounded(tokens: list[Token], problems: list[Problem]) -> list[Token]:
    """Leave out the rows and cells that make a table larger than a page can bear."""
    kept: list[Token] = []
    rows = cells = 0
    for token in tokens:
        if token.type in ("table_open", "table_close"):
            rows = cells = 0
        elif token.type == "tr_open":
            rows, cells = rows + 1, 0
        elif token.type in ("th_open", "td_open"):
            cells += 1
        is_row = token.type in ("tr_open", "tr_close")
        fits = rows <= MAX_TABLE_ROWS and (cells <= MAX_TABLE_COLUMNS or is_row)
        if fits or not _is_in_table(token):
            kept.append(token)
    if len(kept) < len(tokens):
        problems.append(Problem("table_too_large", f"{MAX_TABLE_ROWS} x {MAX_TABLE_COLUMNS}"))
    return kept


def _is_in_table(token: Token) -> bool:
    return token.type == "inline" or token.type[:3] in ("tr_", "th_", "td_")


def _recognised(tokens: list[Token]) -> Iterator[Token]:
    """Turn caption, source and placement paragraphs into what they mean."""
    index = 0
    after_exhibit = False
    while index < len(tokens):
        token = tokens[index]
        if token.type != "paragraph_open":
            after_exhibit = token.type == "table_close"
            yield token
            index += 1
            continue
        content = tokens[index + 1].content.strip()
        following = tokens[index + 3].type if index + 3 < len(tokens) else ""
        if placement := _PLACEMENT.fullmatch(content):
            yield Token("placement", "", 0, meta={"kind": placement[1], "key": placement[2]})
            after_exhibit = True
        elif following == "table_open" and (caption := _CAPTION.match(content)):
            table = tokens[index + 3]
            table.meta["caption"] = content[caption.end() :]
            table.map = [*(token.map or ())[:1], *(table.map or ())[1:]]
            after_exhibit = False
        else:
            if after_exhibit and _SOURCE.match(content):
                token.attrSet("class", "source")
            yield from tokens[index : index + 3]
            after_exhibit = False
        index += 3


def line_token(text: str) -> Token:
    """Read a line of the dialect that stands outside the paragraphs, e.g. a caption."""
    return _PARSER.parseInline(text, {"problems": []})[0]


def _walk(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.children:
            yield from _walk(token.children)
        if "caption" in token.meta:
            yield from _walk([line_token(token.meta["caption"])])


def _text_of(tokens: Sequence[Token]) -> str:
    """Words of the tokens without markup and citations."""
    parts: list[str] = []
    for token in _walk(tokens):
        if token.type in ("text", "text_special"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak", "inline"):
            parts.append(" ")
        elif token.type.startswith("container_") and token.nesting == 1:
            parts.append(token.info.strip().partition(" ")[2])
    return "".join(parts).strip()


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text refers to, each once, in the order of the text.

    Attributes:
        sources: Keys of the sources that it cites.
        tables: Keys of the data tables that it places as table or figure.
        acronyms: Words in capitals, of two letters or more.
        references: What it points to elsewhere in the profile.
        pictures: Keys of the pictures that it places.
    """

    sources: tuple[str, ...]
    tables: tuple[str, ...]
    acronyms: tuple[str, ...]
    references: tuple[Reference, ...]
    pictures: tuple[str, ...]


def source_of_blocks(text: str) -> dict[str, tuple[int, int]]:
    """Return where the source of each block begins and ends, by the id that it is rendered with.

    Blocks within blocks have a place of their own besides. What a placement draws has none.
    """
    lines = [0, *(found.end() for found in _LINE_END.finditer(text)), len(text)]
    places: dict[str, tuple[int, int]] = {}
    number = 0
    for token in parse(text).tokens:
        number += _needs_id(token)
        if _needs_id(token) and token.map:
            first, last = token.map
            places[f"b{number}"] = (lines[first], lines[min(last, len(lines) - 1)])
    return places


def shape_of(text: str) -> list[str]:
    """Return what a text is made of, without its words: to see that a change keeps it."""
    return [token.type for token in parse(text).tokens]


@lru_cache(maxsize=512)
def mentions(text: str) -> Mentions:
    """Return what a text refers to; the same text is read only once."""
    tokens = parse(text).tokens
    cited = (key for t in _walk(tokens) if t.type == "citation" for key, _ in t.meta["sources"])
    placed = [t.meta for t in tokens if t.type == "placement"]
    tables = (one["key"] for one in placed if one["kind"] != "image")
    pictures = (one["key"] for one in placed if one["kind"] == "image")
    capitals = ACRONYM.findall(_text_of(tokens))
    pointed = (t.meta["reference"] for t in _walk(tokens) if t.type == "reference")
    return Mentions(
        tuple(dict.fromkeys(cited)),
        tuple(dict.fromkeys(tables)),
        tuple(dict.fromkeys(capitals)),
        tuple(dict.fromkeys(pointed)),
        tuple(dict.fromkeys(pictures)),
    )


def cited_keys(text: str) -> list[str]:
    """Return the keys of the sources that a text cites, each once, in the order of the text."""
    return list(mentions(text).sources)


def placed_tables(text: str) -> list[str]:
    """Return the keys of data tables that a text places as table or figure, each once, in order."""
    return list(mentions(text).tables)


def placed_pictures(text: str) -> list[str]:
    """Return the keys of the pictures that a text places, each once, in the order of the text."""
    return list(mentions(text).pictures)


def references(text: str) -> tuple[Reference, ...]:
    """Return what a text points to elsewhere, each once, in the order of the text."""
    return mentions(text).references if "[#" in text else ()


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a text can be pointed to, with the addresses that it has on its page for reading."""

    headings: tuple[Heading, ...]
    exhibits: tuple[Exhibit, ...]

    def heading(self, words: str) -> Heading | None:
        """Return the first heading of these words, capital letters and blanks apart."""
        wanted = _folded(words)
        return next((one for one in self.headings if _folded(one.text) == wanted), None)

    def exhibit(self, kind: str, key: str) -> Exhibit | None:
        """Return the first place of a data table, or of its chart."""
        return next((one for one in self.exhibits if (one.kind, one.key) == (kind, key)), None)

    def typed_table(self, caption: str) -> Exhibit | None:
        """Return the first table typed with this caption, capital letters and blanks apart."""
        wanted = _folded(caption)
        typed = (one for one in self.exhibits if not one.key)
        return next((one for one in typed if _folded(one.caption) == wanted), None)


def _folded(words: str) -> str:
    return " ".join(_TYPED_NUMBER.sub("", words.strip(), count=1).split()).casefold()


@lru_cache(maxsize=256)
def outline(text: str, chapter: str = "") -> Outline:
    """Return what of a text can be pointed to; the same text is read only once."""
    drawn = Exhibits(
        table=lambda _key, _id: "", figure=lambda _key, _id: "", image=lambda _key, _id: ""
    )
    found = render(text, citations={}, exhibits=drawn, chapter=chapter)
    return Outline(tuple(found.headings), (*found.tables, *found.figures))


def word_count(text: str) -> int:
    """Return the number of words of a text, notes and captions included, citations not."""
    return len(_WORD.findall(_text_of(parse(text).tokens)))


# --- writing -------------------------------------------------------------------------------


class _Renderer(RendererHTML):
    """Writes the tokens; everything of this rendering is in ``env["pass"]``."""

    def heading_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        current: _Pass = env["pass"]
        token, inline = tokens[idx], tokens[idx + 1]
        number = ""
        if token.tag == "h3" and current.chapter:
            current.sections += 1
            number = f"{current.chapter}.{current.sections}"
            _strip_typed_number(inline)
        text = _text_of([inline])
        current.result.headings.append(
            Heading(int(token.tag[1]), number, text, str(token.attrGet("id") or ""))
        )
        shown = f'<span class="number">{html.escape(number)}</span> ' if number else ""
        return f"<{_heading_tag(token.tag, current)}{self.renderAttrs(token)}>{shown}"

    def heading_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f"</{_heading_tag(tokens[idx].tag, env['pass'])}>\n"

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        current: _Pass = env["pass"]
        token = tokens[idx]
        caption = token.meta.get("caption")
        if caption is None:
            return f"<table{self.renderAttrs(token)}>\n"
        block = str(token.attrGet("id"))
        read = line_token(caption).children or []
        words = _text_of(read)
        label = current.exhibits.label(words, block)
        shown = f'<span class="label">{html.escape(label)}</span> ' if label else ""
        current.result.tables.append(Exhibit("table", "", words, block))
        body = self.renderInline(read, options, env)
        return f"<table{self.renderAttrs(token)}>\n<caption>{shown}{body}</caption>\n"

    def thead_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "<tbody>\n" if _is_all_head(tokens, idx) else "<thead>\n"

    def thead_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</tbody>\n" if _is_all_head(tokens, idx) else "</thead>\n"

    def citation(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        cited = [
            _one_citation(key, where, env["pass"]) for key, where in tokens[idx].meta["sources"]
        ]
        current: _Pass = env["pass"]
        first = tokens[idx].meta["sources"][0][0]
        own = current.direction_of(current.citations.get(first, first))
        attribute = f' dir="{own}"' if own else ""
        return f'<bdi class="citation"{attribute}>({"; ".join(cited)})</bdi>'

    def reference(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        current: _Pass = env["pass"]
        pointed: Reference = tokens[idx].meta["reference"]
        target = current.exhibits.refer(pointed)
        if target is None:
            problem = Problem("unknown_reference", str(pointed))
            if problem not in current.result.problems:
                current.result.problems.append(problem)
            return f'<span class="problem">{html.escape(str(pointed))}</span>'
        own = current.direction_of(target.words)
        attribute = f' dir="{own}"' if own else ""
        words = html.escape(target.words)
        if target.address:
            words = f'<a href="{html.escape(target.address)}">{words}</a>'
        return f'<bdi class="reference"{attribute}>{words}</bdi>'

    def note(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        current: _Pass = env["pass"]
        body = self.renderInline(tokens[idx].children or [], options, env)
        current.result.notes.append(body)
        if current.medium is Medium.PRINT:
            return f'<span class="note" role="doc-footnote">{body}</span>'
        number = len(current.result.notes)
        name = f"{current.prefix}n{number}"
        return f'<sup class="note-mark" id="{name}-mark"><a href="#{name}">{number}</a></sup>'

    def placement(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        current: _Pass = env["pass"]
        kind, key = tokens[idx].meta["kind"], tokens[idx].meta["key"]
        block = str(tokens[idx].attrGet("id"))
        draw: Callable[[str, str], str | None] = getattr(current.exhibits, kind)
        drawn = draw(key, block)
        if drawn is None:
            current.result.problems.append(Problem(f"unknown_{kind}", key))
            return f'<p id="{block}" class="problem">[[{kind}:{html.escape(key)}]]</p>\n'
        found = Exhibit(kind, key, "", block)
        (current.result.tables if kind == "table" else current.result.figures).append(found)
        current.placed.append(drawn)
        return f"<div>{_MARK_START}{len(current.placed) - 1}{_MARK_END}</div>\n"

    def container_box_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        token = tokens[idx]
        kind, _, title = token.info.strip().partition(" ")
        own = env["pass"].direction_of(title or "x")
        attribute = f' dir="{own}"' if own else ""
        shown = f'<p class="box-title">{html.escape(title.strip())}</p>\n' if title.strip() else ""
        return f'<aside id="{token.attrGet("id")}" class="{html.escape(kind)}"{attribute}>\n{shown}'

    def container_box_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</aside>\n"

    container_practice_open = container_warning_open = container_box_open
    container_practice_close = container_warning_close = container_box_close


def _heading_tag(tag: str, current: _Pass) -> str:
    """On paper the chapter title is h1, so subsections are h2 and h3."""
    return f"h{int(tag[1]) - 1}" if current.medium is Medium.PRINT else tag


def _strip_typed_number(inline: Token) -> None:
    """Remove a number that the author typed before a heading that is numbered anyway."""
    first = inline.children[0] if inline.children else None
    if first is not None and first.type == "text":
        first.content = _TYPED_NUMBER.sub("", first.content, count=1)


def _one_citation(key: str, where: str, current: _Pass) -> str:
    page = f", {html.escape(where)}" if where else ""
    label = current.citations.get(key)
    if label is None:
        problem = Problem("unknown_source", key)
        if problem not in current.result.problems:
            current.result.problems.append(problem)
        return f'<span class="problem">@{html.escape(key)}</span>{page}'
    if key not in current.result.citations:
        current.result.citations.append(key)
    return f'<a href="#source-{html.escape(key)}">{html.escape(label)}</a>{page}'


_RENDERER = _Renderer()

_TEXT_TAGS = {"p", "ul", "ol", "li", "blockquote", "strong", "em", "br", "sup", "bdi", "span"}
_BLOCK_TAGS = {"h2", "h3", "h4", "aside", "div", "section"}
_TABLE_TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
_DIRECTIONS = {"auto", "ltr", "rtl"}
#: What the HTML of a text may hold, for whoever cleans it again after changing it.
ALLOWED_TAGS = _TEXT_TAGS | _BLOCK_TAGS | _TABLE_TAGS | {"a"}
ALLOWED_VALUES: dict[str, dict[str, set[str]]] = {
    **{tag: {"dir": _DIRECTIONS} for tag in (_TEXT_TAGS | _BLOCK_TAGS | {"table"}) - {"span"}},
    "th": {"scope": {"col", "row"}},
    "span": {"role": {"doc-footnote"}},
    "section": {"role": {"doc-endnotes"}},
}
ALLOWED_CLASSES = {
    "p": {"source", "box-title", "problem"},
    "span": {"number", "label", "note", "problem"},
    "aside": set(_BOXES),
    "bdi": {"citation", "reference"},
    "sup": {"note-mark"},
    "td": {"numeric"},
    "th": {"numeric"},
    "section": {"notes"},
    "a": {"back"},
}
ALLOWED_SCHEMES = {"http", "https", "mailto"}
_CLEANER = nh3.Cleaner(
    tags=ALLOWED_TAGS,
    attributes={"*": {"id"}, "a": {"href"}, "ol": {"start"}},
    tag_attribute_values=ALLOWED_VALUES,
    allowed_classes=ALLOWED_CLASSES,
    url_schemes=ALLOWED_SCHEMES,
    link_rel="noopener noreferrer",
    strip_comments=True,
)


def render(
    text: str,
    *,
    citations: Mapping[str, str],
    exhibits: Exhibits | None = None,
    id_prefix: str = "",
    chapter: str = "",
    medium: Medium = Medium.WEB,
    direction: str = "ltr",
) -> Rendered:
    """Write a text as HTML that is safe to show.

    Args:
        text: Markdown of the dialect.
        citations: Key of each known source → the words that cite it ("INS 2021").
        exhibits: How placed data tables and charts are drawn.
        id_prefix: Put before each block id, so that several sections fit on one page.
        chapter: Number of the chapter; its ``###`` headings become ``chapter.1``, ``chapter.2``…
        medium: On the web notes stand at the end and ``dir`` is ``auto``; in print notes go to
            the foot of the page, headings are one level higher, and ``dir`` is written only
            where it differs from the page's.
        direction: ``ltr`` or ``rtl``, the direction of the page in print.

    Returns:
        The HTML with what it cites, its headings, notes, tables, figures and problems.
    """
    document = parse(text)
    current = _Pass(
        citations=citations,
        exhibits=exhibits or Exhibits(),
        medium=medium,
        prefix=id_prefix,
        direction=direction,
        chapter=chapter,
        result=Rendered(html=SafeString(""), problems=list(document.problems)),
    )
    for token, extent in _with_extent(document.tokens):
        _set_attributes(token, extent, current)
    raw = _RENDERER.render(list(document.tokens), _PARSER.options, {"pass": current})
    if medium is Medium.WEB and current.result.notes:
        raw += _notes_at_end(current)
    safe = _with_placed(_CLEANER.clean(raw), current.placed)
    result = current.result
    return Rendered(
        safe,
        result.citations,
        result.headings,
        result.notes,
        result.tables,
        result.figures,
        result.problems,
    )


def _with_extent(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Pair each token with the first words inside it, from which its direction follows."""
    for index, token in enumerate(tokens):
        words = ""
        if token.type in _BLOCKS:
            words = next((t.content for t in tokens[index : index + 12] if t.type == "inline"), "")
        yield token, words


def _needs_id(token: Token) -> bool:
    is_block = token.type in _BLOCKS and token.level == 0
    is_box = token.type.startswith("container_") and token.nesting == 1
    return is_block or is_box or token.type in ("placement", "table_open", "heading_open")


def _set_attributes(token: Token, words: str, current: _Pass) -> None:
    if _needs_id(token):
        token.attrSet("id", current.new_id())
    if token.type in _BLOCKS:
        if own := current.direction_of(words):
            token.attrSet("dir", own)
    elif token.type in ("th_open", "td_open"):
        alignment = str(token.attrs.pop("style", ""))
        if "right" in alignment:
            token.attrSet("class", "numeric")
        if token.type == "th_open":
            token.attrSet("scope", "col")


def _is_all_head(tokens: Sequence[Token], idx: int) -> bool:
    """Return whether a table has no rows below its head; a head alone is no accessible table."""
    end = next(at for at in range(idx, len(tokens)) if tokens[at].type == "thead_close")
    return tokens[end + 1].type == "table_close"


def _notes_at_end(current: _Pass) -> str:
    items = "".join(
        f'<li id="{current.prefix}n{number}" dir="auto">{body} '
        f'<a class="back" href="#{current.prefix}n{number}-mark">↩</a></li>'
        for number, body in enumerate(current.result.notes, 1)
    )
    return f'<section class="notes" role="doc-endnotes"><ol>{items}</ol></section>'


def _with_placed(clean: str, placed: list[str]) -> SafeString:
    """Put the exhibits, which are safe by themselves, in the places kept for them."""
    pattern = re.compile(f"<div>{_MARK_START}(\\d+){_MARK_END}</div>")
    # Every part is safe: the text went through the cleaner, the exhibits come from our templates.
    return mark_safe(pattern.sub(lambda match: placed[int(match[1])], clean))  # noqa: S308
