"""The full-length profile: Sfax, from nomination to publication, with a loop back at each stage."""

import io
from collections.abc import Iterable
from typing import Any

from profile_workflow.models import (
    Acronym,
    Comment,
    DataItem,
    DataTable,
    Profile,
    Territory,
    WorkingDefinition,
)
from profile_workflow.models.people import User
from profile_workflow.pictures.pixels import read_picture
from profile_workflow.services import evidence, objections, pictures
from profile_workflow.services.erratum import write_erratum
from profile_workflow.states import CommentState, DataItemState, Role, SectionState
from workflows import engine
from workflows.demo import drawing
from workflows.demo.library import data, text
from workflows.demo.rooms import hand_in_forms, hold_workshop
from workflows.demo.story import Story

_FIGURE_FIELDS = (
    "indicator",
    "label",
    "value",
    "value_low",
    "value_high",
    "text",
    "unit",
    "women",
    "men",
    "numerator",
    "denominator",
    "period",
    "year",
    "page",
    "method",
    "quality",
)

#: What the project team says when it publishes the correction.
CORRECTED = "The year is stated now; no figure has changed."

#: Kind of answer in the file → move of the comment.
_ANSWER_MOVES = {
    "accepted": "accept",
    "partly_accepted": "accept_partly",
    "declined": "decline",
    "deferred": "defer",
}


def tell(story: Story, previous: Profile | None = None) -> None:
    """Tell the story up to production; publishing waits for the PDF."""
    given = data("sfax/profile.json")
    if previous is None:
        story.nominate(edition=2026, language="en", title=given["title"])
    else:
        story.nominate(edition=2026, language="en", title=given["title"], previous=previous)
    story.later(weeks=3)
    _inception(story, given)
    _drafting(story, given)
    _expert_review(story)
    _quality_assurance(story)
    _consultation(story)
    _signoff(story)
    _priorities(story)
    _production(story)


# Inception: territory, definitions, sources, figures


def _inception(story: Story, given: dict[str, Any]) -> None:
    expert = story.cast.expert
    story.act(story.profile, "begin_inception", story.cast.team)
    story.later(days=4)
    reason = "The documents of the municipality can be seen only after the holidays."
    story.act(story.profile, "hold", story.cast.team, reason=reason)
    story.later(days=10)
    story.act(story.profile, "resume", story.cast.team, reason="The holidays are over.")
    story.register(Territory, is_city=True, **given["territory"])
    for one in given["territories"]:
        story.register(Territory, **one)
    for one in given["definitions"]:
        fields = {key: one[key] for key in ("code", "term", "text")}
        story.register(WorkingDefinition, origin=one["source"], **fields)
    for short, long in data("sfax/acronyms.json").items():
        story.register(Acronym, short=short, long=long)
    for one in data("sfax/sources.json"):
        fields = {**one, "year": str(one["year"] or "")}
        evidence.add_source(story.profile, by=expert, at=story.now, **fields)
    story.later(weeks=3)
    story.act(story.profile, "begin_drafting", expert)


def _register_figures(story: Story) -> None:
    profile = story.profile
    known: dict[str, dict[str, Any]] = {
        "territory": {one.code: one for one in profile.territories.all()},
        "definition": {one.code: one for one in profile.definitions.all()},
        "source": {one.key: one for one in profile.sources.all()},
    }
    for position, given in enumerate(data("sfax/data.json")):
        table = evidence.add_table(
            story.section(given["section"]),
            by=story.cast.expert,
            at=story.now,
            key=given["key"],
            title=given["title"],
            note=given.get("note") or "",
            chart=given.get("chart") or "",
            position=position,
        )
        _register_items(story, table, given["items"], known)


def _register_items(
    story: Story,
    table: DataTable,
    items: Iterable[dict[str, Any]],
    known: dict[str, dict[str, Any]],
) -> None:
    for position, given in enumerate(items):
        links = {name: rows.get(given[name] or "") for name, rows in known.items()}
        fields = {key: given[key] for key in _FIGURE_FIELDS}
        item = evidence.add_figure(
            table,
            by=story.cast.expert,
            at=story.now,
            position=position,
            remark=given.get("reason") or "",
            **fields,
            **links,
        )
        _settle(story, item, given)


def _settle(story: Story, item: DataItem, given: dict[str, Any]) -> None:
    expert, reason = story.cast.expert, given.get("reason") or "As published by the source."
    if given["state"] == DataItemState.NOT_AVAILABLE:
        story.act(item, "mark_unavailable", expert, reason=reason)
        return
    story.act(item, "receive", expert)
    item = DataItem.objects.get(pk=item.pk)
    if given["state"] == DataItemState.PUBLISHED_AS_RANGE:
        story.act(item, "publish_as_range", expert, reason=reason)
    else:
        story.act(item, "confirm", expert)


# Drafting


def _drafting(story: Story, given: dict[str, Any]) -> None:
    _register_figures(story)
    pictures.add_picture(
        story.profile,
        file=read_picture(io.BytesIO(drawing.steps())),
        by=story.cast.expert,
        at=story.now,
        **given["picture"],
    )
    for challenge in data("sfax/challenges.json"):
        _add_challenge(story, challenge)
    for key, name in given["sections"].items():
        story.later(days=3)
        story.write(key, text(f"sfax/{name}"))
        if key == "9":
            _hand_to_co_author(story)
        story.submit_sections([key])
    story.later(days=1)
    engine.take_back(
        story.section("6"),
        by=story.cast.expert,
        at=story.now,
        reason="A citation is missing in 6.4.",
    )
    story.later(days=2)
    story.submit_sections()
    story.later(days=1)
    story.act(story.profile, "submit_draft", story.cast.expert)


def _hand_to_co_author(story: Story) -> None:
    task = story.task_of("9")
    engine.delegate(task, to=story.cast.co_authors[0], by=story.cast.expert, at=story.now)


def _add_challenge(story: Story, given: dict[str, Any]) -> None:
    fields = {key: given[key] for key in ("code", "title", "text", "field", "competence")}
    evidence.add_challenge(
        story.profile,
        by=story.cast.expert,
        at=story.now,
        section=story.section(given["section"]),
        sources=list(story.profile.sources.filter(key__in=given["sources"])),
        **fields,
    )


# Remarks, and the revisions that they cause


def _remarks(stage: str) -> list[dict[str, Any]]:
    return [one for one in data("sfax/remarks.json") if one["stage"] == stage]


def _returned(remarks: Iterable[dict[str, Any]]) -> list[str]:
    """Return the keys of the sections that remarks of a stage send back."""
    return list(dict.fromkeys(one["section"] for one in remarks if one["append"]))


def _make_remarks(story: Story, remarks: Iterable[dict[str, Any]]) -> None:
    speakers = _speakers(story)
    turns = dict.fromkeys(speakers, 0)
    for one in remarks:
        role = one["role"]
        people = speakers[role]
        story.remark(one["section"], one["kind"], one["text"], people[turns[role] % len(people)])
        turns[role] += 1


def _speakers(story: Story) -> dict[str, list[User]]:
    cast = story.cast
    return {
        Role.INTERNATIONAL_EXPERT: [cast.reviewer],
        Role.PROJECT_TEAM: [cast.team, cast.colleague],
        Role.STAKEHOLDER: [part.user for part in cast.stakeholders],
        Role.FOCAL_POINT: [cast.focal_point],
        Role.CITY_AUTHORITY: [cast.authority],
    }


def _revise(story: Story, remarks: Iterable[dict[str, Any]]) -> None:
    """Let the expert add what the remarks asked for, answer them all, and submit the sections."""
    remarks = list(remarks)
    by_text = {one["text"]: one for one in remarks}
    for one in remarks:
        story.append(one["section"], one["append"])
    waiting = Comment.objects.filter(section__profile=story.profile, state=CommentState.OPEN)
    for comment in waiting.select_related("section__profile").order_by("pk"):
        given = by_text[comment.text]
        story.answer(comment, _ANSWER_MOVES[given["answer"]], given["response"])
    story.later(days=6)
    story.submit_sections()
    story.close_comments()


# Expert review: a major round, then a minor one


def _expert_review(story: Story) -> None:
    remarks = _remarks("expert_review")
    first, last = remarks[:-1], remarks[-1:]
    reviewer = story.cast.reviewer
    story.later(weeks=2)
    _make_remarks(story, first)
    for key in _returned(first):
        move = "request_major_changes" if key == "8" else "request_minor_changes"
        story.act(story.section(key), move, reviewer, reason="See the remarks on this section.")
    story.accept_sections()
    story.act(
        story.profile,
        "request_major_revision",
        reviewer,
        reason="The matrix of entitlements carries the argument and must be read without doubt.",
    )
    _revise(story, first)
    story.act(story.profile, "submit_major_revision", story.cast.expert)
    story.later(weeks=1)
    _second_round(story, last)


def _second_round(story: Story, remarks: list[dict[str, Any]]) -> None:
    reviewer = story.cast.reviewer
    _make_remarks(story, remarks)
    story.accept_sections(but=["8"])
    story.act(
        story.section("8"),
        "request_minor_changes",
        reviewer,
        reason="One sentence of the new paragraph is missing its source.",
    )
    story.act(
        story.profile, "request_minor_revision", reviewer, reason="One sentence in section 8."
    )
    _revise_after_reopening(story, remarks)
    story.act(story.profile, "submit_minor_revision", story.cast.expert)


def _revise_after_reopening(story: Story, remarks: list[dict[str, Any]]) -> None:
    """Answer now; what belongs to a section that is not open is added when it is returned."""
    open_keys = {
        one.key for one in story.sections(SectionState.CHANGES_REQUESTED, SectionState.REOPENED)
    }
    now = [
        {**one, "append": one["append"] if one["section"] in open_keys else ""} for one in remarks
    ]
    _revise(story, now)


# Quality assurance: returned to the expert, and once to the reviewer


def _quality_assurance(story: Story) -> None:
    remarks = _remarks("project_qa")
    late = [one for one in _remarks("expert_review")[-1:] if one["append"]]
    story.later(weeks=1)
    _make_remarks(story, remarks)
    keys = list(dict.fromkeys([*_returned(remarks), *_returned(late)]))
    _return(story, "return_for_revision", story.cast.team, keys, "See the remarks; all are small.")
    for one in late:
        story.append(one["section"], one["append"])
    _revise(story, remarks)
    story.act(story.profile, "submit_qa_revision", story.cast.expert)
    story.later(days=3)
    _return(
        story,
        "return_to_review",
        story.cast.colleague,
        ["4"],
        "The paragraph on the number of registered persons needs an expert's eye.",
    )
    story.later(days=4)
    story.accept_sections()
    story.act(story.profile, "recommend_acceptance", story.cast.reviewer)
    story.later(days=2)
    story.assure_quality()


def _return(story: Story, move: str, by: User, keys: Iterable[str], reason: str) -> None:
    sections = [story.section(key) for key in keys]
    story.act(story.profile, move, by, reason=reason, sections=sections)


# Consultation: remarks, an objection, a second round with a tacit agreement


def _consultation(story: Story) -> None:
    remarks = _remarks("consultation")
    story.later(weeks=1)
    _make_remarks(story, remarks)
    asked = story.asked()
    objector, cautious, *rest = asked
    story.act(
        objector,
        "object_to",
        objector.person,
        reason="Without interpretation the description of services is not what people meet.",
        sections=[story.section("8")],
    )
    story.act(cautious, "reserve", cautious.person, reason="The map of groups will age quickly.")
    hand_in_forms(story, rest[:2])
    for signoff in rest[2:]:
        story.later(hours=7)
        story.act(signoff, "approve", signoff.person)
    story.later(days=2)
    hold_workshop(
        story,
        objected="8",
        why="Without interpretation the description of services is not what people meet.",
        remark="The practices of the associations should be described by themselves.",
        agreed="The text is the basis of the priorities, with four additions.",
    )
    _return(
        story,
        "revise_after_consultation",
        story.cast.focal_point,
        _returned(remarks),
        "The workshop confirmed the objection and asked for four additions.",
    )
    _revise(story, remarks)
    story.act(story.profile, "submit_validation_revision", story.cast.expert)
    _ask_again(story)


def _ask_again(story: Story) -> None:
    """Pass quality assurance, have the group agree to the new text, and ask for the signature."""
    story.later(days=4)
    story.assure_quality()
    story.later(days=8)
    story.agree_all()
    story.act(story.profile, "conclude_consultation", story.cast.focal_point)
    story.later(days=4)


# Sign-off: the authority objects once


def _signoff(story: Story) -> None:
    remarks = _remarks("signoff")
    _make_remarks(story, remarks)
    (asked,) = story.asked()
    story.act(
        asked,
        "object_to",
        story.cast.authority,
        reason="Statements of June 2019 must not read as the position of the present council.",
        sections=[story.section(key) for key in _returned(remarks)],
    )
    objections.answer_objection(
        asked,
        "Each statement now carries its date and names the council that made it.",
        by=story.cast.team,
        at=story.now,
    )
    _revise(story, remarks)
    story.act(story.profile, "submit_validation_revision", story.cast.expert)
    _ask_again(story)
    story.agree_all()


# Priorities: a finding goes back, the ranking goes back, then both are adopted


def _priorities(story: Story) -> None:
    remarks = _remarks("priority_setting")
    story.later(weeks=1)
    _make_remarks(story, remarks)
    _return(
        story,
        "dispute_finding",
        story.cast.focal_point,
        _returned(remarks),
        "The workshop found that the safeguard has to be in the text before it is ranked.",
    )
    _revise(story, remarks)
    story.act(story.profile, "submit_validation_revision", story.cast.expert)
    _ask_again(story)
    story.agree_all()
    _agree(story)
    story.act(
        story.profile,
        "return_priorities",
        story.cast.authority,
        reason="The first step of the first priority needs the name of the office.",
    )
    story.later(days=3)
    _agree(story)
    story.adopt()


def _agree(story: Story) -> None:
    profile = story.profile
    challenges = {one.code: one for one in profile.challenges.all()}
    sections = {one.key: one for one in story.sections()}
    priorities = [
        {
            **{key: value for key, value in one.items() if key != "rank"},
            "challenges": [challenges[code] for code in one["challenges"]],
            "sections": [sections[key] for key in one["sections"]],
        }
        for one in data("sfax/priorities.json")
    ]
    story.set_priorities(priorities)


# Production: a defect of content leads through quality assurance and validation once more


def _production(story: Story) -> None:
    remarks = _remarks("production")
    _make_remarks(story, remarks)
    story.act(
        story.profile,
        "report_defect",
        story.cast.team,
        reason="The status of the text is not stated where readers look for it.",
    )
    story.later(days=1)
    _return(
        story,
        "return_for_revision",
        story.cast.team,
        _returned(remarks),
        "State the status and the date of reference.",
    )
    _revise(story, remarks)
    story.act(story.profile, "submit_qa_revision", story.cast.expert)
    _ask_again(story)
    story.agree_all()
    _agree(story)
    story.adopt()


# After publication: a reader's question leads to a correction


def correct(story: Story) -> None:
    """Open a correction and write it; publishing waits for the PDF."""
    given = data("sfax/profile.json")["correction"]
    _return(story, "open_correction", story.cast.team, [given["section"]], given["reason"])
    story.later(days=2)
    story.append(given["section"], given["append"])
    story.submit_sections()
    write_erratum(story.profile, given["erratum"], by=story.cast.team, at=story.now)
