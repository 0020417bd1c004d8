"""What a correction changed since the version before, section by section and figure by figure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping

from django.template.loader import render_to_string
from django.utils import translation

from profile_workflow.models import Profile, Revision
from profile_workflow.web.reading import compared_html
from profile_workflow.web.redline import redline
from reports.builds.reading import compared_with
from reports.context import Report
from reports.context.record import texts_of
from reports.editions import Changes, SectionChange, TableChange
from reports.models import Publication

#: Links and pictures of the site where the text is written lead nowhere from the web edition.
_INNER = re.compile(r"</?(?:a|img)\b[^>]*>")
#: What is compared of a figure, and by what it is found again.
_COMPARED = ("value", "low", "high", "text", "unit", "women", "men", "year", "period", "territory")
_NAMED_BY = ("indicator", "label", "territory", "year")


def changes_since_published(profile: Profile, report: Report) -> Changes | None:
    """Return what a report changes in what has been published; None if nothing has been."""
    before = compared_with(profile, report.language)
    if before is None:
        return None
    with translation.override(report.language[:2]):
        sections = tuple(_sections(profile, before, report))
        return Changes(
            since=before.version,
            sections=sections,
            tables=tuple(_tables(before, report)),
            unchanged=len(report.chapters) - len(sections),
        )


def _sections(profile: Profile, before: Publication, report: Report) -> Iterator[SectionChange]:
    old = texts_of(before.profile_version)
    changed = [one for one in report.chapters if old.get(one.key) != one.sha256]
    if not changed:
        return
    related = profile.sections.select_related("revision", "template_section")
    sections = {one.key: one for one in related.filter(key__in=[one.key for one in changed])}
    content = before.profile_version.content
    ids = {one.key: content.get(one.key, {}).get("revision") for one in changed}
    kept = Revision.objects.select_related("section__profile").in_bulk(
        [pk for pk in ids.values() if pk]
    )
    for one in changed:
        section = sections[one.key]
        section.profile = profile
        was = kept.get(ids[one.key])
        name = f"{one.number} {one.title}".strip()
        if was is None or section.revision is None:
            yield SectionChange(one.anchor, name, 0, "")
            continue
        found = redline(compared_html(section, was), compared_html(section, section.revision))
        html = render_to_string("reports/web/changes.html", {"found": found})
        yield SectionChange(one.anchor, name, found.changes, _INNER.sub("", html))


def _tables(before: Publication, report: Report) -> Iterator[TableChange]:
    kept = {one.path: one for one in before.files.filter(path__startswith="table-")}
    for file in report.data_files:
        if file.name not in kept:
            continue
        with kept[file.name].file.open("rb") as opened:
            old = _figures(opened.read().decode())
        rows = tuple(_different(old, _figures(file.content)))
        if rows:
            yield TableChange(file.name, file.title, rows)


def _figures(content: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Return what names a figure → its label, and its value in words."""
    found = {}
    for row in csv.DictReader(io.StringIO(content)):
        key = tuple(row[name] for name in _NAMED_BY)
        found[key] = (row["label"], " · ".join(row[one] for one in _COMPARED if row[one]))
    return found


def _different(
    old: Mapping[tuple[str, ...], tuple[str, str]], new: Mapping[tuple[str, ...], tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys([*old, *new]):
        label = (new.get(key) or old[key])[0]
        was, now = old.get(key, ("", ""))[1], new.get(key, ("", ""))[1]
        if was != now:
            yield label, was, now
