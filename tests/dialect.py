"""Texts of the dialect, and what a reader sees of one: blocks, words, emphasis, nothing else."""

# ruff: noqa: RUF001 - Arabic letters are not meant to be Latin ones

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import html

from profile_workflow import markup

CITATIONS = {"office-2024": "Office 2024", "ins": "INS 2021", "مكتب": "المكتب ٢٠٢٤"}


def _drawn(kind: str) -> Callable[[str, str], str]:
    return lambda key, _block: f"<figure>{kind} {key}</figure>"


#: Everything that a text places or points to is there, and says what it is.
EXHIBITS = markup.Exhibits(
    table=_drawn("table"),
    figure=_drawn("chart"),
    image=_drawn("picture"),
    refer=lambda reference: markup.Target(str(reference)),
)

_INLINE = {"strong", "em", "a", "bdi", "span", "sup", "br"}


@dataclass(frozen=True)
class Part:
    """Words with one look, or the start of a block (then without words)."""

    block: tuple[str, ...]
    look: tuple[str, ...]
    text: str = ""


def shape(page: str) -> list[Part]:
    """Return what a reader sees of a rendered text; how emphasis is nested does not matter."""
    root = html.fragment_fromstring(page, create_parent="div")
    merged: list[Part] = []
    for part in _parts(root, (), ()):
        last = merged[-1] if merged else None
        if last and part.text and last.text and (last.block, last.look) == (part.block, part.look):
            merged[-1] = Part(part.block, part.look, last.text + part.text)
        else:
            merged.append(part)
    return list(_tidied(merged))


def _parts(element: Any, block: tuple[str, ...], look: tuple[str, ...]) -> Iterator[Part]:
    yield from _words(element.text, block, look)
    for number, child in enumerate(element):
        if child.tag == "br":
            yield Part(block, ("br",))
        elif child.tag in _INLINE:
            own = " ".join([child.tag, child.get("href") or "", child.get("class") or ""])
            yield from _parts(child, block, tuple(sorted({*look, own})))
        else:
            own = [child.tag, str(number), child.get("class") or "", child.get("start") or ""]
            inner = (*block, " ".join(own))
            yield Part(inner, ("block",))
            yield from _parts(child, inner, ())
        yield from _words(child.tail, block, look)


def _words(text: str | None, block: tuple[str, ...], look: tuple[str, ...]) -> Iterator[Part]:
    if text:
        yield Part(block, look, re.sub(r"\s+", " ", text))


def _tidied(parts: list[Part]) -> Iterator[Part]:
    """Without the blanks at the ends of blocks and lines."""
    for index, part in enumerate(parts):
        text = part.text
        if index == 0 or not parts[index - 1].text:
            text = text.lstrip()
        if index + 1 == len(parts) or not parts[index + 1].text:
            text = text.rstrip()
        if text or not part.text:
            yield Part(part.block, part.look, text)


#: Texts that must survive the editor, each with a name.
SAMPLES = {
    "nothing": "",
    "paragraph": "In 2024 many came.",
    "paragraphs": "One.\n\nTwo.\n\n\n\nThree.\n",
    "soft break": "line one\nline two",
    "hard break": "line one\\\nline two  \nline three",
    "heading": "### Stocks\n\nText.\n\n#### Flows\n\nText.",
    "heading at once": "Before\n### Stocks\nAfter",
    "heading with closing signs": "### Stocks ###",
    "heading with number": "### 1.2 Stocks",
    "heading with emphasis": "### Stocks *and* **flows** [@ins]",
    "too large a heading": "# One\n\n## Two\n\n##### Five\n\n###none",
    "bold italic": "**bold** *it* ***both*** **bold *in* bold** *it **in** it*",
    "underscores": "_it_ __bold__ snake_case_word",
    "emphasis within a word": "mot**gras**mot a*b*c",
    "emphasis beside signs": "**« mot »**, (*x*) “**y**” l’*été*.",
    "emphasis over a break": "**one\\\ntwo**",
    "bold link": "**[a](https://e.org)** [**b** *c*](https://e.org)",
    "link": "[a (b)](https://e.org/x_(y)?a=1&b=2)",
    "link with title": '[a](https://e.org "The title")',
    "mail": "[write](mailto:a@example.org)",
    "arabic address": "[رابط](https://e.org/صفحة)",
    "link not allowed": "[a](javascript:alert(1)) [b](/here) [c](ftp://e.org)",
    "bare address": "see https://example.org/a_b_c and <https://x.org>",
    "image": "![alt](https://e.org/i.png)",
    "code": "use `code` and ``more ` code`` here\n\n```\nfence\n```\n\n    indented",
    "raw html": "<b>x</b> <script>alert(1)</script> <!-- y --> a < b > c",
    "entities": "R&D &amp; AT&T &lt;b&gt; &copy; &#35; &nosuch; &amp;amp;",
    "escapes": r"5 \* 3 = 15, a\_b, 1\. not, \# not, \[x\], \\, \|",
    "stray signs": "5 * 3 * 2, a_b, 2*3*4, [x] ^y ~z~ !w |v| #u 100%",
    "line starts": "\\- a\n\n\\+ b\n\n1\\. c\n\n\\> d\n\n\\### e\n\n-f\n\n2014.g",
    "year at the start": "2014\\. was a year.",
    "rule": "a\n\n---\n\nb\n\n===",
    "underlined": "Title\n=====\n\nOther\n-----",
    "list": "- a\n- b\n- c",
    "list with stars": "* a\n* b",
    "loose list": "- a\n\n- b\n\n- c",
    "nested list": "- a\n  - b\n    - c\n- d",
    "numbered": "1. one\n2. two\n   - x\n   - y\n3. three",
    "numbered from three": "3. three\n4. four",
    "numbered with bracket": "1) one\n2) two",
    "two lists": "- a\n- b\n\n* c\n* d\n\n1. e\n\n1) f",
    "list with paragraphs": "- a\n\n  more\n\n- b",
    "list with blocks": "- ### Heading\n\n  text\n\n- > quoted\n\n- [[table:1-A]]",
    "empty item": "- a\n-\n- c",
    "deep indent": "    - a\n    - b",
    "arabic list": "1. واحد\n2. اثنان\n\n- أ\n- ب",
    "quote": "> quoted\n> text\n\nafter",
    "quote with blocks": "> one\n>\n> - a\n> - b\n>\n> > inner",
    "lazy quote": "> one\ntwo",
    "table": "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "table without margins": "a | b\n--|--\n1 | 2",
    "table aligned": "| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |",
    "table with caption": "Table: People, *by year*\n\n| a |\n|---|\n| 1 |\n\nSource: INS [@ins].",
    "tableau": "Tableau : Population\n\n| a |\n|---|\n| 1 |\n\nSources : INS.",
    "tabelle": "Tabelle: Wohnen\n\n| a |\n|---|\n| 1 |\n\nQuellen: INS.",
    "arabic table": "جدول: السكان\n\n| السنة | العدد |\n|---|--:|\n| 2024 | 12 |\n\nالمصدر: المكتب",
    "pipe in a cell": "| a | b |\n| --- | --- |\n| x \\| y | \\\\ z |",
    "cells with all": "| **a** | [l](https://e.org) |\n|---|---|\n| [@ins, p. 1] | x^[n *m*] |",
    "empty cells": "| a | b |\n|---|---|\n|  | z |\n| y |",
    "long row": "| a |\n|---|\n| 1 | 2 | 3 |",
    "table in a list": "- a\n\n  | x |\n  |---|\n  | 1 |",
    "caption of nothing": "Table: alone\n\nSource: alone",
    "citation": "x [@office-2024, p. 4] y [@ins].",
    "citations": "x [@office-2024, p. 4; @ins] y [@مكتب، ص. 3] [@مكتب, ص. 3].",
    "no citation": "[@] [@a b] [@a, [x]] @ins [ins]",
    "unknown source": "x [@nowhere].",
    "reference": "see [#table:1-A], [#figure:2.B] and [#section:3]; [#table:3, Who].",
    "reference to a heading": "[#section:3, Who lives?], **[#section:ES]**, [#section:2,الأعداد]",
    "no reference": (
        "[#] [#table] [#table:] [#other:x] [#table:a b] \\[#table:1-A] [#table:1](https://e.org) "
        "[#section:1, [x]] #5"
    ),
    "note": "Text^[a note with *em*, [l](https://e.org) and [@ins]] end.",
    "note in bold": "**a^[n]b** [l^[m]](https://e.org)",
    "no note": "x^[] y^[ z^2",
    "placed": "a\n\n[[table:1-A]]\n\n[[figure:2.B]]\n\nSource: INS",
    "picture": "a\n\n[[image:p1]]\n\nSource: INS\n\n- b\n\n  [[image:x.2]]\n\n[[image:p1]] c",
    "placed one after the other": "[[figure:1-A]]\n\n[[table:1-A]]\n\n[[image:p1]]",
    "placed on one line": "[[figure:1-A]] [[table:1-A]]\n\n[[figure:1-A]]\n[[table:1-A]]",
    "chart with its source": "[[figure:1-A]]\n\nSource: INS [@ins, p. 4]; see [#table:1-A].",
    "arabic chart": "[[figure:١-أ]]\n\nالمصدر: المكتب [@مكتب].\n\n[[image:صورة]]",
    "chart in a box": ":::practice A sheet\n[[figure:2.B]]\n\nSource: INS\n:::",
    "chart in a quote": "> [[figure:1-A]]\n>\n> after",
    "picture in a box": ":::box\nBefore [#figure:p1].\n\n[[image:p1]]\n:::",
    "pictures in a list": "1. [[image:p1]]\n2. as [#figure:p1]\n\n   [[image:x.2]]",
    "reference in a heading": "### As [#table:1-A] says\n\n#### [#section:2, Who lives here?]",
    "references in a table": (
        "Table: As in [#section:2]\n\n| [#table:1-A] | b |\n|---|--:|\n"
        "| x [#figure:2.B] | **[#section:3]** |\n\nSource: [@ins]; see [#table:1-A]."
    ),
    "source without words": "| a |\n|---|\n| 1 |\n\nSource: [@ins]",
    "reference in a note": "x^[see [#table:1-A] and [@ins, p. 4], *there*].",
    "reference in a link": "[see [#table:1-A]](https://e.org) and [#section:3] (2024)",
    "references in blocks": "- a [#table:1-A]\n  - b [#figure:2.B]\n\n> c [#section:3]",
    "reference beside signs": "([#table:1-A]), **[#table:1-A]:** *[#figure:2.B]*… «[#section:3]»",
    "arabic references": "كما في [#section:3, من يسكن هنا؟] و[#table:3, السكان بحسب الجنس].",
    "notes in a row": "a^[one]^[two] **b^[three]**\n\n### c^[four]\n\n- d^[five]",
    "lists in cells": "| a |\n|---|\n| • one • two |\n| 1. un 2. deux |\n| - x |",
    "not placed": "see [[table:1-A]] here\n\n\\[[table:1-A]]",
    "box": ":::box The title\nInside.\n\n- a\n- b\n:::\n\nAfter.",
    "boxes": ":::practice\nOne.\n:::\n:::warning Mind\nTwo.\n:::",
    "box in a box": "::::box Outer\n:::warning Inner\nx\n:::\n::::",
    "open box": "Before.\n\n:::box\nto the end",
    "no box": ":::other\nx\n:::\n\n:::",
    "arabic": "نص **عربي** و[رابط](https://e.org) (2021) 12%",
    "mixed directions": "The word عربي and\n\nالكلمة word هنا",
    "accents": "A – b — c … « d » ’ œ ç\u00a0! e\u0301 🙂 **🙂** 𝒳",
    "blanks": "a  b\u00a0c\td",
    "everything": (
        "### Stocks\n\nIn 2024 **many** came [@office-2024, p. 4]^[A *note*.].\n\n"
        "Table: People\n\n| Year | Number |\n| --- | --: |\n| 2024 | 12 |\n\nSource: INS.\n\n"
        ":::practice A sheet\n1. one\n2. two\n:::\n\n> Quoted.\n\n[[table:1-A]]"
    ),
    "arabic everything": (
        "### الأعداد\n\nجاء **كثيرون** نص عربي [@مكتب, ص. 4]^[حاشية *هنا*.].\n\n"
        "جدول: السكان\n\n| السنة | العدد |\n| --- | --: |\n| 2024 | 12 |\n\nالمصدر: المكتب.\n\n"
        ":::warning انتبه\n1. واحد\n2. اثنان\n:::\n\n> اقتباس.\n\n[[figure:1-A]]"
    ),
    "tout": (
        "### Les chiffres\n\nEn 2024, **beaucoup** sont venus [@ins, p. 4]^[Une *note*.].\n\n"
        "Tableau : Population\n\n| Année | Nombre |\n| --- | --: |\n| 2024 | 12 |\n\n"
        "Source : INS.\n\n:::box L’encadré\n- un\n- deux\n:::\n\n> « Cité ».\n\n#### Détail"
    ),
}

#: Texts that the editor would not keep whole, with the line from which on.
REFUSED = {
    "an address without words": ("One.\n\nTwo [](https://e.org).", 3),
    "a table too wide": ("One.\n\n" + "| a " * 16 + "|\n" + "|---" * 16 + "|", 3),
    "lists too deep": ("- " * 14 + "a", 1),
    "a paragraph too long": ("One.\n\n" + "word " * 1300, 3),
    "a text too long": ("word\n\n" * 51_000, None),
}

#: Signs with a meaning in the dialect, between letters.
STRAY = (
    *"abéع9 *_[]()^@#>|\\`~!&;:.-+=<\"'{}/",
    "**", "***", "__", "[@", "^[", "[[", "]]", "](", "[[table:1-A]]", ":::", ":::box", "&amp;",
    "[#table:1]", "###", "1.", "- ", "https://e.org", "|---|", "« ", " »", "\u00a0", "🙂", "Table:",
)  # fmt: skip
