"""The annex of comments and answers: the response table as its reader may see it, on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from profile_workflow import calendars, days
from profile_workflow.models import City, Profile
from profile_workflow.queries import responses as queries
from profile_workflow.queries.responses import Response, Wanted
from reports.builds.cover import in_colours
from reports.builds.pages import style_sheet
from reports.context.brand import read_brand
from reports.errors import BuildFailed
from reports.labels import direction, labels
from reports.models import Build
from reports.pdf.job import Job, Part


def scope_of(wanted: Wanted) -> dict[str, Any]:
    """Return which comments an annex is to hold, as ``Build.scope`` keeps it."""
    return asdict(wanted)


def annex_of(build: Build) -> Job:
    """Return the job of an annex, as whoever asked for it may read it now.

    Raises:
        BuildFailed: If there is nothing in it that he may read.
    """
    assert build.requested_by is not None
    # Read anew: what is kept from somebody is kept with the instance that was asked.
    profile = Profile.objects.select_related("programme", "city").get(pk=build.profile_id)
    viewer, wanted = build.requested_by, Wanted(**build.scope)
    with translation.override(build.language):
        rounds = queries.rounds_of(profile) if wanted.round else ()
        found = queries.table_of(profile, wanted, viewer=viewer, rounds=rounds)
        remarks = queries.responses(list(found), profile, viewer=viewer)
        if not remarks:
            raise BuildFailed("no_comments")
        return _job(profile, remarks, build.language, build.created_at)


def _job(profile: Profile, remarks: Sequence[Response], language: str, at: datetime) -> Job:
    title, way = title_of(profile), direction(language)
    brand = read_brand(profile, language)
    sheets = ["report.css", *(["report-rtl.css"] if way == "rtl" else [])]
    sheets += ["report-small.css", "report-matrix.css"]
    number, section, comment, _decision, answer, state = head()
    table: Mapping[str, Any] = {
        "programme": profile.programme.name_in(language),
        "title": title,
        "labels": labels(language),
        "direction": way,
        "heading": _("Comments and responses"),
        "made": made_on(at, profile.city, language),
        "head": (number, section, comment, answer, state),
        "remarks": remarks,
    }
    return Job(
        language=language,
        direction=way,
        title=title,
        authors=(),
        description=title,
        keywords=(),
        moment=at.replace(hour=0, minute=0, second=0, microsecond=0).isoformat(),
        front="",
        parts=(Part(_("Comments and responses"), render_to_string("reports/matrix.html", table)),),
        styles=tuple(in_colours(style_sheet(name), brand) for name in sheets),
        footer=f"{profile.programme.name_in(language)} · {title}",
    )


def title_of(profile: Profile) -> str:
    """Return the title of a document with the response table of a profile."""
    return f"{profile.title} {profile.edition}"


def made_on(at: datetime, city: City, language: str) -> str:
    """Say of which day of the city the table is, in the language in force, which is given too."""
    day = days.in_words(calendars.day_of(at, city), language)
    return _("Comments and responses, as they stood on %(day)s.") % {"day": day}


def head() -> list[str]:
    """Return what stands over the six columns, in the language in force."""
    return [_("Number"), _("Section"), _("Comment"), _("Decision"), _("Answer"), _("State")]


def cells(remark: Response) -> list[str]:
    """Return a comment in the columns of ``head``; by whom it is as its reader may know.

    The comment with its replies is one text of several lines.
    """
    one = remark.comment
    said = [f"{one.get_kind_display()} – {remark.by.name}"]
    if one.quote:
        said.append(f"“{one.quote}”")
    if one.replaces:
        said.append(f"→ {one.replacement or _('(leave out)')}")
    said.append(one.text)
    said += [f"{each.by.name}: {each.reply.text}" for each in remark.replies]
    return [
        str(one.pk),
        str(one.section),
        "\n".join(part for part in said if part),
        remark.verdict,
        one.answer,
        one.get_state_display(),
    ]
