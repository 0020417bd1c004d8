"""From report to job: fills the templates of the printed pages."""

import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from reports.context.plain import (
    ApprovalLine,
    Chapter,
    PriorityEntry,
    Report,
    ValidationRoundRecord,
)
from reports.labels import Labels, labels
from reports.pdf.job import Attachment, Job, Part
from reports.qr import qr_code

_REFERENCE = re.compile(r'<bdi class="reference"[^>]*><a href="#[^"]+"')
_STATIC = Path(__file__).resolve().parent.parent / "static" / "reports"


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the table of contents."""

    level: int
    number: str
    title: str
    anchor: str


@cache
def style_sheet(name: str) -> str:
    """Return the text of a style sheet of the report."""
    return (_STATIC / name).read_text(encoding="utf-8")


def pages_of_references(words: Labels) -> str:
    """Return the style by which a reference says on which page its target is printed.

    CSS knows such pages by itself (``target-counter``), but WeasyPrint 70 drops notes from the
    pages that it lays out anew for that.
    """
    before, after = (words.page % {"number": "\n"}).replace(" ", "\u00a0").split("\n")
    content = f'" ({before}" attr(data-page) "{after})"'
    return f".reference a[data-page]::after {{ content: {content} }}"


def job_of(report: Report) -> Job:
    """Return what the PDF process needs to print a report."""
    words = labels(report.language)
    parts = tuple(_parts(report, words))
    front = render_to_string(
        "reports/front.html",
        {"report": report, "labels": words, "contents": list(_contents(report, words))},
    )
    styles = [style_sheet("report.css"), pages_of_references(words)]
    if report.direction == "rtl":
        styles.append(style_sheet("report-rtl.css"))
    if report.watermark:
        styles.append(style_sheet("report-watermark.css"))
    return Job(
        language=report.language,
        direction=report.direction,
        title=report.title,
        authors=report.authors,
        description=f"{words.kind}{words.colon}{report.cover.title}. {report.cover.programme}",
        keywords=report.keywords,
        moment=report.moment,
        front=front,
        parts=parts,
        styles=tuple(styles),
        watermark=words.watermark if report.watermark else "",
        footer=report.imprint.version,
        attachments=tuple(
            Attachment(file.name, file.title, file.content) for file in report.data_files
        ),
    )


def _title(chapter: Chapter) -> str:
    return f"{chapter.number} {chapter.title}".strip()


def _parts(report: Report, words: Labels) -> Iterator[Part]:
    for chapter in report.chapters:
        html = render_to_string("reports/chapter.html", {"chapter": chapter})
        yield Part(_title(chapter), _REFERENCE.sub(r'\g<0> data-page=""', html))
    for _anchor, title, ending in endings(report, words):
        yield Part(title, ending)


def endings(report: Report, words: Labels) -> Iterator[tuple[str, str, str]]:
    """Yield what follows the chapters: anchor of its title, title, and HTML with that title."""
    context = {"report": report, "labels": words}
    if report.challenges:
        challenges = {"labels": words, "challenges": _with_citations(report)}
        html = render_to_string("reports/challenges.html", challenges)
        yield "challenges", words.challenges, html
    if report.priorities:
        priorities = [_sheet(priority, words) for priority in report.priorities]
        sheets = {"labels": words, "priorities": priorities}
        yield "priorities", words.priorities, render_to_string("reports/priorities.html", sheets)
    if report.bibliography:
        html = render_to_string("reports/bibliography.html", context)
        yield "bibliography", words.bibliography, html
    rounds = [_round(found, words) for found in report.record.validations]
    judged: dict[str, Any] = {"rounds": rounds, "approvals": _approvals(report, words)}
    if report.verify_at:
        judged["code"] = qr_code(report.verify_at, title=words.verify_code)
    html = render_to_string("reports/record.html", context | judged)
    yield "record", words.validation_record, html


def record_in_words(report: Report) -> dict[str, Any]:
    """Return the validation record as it is printed: nothing more, and nobody more."""
    words = labels(report.language)
    record = report.record
    return {
        "sections": [
            {
                "key": one.key,
                "title": _title(one),
                "revision": one.revision,
                "submitted_on": one.submitted_on,
                "sha256": one.sha256,
            }
            for one in report.chapters
        ],
        "approvals": [
            {
                "by": one.who,
                "function": one.function,
                "people": one.number,
                "act": one.act,
                "stage": one.stage,
                "on": one.on,
                "holds_for": _scope(one, words),
                "sha256": one.digest,
            }
            for one in report.approvals
        ],
        "reviews": [asdict(one) for one in record.reviews],
        "decisions": [
            {
                "on": one.at,
                "role": one.role,
                "decision": one.decision,
                "section": one.section,
                "round": one.round,
                "sha256": one.digest,
                "holds": one.holds,
            }
            for one in record.decisions
        ],
        "rounds": [_round_as_data(_round(one, words)) for one in record.validations],
    }


def _round_as_data(shown: dict[str, Any]) -> dict[str, Any]:
    """Return a round as it is printed; answers with the names and words that stand there."""
    answers = [
        {"by": a.who, "function": a.function, "answer": a.answer, "words": a.words,
         "people": a.number}
        for a in shown["answers"]
    ]  # fmt: skip
    counts = [{"answer": answer, "people": number} for answer, number in shown["counts"]]
    return shown | {"answers": answers, "counts": counts}


def _contents(report: Report, words: Labels) -> Iterator[ContentsEntry]:
    for chapter in report.chapters:
        yield ContentsEntry(1, chapter.number, chapter.title, chapter.anchor)
        for heading in chapter.headings:
            if heading.number:
                yield ContentsEntry(2, heading.number, heading.text, heading.id)
    endings = (
        (bool(report.challenges), words.challenges, "challenges"),
        (bool(report.priorities), words.priorities, "priorities"),
        (bool(report.bibliography), words.bibliography, "bibliography"),
        (True, words.validation_record, "record"),
    )
    for is_there, title, anchor in endings:
        if is_there:
            yield ContentsEntry(1, "", title, anchor)


def _with_citations(report: Report) -> list[dict[str, Any]]:
    citations = dict(report.citations)
    return [
        {
            "code": challenge.code,
            "title": challenge.title,
            "text": challenge.text,
            "competence": challenge.competence,
            "from_workshop": challenge.from_workshop,
            "cited": [(key, citations[key]) for key in challenge.sources if key in citations],
        }
        for challenge in report.challenges
    ]


def _sheet(priority: PriorityEntry, words: Labels) -> dict[str, Any]:
    """Return a priority with the lines of its action sheet that have something to say."""
    lists = (
        (words.answers, priority.challenges),
        (words.partners, priority.partners),
        (words.activities, priority.activities),
        (words.outcomes, priority.outcomes),
        (words.first_step, (priority.first_step,)),
        (words.time_frame, (priority.time_frame,)),
        (words.budget, (priority.budget,)),
        (words.sdg_targets, (", ".join(priority.sdg_targets),)),
        (words.recommendation_areas, priority.recommendation_areas),
    )
    return {
        "rank": priority.rank,
        "title": priority.title,
        "rationale": priority.rationale,
        "label": priority.label,
        "responsible": priority.responsible,
        "time_frame": priority.time_frame,
        "sheet": words.action_sheet % {"number": priority.rank},
        "lists": [(label, values) for label, values in lists if any(values)],
    }


def _approvals(report: Report, words: Labels) -> list[dict[str, Any]]:
    """Return each approval with the text for which it holds, in words."""
    return [{"line": one, "scope": _scope(one, words)} for one in report.approvals]


def _scope(line: ApprovalLine, words: Labels) -> str:
    if line.section:
        return f"{line.section} ({words.revision} {line.revision})"
    if line.holds_for_few:
        return "; ".join(line.kept)
    if line.changed:
        return words.all_but % {"sections": "; ".join(line.changed)}
    return words.whole_text


def _quorum(found: ValidationRoundRecord, words: Labels) -> str:
    """Say how many answers counted, and whether they were enough."""
    given = found.given or 0
    needed = math.ceil(found.quorum * found.counted / 100)
    reached = words.quorum_reached if given >= needed else words.quorum_missed
    counted = words.answered_of % {"given": given, "needed": needed}
    return f"{counted}{words.comma}{reached}"


def _tacit_rule(found: ValidationRoundRecord, words: Labels) -> str:
    """Say that silence counts, and whether what it takes was done."""
    if not found.reminded:
        return words.tacit_rule
    told = words.tacit_told % {"announced": found.announced, "reminded": found.reminded}
    return f"{words.tacit_rule} ({told})"


def _round(found: ValidationRoundRecord, words: Labels) -> dict[str, Any]:
    facts = [
        f"{found.opened} \u2013 {found.closed or words.open_round}",
        words.asked % {"number": found.asked},
        words.quorum % {"percent": found.quorum},
        words.attribution % {"kind": found.attribution},
        words.version % {"version": found.version} + f" (SHA-256 {found.digest[:16]}\u2026)",
    ]
    if found.given is not None:
        facts.append(_quorum(found, words))
    if found.tacit_rule:
        facts.append(_tacit_rule(found, words))
    return {
        "title": found.title,
        "facts": " · ".join(facts),
        "counts": () if found.answers else found.counts,
        "answers": found.answers,
        "counts_only": found.counts_only,
        "reservations": found.reservations,
        "objections": found.objections,
    }
