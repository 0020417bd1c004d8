"""What the HTML of a text may hold; everything else is taken out."""

import nh3

from profile_workflow.markup.dialect import BOXES

_TEXT_TAGS = {"p", "ul", "ol", "li", "blockquote", "strong", "em", "br", "sup", "bdi", "span"}
_BLOCK_TAGS = {"h2", "h3", "h4", "aside", "div", "section"}
_TABLE_TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
_DIRECTIONS = {"auto", "ltr", "rtl"}
#: For whoever cleans the HTML again after changing it.
ALLOWED_TAGS = _TEXT_TAGS | _BLOCK_TAGS | _TABLE_TAGS | {"a"}
ALLOWED_VALUES: dict[str, dict[str, set[str]]] = {
    **{tag: {"dir": _DIRECTIONS} for tag in (_TEXT_TAGS | _BLOCK_TAGS | {"table", "a"}) - {"span"}},
    "th": {"scope": {"col", "row"}},
    "span": {"role": {"doc-footnote"}},
    "section": {"role": {"doc-endnotes"}},
}
ALLOWED_CLASSES = {
    "p": {"source", "box-title", "problem"},
    "span": {"number", "label", "note", "problem"},
    "aside": set(BOXES),
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


def clean(html: str) -> str:
    """Return HTML with nothing but what is allowed."""
    return _CLEANER.clean(html)
