"""What the pages of writing are opened with: texts, figures, pictures, sources, files."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from profile_workflow.models import (
    Draft,
    Source,
    WordReading,
    WorkingCopy,
)
from profile_workflow.services import sources, word
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.pages.world import (
    EXPERT,
    World,
)


def figure(world: World) -> Sequence[Any]:
    return [world.drafted.slug, world.figure.pk]


def figure_table(world: World) -> Sequence[Any]:
    return [world.drafted.slug, world.figure.table_id]


def entry(world: World) -> Sequence[Any]:
    return [world.drafted.slug, "figure", world.figure.pk]


#: A table as somebody types it into a text.
TYPED = "Table: People\n\n| Year | Number |\n| --- | --: |\n| 2024 | 12 |\n\nSource: Office"


def typed_table(world: World) -> Sequence[Any]:
    one = factories.section(world.drafted, "3")
    if TYPED not in one.draft.text:
        factories.write(one, TYPED)
    return [world.drafted.slug, "3"]


def pictures(world: World) -> Sequence[Any]:
    factories.give_picture(world.drafted)
    return [world.drafted.slug]


def priority(world: World) -> Sequence[Any]:
    profile = world.profile_in(ProfileState.PRIORITY_SETTING)
    return [profile.slug, factories.give_priority(profile).pk]


def copies(world: World) -> Sequence[Any]:
    """A section that was written in several goes."""
    section = factories.section(world.drafted, "1")
    if not section.copies.exists():
        text = section.draft.text or "In 2024, many came to live here."
        for more in ("", "\n\nA second thought.", ""):
            factories.write(section, f"{text}{more}")
    return [world.drafted.slug, "1"]


def copy(world: World) -> Sequence[Any]:
    named = copies(world)
    found = WorkingCopy.objects.filter(section__profile=world.drafted).latest("version")
    return [*named, f"c{found.pk}"]


def shared_library(world: World) -> Sequence[Any]:
    source = world.figure.source
    assert source is not None
    sources.share_source(source, by=world.made.team, at=timezone.now())
    return [world.drafted.slug]


def two_sources(world: World) -> Sequence[Any]:
    first = world.figure.source
    assert first is not None
    told = {name: getattr(first, name) for name in ("kind", "authors", "year", "title")}
    second, _is_new = Source.objects.get_or_create(
        profile=first.profile, key="the-same-again", defaults=told
    )
    return [first.profile.slug, first.pk, second.pk]


def word_reading(world: World) -> Sequence[Any]:
    """A file that was read, and waits for somebody to say what of it is taken."""
    waiting = WordReading.objects.filter(profile=world.drafted, done_at=None).first()
    return [world.drafted.slug, (waiting or factories.read_word(world.drafted)).pk]


def word_reading_done(world: World) -> Sequence[Any]:
    """The same, once all of it was taken."""
    profile = world.drafted
    waiting = WordReading.objects.filter(profile=profile, done_at=None).first()
    reading = waiting or factories.read_word(profile)
    keys = {one["key"] for one in reading.parts}
    drafts = Draft.objects.filter(section__profile=profile, section__key__in=keys)
    versions = dict(drafts.values_list("section__key", "version"))
    word.bring_in(reading, versions, by=factories.holder(profile, EXPERT), at=timezone.now())
    return [profile.slug, reading.pk]


def printed(world: World) -> Sequence[Any]:
    """A section whose pages were made once, and could not be made of its newer text."""
    section, by = factories.section(world.drafted, "1"), world.made[Role.LOCAL_EXPERT]
    if not world.drafted.builds.filter(section=section).exists():
        of_it = {"kind": "chapter", "section": section, "language": world.drafted.language}
        factories.give_build(world.drafted, by, state="done", **of_it)
        sign = {"character": "\u25cf", "code_point": "U+25CF", "where": str(section)}
        trouble = {"code": "missing_glyph", "chapter": "", "facts": sign, "section": section.key}
        factories.give_build(
            world.drafted, by, state="failed", trouble={**trouble, "place": "0-5"}, **of_it
        )
    return [world.drafted.slug, "1"]


def with_files(world: World) -> Sequence[Any]:
    """A profile of which each output was made, fails, waits or is being made."""
    profile, team = world.profile_in(ProfileState.PRIORITY_SETTING), world.made.team
    if not profile.builds.exists():
        factories.give_build(profile, team, state="done", text_digest="0" * 64)
        factories.give_build(
            profile, team, state="done", kind="consultation", numbered=True,
            text_digest=profile.text_digest(),
        )  # fmt: skip
        for _each in range(2):
            factories.give_build(profile, team, state="done", kind="summary", language="ar")
        factories.give_build(profile, team, state="failed", kind="practices")
        factories.give_build(profile, team, state="done", kind="annex", scope={"section": "1"})
    return [profile.slug]
