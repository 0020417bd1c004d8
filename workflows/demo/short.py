"""The shorter profiles: one or more in each state of the machine, each with what makes it so."""

from collections.abc import Callable
from dataclasses import dataclass

from profile_workflow.models import Acronym, Profile
from profile_workflow.services import evidence, guidance
from profile_workflow.states import Outcome, Role, SectionState
from workflows import engine
from workflows.demo.library import city_content, phrases
from workflows.demo.rooms import hand_in_forms, hold_workshop
from workflows.demo.story import Story


def _texts(slug: str) -> dict[str, str]:
    texts: dict[str, str] = city_content(slug)["sections"]
    return texts


def _begin(
    story: Story, edition: int, previous: Profile | None, *, is_answered: bool = True
) -> None:
    content = city_content(story.cast.city.slug)
    language = content["language"]
    name = story.cast.city.name_in(language)
    story.nominate(
        edition=edition,
        language=language,
        title=phrases(language)["profile"].format(city=name),
        previous=previous,
        is_answered=is_answered,
    )
    story.later(weeks=1)


def _to_drafting(story: Story) -> None:
    content = city_content(story.cast.city.slug)
    name, words = story.cast.city.name_in(content["language"]), phrases(content["language"])
    story.prepare(
        {"code": "municipality", "name": name, "kind": "municipality"},
        {
            "code": "foreign-citizen",
            "term": words["term"],
            "text": words["definition"],
        },
    )
    for short, long in content["acronyms"].items():
        story.register(Acronym, short=short, long=long)
    story.later(weeks=3)
    story.act(story.profile, "begin_drafting", story.cast.expert)


def _to_review(story: Story) -> None:
    _to_drafting(story)
    story.draft_all(_texts(story.cast.city.slug))


def _to_qa(story: Story) -> None:
    _to_review(story)
    story.review_all()


def _to_signoff(story: Story) -> None:
    _to_qa(story)
    story.assure_quality()
    story.later(weeks=2)
    story.agree_all()
    story.act(story.profile, "conclude_consultation", story.cast.focal_point)
    story.later(days=4)


def _to_priorities(story: Story) -> None:
    _to_qa(story)
    story.validate_all()


def _priorities(story: Story) -> list[dict[str, object]]:
    profile = story.profile
    challenge, words = profile.challenges.get(code="C1"), phrases(profile.language)
    return [
        {
            "title": words["priority"],
            "rationale": words["rationale"],
            "label": "must",
            "responsible": profile.city.name_in(profile.language),
            "challenges": [challenge],
            "sdg_targets": ["10.7", "16.6"],
            "recommendation_areas": [words["area"]],
            "time_frame": words["time_frame"],
        }
    ]


# Where each profile stops


def planned(story: Story, edition: int, previous: Profile | None) -> None:
    """Just nominated; the international expert has not answered the invitation yet."""
    _begin(story, edition, previous, is_answered=False)


def inception(story: Story, edition: int, previous: Profile | None) -> None:
    """Territory and definitions are being settled; late."""
    _begin(story, edition, previous)
    story.act(story.profile, "begin_inception", story.cast.team)


def drafting(story: Story, edition: int, previous: Profile | None) -> None:
    """Half of the sections submitted, one taken back, two with a co-author, questions marked.

    The city was asked for three things: one was given, one cannot be had, one is late.
    """
    _begin(story, edition, previous)
    _to_drafting(story)
    for number in range(3):
        story.ask_for_input(number)
    texts = _texts(story.cast.city.slug)
    for key in ("ES", "1", "2"):
        story.write(key, texts[key])
    story.submit_sections(["1", "2"])
    engine.take_back(
        story.section("2"),
        by=story.cast.expert,
        at=story.now,
        reason="The year of one figure has to be checked again.",
    )
    words = phrases(story.profile.language)
    marks = {
        "0.0": guidance.Mark(Outcome.ANSWERED),
        "0.1": guidance.Mark(Outcome.ANSWERED),
        "0.2": guidance.Mark(Outcome.NOTHING_FOUND, words["searched"]),
    }
    guidance.mark_questions(story.section("2"), marks, by=story.cast.expert, at=story.now)
    for co_author in story.cast.co_authors:
        task = story.task_of("8")
        engine.delegate(task, to=co_author, by=story.cast.expert, at=story.now)


def expert_review(story: Story, edition: int, previous: Profile | None) -> None:
    """Under review: some sections accepted, one returned, the others waiting.

    A second international expert was invited for two of them, declined, and suggested somebody.
    """
    _begin(story, edition, previous)
    _to_drafting(story)
    for number in range(2):
        story.ask_for_input(number)
    story.draft_all(_texts(story.cast.city.slug))
    story.ask_for_input(2)
    story.act(story.profile, "submit_draft", story.cast.expert)
    story.be_declined(said="My term ends in three weeks. Ask me again in autumn.")
    second = story.ask_for_a_second_opinion()
    story.later(days=4)
    waiting = story.sections(SectionState.UNDER_REVIEW)
    for section in waiting[:5]:
        story.act(section, "accept", story.cast.reviewer)
    story.remark("8", "must_fix", "Say for each service who may use it.", story.cast.reviewer)
    story.act(
        story.section("8"),
        "request_major_changes",
        story.cast.reviewer,
        reason="Entitlement and practice are not kept apart.",
    )
    # The second one was invited to these two, and sees less to be done.
    story.act(story.section("4"), "accept", second)
    story.act(
        story.section("8"),
        "request_minor_changes",
        second,
        reason="A sentence on who is turned away would be enough.",
    )


def revision_expert(story: Story, edition: int, previous: Profile | None) -> None:
    """Returned by the international expert with two sections; the others stay accepted."""
    expert_review(story, edition, previous)
    story.accept_sections(but=["5"])
    story.act(
        story.section("5"),
        "request_minor_changes",
        story.cast.reviewer,
        reason="Say which part of the competence rests on law.",
    )
    story.conclude("request_major_revision", "Sections 5 and 8 need work; the rest stands.")


def project_qa(story: Story, edition: int, previous: Profile | None) -> None:
    """Waits in the queue of the project team, who are half through the checklist."""
    _begin(story, edition, previous)
    _to_qa(story)
    story.answer_checks(9)


def revision_qa(story: Story, edition: int, previous: Profile | None) -> None:
    """Returned by the project team."""
    project_qa(story, edition, previous)
    story.remark("2", "must_fix", "Both territories need their name.", story.cast.team)
    story.act(
        story.profile,
        "return_for_revision",
        story.cast.team,
        reason="Section 2 mixes two territories.",
        sections=[story.section("2")],
    )


def consultation(story: Story, edition: int, previous: Profile | None) -> None:
    """Answers are coming in: one agrees, one with a reservation, one objects."""
    _begin(story, edition, previous)
    _to_qa(story)
    story.assure_quality()
    story.later(days=3)
    first, second, third, *rest = story.asked()
    # One stakeholder at least has not answered yet.
    hand_in_forms(story, [one for one in rest if one.role == Role.STAKEHOLDER][1:2])
    hold_workshop(
        story,
        objected="8",
        why="What is said of access to health care does not match what people meet.",
        remark="Nobody in the room knew of an initiative for newcomers.",
        agreed="",
        for_priorities=True,
    )
    story.act(first, "approve", first.person)
    story.act(second, "reserve", second.person, reason="The list of associations is not complete.")
    story.act(
        third,
        "object_to",
        third.person,
        reason="What is said of access to health care does not match our experience.",
        sections=[story.section("8")],
    )


def revision_validation(story: Story, edition: int, previous: Profile | None) -> None:
    """Returned after the consultation."""
    consultation(story, edition, previous)
    for signoff in story.asked():
        story.act(signoff, "approve", signoff.person)
    story.act(
        story.profile,
        "revise_after_consultation",
        story.cast.focal_point,
        reason="The objection on section 8 is shared by the group.",
        sections=[story.section("8")],
    )


def signoff(story: Story, edition: int, previous: Profile | None) -> None:
    """On the desk of the mayor."""
    _begin(story, edition, previous)
    _to_signoff(story)


def priority_setting(story: Story, edition: int, previous: Profile | None) -> None:
    """Validated; the group sets priorities."""
    _begin(story, edition, previous)
    _to_priorities(story)


def priorities_adopted(story: Story, edition: int, previous: Profile | None) -> None:
    """Priorities agreed, waiting for their adoption."""
    _begin(story, edition, previous)
    _with_priorities(story)


def _with_priorities(story: Story) -> None:
    content = city_content(story.cast.city.slug)
    _to_review_with_challenge(story, content["facts"][0])
    story.review_all()
    story.validate_all()
    story.set_priorities(_priorities(story))


def _to_review_with_challenge(story: Story, fact: str) -> None:
    _to_drafting(story)
    words = phrases(story.profile.language)
    evidence.add_challenge(
        story.profile,
        by=story.cast.expert,
        at=story.now,
        code="C1",
        title=words["challenge"],
        text=fact,
        field=words["field"],
        competence="own",
        section=story.section("8"),
    )
    story.draft_all(_texts(story.cast.city.slug))


def production(story: Story, edition: int, previous: Profile | None) -> None:
    """Adopted; the PDF is being made."""
    priorities_adopted(story, edition, previous)
    story.adopt()


def on_hold(story: Story, edition: int, previous: Profile | None) -> None:
    """Stopped for elections in the middle of the review."""
    expert_review(story, edition, previous)
    story.act(
        story.profile,
        "hold",
        story.cast.team,
        reason="Municipal elections; the new council takes office in two months.",
    )


def cancelled(story: Story, edition: int, previous: Profile | None) -> None:
    """Given up."""
    _begin(story, edition, previous)
    _to_drafting(story)
    story.act(story.profile, "hold", story.cast.team, reason="No counterpart at the city.")
    story.later(weeks=6)
    story.act(
        story.profile, "cancel", story.cast.team, reason="The city has withdrawn from the call."
    )


# What happens after publication


def rests(_story: Story) -> None:
    """Nothing yet."""


def update_is_due(story: Story) -> None:
    """The figures have grown old."""
    story.later(weeks=150)
    story.act(
        story.profile,
        "declare_update_due",
        story.cast.team,
        reason="The figures are older than the programme allows.",
    )


def correction(story: Story) -> None:
    """A mistake was found after publication; the corrected section is being written."""
    story.later(weeks=20)
    story.act(
        story.profile,
        "open_correction",
        story.cast.team,
        reason="A reader has found two territories under one name in section 2.",
        sections=[story.section("2")],
    )


Scene = Callable[[Story, int, Profile | None], None]


@dataclass(frozen=True, slots=True)
class ShortProfile:
    """A city and edition, where its profile stands, and how many weeks ago it began."""

    city: str
    scene: Scene
    weeks_ago: int
    edition: int = 2026
    published: bool = False
    epilogue: Callable[[Story], None] = rests


#: Editions of earlier years: published, due for an update, under correction, given up.
EARLIER_EDITIONS: tuple[ShortProfile, ...] = (
    ShortProfile("sfax", production, 290, 2021, published=True, epilogue=update_is_due),
    ShortProfile("vienna", production, 270, 2022, published=True, epilogue=update_is_due),
    ShortProfile("tunis", production, 42, 2025, published=True, epilogue=correction),
    ShortProfile("turin", production, 70, 2025, published=True),
    ShortProfile("lyon", cancelled, 110, 2024),
)

SHORT_PROFILES: tuple[ShortProfile, ...] = (
    ShortProfile("oujda", planned, 1),
    ShortProfile("irbid", inception, 9),
    ShortProfile("tangier", drafting, 12),
    ShortProfile("amman", expert_review, 13),
    ShortProfile("turin", revision_expert, 14),
    ShortProfile("tunis", project_qa, 14),
    ShortProfile("rabat", revision_qa, 15),
    ShortProfile("sousse", consultation, 14),
    ShortProfile("casablanca", revision_validation, 17),
    ShortProfile("lyon", signoff, 16),
    ShortProfile("grenoble", priority_setting, 18),
    ShortProfile("vienna", priorities_adopted, 21),
    ShortProfile("lisbon", production, 20),
    ShortProfile("beirut", on_hold, 15),
)
