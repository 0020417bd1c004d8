"""The text of a section as a web page: rendered text, its tables, its sources."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from profile_workflow import markup
from profile_workflow.bibliography import formatting
from profile_workflow.bibliography.record import reference_of
from profile_workflow.charts.kinds import draw_chosen
from profile_workflow.models import DataItem, DataTable, Profile, Revision, Section
from profile_workflow.pictures.shown import Shown
from profile_workflow.queries.copies import Version
from profile_workflow.queries.evidence import (
    charted,
    pictures_by_key,
    sources_by_key,
    tables_by_key,
)
from profile_workflow.queries.references import Place, Places


@dataclass(frozen=True, slots=True)
class ReadingText:
    """What a page for reading shows.

    Attributes:
        html: The rendered text.
        sources: The sources that it cites, as the bibliography prints them.
        words: Its length.
        problems: What will not print as its author thinks, in sentences.
    """

    html: SafeString
    sources: list[formatting.Formatted]
    words: int
    headings: list[markup.Heading]
    problems: list[str]


class Addresses:
    """Where what a text refers to is found: on the pages of its profile."""

    def __init__(self, profile: Profile) -> None:
        self._slug = profile.slug

    def section(self, key: str) -> str:
        """Return the address of a section."""
        return reverse("section", args=[self._slug, key])

    def picture(self, sha256: str) -> str:
        """Return the address of the file of a picture."""
        return reverse("picture_file", args=[self._slug, sha256, "small"])


def reading_text(
    section: Section, revision: Revision, *, addresses: Addresses | None = None
) -> ReadingText:
    """Render a submitted text with the tables and pictures it places and the sources it cites."""
    return rendered_text(section, revision.text, revision.shown_pictures, addresses=addresses)


def rendered_text(
    section: Section,
    text: str,
    submitted: Mapping[str, Shown] | None = None,
    *,
    charts: bool = True,
    addresses: Addresses | None = None,
) -> ReadingText:
    """Render a text that belongs to a section.

    Args:
        section: The section.
        text: The text.
        submitted: The pictures that were submitted with it; None for those of the register.
        charts: Whether charts are drawn; without, their figures stand as a table.
        addresses: Where other sections and pictures are found, if not on the pages of the profile.
    """
    profile, language = section.profile, section.profile.language
    found_at = addresses or Addresses(profile)
    pictures = submitted
    if pictures is None:
        pictures = pictures_by_key(profile, markup.placed_pictures(text))
    tables = tables_by_key(profile, markup.placed_tables(text))
    of_pictures = [one.source for one in pictures.values() if one.source]
    found = sources_by_key(profile, [*markup.cited_keys(text), *of_pictures])
    sources = {key: reference_of(source) for key, source in found.items()}
    citations = {key: formatting.citation(source, language) for key, source in sources.items()}
    rendered = markup.render(
        text,
        citations=citations,
        exhibits=markup.Exhibits(
            table=lambda key, block: _drawn(tables.get(key), block),
            figure=lambda key, block: _figure(tables.get(key), block, language, charts=charts),
            refer=_referrer(section, text, found_at),
            image=lambda key, block: _pictured(
                profile, pictures.get(key), block, citations, found_at
            ),
        ),
        chapter=section.number,
    )
    cited = [formatting.entry(sources[key], language) for key in _cited(rendered, pictures)]
    problems = [_in_words(problem) for problem in rendered.problems]
    return ReadingText(rendered.html, cited, markup.word_count(text), rendered.headings, problems)


def _cited(rendered: markup.Rendered, pictures: Mapping[str, Shown]) -> Iterable[str]:
    """Return the sources that are cited, also by pictures that were taken from them."""
    placed = (pictures[one.key].source for one in rendered.figures if one.kind == "image")
    return dict.fromkeys([*rendered.citations, *filter(None, placed)])


def _referrer(
    section: Section, text: str, addresses: Addresses
) -> Callable[[markup.Reference], markup.Target | None]:
    """Return how the references of a text read: two queries, none if it has no references."""
    profile = section.profile
    wanted = markup.references(text)
    places = Places(profile) if wanted else None

    def refer(reference: markup.Reference) -> markup.Target | None:
        found = places.find(reference, key=section.key, text=text) if places else None
        if found is None:
            return None
        address = f"#{found.block}" if found.block else ""
        if found.section.key != section.key:
            address = f"{addresses.section(found.section.key)}{address}"
        with translation.override(profile.language):
            return markup.Target(_reference_in_words(reference, found, profile.language), address)

    return refer


def _figure_label(number: str) -> str:
    return pgettext("reference", "Figure %(number)s") % {"number": number}


def _reference_in_words(reference: markup.Reference, place: Place, language: str) -> str:
    """Return what a reference reads on the page, where exhibits carry their keys as numbers."""
    number = {"number": place.number}
    if reference.kind == "table" and reference.words:
        return pgettext("reference", "Table “%(title)s”") % {"title": reference.words}
    if reference.kind == "table":
        return pgettext("reference", "Table %(number)s") % number
    if reference.kind == "figure":
        return _figure_label(place.number)
    if place.number:
        return pgettext("reference", "section %(number)s") % number
    title = reference.words or place.section.template_section.title_in(language)
    return pgettext("reference", "“%(title)s”") % {"title": title}


#: Code of a problem of the text → the sentence for its author.
_PROBLEMS: Mapping[str, "str | Promise"] = {
    "unknown_source": gettext_lazy("The source “%(detail)s” is not in the bibliography."),
    "unknown_table": gettext_lazy("There is no data table “%(detail)s”."),
    "unknown_figure": gettext_lazy(
        "There is no data table “%(detail)s” that a figure can be drawn from."
    ),
    "unknown_image": gettext_lazy("There is no picture “%(detail)s”."),
    "unknown_reference": gettext_lazy("%(detail)s leads nowhere: there is nothing of that name."),
    "too_long": gettext_lazy("The text is too long to be printed: %(detail)s characters."),
    "too_deep": gettext_lazy("Lists and boxes stand more than %(detail)s deep in one another."),
    "table_too_large": gettext_lazy("A table is larger than %(detail)s rows and columns."),
    "paragraph_too_long": gettext_lazy(
        "A paragraph of %(detail)s characters is too long for its markup to be read."
    ),
}


def _in_words(problem: markup.Problem) -> str:
    return str(_PROBLEMS[problem.code]) % {"detail": problem.detail}


_HEADING = re.compile(r'<(h[34]) id="(\w+)".*?</\1>', re.DOTALL)


def with_permalinks(text: ReadingText) -> ReadingText:
    """Return a text whose headings have their own address beside them."""
    titles = {heading.id: heading.text for heading in text.headings}

    def linked(match: re.Match[str]) -> str:
        name = _("Address of “%(heading)s”") % {"heading": titles.get(match[2], "")}
        link = format_html(
            '<a class="permalink" href="#{}" aria-label="{}" title="{}">#</a>',
            *(match[2], name, name),
        )
        return f'<div class="headed">{match.group()}{link}</div>'

    # The text is safe already, and what is added is escaped.
    html = mark_safe(_HEADING.sub(linked, text.html))  # noqa: S308
    return replace(text, html=html)


def compared_html(section: Section, version: Revision | Version) -> SafeString:
    """Render all that a text says, as it is compared with another one."""
    found = SafeString("")
    if version.nothing_found:
        found = format_html(
            '<p>{}</p><p dir="auto">{} {}</p>',
            _("Nothing was found."),
            _("Searched:"),
            version.searched,
        )
    pictures = version.shown_pictures if isinstance(version, Revision) else version.pictures
    return found + rendered_text(section, version.text, pictures, charts=False).html


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of a data table, ready to be shown."""

    item: DataItem
    value: str


def _drawn(table: DataTable | None, block: str) -> str | None:
    if table is None:
        return None
    rows = [Row(item, figure_in_words(item)) for item in table.items.all()]
    return render_to_string(
        "profile_workflow/parts/_data_table.html", {"table": table, "rows": rows, "block": block}
    )


def _figure(table: DataTable | None, block: str, language: str, *, charts: bool) -> str | None:
    """Draw the chart of a table, as the report prints it, with its figures behind it."""
    if table is None or not charts:
        return _drawn(table, block)
    chart = draw_chosen(
        table.chart, charted(table), name=block, title=table.title, language=language
    )
    if chart is None:
        return None
    context = {"table": table, "chart": chart, "block": block, "behind": _drawn(table, "")}
    return render_to_string("profile_workflow/parts/_figure.html", context)


def _pictured(
    profile: Profile,
    picture: Shown | None,
    block: str,
    citations: Mapping[str, str],
    addresses: Addresses,
) -> str | None:
    if picture is None:
        return None
    with translation.override(profile.language):
        label = _figure_label(picture.key)
    context = {
        "address": addresses.picture(picture.sha256),
        "picture": picture,
        "block": block,
        "origin": origin_of(picture, citations),
        "label": label,
    }
    return render_to_string("profile_workflow/parts/_picture.html", context)


def origin_of(picture: Shown, citations: Mapping[str, str]) -> str:
    """Return where a picture comes from, as it is printed below it: source, credit, licence."""
    cited = citations.get(picture.source, "")
    page = f", {picture.page}" if cited and picture.page else ""
    return "; ".join(filter(None, (f"{cited}{page}", picture.credit, picture.licence)))


#: Units that only say that something is counted: "16 number" is not how people say it.
_COUNTED = frozenset({"number", "nombre", "عدد"})


def figure_in_words(item: DataItem) -> str:
    """Return the value of a figure with its unit, or that there is none."""
    unit = "" if item.unit in _COUNTED else f" {item.unit}"
    if item.value is not None:
        return f"{_number(item.value)}{unit}"
    if item.value_low is not None and item.value_high is not None:
        return f"{_number(item.value_low)}–{_number(item.value_high)}{unit}"
    return item.text or _("not available")


def _number(value: Decimal) -> str:
    plain = value.normalize()
    places = max(0, -int(plain.as_tuple().exponent))
    return number_format(plain, decimal_pos=places, use_l10n=True, force_grouping=True)
