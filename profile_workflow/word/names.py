"""Names of styles, bookmarks and properties by which our own Word files are known again."""

#: Property of the document: short name of the profile that it was made from.
ORIGIN = "Profile Workflow"
#: Start of the bookmark on the heading of a section.
BOOKMARK = "pw_"

#: A line of the dialect that Word has no form for.
VERBATIM = "pw source text"
#: Items with space between them.
LOOSE_LIST = "pw list spaced"
#: What is printed from the registers: it is written anew each time and never read back.
GENERATED = frozenset({"pw generated", "pw generated heading", "pw generated title"})
#: First paragraph of a framed text → what the frame is.
BOXES = {
    "pw box": "box",
    "pw practice sheet": "practice",
    "pw warning": "warning",
    "pw quotation": "quote",
}
#: What a frame is → the style of its first paragraph.
BOX_STYLES = {
    "box": "PWBox",
    "practice": "PWPracticeSheet",
    "warning": "PWWarning",
    "quote": "PWQuotation",
}


def bookmark(key: str, revision: int, version: int) -> str:
    """Return the bookmark of a section: its code, its revision, the version of its working text.

    A bookmark of Word holds letters, digits and low lines, forty at most.
    """
    return f"{BOOKMARK}{plain(key)}_r{revision}_v{version}"[:40]


def plain(key: str) -> str:
    """Return the code of a section as a bookmark can hold it."""
    return "".join(sign if sign.isalnum() else "_" for sign in key)
