"""Why a build failed, kept as codes: which section is to blame, and where in its text."""

from typing import Any

from reports.builds.pages import title_of
from reports.context import Report
from reports.errors import BuildFailed

#: So many signs around a character are shown with it.
_AROUND = 30


def trouble_of(problem: BuildFailed, report: Report | None) -> dict[str, Any]:
    """Return what is kept of a failure (``Build.trouble``).

    Args:
        problem: What the making ended with.
        report: What was to be printed, if it was a report.

    Returns:
        ``code``, ``chapter`` and ``facts``; as far as they are known ``longest``, the key of the
        ``section`` to blame, and the ``place`` in its text ("START-END", in characters).
    """
    kept: dict[str, Any] = {"code": problem.code, "chapter": problem.at, "facts": problem.detail}
    if problem.longest:
        kept["longest"] = problem.longest
    named = problem.at or problem.detail.get("where", "") or problem.longest
    chapters = report.chapters if report is not None else ()
    chapter = next((one for one in chapters if named and title_of(one) == named), None)
    if chapter is None:
        return kept
    kept["section"] = chapter.key
    if place := _place(chapter.text, problem.detail.get("character", "")):
        kept["place"] = place
    return kept


def _place(text: str, character: str) -> str:
    """Return where a character stands with the words around it, as "START-END"."""
    found = text.find(character) if character else -1
    if found < 0:
        return ""
    line = text.rfind("\n", 0, found) + 1
    start = max(line, found - _AROUND)
    end = text.find("\n", found)
    return f"{start}-{min(found + _AROUND, end if end >= 0 else len(text))}"
