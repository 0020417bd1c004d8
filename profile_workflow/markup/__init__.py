"""The text dialect: reading it, and writing it as HTML, the same for the web and for the PDF.

The dialect: headings ``###`` and ``####``, paragraphs, lists, pipe tables, quotes, bold, italic,
hard breaks, links to https, http and mailto, citations ``[@key, p. 4]``, notes ``^[text]``, boxes
``:::box Title`` … ``:::``, captions ``Table: …`` before a pipe table, ``Source: …`` after a table
or figure, and ``[[table:KEY]]``, ``[[figure:KEY]]`` or ``[[image:KEY]]`` alone in a paragraph.
``[#table:KEY]``, ``[#figure:KEY]``, ``[#section:KEY]``, ``[#section:KEY, Heading]`` and
``[#table:KEY, Caption]`` point to what stands elsewhere. Everything else, raw HTML above all, is
text.
"""

from profile_workflow.markup.blocks import shape_of, source_of_blocks
from profile_workflow.markup.cleaning import (
    ALLOWED_CLASSES,
    ALLOWED_SCHEMES,
    ALLOWED_TAGS,
    ALLOWED_VALUES,
)
from profile_workflow.markup.dialect import (
    MAX_LENGTH,
    MAX_PARAGRAPH,
    MAX_TABLE_COLUMNS,
    MAX_TABLE_ROWS,
    Problem,
    Reference,
    line_token,
    parse,
)
from profile_workflow.markup.directions import first_strong_direction
from profile_workflow.markup.mentioned import (
    ACRONYM,
    Mentions,
    cited_keys,
    mentions,
    placed_pictures,
    placed_tables,
    references,
    rename_pictures,
    word_count,
)
from profile_workflow.markup.outlines import Outline, outline
from profile_workflow.markup.rendering import render
from profile_workflow.markup.terms import Exhibit, Exhibits, Heading, Medium, Rendered, Target
from profile_workflow.markup.typed import (
    TypedTable,
    holds_more,
    repointed,
    typed_tables,
    with_placement,
)

__all__ = [
    "ACRONYM",
    "ALLOWED_CLASSES",
    "ALLOWED_SCHEMES",
    "ALLOWED_TAGS",
    "ALLOWED_VALUES",
    "MAX_LENGTH",
    "MAX_PARAGRAPH",
    "MAX_TABLE_COLUMNS",
    "MAX_TABLE_ROWS",
    "Exhibit",
    "Exhibits",
    "Heading",
    "Medium",
    "Mentions",
    "Outline",
    "Problem",
    "Reference",
    "Rendered",
    "Target",
    "TypedTable",
    "cited_keys",
    "first_strong_direction",
    "holds_more",
    "line_token",
    "mentions",
    "outline",
    "parse",
    "placed_pictures",
    "placed_tables",
    "references",
    "rename_pictures",
    "render",
    "repointed",
    "shape_of",
    "source_of_blocks",
    "typed_tables",
    "with_placement",
    "word_count",
]
