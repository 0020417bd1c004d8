"""States, dates and delays in words, so that colour is never the only sign."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from profile_workflow import languages
from profile_workflow.days import role_day
from profile_workflow.models import Section, User
from profile_workflow.queries.blindness import veil_of
from profile_workflow.queries.history import move_label
from profile_workflow.queries.profiles import MOST_REMARKS, Remark
from profile_workflow.states import (
    CommentState,
    DataItemState,
    InvitationState,
    ProfileState,
    RequestState,
    SectionState,
    SignOffState,
)

register = template.Library()
register.filter("language_name", languages.own_name)

#: Days before a deadline from which on it is marked as near.
SOON = 3


def _tones(**states: Iterable[str]) -> dict[str, str]:
    return {str(state): tone for tone, several in states.items() for state in several}


#: State → its tint and its shape: work going on, somebody judges, sent back, done, paused, over.
#: The style sheet knows both; a state that is not named has an empty circle and no tint.
TONES: Mapping[str, str] = _tones(
    work=(
        ProfileState.INCEPTION,
        ProfileState.DRAFTING,
        ProfileState.PRIORITY_SETTING,
        ProfileState.PRODUCTION,
        SectionState.DRAFTING,
        DataItemState.RECEIVED,
    ),
    judged=(
        ProfileState.EXPERT_REVIEW,
        ProfileState.PROJECT_QA,
        ProfileState.CONSULTATION,
        ProfileState.SIGNOFF,
        ProfileState.PRIORITIES_ADOPTED,
        SectionState.UNDER_REVIEW,
        RequestState.ANSWERED,
        InvitationState.INTEREST_DECLARED,
    ),
    back=(
        ProfileState.REVISION_EXPERT,
        ProfileState.REVISION_QA,
        ProfileState.REVISION_VALIDATION,
        ProfileState.CORRECTION,
        ProfileState.UPDATE_DUE,
        SectionState.CHANGES_REQUESTED,
        SectionState.REOPENED,
        CommentState.OPEN,
        RequestState.ASKED_BACK,
        InvitationState.DATE_PROPOSED,
        InvitationState.DECLINED,
        InvitationState.BARRED,
        SignOffState.OBJECTED,
        DataItemState.IN_CONFLICT,
        DataItemState.STALE,
    ),
    done=(
        ProfileState.VALIDATED,
        ProfileState.PUBLISHED,
        SectionState.READY,
        SectionState.ACCEPTED,
        SectionState.LOCKED,
        CommentState.VERIFIED,
        SignOffState.APPROVED,
        SignOffState.TACIT,
        DataItemState.RECONCILED,
        DataItemState.PUBLISHED_AS_RANGE,
        DataItemState.NOT_AVAILABLE,
        RequestState.UNAVAILABLE,
    ),
    paused=(ProfileState.ON_HOLD,),
    over=(ProfileState.CANCELLED, ProfileState.SUPERSEDED, RequestState.WITHDRAWN),
)


@register.simple_tag(takes_context=True)
def state(context: Context, document: Any) -> SafeString:
    """Show the state of a document as a tag with its name.

    Of a section not, if that tells the reader what another one has decided whom he may not follow.
    """
    viewer = getattr(context.get("request"), "user", None)
    if isinstance(document, Section) and isinstance(viewer, User):
        veil = veil_of(document.profile, viewer)
        if veil is not None and veil.hides_state(document):
            return state_tag("judged", _("Judged"))
    return state_tag(document.state, document.get_state_display())


@register.simple_tag
def state_tag(code: str, label: str) -> SafeString:
    """Show a state as a tag with its name."""
    return format_html('<span class="tag tag-{}">{}</span>', TONES.get(code, "idle"), label)


@register.simple_tag
def request_entry(move: str) -> str:
    """Say what somebody did with a request for input."""
    return move_label("input_request", move)


@dataclass(frozen=True, slots=True)
class Lateness:
    """How far away a deadline is, in words.

    Attributes:
        words: E.g. "12 days late".
        tone: ``late``, ``soon`` or ``later``.
    """

    words: str
    tone: str


def lateness(due_at: datetime, at: datetime, zone: tzinfo) -> Lateness:
    """Say how far a deadline is away, counted in days of the place where it was set."""
    days = (due_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    if due_at < at:
        return Lateness(_late(-days), "late")
    return Lateness(_ahead(days), "soon" if days <= SOON else "later")


def _late(days: int) -> str:
    if days == 0:
        return _("late since today")
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def _ahead(days: int) -> str:
    if days < 2:
        return _("tomorrow") if days else _("today")
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}


@register.simple_tag
def due(due_at: datetime | None, at: datetime, zone_name: str, paused: bool = False) -> SafeString:
    """Show a deadline as a day of the city, and how far it is away; nothing if there is none."""
    if due_at is None:
        return SafeString("")
    zone = ZoneInfo(zone_name)
    local = due_at.astimezone(zone)
    # A deadline is the last second of a day; "at 23:59:59" would say less than the day does.
    day = format_html(
        '<time datetime="{}" title="{}"><bdi>{}</bdi></time>',
        local.isoformat(timespec="seconds"),
        zone_name,
        date_format(local, "DATE_FORMAT"),
    )
    if paused:
        return format_html('{} <span class="tag tag-paused">{}</span>', day, _("on hold"))
    told = lateness(due_at, at, zone)
    return format_html('{} <span class="tag tag-{}">{}</span>', day, told.tone, told.words)


@register.simple_tag
def due_day(day: date | None, at: datetime, zone_name: str, paused: bool = False) -> SafeString:
    """Show a day on which something is due in a city, and how far it is away."""
    if day is None:
        return SafeString("–")
    return due(datetime.combine(day, time.max, ZoneInfo(zone_name)), at, zone_name, paused)


@register.simple_tag
def comma() -> str:
    """Part two things of one line by the comma of the reader's language."""
    return pgettext("between two things of one line", ", ")


@register.simple_tag
def last_day(day: date, at: datetime) -> SafeString:
    """Show the last day of a part, and how far it is away if it is still to come."""
    shown = _time(day.isoformat(), date_format(day, "DATE_FORMAT"))
    days = (day - role_day(at)).days
    if days < 0:
        return shown
    return format_html('{} <span class="small-print">({})</span>', shown, _ahead(days))


@register.simple_tag
def moment(
    value: datetime | None, day_only: bool = False, time_only: bool = False, zone: str = ""
) -> SafeString:
    """Show when something happened, in the zone of the reader.

    Args:
        value: When.
        day_only: Whether to show the day alone.
        time_only: Whether to show the time of day alone.
        zone: Name of the zone whose day it is: that of the city, where the time of day is kept from
            the reader, who could find it out by moving his own zone.
    """
    if value is None:
        return SafeString("")
    local = timezone.localtime(value, ZoneInfo(zone) if zone else None)
    if time_only:
        return _time(local.isoformat(timespec="seconds"), date_format(local, "H:i"))
    if day_only:
        day = local.date().isoformat()
        return _time(day, date_format(local, "DATE_FORMAT"))
    # Put together here: the date and time formats of some languages are those of English.
    words = f"{date_format(local, 'DATE_FORMAT')} {date_format(local, 'H:i')}"
    return _time(local.isoformat(timespec="seconds"), words)


def _time(machine: str, words: str) -> SafeString:
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', machine, words)


@register.filter
def age(value: datetime | None, at: datetime) -> str:
    """Return for how many days something has lasted, in words; days are those of the reader."""
    if value is None:
        return ""
    days = max(0, (timezone.localdate(at) - timezone.localdate(value)).days)
    if days == 0:
        return _("since today")
    return ngettext("for %(days)s day", "for %(days)s days", days) % {"days": days}


@register.simple_tag
def colon() -> str:
    """Return the colon after a label; in French a space that does not break stands before it."""
    return pgettext("after a label", ":")


@register.filter
def short_hash(value: str) -> str:
    """Return the first characters of a hash, enough to compare by eye."""
    return value[:10]


@register.filter
def how_many(remarks: Sequence[Remark]) -> str:
    """Return how many comments a list shows; of a full list, which may lack some, with a plus."""
    number = len(remarks)
    return f"{number}+" if number >= MOST_REMARKS else str(number)
