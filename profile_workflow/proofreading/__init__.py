"""Reading a text as an editor would: what an author should look at again, and why.

Pure functions over the parsed text; nothing here knows who wrote it or what was allowed.
"""

from profile_workflow.proofreading.findings import Finding, Level
from profile_workflow.proofreading.length import (
    Length,
    Measured,
    Paper,
    length_of,
    pages_of,
    words_a_page,
)
from profile_workflow.proofreading.reader import Knowledge, acronyms_in, proofread

__all__ = [
    "Finding",
    "Knowledge",
    "Length",
    "Level",
    "Measured",
    "Paper",
    "acronyms_in",
    "length_of",
    "pages_of",
    "proofread",
    "words_a_page",
]
