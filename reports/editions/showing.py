"""A chapter as a reader sees it: frozen text, and around it words in his language.

What was published is not touched. Heads of the tables that we print, and what leads to files, are
our words, of which the reader's language has its own; each heading gets a link to itself.
"""

import re
from html import escape, unescape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reports.editions.model import Edition, Part
from reports.labels import Labels, direction, labels

#: Only what our own templates write: no text of an author has these classes or attributes.
_HEAD_OF_FIGURES = re.compile(r'<table[^>]* class="figures[^>]*>.*?</thead>', re.DOTALL)
_CELL = re.compile(r'(<th scope="col"[^>]*>)([^<]+)(</th>)')
_OWN = re.compile(r"(<summary>|<a href=\"\.\./files/[^\"]+\" download>)([^<]+)(</summary>|</a>)")
_HEADING = re.compile(r'<(h[23]) id="([^"]+)"([^>]*)>(.*?)</\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH = re.compile(r'<p(?: id="[^"]+")?(?: dir="[a-z]+")?>(.*?)</p>', re.DOTALL)
_NOTE = re.compile(r"<sup\b.*?</sup>", re.DOTALL)
#: Characters of a beginning.
_MOST = 160
_NAMES = ("datum", "value", "women", "men", "year", "territory", "source")
_LEADING = ("figures_of_chart", "download_figures", "download_chart")


def shown(part: Part, edition: Edition, language: str) -> SafeString:
    """Return the HTML of a part for a reader.

    Args:
        part: A chapter, or what follows the chapters.
        edition: The edition that it belongs to.
        language: Language of the reader.
    """
    html = part.html
    if language[:2] != edition.language[:2]:
        html = _named(html, labels(edition.language), labels(language), language)
    # What was frozen is safe, and what is added here is escaped.
    return mark_safe(_HEADING.sub(_linked, html))  # noqa: S308


def beginning(part: Part) -> str:
    """Return how the text of a part begins, for those who list what they have found.

    Returns:
        Plain words of its first paragraph, without notes, cut after 160 characters; empty if it has
        none.
    """
    found = _PARAGRAPH.search(part.html)
    words = _TAG.sub("", _NOTE.sub("", found[1])) if found else ""
    text = " ".join(unescape(words).split())
    return text if len(text) <= _MOST else text[:_MOST].rpartition(" ")[0] + "…"


def _named(html: str, own: Labels, readers: Labels, language: str) -> str:
    """Put the reader's words in the place of ours."""
    spoken = f'lang="{language[:2]}" dir="{direction(language)}"'

    def by(names: tuple[str, ...]) -> dict[str, str]:
        return {getattr(own, name): getattr(readers, name) for name in names}

    def put(words: dict[str, str], found: re.Match[str]) -> str:
        word = words.get(unescape(found[2]))
        if word is None or word == found[2]:
            return found[0]
        return f"{found[1]}<span {spoken}>{escape(word)}</span>{found[3]}"

    heads, leading = by(_NAMES), by(_LEADING)
    html = _HEAD_OF_FIGURES.sub(
        lambda head: _CELL.sub(lambda cell: put(heads, cell), head[0]), html
    )
    return _OWN.sub(lambda found: put(leading, found), html)


def _linked(found: re.Match[str]) -> str:
    """Return a heading with a link to itself behind its words."""
    level, anchor, more, words = found.groups()
    name = escape(_("Link to “%(heading)s”") % {"heading": unescape(_TAG.sub("", words)).strip()})
    link = f'<a class="permalink no-print" href="#{anchor}" aria-label="{name}">#</a>'
    return f'<{level} id="{anchor}"{more}>{words} {link}</{level}>'
