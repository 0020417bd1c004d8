"""Sources, data tables and the rest of the register: who sees them, and what rests on them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from profile_workflow.charts.rows import Datum
from profile_workflow.markup import Mentions, cited_keys, mentions
from profile_workflow.models import (
    Acronym,
    Challenge,
    DataItem,
    DataTable,
    Picture,
    PictureFile,
    Priority,
    Profile,
    Revision,
    Section,
    Source,
    Territory,
    User,
    WorkingDefinition,
)
from profile_workflow.pictures.shown import Shown
from profile_workflow.states import APPROVED_SECTION_STATES, AUTHOR_ROLES, DataItemState, Role

#: What the register consists of, figures apart.
ENTRIES = (Territory, WorkingDefinition, Acronym, Source, DataTable, Challenge, Picture)
#: Any entry of the register.
Entry = (
    Territory | WorkingDefinition | Acronym | Source | DataTable | DataItem | Challenge | Picture
)

#: Who sees the figures and challenges of a section before its text is submitted: those who work
#: on them.
_SEES_WORKING_MATERIAL = {Role.PROJECT_TEAM, Role.FOCAL_POINT, *AUTHOR_ROLES}


def tables_by_key(profile: Profile, keys: Iterable[str]) -> dict[str, DataTable]:
    """Return key → data table with its figures: two queries for any number of tables."""
    wanted = profile.data_tables.filter(key__in=list(keys))
    return {table.key: table for table in wanted.prefetch_related(_with_figures())}


def _with_figures() -> "Prefetch[str]":
    related = ("source", "territory", "definition")
    figures = DataItem.objects.select_related(*related).order_by("position")
    return Prefetch("items", queryset=figures)


def charted(table: DataTable) -> list[Datum]:
    """Return the figures of a table as charts take them, in their order."""
    figures = sorted(table.items.all(), key=lambda one: one.position)
    return [
        Datum(
            label=one.label,
            value=one.value,
            low=one.value_low,
            high=one.value_high,
            text=one.text,
            unit=one.unit,
            women=one.women,
            men=one.men,
            year=one.year,
            when=one.period or str(one.year or ""),
            available=one.state != DataItemState.NOT_AVAILABLE and one.has_value,
        )
        for one in figures
    ]


def sources_by_key(profile: Profile, keys: Iterable[str]) -> dict[str, Source]:
    """Return key → source of the bibliography."""
    return {source.key: source for source in profile.sources.filter(key__in=list(keys))}


def pictures_by_key(profile: Profile, keys: Iterable[str]) -> dict[str, Shown]:
    """Return key → picture, as the register has it: one query, and none without keys."""
    wanted = list(keys)
    if not wanted:
        return {}
    found = profile.pictures.filter(key__in=wanted).select_related("file", "source")
    return {picture.key: picture.shown for picture in found}


def pictures_of(profile: Profile, *, viewer: User) -> list[Picture]:
    """Return the pictures that a person may see, by key; two queries.

    Who does not work on the profile sees those that a submitted text shows.
    """
    found = profile.pictures.select_related("file", "source").order_by("key")
    if sees_working_material(profile, viewer):
        return list(found)
    shown = submitted_pictures(profile)
    return [one for one in found if one.file.sha256 in shown]


def picture_file_of(profile: Profile, sha256: str, *, viewer: User) -> PictureFile:
    """Return the file of a picture that a person may see.

    Raises:
        PictureFile.DoesNotExist: If there is none for this person.
    """
    if not sees_working_material(profile, viewer) and sha256 not in submitted_pictures(profile):
        raise PictureFile.DoesNotExist
    file: PictureFile = profile.picture_files.get(sha256=sha256)
    return file


def submitted_pictures(profile: Profile) -> set[str]:
    """Return the hashes of all pictures that were ever submitted with a text."""
    found = Revision.objects.filter(section__profile=profile).exclude(pictures={})
    return {
        one["sha256"]
        for pictures in found.values_list("pictures", flat=True)
        for one in pictures.values()
    }


def sees_working_material(profile: Profile, viewer: User) -> bool:
    """Whether a person sees figures and challenges whose section is not submitted yet."""
    return bool(profile.roles_of(viewer).intersection(_SEES_WORKING_MATERIAL))


def tables_of(profile: Profile, *, viewer: User) -> list[DataTable]:
    """Return the data tables that a person may see, with their figures, in their order."""
    found = profile.data_tables.select_related("section__template_section")
    if not sees_working_material(profile, viewer):
        found = found.filter(section__revision__isnull=False)
    found = found.order_by("section__position", "position", "key")
    return list(found.prefetch_related(_with_figures()))


def figure_of(profile: Profile, pk: int, *, viewer: User) -> DataItem:
    """Return a figure that a person may see, with all that makes it one.

    Raises:
        DataItem.DoesNotExist: If there is none for this person.
    """
    found = DataItem.objects.filter(table__profile=profile)
    if not sees_working_material(profile, viewer):
        found = found.filter(table__section__revision__isnull=False)
    related = ("table__section__template_section", "source", "territory", "definition")
    figure: DataItem = found.select_related(*related).get(pk=pk)
    figure.table.profile = profile
    return figure


def challenges_of(profile: Profile, *, viewer: User) -> list[Challenge]:
    """Return the challenges that a person may see, with sources and priorities, by code."""
    found = profile.challenges.select_related("section__template_section")
    if not sees_working_material(profile, viewer):
        found = found.exclude(section__isnull=False, section__revision__isnull=True)
    return list(found.prefetch_related("sources", "priorities").order_by("code"))


def priorities_of(profile: Profile) -> list[Priority]:
    """Return the priorities by rank, with the challenges that they answer and their sections."""
    related = ("challenges", "sections__template_section")
    return list(profile.priorities.prefetch_related(*related).order_by("rank"))


@dataclass(frozen=True, slots=True)
class Use:
    """A place that rests on an entry of the register, in words and with its section, if any."""

    where: str
    section: Section | None = None
    in_text: bool = False


class Uses:
    """What rests on the entries of one profile: read once, with the same number of queries.

    Args:
        profile: The profile.
        working: Whether texts count that are not submitted yet.
    """

    def __init__(self, profile: Profile, *, working: bool = True) -> None:
        related = ("template_section", "draft", "revision")
        sections = profile.sections.select_related(*related).order_by("position")
        self._sections = {one.pk: one for one in sections}
        self._mentions = {one.pk: _mentions(one, working) for one in self._sections.values()}
        figures = DataItem.objects.filter(table__profile=profile).select_related("table")
        if not working:
            figures = figures.filter(table__section__revision__isnull=False)
        self._figures = list(figures.order_by("table__position", "position"))
        self._cited_by: dict[int, list[Challenge]] = {}
        for challenge in profile.challenges.prefetch_related("sources").order_by("code"):
            for source in challenge.sources.all():
                self._cited_by.setdefault(source.pk, []).append(challenge)
        self._answered = _answered(profile)
        pictures = profile.pictures.filter(source__isnull=False).order_by("key")
        self._pictures = list(pictures) if working else []

    def of(self, entry: Entry) -> list[Use]:
        """Return the places that rest on an entry, in the order of the text."""
        return list(self._places(entry))

    def _places(self, entry: Entry) -> Iterable[Use]:
        match entry:
            case Territory():
                return self._of_territory(entry)
            case WorkingDefinition():
                return self._rows("definition_id", entry)
            case Acronym():
                return self._texts(lambda one: one.acronyms, entry.short)
            case Source():
                return self._of_source(entry)
            case DataTable():
                return self._texts(lambda one: one.tables, entry.key)
            case Picture():
                return self._texts(lambda one: one.pictures, entry.key)
            case Challenge():
                return self._of_challenge(entry)
            case _:
                return ()

    def approved(self, entry: Entry) -> list[Section]:
        """Return the approved sections that rest on an entry, each once."""
        resting = {one.section.pk: one.section for one in self.of(entry) if one.section}
        if isinstance(entry, Challenge) and entry.section_id:
            resting[entry.section_id] = self._sections[entry.section_id]
        return [one for one in resting.values() if one.state in APPROVED_SECTION_STATES]

    def sections_citing(self, entry: Entry) -> list[Section]:
        """Return the sections that an entry is cited in, by text or figure, each once."""
        found = {one.section.pk: one.section for one in self.of(entry) if one.section}
        return sorted(found.values(), key=lambda section: section.position)

    def submitted_citing(self, source: Source) -> list[Section]:
        """Return the sections whose submitted text cites a source."""
        return [
            one
            for one in self._sections.values()
            if one.revision is not None and source.key in _cited_by(one.revision)
        ]

    def _texts(self, mentioned: Callable[[Mentions], Iterable[str]], name: str) -> Iterator[Use]:
        for pk, several in self._mentions.items():
            if any(name in mentioned(one) for one in several):
                section = self._sections[pk]
                yield Use(_("the text of “%(section)s”") % {"section": section}, section, True)

    def _rows(self, field: str, entry: Entry) -> Iterator[Use]:
        for figure in self._figures:
            if getattr(figure, field) == entry.pk:
                words = _("the figure “%(figure)s” (table %(table)s)")
                section = self._sections[figure.table.section_id]
                yield Use(words % {"figure": figure, "table": figure.table.key}, section)

    def _of_territory(self, entry: Territory) -> Iterator[Use]:
        if entry.is_city:
            yield Use(_("the profile, which calls it “the city”"))
        yield from self._rows("territory_id", entry)

    def _of_source(self, entry: Source) -> Iterator[Use]:
        yield from self._texts(lambda one: one.sources, entry.key)
        yield from self._rows("source_id", entry)
        for picture in self._pictures:
            if picture.source_id == entry.pk:
                yield Use(_("the picture “%(picture)s”") % {"picture": picture})
        for challenge in self._cited_by.get(entry.pk, ()):
            section = self._sections.get(challenge.section_id or 0)
            yield Use(_("the challenge “%(challenge)s”") % {"challenge": challenge}, section)

    def _of_challenge(self, entry: Challenge) -> Iterator[Use]:
        for priority in self._answered.get(entry.pk, ()):
            yield Use(_("the priority “%(priority)s”") % {"priority": priority})


def _mentions(section: Section, working: bool) -> list[Mentions]:
    revision = section.revision
    found = [mentions(revision.text)] if revision and revision.text else []
    if working and section.draft.text and not (revision and revision.text == section.draft.text):
        found.append(mentions(section.draft.text))
    if revision and revision.pictures:
        found[0] = replace(found[0], sources=(*found[0].sources, *_sources_of_pictures(revision)))
    return found


def _sources_of_pictures(revision: Revision) -> list[str]:
    """Return the sources of the pictures that were submitted with a text."""
    return [one.source for one in revision.shown_pictures.values() if one.source]


def _cited_by(revision: Revision) -> set[str]:
    words = {*cited_keys(revision.text), *cited_keys(revision.searched)}
    return words.union(_sources_of_pictures(revision))


def _answered(profile: Profile) -> dict[int, list[Priority]]:
    found: dict[int, list[Priority]] = {}
    for priority in profile.priorities.prefetch_related("challenges").order_by("rank"):
        for challenge in priority.challenges.all():
            found.setdefault(challenge.pk, []).append(priority)
    return found
