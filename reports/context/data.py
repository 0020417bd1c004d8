"""The report as data that travels inside the PDF: what is printed, and who has judged it."""

import json
from dataclasses import asdict
from typing import Any

from reports.context.plain import Report

#: Of what is printed, what programs read; the HTML and the pictures are in the pages.
_FIELDS = (
    *("slug", "language", "title", "authors", "keywords", "moment", "digest", "acronyms"),
    *("tables", "figures", "challenges", "priorities"),
)
_OF_CHAPTER = ("key", "number", "title", "text", "revision", "sha256", "submitted_on")


def profile_data(report: Report) -> str:
    """Return the profile as JSON: texts as their authors wrote them, figures by their files."""
    whole = {name: _plain(getattr(report, name)) for name in _FIELDS}
    imprint, cover = asdict(report.imprint), asdict(report.cover)
    return _written(
        whole
        | {
            "cover": cover,
            "imprint": imprint,
            "chapters": [
                {name: getattr(chapter, name) for name in _OF_CHAPTER}
                for chapter in report.chapters
            ],
            "bibliography": [{"key": one.key, "text": one.text} for one in report.bibliography],
            "files": [{"name": one.name, "title": one.title} for one in report.data_files],
        }
    )


def record_data(report: Report) -> str:
    """Return the validation record as JSON: no more of it than is printed."""
    return _written(
        {
            "slug": report.slug,
            "digest": report.digest,
            "sections": {one.key: one.sha256 for one in report.chapters},
            "record": asdict(report.record),
            "approvals": [asdict(one) for one in report.approvals],
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=dict) + "\n"
