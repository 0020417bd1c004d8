"""The words of one paragraph: from formatted pieces to the dialect, so that no word is lost."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from profile_workflow import markup


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of one format; ``note`` is a footnote instead of words, a line feed a break.

    Attributes:
        text: The words.
        bold, italic: How they look.
        link: The address that they lead to.
        note: The words of a footnote that stands here.
    """

    text: str = ""
    bold: bool = False
    italic: bool = False
    link: str = ""
    note: "tuple[Piece, ...] | None" = None

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks around it, in the order in which they stand outside if they end together."""
        found = (("i", self.italic), ("b", self.bold), (f"a{self.link}", bool(self.link)))
        return tuple(name for name, is_on in found if is_on)


#: What people may type in Word as it stands in the text, and what therefore is not escaped.
_TYPED = re.compile(
    r"\[@[^\[\]\n]{1,2000}\]|\[\[(?:table|figure):[\w.-]{1,20}\]\]"
    r"|\[#(?:table|figure|section):[^\[\]\n]{1,170}\]"
)
_SPACE = re.compile(r"[ \t\r\f\v]+")
_STARTS_BLOCK = re.compile(
    r"(?m)^( *)([-+](?=\s|$)|#(?=##)|>|[-:|](?=[-:| ]*$)|:(?=::)|\d{1,9}(?=[.)](?:\s|$)))"
)
_BACKSLASH = r"\\(?=[!-/:-@\[-`{-~])|\\$|&(?=#?\w{1,31};)|\*"
_NEEDED = re.compile(rf"{_BACKSLASH}|(?<!\w)_|_(?!\w)")
_ALL = re.compile(rf"{_BACKSLASH}|[_\[\]]")
_WORD = re.compile(r"\w")
_SIMPLE_ADDRESS = re.compile(r"[^\s()<>\\]+")


def plain_text(pieces: Iterable[Piece]) -> str:
    """Return the words without their looks, on one line."""
    words = "".join(one.text for one in pieces if one.note is None)
    return " ".join(words.split())


def without(pieces: Iterable[Piece], *, bold: bool = True, italic: bool = False) -> list[Piece]:
    """Return the pieces without a look that the whole of them has and that means nothing here."""
    found = list(pieces)
    if bold and all(one.bold for one in found if one.text.strip()):
        found = [replace(one, bold=False) for one in found]
    if italic and all(one.italic for one in found if one.text.strip()):
        found = [replace(one, italic=False) for one in found]
    return found


def on_one_line(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces without line breaks, for places where there can be none."""
    return [replace(one, text=one.text.replace("\n", " ")) for one in pieces]


def to_markdown(pieces: Iterable[Piece]) -> str:
    """Write a paragraph in the dialect.

    Of several ways to write it, the first is taken that is read back as the same words and looks:
    plainly, with every bracket escaped, without bold and italic. A paragraph that is so long that
    markup is not looked for in it comes out as bare words.
    """
    found = _tidy(pieces)
    if not found:
        return ""
    bare = [Piece(one.text, link=one.link, note=one.note) for one in found]
    for tried, strict in ((found, False), (found, True), (bare, True)):
        text = _written(tried, strict=strict)
        if _reads_as(text, tried):
            return text
    plain = plain_text(found)
    is_read = len(plain) <= markup.MAX_PARAGRAPH
    return _written([Piece(plain)], strict=True) if is_read else plain


def _tidy(pieces: Iterable[Piece]) -> list[Piece]:
    """Join pieces of one look, put spaces outside their marks, and cut them off at the ends."""
    joined = _joined(
        replace(one, text=_SPACE.sub(" ", one.text)) for one in pieces if one.text or one.note
    )
    spread = _joined(_apart(joined, _spaces_at_ends))
    return _trimmed(_joined(_apart(spread, _signs_at_ends)))


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for one in pieces:
        last = found[-1] if found else None
        if last is not None and last.note is None and one.note is None and _alike(last, one):
            found[-1] = replace(last, text=last.text + one.text)
        else:
            found.append(one)
    return [replace(one, text=_SPACE.sub(" ", one.text)) for one in found]


def _alike(one: Piece, other: Piece) -> bool:
    return one.marks == other.marks


def _apart(
    pieces: Sequence[Piece], ends: Callable[[Piece, str, str], tuple[int, int]]
) -> Iterator[Piece]:
    """Take what stands at the ends of marked pieces out of the marks that end there."""
    bare = Piece()
    for before, one, after in zip((bare, *pieces), pieces, (*pieces[1:], bare), strict=False):
        if one.note is not None or not one.marks:
            yield one
            continue
        start, end = ends(one, before.text, after.text)
        parts = (
            _shared(one, before, one.text[:start]),
            replace(one, text=one.text[start:end]),
            _shared(one, after, one.text[end:]),
        )
        yield from (part for part in parts if part.text)


def _shared(one: Piece, neighbour: Piece, text: str) -> Piece:
    """Return words with the marks that two pieces have in common."""
    link = one.link if one.link == neighbour.link else ""
    return Piece(text, one.bold and neighbour.bold, one.italic and neighbour.italic, link)


def _spaces_at_ends(one: Piece, _before: str, _after: str) -> tuple[int, int]:
    """Return where the words begin and end: ``**a **b`` is not bold in the dialect."""
    inner = one.text.strip(" \n")
    start = one.text.index(inner) if inner else len(one.text)
    return start, start + len(inner)


def _signs_at_ends(one: Piece, before: str, after: str) -> tuple[int, int]:
    """Return where the letters begin and end, if a letter stands beside the marks at once.

    ``**a.**b`` is not bold in the dialect, ``**a**.b`` is.
    """
    start, end = 0, len(one.text)
    if one.link:
        return start, end
    if _WORD.match(after[:1]):
        end = len(re.sub(r"\W+$", "", one.text))
    if _WORD.match(before[-1:]):
        start = min(end, len(one.text) - len(re.sub(r"^\W+", "", one.text)))
    return start, end


def _trimmed(pieces: Sequence[Piece]) -> list[Piece]:
    found = [
        replace(one, text=re.sub(r"[^\S\n]*\n\s*", "\n", one.text)) if "\n" in one.text else one
        for one in pieces
    ]
    while found and found[0].note is None and not (start := found[0].text.lstrip()):
        del found[0]
    if found and found[0].note is None:
        found[0] = replace(found[0], text=start)
    while found and found[-1].note is None and not (end := found[-1].text.rstrip()):
        del found[-1]
    if found and found[-1].note is None:
        found[-1] = replace(found[-1], text=end)
    return found


# Writing


def _written(pieces: Sequence[Piece], *, strict: bool) -> str:
    out: list[str] = []
    open_marks: list[str] = []
    for index, one in enumerate(pieces):
        wanted = set(one.marks)
        while any(mark not in wanted for mark in open_marks):
            out.append(_closing(open_marks.pop()))
        extents = {mark: _extent(mark, pieces[index:]) for mark in one.marks}
        new = [mark for mark in one.marks if mark not in open_marks]
        # What lasts longest stands outside; sorting keeps the order of those that end together.
        for mark in sorted(new, key=lambda name: -extents[name]):
            out.append(_opening(mark))
            open_marks.append(mark)
        out.append(_body(one, strict=strict))
    out += (_closing(mark) for mark in reversed(open_marks))
    return _STARTS_BLOCK.sub(_escaped_start, "".join(out)).replace("\n", "\\\n")


def _escaped_start(match: re.Match[str]) -> str:
    start, sign = match.groups()
    return f"{start}{sign}\\" if sign.isdigit() else f"{start}\\{sign}"


def _extent(mark: str, pieces: Sequence[Piece]) -> int:
    """Return for how many pieces a mark goes on."""
    number = 0
    for one in pieces:
        if mark not in one.marks:
            break
        number += 1
    return number


def _opening(mark: str) -> str:
    return {"i": "*", "b": "**"}.get(mark, "[")


def _closing(mark: str) -> str:
    if mark in ("i", "b"):
        return _opening(mark)
    target = mark[1:]
    return f"]({target})" if _SIMPLE_ADDRESS.fullmatch(target) else f"](<{_safe(target)}>)"


def _body(one: Piece, *, strict: bool) -> str:
    if one.note is None:
        return escaped(one.text, strict=strict)
    inner = _written(_tidy(on_one_line(one.note)), strict=strict)
    return f"^[{inner}]"


def escaped(text: str, *, strict: bool = False) -> str:
    """Return words so that the dialect takes them for words, but for what people type in Word.

    Citations, references and placements stand there as in the text.

    Args:
        text: The words.
        strict: Escape every bracket, not only where a backslash is needed to keep the words.
    """
    out, end = [], 0
    for found in _TYPED.finditer(text):
        out += [_escape(text[end : found.start()], strict=strict), found.group()]
        end = found.end()
    return "".join([*out, _escape(text[end:], strict=strict)])


def _escape(text: str, *, strict: bool) -> str:
    return (_ALL if strict else _NEEDED).sub(lambda sign: f"\\{sign.group()}", text)


def address(target: str) -> str:
    """Return an address as a link of the dialect holds it; empty if the dialect has no such."""
    tokens = markup.parse(f"[x](<{_safe(target)}>)").tokens
    inside = tokens[1].children or [] if len(tokens) > 1 else []
    return next((str(one.attrGet("href")) for one in inside if one.type == "link_open"), "")


def _safe(target: str) -> str:
    return re.sub(r"[\s<>\\]", lambda sign: f"%{ord(sign[0]):02X}", target)


# Reading back

_Look = tuple[str, tuple[str, ...]]


def _reads_as(text: str, pieces: Sequence[Piece]) -> bool:
    tokens = markup.parse(text).tokens
    if len(tokens) == 1 and tokens[0].type == "placement":
        return True
    kinds = [token.type for token in tokens]
    if kinds != ["paragraph_open", "inline", "paragraph_close"]:
        return False
    return _looks(_of_pieces(pieces)) == _looks(_of_tokens(tokens[1].children or []))


def _looks(parts: Iterable[_Look]) -> list[_Look]:
    """Return words with their looks; how they are cut into parts means nothing."""
    found: list[_Look] = []
    for text, marks in parts:
        if found and found[-1][1] == marks:
            found[-1] = (found[-1][0] + text, marks)
        elif text:
            found.append((text, marks))
    return [(" ".join(re.split(r"[ \t\n]+", text)), marks) for text, marks in found]


def _of_pieces(pieces: Iterable[Piece]) -> Iterator[_Look]:
    for one in pieces:
        if one.note is None:
            yield _canonical(one.text), tuple(sorted(one.marks))
        else:
            yield from (("^[", ()), *_of_pieces(_tidy(on_one_line(one.note))), ("]", ()))


def _canonical(text: str) -> str:
    """Return a text in which citations are spaced as the parser would write them."""
    return re.sub(
        r"\[@[^\[\]\n]{1,2000}\]", lambda one: re.sub(r"\s*([,;])\s*", r"\1 ", one.group()), text
    )


def _of_tokens(tokens: Sequence[Token]) -> Iterator[_Look]:
    marks: list[str] = []
    for token in tokens:
        if token.type in _MARKS:
            marks.append(_mark_of(token))
        elif token.type in _ENDS and marks:
            marks.pop()
        elif token.type == "note":
            yield from (("^[", ()), *_of_tokens(token.children or []), ("]", ()))
        else:
            yield shown(token), tuple(sorted(marks))


_MARKS = {"em_open": "i", "strong_open": "b", "link_open": "a"}
_ENDS = {"em_close", "strong_close", "link_close"}


def _mark_of(token: Token) -> str:
    mark = _MARKS[token.type]
    return f"a{token.attrGet('href')}" if mark == "a" else mark


def shown(token: Token) -> str:
    """Return what stands in Word for a token without marks: its words, or how it is typed."""
    if token.type == "citation":
        each = (f"@{key}, {where}" if where else f"@{key}" for key, where in token.meta["sources"])
        return f"[{'; '.join(each)}]"
    if token.type == "softbreak":
        return " "
    return "\n" if token.type == "hardbreak" else token.content
