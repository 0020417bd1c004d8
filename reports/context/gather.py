"""Reads a profile: a constant number of queries, whatever the number of sections and figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from profile_workflow import days, markup
from profile_workflow.bibliography.record import Reference, reference_of
from profile_workflow.markup import Medium
from profile_workflow.models import (
    Acronym,
    Challenge,
    DataItem,
    DataTable,
    Draft,
    Priority,
    Profile,
    Revision,
    Section,
    Source,
    TextBlock,
    WorkingDefinition,
)
from profile_workflow.models.digests import text_digest
from profile_workflow.pictures.shown import Shown
from profile_workflow.queries.evidence import pictures_by_key
from profile_workflow.states import PUBLIC_STATES, DataItemState, ValidationKind
from reports.context.asked import latest_entry, read_requests
from reports.context.assemble import assemble
from reports.context.brand import read_brand
from reports.context.plain import (
    ChallengeEntry,
    FigureRow,
    Material,
    PriorityEntry,
    Report,
    SectionText,
    TableOfFigures,
)
from reports.context.record import read_record


def report_of(
    profile: Profile, *, language: str = "", drafts: bool = False, as_public: bool = False
) -> Report:
    """Read a profile and make its report, as plain data; arguments as ``material_of``."""
    read = material_of(profile, language=language, drafts=drafts, as_public=as_public)
    return report_from(read)


def report_from(material: Material, *, medium: Medium = Medium.PRINT) -> Report:
    """Make the report of what was read, in its language."""
    with translation.override(material.language[:2]):
        return assemble(material, medium=medium)


def material_of(
    profile: Profile, *, language: str = "", drafts: bool = False, as_public: bool = False
) -> Material:
    """Read a profile.

    Args:
        profile: The profile; nothing that was loaded with it is used again.
        language: Language of the printed labels; the profile's own by default.
        drafts: Whether to print the working text instead of the submitted revisions.
        as_public: Whether to print it as it will be published: no watermark, and the number of
            the version to come.
    """
    language = language or profile.language
    with translation.override(language[:2]):
        return read_material(profile.pk, language=language, drafts=drafts, as_public=as_public)


def read_material(
    profile_id: int, *, language: str, drafts: bool, as_public: bool = False
) -> Material:
    """Read everything that the report prints; its days are those of the city."""
    profile = Profile.objects.select_related("programme", "city").get(pk=profile_id)
    with timezone.override(profile.city.time_zone):
        return _read(profile, language=language, drafts=drafts, as_public=as_public)


def _read(profile: Profile, *, language: str, drafts: bool, as_public: bool) -> Material:
    sections = list(
        Section.objects.filter(profile=profile)
        .select_related(
            "template_section", "author__organisation", "revision__author__organisation", "draft"
        )
        .order_by("position")
    )
    register = _pictures(profile, sections) if drafts else {}
    texts = tuple(
        _section_text(section, language=language, drafts=drafts, register=register)
        for section in sections
    )
    moment = _newest(profile, sections, drafts=drafts)
    day = timezone.localtime(profile.published_at or moment)
    names = {section.pk: f"{section.number} {section.template_section.title_in(language)}".strip()
             for section in sections}  # fmt: skip
    record = read_record(profile, names, language)
    until = _methodology_of(sections, drafts=drafts, moment=moment)
    is_public = as_public or profile.state in PUBLIC_STATES
    return Material(
        slug=profile.slug,
        language=language,
        title=profile.title,
        programme=profile.programme.name_in(language),
        city=profile.city.name_in(language),
        edition=str(profile.edition),
        year=str(day.year),
        version=profile.version_to_come if as_public else profile.version,
        moment=moment.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds"),
        frozen_on=days.in_words(moment, language),
        validated_on=_validated_on(profile, language),
        is_public=is_public,
        sections=texts,
        tables=_tables(profile),
        sources=_sources(profile),
        acronyms=_acronyms(profile),
        definitions=tuple(
            WorkingDefinition.objects.filter(profile=profile)
            .order_by("term")
            .values_list("term", "text")
        ),
        challenges=_challenges(profile),
        priorities=_priorities(profile),
        blocks=_blocks(
            profile, language, moment if not profile.published_at else profile.published_at
        ),
        keywords=tuple(profile.keywords),
        erratum=profile.erratum,
        record=record,
        requests=tuple(read_requests(profile, language, until=until)) if until else (),
        requests_as_of=days.in_words(until, language),
        brand=read_brand(profile, language),
        verify_at=f"{settings.SITE_URL}{reverse('verify')}" if is_public else "",
    )


def _pictures(profile: Profile, sections: Iterable[Section]) -> dict[str, Shown]:
    """Return the pictures of the register that working texts place: one query."""
    placed = (markup.placed_pictures(section.draft.text) for section in sections)
    return pictures_by_key(profile, {key for keys in placed for key in keys})


def _section_text(
    section: Section, *, language: str, drafts: bool, register: Mapping[str, Shown]
) -> SectionText:
    """Take the frozen revision, or the working draft where asked for and there is one."""
    draft = getattr(section, "draft", None)
    revision = section.revision
    chosen = draft if drafts and draft is not None else revision
    text = chosen.text if chosen else ""
    pictures = _shown_with(chosen, register)
    author = section.author or (revision.author if revision else None)
    submitted_at = revision.created_at if revision and not drafts else None
    return SectionText(
        key=section.key,
        number=section.number,
        title=section.template_section.title_in(language),
        text=text,
        is_summary=section.template_section.kind == "summary",
        nothing_found=bool(chosen and chosen.nothing_found),
        searched=chosen.searched if chosen else "",
        authors=(author.full_name,) if author else (),
        revision=str(revision.number) if revision and not drafts else "",
        sha256=_digest_of(chosen, pictures),
        submitted_on=days.in_words(submitted_at, language),
        pictures=tuple(pictures.values()),
    )


def _digest_of(chosen: Draft | Revision | None, pictures: Mapping[str, Shown]) -> str:
    if chosen is None:
        return ""
    return text_digest(
        chosen.text,
        nothing_found=chosen.nothing_found,
        searched=chosen.searched,
        pictures={key: one.as_kept() for key, one in pictures.items()},
    )


def working_digests(profile: Profile, *, section: str = "") -> dict[str, str]:
    """Return key of a section → SHA-256 (hex) of its working text, as a preview would print it.

    Two queries at most, with ``section`` for that section alone.
    """
    found = Section.objects.filter(profile=profile).select_related("revision", "draft")
    sections = list(found.filter(key=section) if section else found)
    register = _pictures(profile, sections)
    chosen = {one.key: getattr(one, "draft", None) or one.revision for one in sections}
    digests = {key: _digest_of(one, _shown_with(one, register)) for key, one in chosen.items()}
    return {key: digest for key, digest in digests.items() if digest}


def _methodology_of(
    sections: Sequence[Section], *, drafts: bool, moment: datetime
) -> datetime | None:
    """Return the moment up to which data requests are told: that of the text of the methodology.

    It stands in the first chapter; without a submitted text of it, none are told. A working text
    tells them up to the last request or answer.
    """
    first = next((one for one in sections if one.template_section.kind != "summary"), None)
    if first is None:
        return None
    if drafts:
        return max(moment, latest_entry(first.profile_id) or moment)
    return first.revision.created_at if first.revision else None


def _shown_with(chosen: Draft | Revision | None, register: Mapping[str, Shown]) -> dict[str, Shown]:
    """Return the pictures of a text: those submitted with it, or those of the register."""
    if isinstance(chosen, Revision):
        return chosen.shown_pictures
    keys = markup.placed_pictures(chosen.text) if chosen else ()
    return {key: register[key] for key in keys if key in register}


def _newest(profile: Profile, sections: Iterable[Section], *, drafts: bool) -> datetime:
    """Return the moment of the newest text that is printed."""
    moments = [profile.created_at]
    for section in sections:
        draft = getattr(section, "draft", None)
        if drafts and draft is not None and draft.saved_at:
            moments.append(draft.saved_at)
        elif section.revision is not None:
            moments.append(section.revision.created_at)
    return max(moments)


def _validated_on(profile: Profile, language: str) -> str:
    closed = (
        profile.validation_rounds.filter(kind=ValidationKind.SIGNOFF, closed_at__isnull=False)
        .order_by("-closed_at")
        .values_list("closed_at", flat=True)
        .first()
    )
    return days.in_words(closed, language)


def _blocks(profile: Profile, language: str, moment: datetime) -> tuple[tuple[str, str], ...]:
    """Return the texts in force on the day, those missing in the language in English."""
    on = timezone.localdate(moment)
    blocks = TextBlock.objects.filter(programme=profile.programme)
    english = blocks.in_force(language="en", on=on)
    return tuple(sorted((english | blocks.in_force(language=language[:2], on=on)).items()))


def _acronyms(profile: Profile) -> tuple[tuple[str, str], ...]:
    acronyms = Acronym.objects.filter(profile=profile).values_list("short", "long")
    return tuple(sorted(acronyms, key=lambda pair: pair[0].casefold()))


def _sources(profile: Profile) -> tuple[Reference, ...]:
    return tuple(map(reference_of, Source.objects.filter(profile=profile).order_by("key")))


def _tables(profile: Profile) -> tuple[TableOfFigures, ...]:
    rows: dict[int, list[FigureRow]] = defaultdict(list)
    items = DataItem.objects.filter(table__profile=profile)
    for item in items.select_related("territory", "definition", "source").order_by("position"):
        rows[item.table_id].append(_row(item))
    tables = DataTable.objects.filter(profile=profile).select_related("section")
    return tuple(
        TableOfFigures(
            key=table.key,
            section=table.section.key,
            title=table.title,
            note=table.note,
            chart=table.chart,
            rows=tuple(rows[table.pk]),
        )
        for table in tables.order_by("section__position", "position", "key")
    )


def _row(item: DataItem) -> FigureRow:
    return FigureRow(
        label=item.label,
        indicator=item.indicator,
        value=item.value,
        low=item.value_low,
        high=item.value_high,
        text=item.text,
        unit=item.unit,
        women=item.women,
        men=item.men,
        period=item.period,
        year=item.year,
        territory=item.territory.name if item.territory else "",
        definition=item.definition.term if item.definition else "",
        source=item.source.key if item.source else "",
        page=item.page,
        method=item.get_method_display(),
        quality=item.get_quality_display(),
        state=item.state,
        available=item.state != DataItemState.NOT_AVAILABLE and item.has_value,
        remark=item.remark,
    )


def _challenges(profile: Profile) -> tuple[ChallengeEntry, ...]:
    found = Challenge.objects.filter(profile=profile).select_related("section__template_section")
    return tuple(
        ChallengeEntry(
            code=challenge.code,
            title=challenge.title,
            text=challenge.text,
            field=challenge.field,
            competence=challenge.get_competence_display(),
            section=challenge.section.key if challenge.section else "",
            sources=tuple(sorted(source.key for source in challenge.sources.all())),
            from_workshop=challenge.from_workshop,
        )
        for challenge in sorted(found.prefetch_related("sources"), key=lambda c: _natural(c.code))
    )


def _natural(code: str) -> tuple[str, int]:
    """Sort C10 after C9."""
    letters = code.rstrip("0123456789")
    return letters, int(code[len(letters) :] or 0)


def _priorities(profile: Profile) -> tuple[PriorityEntry, ...]:
    found = Priority.objects.filter(profile=profile).prefetch_related("challenges")
    return tuple(
        PriorityEntry(
            rank=priority.rank,
            title=priority.title,
            rationale=priority.rationale,
            label=priority.get_label_display(),
            responsible=priority.responsible,
            time_frame=priority.time_frame,
            budget=priority.budget,
            first_step=priority.first_step,
            partners=tuple(priority.partners),
            challenges=tuple(
                f"{challenge.code} {challenge.title}"
                for challenge in sorted(priority.challenges.all(), key=lambda c: _natural(c.code))
            ),
            sdg_targets=tuple(str(target) for target in priority.sdg_targets),
            recommendation_areas=tuple(priority.recommendation_areas),
            activities=tuple(priority.activities),
            outcomes=tuple(priority.outcomes),
        )
        for priority in found.order_by("rank")
    )
