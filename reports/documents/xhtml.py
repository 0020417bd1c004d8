"""Pages of an e-book: the HTML of the web edition as XHTML, linked within the book."""

import re
from collections.abc import Collection
from html import escape
from typing import Any

from lxml import etree

from profile_workflow.word.elements import writable
from reports.documents.drawings import read_apart

_KEPT = re.compile(r"<b data-svg=\"(\d+)\"/>")
_PAGE = re.compile(r"\.\./([^/#]+)/(#.*)?")
_FILE = re.compile(r"\.\./files/(.+)")
_OPS = "http://www.idpf.org/2007/ops"
etree.register_namespace("epub", _OPS)
_OUTSIDE = ("https://", "http://", "mailto:")


def page_of(
    title: str, body: str, *, language: str, direction: str, kind: str, warning: str = ""
) -> str:
    """Return a page of the book.

    Args:
        title: Its title in plain words.
        body: XHTML.
        language: Language of its words.
        direction: ``ltr`` or ``rtl``.
        kind: What it is, in the words of EPUB: ``chapter``, ``bibliography``…
        warning: What stands above it, in plain words; empty for nothing.
    """
    before = f'<p class="watermark">{escape(writable(warning))}</p>' if warning else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="{_OPS}" lang="{language}" '
        f'xml:lang="{language}" dir="{direction}">\n<head><meta charset="utf-8"/>'
        f"<title>{escape(writable(title))}</title>"
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
        f'<body>{before}<section epub:type="{kind}">{body}</section></body>\n</html>\n'
    )


def ids_in(html: str) -> set[str]:
    """Return the ids that can be linked to."""
    return {one.get("id") for one in _read(html)[0].iter() if one.get("id")}


def xhtml_of(html: str, own: str, known: Collection[str], pictures: Collection[str]) -> str:
    """Return a part of the web edition as it stands in a book.

    Args:
        html: Safe HTML whose links are relative to the page of the part.
        own: Name of its page, without ending.
        known: Places of the book, as ``page`` and ``page#id``; other links become plain words.
        pictures: Names of the pictures that the book holds; others are left out.
    """
    root, drawn = _read(html)
    for one in list(root.iter("a")):
        _link(one, own, known)
    for one in list(root.iter("img")):
        name = _FILE.fullmatch(one.get("src", ""))
        if name is None or name[1] not in pictures:
            one.drop_tree()
        else:
            one.set("src", f"pictures/{name[1]}")
    _roles(root)
    written = "".join(
        [
            escape(root.text or "", quote=False),
            *(etree.tostring(one, encoding="unicode", method="xml") for one in root),
        ]
    )
    return _KEPT.sub(lambda found: drawn[int(found[1])], written)


def _read(html: str) -> tuple[Any, list[str]]:
    return read_apart(writable(html), '<b data-svg="%d"></b>')


def _link(node: Any, own: str, known: Collection[str]) -> None:
    address = node.get("href", "")
    paragraph = node.getparent()
    if node.get("download") is not None or _FILE.fullmatch(address):
        # The way to a file of the site, which is not in the book.
        (paragraph if paragraph.tag == "p" else node).drop_tree()
        return
    page = _PAGE.fullmatch(address)
    if page is not None:
        place = f"{page[1]}{page[2] or ''}"
        address = f"{page[1]}.xhtml{page[2] or ''}"
    else:
        place = f"{own}{address}"
    if place in known or address.startswith(_OUTSIDE):
        node.set("href", address)
    else:
        node.drop_tag()


def _roles(root: Any) -> None:
    """Tell programs which links call a note, so that they can show it where it is called.

    The role of a source is one that e-books should not use any more (EPUB 3.3).
    """
    kind = f"{{{_OPS}}}type"
    for one in root.iter("p"):
        if one.get("role") == "doc-biblioentry":
            del one.attrib["role"]
    for one in root.iter("a"):
        parent = one.getparent()
        if parent.tag == "sup" and "note-mark" in parent.get("class", ""):
            one.set("role", "doc-noteref")
            one.set(kind, "noteref")
        elif one.get("class") == "back":
            one.set("role", "doc-backlink")
    for one in root.iter("section"):
        if one.get("role") == "doc-endnotes":
            one.set(kind, "endnotes")
