"""Loading reference data: the programme with its network, and the template of profiles."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from profile_workflow.models import (
    City,
    Partner,
    Programme,
    Template,
    TemplateCheck,
    TemplateCriterion,
    TemplateSection,
    TemplateSubsection,
    TextBlock,
)

#: Key in the file → kind of text block.
_BLOCKS = {
    "funding_statement": TextBlock.Kind.FUNDING,
    "disclaimer": TextBlock.Kind.DISCLAIMER,
    "designations_disclaimer": TextBlock.Kind.DESIGNATIONS,
    "rights": TextBlock.Kind.RIGHTS,
}

_CITY_FIELDS = (
    "name",
    "name_fr",
    "name_ar",
    "kind",
    "country",
    "time_zone",
    "working_week",
    "languages",
    "latitude",
    "longitude",
)


@transaction.atomic
def load_network(content: Mapping[str, Any], *, valid_from: date) -> Programme:
    """Create or refresh a programme, its cities and its text blocks. Idempotent.

    Args:
        content: ``{"programme": {...}, "cities": [{...}]}`` as in ``fixtures/network.json``.
        valid_from: First day on which new text blocks are printed.
    """
    given = content["programme"]
    programme, _created = Programme.objects.update_or_create(
        code=given["code"],
        defaults={key: given[key] for key in ("name", "name_fr", "name_ar")},
    )
    for city in content["cities"]:
        fields = {key: city[key] for key in _CITY_FIELDS} | {"phases": city["phase"]}
        City.objects.update_or_create(programme=programme, slug=city["slug"], defaults=fields)
    for key, kind in _BLOCKS.items():
        for language, text in given.get(key, {}).items():
            TextBlock.objects.get_or_create(
                programme=programme,
                kind=kind,
                language=language,
                version=1,
                defaults={"valid_from": valid_from, "text": text},
            )
    for position, partner in enumerate(given.get("partners", [])):
        Partner.objects.get_or_create(
            programme=programme,
            part=partner["part"],
            name=partner["name"],
            defaults={"position": position}
            | {name: partner.get(name, "") for name in ("name_fr", "name_ar")},
        )
    return programme


@transaction.atomic
def load_template(content: Mapping[str, Any]) -> Template:
    """Create a version of a template, or return it if it is there: a version never changes.

    Translations, hints and examples that a version has not got yet are added; they say the same.

    Args:
        content: As in ``fixtures/template_mc2cm.json``.
    """
    template, created = Template.objects.get_or_create(
        code=content["code"],
        version=content["version"],
        defaults={key: content[key] for key in ("title", "body_pages", "summary_pages")},
    )
    for position, section in enumerate(content["sections"]):
        if created:
            _load_section(template, section, position)
        else:
            _translate_section(template, section)
    if created:
        _load_checks(template, content.get("checks", []))
        _load_criteria(template, content.get("criteria", []))
    return template


#: What a criterion is described by in a file, besides its titles.
_OF_A_CRITERION = (
    *("scope", "key", "guidance", "guidance_fr", "guidance_ar"),
    *("scale", "scale_fr", "scale_ar", "asks_words", "mandatory"),
)


def _load_criteria(template: Template, criteria: Sequence[Mapping[str, Any]]) -> None:
    TemplateCriterion.objects.bulk_create(
        TemplateCriterion(
            template=template,
            position=position,
            **{key: one[key] for key in _OF_A_CRITERION},
            **_titles(one),
        )
        for position, one in enumerate(criteria)
    )


def _load_checks(template: Template, checks: Sequence[Mapping[str, Any]]) -> None:
    sections = {one.key: one for one in template.sections.order_by("position")}
    TemplateCheck.objects.bulk_create(
        TemplateCheck(
            template=template,
            section=sections[one["section"]] if "section" in one else None,
            key=one["key"],
            position=position,
            **_titles(one),
        )
        for position, one in enumerate(checks)
    )


def _load_section(template: Template, content: Mapping[str, Any], position: int) -> None:
    section = TemplateSection.objects.create(
        template=template,
        position=position,
        data_tables=content.get("data_tables", []),
        **{
            key: content[key]
            for key in ("key", "number", "kind", "page_budget", "mandatory", "guiding_questions")
        },
        **_titles(content),
        **_translations(content),
    )
    TemplateSubsection.objects.bulk_create(
        TemplateSubsection(
            section=section,
            number=one["number"],
            position=place,
            guiding_questions=one.get("guiding_questions", []),
            **_titles(one),
            **_translations(one),
        )
        for place, one in enumerate(content["subsections"])
    )


#: Titles in the languages of the report that the pages of the system do not speak.
_FURTHER_TITLES = ("title_es", "title_it", "title_de", "title_pt")


def _titles(content: Mapping[str, Any]) -> dict[str, str]:
    return {key: content.get(key, "") for key in ("title", "title_fr", "title_ar")}


#: What may be added to a version that is in use.
_ADDED = (
    *("guiding_questions_fr", "guiding_questions_ar", "hint", "hint_fr", "hint_ar"),
    *_FURTHER_TITLES,
)


def _translations(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: content[key] for key in _ADDED if key in content}


def _translate_section(template: Template, content: Mapping[str, Any]) -> None:
    """Add to a chapter and its headings what they lack."""
    section = template.sections.filter(key=content["key"]).first()
    if section is None:
        return
    _add(section, content)
    parts = {one.position: one for one in section.subsections.all()}
    for place, one in enumerate(content["subsections"]):
        if place in parts:
            _add(parts[place], one)


def _goes_on(value: object, has: object) -> bool:
    """Return whether a hint says what is there already, and examples after it."""
    return isinstance(value, str) and value.startswith(f"{has}\n\n")


def _add(part: TemplateSection | TemplateSubsection, content: Mapping[str, Any]) -> None:
    """Fill what is empty, and go on with a hint, if the English questions are those of the file."""
    if part.guiding_questions != content.get("guiding_questions", []):
        return
    lacking = {
        key: value
        for key, value in _translations(content).items()
        if not (has := getattr(part, key)) or _goes_on(value, has)
    }
    for key, value in lacking.items():
        setattr(part, key, value)
    if lacking:
        part.save(update_fields=list(lacking))
