"""What a process of its own makes: a PDF, a file for Word, an e-book."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from profile_workflow.charts import painting
from reports.documents.docx import docx_of
from reports.documents.epub import Book, epub_of
from reports.pdf import fonts, render
from reports.pdf.chapters import Shelf
from reports.pdf.job import Job

#: A file, and what is told of it besides.
Made = tuple[bytes, Mapping[str, Any]]


def prepare() -> None:
    """Load what every job needs."""
    render.prepare()
    painting.use_fonts(fonts.FOLDER)


def tell(**facts: object) -> None:
    """Tell how far the making has come, or how it went: a line of JSON on standard error."""
    sys.stderr.write("\n" + json.dumps(facts) + "\n")
    sys.stderr.flush()


def _pdf(told: str, shelf: Shelf) -> Made:
    file = render.render(Job.from_json(told), tell=tell, shelf=shelf)
    return file.content, {
        "front": file.front_pages,
        "body": file.body_pages,
        "lengths": file.lengths,
        "warnings": list(file.warnings),
    }


def _word(told: str, _shelf: Shelf) -> Made:
    given = json.loads(told)
    return docx_of(Job.from_json(given["job"]), given["tones"]), {}


def _ebook(told: str, _shelf: Shelf) -> Made:
    return epub_of(Book.from_json(told)), {}


#: What is asked for → how it is made of what the process is told.
MAKERS: Mapping[str, Callable[[str, Shelf], Made]] = {
    "pdf": _pdf,
    "word": _word,
    "ebook": _ebook,
}
