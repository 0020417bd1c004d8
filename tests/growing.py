"""More rows for every list of the pages of ``tests.pages``, so that one can see what each costs."""

from collections.abc import Iterable

from django.utils import timezone

from profile_workflow.models import (
    Acronym,
    Challenge,
    DataItem,
    Priority,
    Profile,
    Section,
    TemplateCheck,
    TemplateSubsection,
    Territory,
    WorkingDefinition,
)
from profile_workflow.services import comments, people, saved_views, sources, word, workshops
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role, WorkshopSaying
from profile_workflow.word import chapters
from profile_workflow.word.words import LeftOut
from reports.models import Build
from tests import factories
from tests.pages import EXPERT, FOCAL_POINT, REVIEWER, TYPED, World, held
from workflows.models import JobKind, JobState, OutboxJob

S = ProfileState


def grow(world: World, number: int) -> None:
    """Put so many more rows into whatever the pages list, before anybody looks at them."""
    _objections(world, number)
    _profiles(world, number)
    for profile in (world.profile, world.drafted, world.profile_in(S.PRIORITY_SETTING)):
        _evidence(profile, number)
    _people(world, number)
    _remarks(world, number)
    _requests(world, number)
    _subsections(world, number)
    for one in range(number):
        at = timezone.now()
        factories.give_picture(world.drafted)
        sources.share_source(factories.give_source(world.drafted), by=world.made.team, at=at)
        saved_views.save_view(world.made.team, name=f"View {one}", query="late=on")
        TemplateCheck.objects.create(
            template=world.made.template, key=f"more-{one}", position=10 + one, title="More?"
        )
        _build(world.profile, world, one)
    factories.answer_checks(world.profile_in(S.PROJECT_QA))


def grow_texts(world: World, number: int) -> None:
    """Put so many more rows into what the addresses of the pages have made: tables and texts."""
    profile = world.drafted
    _words(world, number)
    _rooms(world, number)
    for table in profile.data_tables.all():
        first = table.items.first()
        named = {"territory": first.territory, "definition": first.definition}
        DataItem.objects.bulk_create(
            DataItem(
                table=table, position=10 + one, label=f"More {one}", value=one, unit="persons",
                year=2024, source=factories.give_source(profile), **named,
            )
            for one in range(number)
        )  # fmt: skip
    keys = [*profile.sources.values_list("key", flat=True)[:number], "the-same-again"]
    shown = list(profile.data_tables.values_list("key", flat=True)[:number])
    pictures = list(profile.pictures.values_list("key", flat=True)[:number])
    for one in range(number):
        factories.write(factories.section(profile, "1"), f"A thought, {one}.")
    for section in factories.sections(profile):
        factories.write(section, _text(section, number, keys, shown, pictures))


def _text(
    section: Section, number: int, keys: Iterable[str], tables: Iterable[str], shown: Iterable[str]
) -> str:
    """Return a text that names what is registered and has findings in it."""
    found = [f"In {2000 + one} there were 12,500 illegal migrants." for one in range(number)]
    cited = [f"The text of chapter {section.key} says so [@{one}]." for one in keys]
    placed = [f"[[table:{one}]]\n\nSee [#table:{one}]." for one in tables]
    pictures = [f"[[image:{one}]]" for one in shown]
    return "\n\n".join([*found, *cited, *placed, *pictures, *[TYPED] * number])


def _profiles(world: World, number: int) -> None:
    """More profiles of this programme in two states, and published ones of others."""
    for _one in range(number):
        factories.make_profile(world.made)
        factories.bring_to(factories.make_profile(world.made), S.DRAFTING)
    for _one in range(min(number, 2)):
        alone = factories.make_programme(sections=1)
        factories.bring_to(factories.make_profile(alone), S.PUBLISHED)


def _evidence(profile: Profile, number: int) -> None:
    first = factories.section(profile, "1")
    for one in range(number):
        source = factories.give_figure(first).source
        Acronym.objects.create(profile=profile, short=f"AB{one}", long="Long form")
        WorkingDefinition.objects.create(profile=profile, code=f"d{one}", term="T", text="Text.")
        Territory.objects.create(profile=profile, code=f"t{one}", name="X", kind="region")
        challenge = Challenge.objects.create(
            profile=profile, code=f"D{one}", title="Housing", competence="own", section=first
        )
        challenge.sources.add(source)
        priority = Priority.objects.create(
            profile=profile, rank=10 + one, title="Rooms", rationale="Few.", label="must",
            responsible="City",
        )  # fmt: skip
        priority.challenges.add(challenge)
        priority.sections.add(first)


def _rooms(world: World, number: int) -> None:
    """So many more workshops, and so much more said in the first of them."""
    slug, first = held(world)
    profile, team = Profile.objects.get(slug=slug), world.made.team
    workshop = profile.workshops.get(pk=first)
    for one in range(number):
        factories.give_workshop(profile, venue=f"House {one}")
        workshops.add_remark(
            workshop, WorkshopSaying.REMARK, f"More, {one}.", by=team, at=timezone.now()
        )


def _objections(world: World, number: int) -> None:
    """A consultation in which so many more stakeholders object, with reasons."""
    more = [factories.make_person("stakeholder") for _one in range(number)]
    world.made.people[Role.STAKEHOLDER] += more
    profile = world.profile_in(S.CONSULTATION)
    named = factories.sections(profile)[:1]
    for one in factories.asked(profile):
        if one.person in more:
            factories.move(one, "object_to", one.person, reason="Not so.", sections=named)
    factories.answer_objections(profile)


def _people(world: World, number: int) -> None:
    for profile in (world.profile, world.drafted):
        roles = [Role.CO_AUTHOR, Role.INTERNATIONAL_EXPERT] * number
        parts = [Part(factories.make_person("aa"), role) for role in roles]
        people.assign(profile, parts, by=world.made.team, at=timezone.now())
    for _one in range(number):
        factories.make_person("abba")
        factories.invite(world.drafted)


def _remarks(world: World, number: int) -> None:
    """Comments of two people with replies, some of them answered, and notes beside them."""
    expert, at = world.made[EXPERT], timezone.now()
    for section in factories.sections(world.profile)[:2]:
        for one in range(number):
            by = world.made[REVIEWER] if one % 2 else world.made.team
            made = factories.comment_on(section, by, text=f"More {one}.", quote="Text of chapter")
            comments.reply_to(made, text=f"Of {one}.", by=expert, at=at)
            comments.add_note(factories.fresh(section), text=f"Me {one}.", by=expert, at=at)


def _requests(world: World, number: int) -> None:
    profile, person = world.drafted, world.made[FOCAL_POINT]
    for one in range(number):
        made = factories.ask_for_input(profile, person=person, subject=f"Budget {one}")
        for more in range(number):
            factories.move(made, "ask_back", person, reason=f"Which year, {more}?")
            factories.move(made, "reply_to_question", world.made[EXPERT], reason="2024.")
        if one % 2:
            factories.move(made, "give_answer", person, answer="In March.")


def _words(world: World, number: int) -> None:
    """A file of Word that brings a text for each of some sections, and what does not come along."""
    lost = [LeftOut("picture", f"A map {one}") for one in range(number)]
    keys = list(world.drafted.sources.values_list("key", flat=True)[:number])
    said = "\n\n".join(f"In 2024, many came [@{key}]." for key in keys)
    parts = [
        chapters.Part(f"{one.key} Chapter", one.key, "number", None, said, 4, lost)
        for one in factories.sections(world.drafted)[: 1 + number]
    ]
    parts += [chapters.Part(f"Annex {one}", "", "", None, "More", 1) for one in range(number)]
    word.keep_reading(world.drafted, parts, by=world.made[EXPERT], at=timezone.now())


def _subsections(world: World, number: int) -> None:
    first = world.drafted.template.sections.order_by("position")[0]
    TemplateSubsection.objects.bulk_create(
        TemplateSubsection(
            section=first, position=20 + one, title=f"Part {one}", guiding_questions=["A?", "B?"]
        )
        for one in range(number)
    )


def _build(profile: Profile, world: World, number: int) -> None:
    """A PDF that waits, with its job, one that is made, and a mail that failed."""
    made = {"profile": profile, "language": "en", "requested_by": world.made.team}
    kinds = {"kind": Build.Kind.PREVIEW, "digest": "0" * 64, "created_at": timezone.now()}
    waiting = Build.objects.create(**made, **kinds)
    done = {"state": Build.State.DONE, "file": "reports/no-such-file.pdf", "sha256": "1" * 64}
    Build.objects.create(**made, **kinds, **done, finished_at=timezone.now())
    OutboxJob.objects.create(kind=JobKind.PDF, key=f"build:{waiting.pk}", profile=profile)
    OutboxJob.objects.create(
        kind=JobKind.MAIL, key=f"mail:{profile.pk}:{number}", profile=profile,
        state=JobState.FAILED, finished_at=timezone.now(),
    )  # fmt: skip
