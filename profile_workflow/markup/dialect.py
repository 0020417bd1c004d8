"""The grammar of the text dialect: from Markdown to tokens, within limits, and never a failure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.heading import heading as any_heading
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from profile_workflow.markup import captions

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
#: What points elsewhere: the key of a figure, or kind, key and words.
REFERENCE = re.compile(
    r"\[#(?:figure:([\w.-]{1,20})"
    r"|(table|section):([\w.-]{1,20})(?:,[ \t]*([^\]\[\s][^\]\[\n]{0,149}))?)\](?!\()"
)
_CAPTION = re.compile(rf"{captions.any_of(captions.TABLE)}\s*:\s*(?=\S)")
SOURCE = re.compile(rf"{captions.any_of(captions.SOURCE)}\s*:\s*\S")
BOXES = ("box", "practice", "warning")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\uf8ff\ufffe\uffff]")
#: What ends a line for the parser, which is given the text without what is forbidden.
_LINE_END = re.compile(rf"\r(?:{_FORBIDDEN.pattern}*\n)?|\n")


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
    match = REFERENCE.match(state.src, state.pos)
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
    for kind in BOXES:
        container_plugin(parser, kind, validate=_is_box(kind))
    parser.validateLink = _is_allowed_link  # type: ignore[method-assign]
    return parser


def _is_box(kind: str) -> Callable[..., bool]:
    return lambda params, *_: params.strip().split(" ", 1)[0] == kind


def _is_allowed_link(url: str) -> bool:
    return re.match(r"(?:https?://|mailto:)\S", url, re.IGNORECASE) is not None


_PARSER = _make_parser()
OPTIONS = _PARSER.options


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


def line_starts(text: str) -> list[int]:
    """Return where each line of a text begins, as ``parse`` counts lines; last, where it ends."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
    return starts if starts[-1] == len(text) else [*starts, len(text)]


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
            if after_exhibit and SOURCE.match(content):
                token.attrSet("class", "source")
            yield from tokens[index : index + 3]
            after_exhibit = False
        index += 3


def line_token(text: str) -> Token:
    """Read a line of the dialect that stands outside the paragraphs, e.g. a caption."""
    return _PARSER.parseInline(text, {"problems": []})[0]
