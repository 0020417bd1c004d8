"""What changed between two rendered texts: word by word, block by block, or side by side.

The HTML is compared, not its source: a table that an editor has padded anew is no change. Blocks
are paired first, then the items, rows and cells in them, then words, so that one insertion does not
mark all that follows. ``lxml.html.diff`` does the last two steps at once, and loses or misplaces
words at the borders of items and cells; so lxml only reads here.
"""

from profile_workflow.web.redline.comparing import (
    ADDED,
    CHANGED,
    MOST_BLOCKS,
    MOST_CHARACTERS,
    REMOVED,
    SAME,
    Redline,
    redline,
)

__all__ = [
    "ADDED",
    "CHANGED",
    "MOST_BLOCKS",
    "MOST_CHARACTERS",
    "REMOVED",
    "SAME",
    "Redline",
    "redline",
]
