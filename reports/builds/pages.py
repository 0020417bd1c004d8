"""From report to job: fills the templates of the printed pages."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from django.template.loader import render_to_string

from reports.builds.corrections import in_print
from reports.builds.cover import COVER_MAP, in_colours, map_of, organisations
from reports.builds.typesetting import set_in_type
from reports.context.plain import Chapter, PriorityEntry, Report
from reports.context.validation_record import ApprovalLine, ValidationRoundRecord, WorkshopLine
from reports.editions import Changes
from reports.labels import Labels, labels
from reports.pdf.job import Attachment, Job, Part
from reports.qr import qr_code

_STATIC = Path(__file__).resolve().parent.parent / "static" / "reports"


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the table of contents.

    Attributes:
        level: 1 for chapters and annexes, 2 for headings.
        number: Number of the chapter or heading, label of the annex.
        anchor: Id of what it leads to.
    """

    level: int
    number: str
    title: str
    anchor: str
    is_annex: bool = False


@cache
def style_sheet(name: str) -> str:
    """Return a style sheet of the report, e.g. ``report.css``, in which colours are names."""
    return (_STATIC / name).read_text(encoding="utf-8")


def steps(name: str) -> tuple[str, ...]:
    """Return style sheets of one file that are tried one after the other."""
    return tuple(style_sheet(name).split("/* next */"))


def pages_of_references(words: Labels) -> str:
    """Return the style by which a reference says on which page its target is printed.

    CSS knows such pages by itself (``target-counter``), but WeasyPrint 70 drops notes from the
    pages that it lays out anew for that.
    """
    before, after = (words.page % {"number": "\n"}).split("\n")
    content = f'" ({before}" attr(data-page) "{after})"'
    return f".reference a[data-page]::after {{ content: {content} }}"


def job_of(
    report: Report,
    *,
    files: tuple[Attachment, ...] = (),
    numbered: bool = False,
    changes: Changes | None = None,
) -> Job:
    """Return what the PDF process needs to print a report.

    Args:
        report: What is printed.
        files: The data that travel inside the file.
        numbered: Whether every fifth line has its number in the margin.
        changes: What changed since the version before, of a correction.
    """
    words = labels(report.language)
    annexes = list(annexes_of(report, words))
    front = render_to_string(
        "reports/front.html",
        {
            "report": report,
            "labels": words,
            "map": map_of(report, words, COVER_MAP),
            "organisations": organisations(report.brand, words),
            "contents": list(_contents(report, annexes)),
            "correction": in_print(changes, words) if changes else None,
        },
    )
    chapters = (chapter_part(chapter, report) for chapter in report.chapters)
    return job_with(
        report,
        front=front,
        parts=(*chapters, *(Part(one.title, set_in_type(one.html)) for one in annexes)),
        attachments=files,
        numbered=numbered,
        closer=steps("report-closer.css"),
    )


def job_with(
    report: Report,
    *,
    front: str,
    parts: tuple[Part, ...],
    attachments: tuple[Attachment, ...] = (),
    numbered: bool = False,
    further_styles: tuple[str, ...] = (),
    most_pages: int = 0,
    tighter: tuple[str, ...] = (),
    closer: tuple[str, ...] = (),
) -> Job:
    """Return a job that prints some pages of a report in its design.

    Args:
        report: The report.
        front: HTML of the pages before the body; empty for none.
        parts: The parts of the body, in their order.
        attachments: The data that travel inside the file.
        numbered: Whether every fifth line has its number in the margin.
        further_styles: Style sheets that follow those of the report.
        most_pages: How many pages the body is to have at most; 0 for any number.
        tighter: Style sheets that are tried one after the other until it has no more.
        closer: Style sheets that are tried for a part whose last page would hold a few lines only.
    """
    words = labels(report.language)
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
        styles=(
            *_styles(report, words),
            *(in_colours(style, report.brand) for style in further_styles),
        ),
        watermark=words.watermark if report.watermark else "",
        footer=f"{report.cover.programme} · {report.imprint.version}",
        attachments=attachments,
        numbered=numbered,
        most_pages=most_pages,
        tighter=tighter,
        closer=closer,
    )


def _styles(report: Report, words: Labels) -> tuple[str, ...]:
    names = ["report.css"]
    if report.direction == "rtl":
        names.append("report-rtl.css")
    if report.watermark:
        names.append("report-watermark.css")
    if report.watermark and report.direction == "rtl":
        names.append("report-watermark-rtl.css")
    sheets = [in_colours(style_sheet(name), report.brand) for name in names]
    return (sheets[0], pages_of_references(words), *sheets[1:])


def chapter_part(chapter: Chapter, report: Report) -> Part:
    """Return a chapter as a part of the body, with the widths of its tables and pages to come."""
    html = render_to_string("reports/chapter.html", {"chapter": chapter, "report": report})
    return Part(title_of(chapter), set_in_type(html))


def title_of(chapter: Chapter) -> str:
    """Return how a chapter is named, in the contents and in messages."""
    return f"{chapter.number} {chapter.title}".strip()


@dataclass(frozen=True, slots=True)
class Annex:
    """What stands behind the chapters, under a letter.

    Attributes:
        label: Its letter in words, e.g. “Annex A”; of a paper of its own, the title of the report.
        anchor: Id of its title.
        html: What is printed.
    """

    label: str
    title: str
    anchor: str
    html: str


def annexes_of(report: Report, words: Labels) -> Iterator[Annex]:
    """Yield what follows the chapters, in its order; the validation record is the last."""
    letters = iter(ascii_uppercase)
    for is_there, name, title, context in _endings(report, words):
        if is_there:
            label = words.annex % {"letter": next(letters)}
            yield _annex(report, words, (label, name, title), context)


def record_alone(report: Report, words: Labels) -> Annex:
    """Return the validation record as a paper of its own, under the title of the report."""
    *_others, (_is_there, name, title, context) = _endings(report, words)
    return _annex(report, words, (report.title, name, title), context)


def _annex(
    report: Report, words: Labels, named: tuple[str, str, str], context: dict[str, Any]
) -> Annex:
    label, name, title = named
    shared = {"report": report, "labels": words, "annex": label}
    return Annex(label, title, name, render_to_string(f"reports/{name}.html", shared | context))


def _endings(report: Report, words: Labels) -> Iterator[tuple[bool, str, str, dict[str, Any]]]:
    """Yield of each possible annex whether it is there, its template, its title and its data."""
    challenges = {"challenges": _with_citations(report)}
    yield bool(report.challenges), "challenges", words.challenges, challenges
    priorities = {"priorities": [_sheet(priority, words) for priority in report.priorities]}
    yield bool(report.priorities), "priorities", words.priorities, priorities
    yield bool(report.bibliography), "bibliography", words.bibliography, {}
    rounds = [_round(found, words) for found in report.record.validations]
    judged: dict[str, Any] = {"rounds": rounds, "approvals": _approvals(report, words)}
    if report.verify_at:
        judged["code"] = qr_code(report.verify_at, title=words.verify_code)
    yield True, "record", words.validation_record, judged


def record_in_words(report: Report) -> dict[str, Any]:
    """Return the validation record as it is printed: nothing more, and nobody more.

    Returns:
        ``sections``, ``approvals``, ``reviews``, ``decisions``, ``rounds`` and ``workshops``: each
        a list of what JSON knows; days and labels are in the language of the report.
    """
    words = labels(report.language)
    record = report.record
    return {
        "sections": [
            {
                "key": one.key,
                "title": title_of(one),
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
        "workshops": [_workshop_as_data(one) for one in record.workshops],
    }


def _workshop_as_data(shown: WorkshopLine) -> dict[str, Any]:
    """Return the record of a workshop as it is printed: without names."""
    documents = [{"title": title, "sha256": sha256} for title, sha256 in shown.documents]
    said = [
        {"kind": kind, "section": section, "words": words, "response": response}
        for kind, section, words, response in shown.said
    ]
    return asdict(shown) | {"documents": documents, "said": said}


def _round_as_data(shown: dict[str, Any]) -> dict[str, Any]:
    """Return a round as it is printed; answers with the names and words that stand there."""
    answers = [
        {"by": a.who, "function": a.function, "answer": a.answer, "words": a.words,
         "people": a.number}
        for a in shown["answers"]
    ]  # fmt: skip
    counts = [{"answer": answer, "people": number} for answer, number in shown["counts"]]
    return shown | {"answers": answers, "counts": counts}


def _contents(report: Report, annexes: Sequence[Annex]) -> Iterator[ContentsEntry]:
    for chapter in report.chapters:
        yield ContentsEntry(1, chapter.number, chapter.title, chapter.anchor)
        for heading in chapter.headings:
            if heading.number:
                yield ContentsEntry(2, heading.number, heading.text, heading.id)
    for annex in annexes:
        yield ContentsEntry(1, annex.label, annex.title, annex.anchor, is_annex=True)


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
        (words.sdg_targets, (words.comma.join(priority.sdg_targets),)),
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
        return words.semicolon.join(line.kept)
    if line.changed:
        return words.all_but % {"sections": words.semicolon.join(line.changed)}
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
        words.version % {"version": found.version} + f" (SHA-256\u00a0{found.digest[:16]}\u2026)",
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
