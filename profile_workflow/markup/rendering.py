"""The one renderer of the text dialect: tokens to HTML, the same for the web and for the PDF."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString, mark_safe
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from profile_workflow.markup.blocks import BLOCKS, needs_id, with_extent
from profile_workflow.markup.cleaning import clean
from profile_workflow.markup.dialect import OPTIONS, Problem, Reference, line_token, parse
from profile_workflow.markup.directions import first_strong_direction
from profile_workflow.markup.mentioned import text_of
from profile_workflow.markup.terms import Exhibit, Exhibits, Heading, Medium, Rendered

_TYPED_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?\s+")
#: Characters that stand for placed exhibits while the HTML is sanitised; removed from input.
_MARK_START, _MARK_END = "\ue000", "\ue001"


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
        text = text_of([inline])
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
        words = text_of(read)
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
        current: _Pass = env["pass"]
        sources = tokens[idx].meta["sources"]
        first = sources[0][0]
        own = current.direction_of(current.citations.get(first, first))
        comma, semicolon = _MARKS[(own or current.direction) == "rtl"]
        cited = [_one_citation(key, where, comma, current) for key, where in sources]
        attribute = f' dir="{own}"' if own else ""
        return f'<bdi class="citation"{attribute}>({semicolon.join(cited)})</bdi>'

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

    def link_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """Say of a link how it runs: its lines are set one by one, so that each must know."""
        current: _Pass = env["pass"]
        end = next(at for at in range(idx, len(tokens)) if tokens[at].type == "link_close")
        own = current.direction_of(text_of(tokens[idx:end]))
        if own and current.medium is Medium.PRINT:
            tokens[idx].attrSet("dir", own)
        return self.renderToken(tokens, idx, options, env)

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


def without_typed_number(words: str) -> str:
    """Return the words of a heading without a number that its author typed before them."""
    return _TYPED_NUMBER.sub("", words, count=1)


def _strip_typed_number(inline: Token) -> None:
    """Remove a number that the author typed before a heading that is numbered anyway."""
    first = inline.children[0] if inline.children else None
    if first is not None and first.type == "text":
        first.content = without_typed_number(first.content)


def _one_citation(key: str, where: str, comma: str, current: _Pass) -> str:
    page = f"{comma}{html.escape(where)}" if where else ""
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
#: Whether a citation runs from right to left → what stands before its page, and between two. On
#: the web the browser knows the direction of a text; the marks are Latin there.
_MARKS = {False: (", ", "; "), True: ("، ", "؛ ")}


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
    for token, extent in with_extent(document.tokens):
        _set_attributes(token, extent, current)
    raw = _RENDERER.render(list(document.tokens), OPTIONS, {"pass": current})
    if medium is Medium.WEB and current.result.notes:
        raw += _notes_at_end(current)
    safe = _with_placed(clean(raw), current.placed)
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


def _set_attributes(token: Token, words: str, current: _Pass) -> None:
    if needs_id(token):
        token.attrSet("id", current.new_id())
    if token.type in BLOCKS:
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


def _with_placed(cleaned: str, placed: list[str]) -> SafeString:
    """Put the exhibits, which are safe by themselves, in the places kept for them."""
    pattern = re.compile(f"<div>{_MARK_START}(\\d+){_MARK_END}</div>")
    # Every part is safe: the text went through the cleaner, the exhibits come from our templates.
    return mark_safe(pattern.sub(lambda match: placed[int(match[1])], cleaned))  # noqa: S308
