"""What a correction changed since the version before, section by section and figure by figure."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from profile_workflow.models import Profile, Revision
from profile_workflow.web.reading import compared_html
from profile_workflow.web.redline import redline
from reports.builds.compared import challenges_changed, priorities_changed, tables_changed
from reports.builds.data import profile_data
from reports.builds.reading import compared_with
from reports.context import Material, Report, report_from
from reports.context.record import texts_of
from reports.editions import Changes, NotAsPublished, SectionChange, read
from reports.models import Build, Publication

#: Links and pictures of the site where the text is written lead nowhere from the web edition.
_INNER = re.compile(r"</?(?:a|img)\b[^>]*>")
#: The file by which what is no text is compared.
_DATA = "profile.json"
_TELLING_KINDS = (
    Build.Kind.CONSULTATION,
    Build.Kind.PUBLICATION,
    Build.Kind.WORD,
    Build.Kind.EBOOK,
)


def changes_told(profile: Profile, material: Material, *, kind: str) -> Changes | None:
    """Return what a file tells of a correction, if it prints the submitted text whole.

    Args:
        profile: The profile.
        material: What was read of it for the file.
        kind: A ``Build.Kind``.
    """
    return changes_since_published(profile, material) if kind in _TELLING_KINDS else None


def changes_since_published(profile: Profile, material: Material) -> Changes | None:
    """Return what a correction changes in what has been published; None if nothing has been.

    Args:
        profile: The profile.
        material: What was read of its submitted text.
    """
    before = compared_with(profile, material.language, but=profile.version_to_come)
    if before is None:
        return None
    report = report_from(material)
    data = json.loads(profile_data(material, report))
    with translation.override(report.language[:2]):
        sections = tuple(_sections(profile, before, report))
    old = _data_of(before)
    return Changes(
        since=before.version,
        sections=sections,
        tables=tuple(tables_changed(old, data, report.language)) if old else (),
        unchanged=len(report.chapters) - len(sections),
        entries=(*challenges_changed(old, data), *priorities_changed(old, data)) if old else (),
        is_data_compared=bool(old),
    )


def _data_of(before: Publication) -> Mapping[str, Any]:
    """Return the data of a version; nothing if its file is not there any more, or not the same."""
    kept = before.files.filter(path=_DATA).first()
    try:
        found: Mapping[str, Any] = json.loads(read(kept.file.name, kept.sha256)) if kept else {}
    except NotAsPublished:
        return {}
    return found


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
        text = _INNER.sub("", html)
        yield SectionChange(one.anchor, name, found.changes, text, found.too_long)
