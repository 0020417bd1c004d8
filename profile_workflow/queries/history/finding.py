"""Which events a reader wants and may see."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy

from profile_workflow.models import (
    AMONG_AUTHORS,
    Comment,
    DataItem,
    Event,
    InputRequest,
    Profile,
    SignOff,
    User,
)
from profile_workflow.queries.attribution import may_see_names
from profile_workflow.queries.blindness import veil_of
from profile_workflow.queries.drafting import sees_working_text
from profile_workflow.queries.history.words import Kind
from profile_workflow.queries.invitations import invitations_seen_by
from profile_workflow.queries.requests import requests_seen_by, sees_all_requests
from profile_workflow.queries.staffing import substitutions_to_come
from profile_workflow.states import AUTHOR_ROLES, Attribution, Role


class Subject(TextChoices):
    """What a reader looks for in a history."""

    MOVES = "moves", gettext_lazy("Moves of the profile and its sections")
    COMMENT = "comment", gettext_lazy("Comments")
    SIGN_OFF = "sign_off", gettext_lazy("Sign-offs")
    WORKSHOP = "workshop", gettext_lazy("Workshops")
    PEOPLE = "people", gettext_lazy("People and tasks")
    FIGURES = "figures", gettext_lazy("Figures and sources")
    REQUESTS = "requests", gettext_lazy("Requests for input")
    QUALITY = "quality", gettext_lazy("Checks of quality")
    BUILD = "build", gettext_lazy("PDFs")


#: Subject → first words of the documents that belong to it. PDFs have no events.
_DOCUMENTS_OF: dict[str, tuple[str, ...]] = {
    Subject.MOVES: (
        *("profile", "section", "guidance", "review_round", "validation_round", "version"),
    ),
    Subject.COMMENT: ("comment",),
    Subject.SIGN_OFF: ("sign_off",),
    Subject.WORKSHOP: ("workshop",),
    Subject.PEOPLE: ("assignment", "invitation", "task"),
    Subject.FIGURES: ("data_item", "evidence"),
    Subject.REQUESTS: ("input_request",),
    Subject.QUALITY: ("check",),
    Subject.BUILD: (),
}

#: Kinds whose events may tell who gave an answer.
_ANSWERS = (Kind.COMMENT, Kind.SIGN_OFF)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see of a history; empty values leave nothing out.

    Attributes:
        person: Id of who did it.
        kind: A ``Subject``.
        section: Key of the section it is about.
        since: First day, in the zone of the reader; for what is told by its day, of the city.
        until: Last day.
        number: Number of the only event that is wanted.
    """

    person: int | None = None
    kind: str = ""
    section: str = ""
    since: date | None = None
    until: date | None = None
    number: int | None = None

    def within(self, field: str, zone: tzinfo | None = None) -> Q:
        """Return the condition that a moment lies between the two days, in the reader's zone."""
        condition = Q()
        if self.since is not None:
            condition &= Q(**{f"{field}__gte": _midnight(self.since, zone)})
        if self.until is not None and self.until < date.max:
            condition &= Q(**{f"{field}__lt": _midnight(self.until + timedelta(days=1), zone)})
        return condition

    def within_told(self, profile: Profile, *, viewer: User) -> Q:
        """Return the condition that an event was within the days, as the reader is told of it.

        What he is told by its day is found by the city's: else he could find out the time of day by
        moving his own zone.
        """
        if self.since is None and self.until is None:
            return Q()
        by_day = told_by_day(profile, viewer=viewer)
        in_city = self.within("at", ZoneInfo(profile.city.time_zone))
        return (by_day & in_city) | (~by_day & self.within("at"))


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), zone)


def events_of(profile: Profile, wanted: Wanted, *, viewer: User) -> "QuerySet[Event, int]":
    """Return the numbers of the events that a reader wants, newest first.

    Asking for one person finds only what shows that person's name to the reader, so that a filter
    cannot tell who gave an answer; asking for a number finds nothing that is told by its day alone,
    and nothing at all where gaps between the numbers would tell what others have judged.
    Requests for input are told to those who may see them.
    """
    events = _told_to(viewer, profile).filter(wanted.within_told(profile, viewer=viewer))
    if wanted.number is not None:
        told_apart = events.exclude(told_by_day(profile, viewer=viewer))
        is_veiled = veil_of(profile, viewer) is not None
        # No event has the number 0.
        events = told_apart.filter(seq=0 if is_veiled else wanted.number)
    if wanted.kind:
        events = events.filter(_is_about(wanted.kind))
    if wanted.section:
        events = events.filter(document__in=_documents_about(profile, wanted.section))
    if wanted.person is not None:
        person = User.objects.filter(pk=wanted.person).values("pseudonym")[:1]
        events = events.filter(actor=person)
        if wanted.person != viewer.pk and not may_see_names(viewer, profile):
            events = events.exclude(_may_hide_a_name())
    return events.order_by("-seq").values_list("seq", flat=True)


def _told_to(viewer: User, profile: Profile) -> "QuerySet[Event]":
    """Return the events of a profile that a reader may know of.

    Left out are comments among authors, requests and invitations that he may not see, and the end
    of substitutions that never began. That an answer came by link, or was entered from paper,
    stands beside the comments that came with it, so that it would tie them to an objection: it is
    for those who see every name.
    """
    events = Event.objects.filter(profile=profile)
    veil = veil_of(profile, viewer)
    if veil is not None:
        events = events.exclude(veil.events)
    if not sees_working_text(profile, viewer):
        private = Comment.objects.filter(AMONG_AUTHORS, section__profile=profile)
        keys = private.order_by("pk").values_list("pk", flat=True)
        events = events.exclude(document__in=[f"{Kind.COMMENT}:{pk}" for pk in keys])
    if not may_see_names(viewer, profile):
        to_come = substitutions_to_come(profile, on=profile.day)
        unknown = [f"{Kind.ASSIGNMENT}:{pk}" for pk in sorted(to_come)]
        events = events.exclude(document__in=unknown, move="end_part")
        events = events.exclude(move__in=("send_by_link", "enter_paper"))
        mine = invitations_seen_by(profile, viewer).values_list("pk", flat=True)
        known = Q(document__in=[f"{Kind.INVITATION}:{pk}" for pk in mine])
        events = events.filter(~Q(document__startswith=f"{Kind.INVITATION}:") | known)
    if sees_all_requests(profile, viewer):
        return events
    seen = requests_seen_by(profile, viewer).order_by("pk").values_list("pk", flat=True)
    own = Q(document__in=[f"{Kind.INPUT_REQUEST}:{pk}" for pk in seen])
    return events.filter(~Q(document__startswith=f"{Kind.INPUT_REQUEST}:") | own)


def told_by_day(profile: Profile, *, viewer: User) -> Q:
    """Return the condition that a reader is told the day of an event, and not who did it and when.

    It holds where ``Line.exact`` does not. Such events have no number and no order within the day:
    what one person sent at once stands next to each other in the log. Two queries.
    """
    if may_see_names(viewer, profile):
        return Q(pk__in=())
    condition = Q(pk__in=())
    for who, documents in _said_by(profile).items():
        condition |= Q(actor=who, document__in=documents)
    if profile.attribution != Attribution.NAMED:
        replies = Q(document__startswith=f"{Kind.COMMENT}:", move="reply")
        condition |= Q(role=Role.STAKEHOLDER) | replies & ~Q(role__in=AUTHOR_ROLES)
    return condition & ~Q(actor=viewer.pseudonym)


def _said_by(profile: Profile) -> dict[UUID, list[str]]:
    """Return pseudonym → the comments and answers of a person that are shown without his name."""
    named = Attribution.NAMED
    comments = Comment.objects.filter(section__profile=profile).exclude(attribution=named)
    answers = SignOff.objects.filter(round__profile=profile).exclude(round__attribution=named)
    said: dict[UUID, list[str]] = {}
    for pk, who in comments.order_by("pk").values_list("pk", "author__pseudonym"):
        said.setdefault(who, []).append(f"{Kind.COMMENT}:{pk}")
    for pk, who in answers.order_by("pk").values_list("pk", "person__pseudonym"):
        said.setdefault(who, []).append(f"{Kind.SIGN_OFF}:{pk}")
    return said


def _is_about(subject: str) -> Q:
    condition = Q(pk__in=())
    for kind in _DOCUMENTS_OF[subject]:
        condition |= Q(document=kind) | Q(document__startswith=f"{kind}:")
    return condition


def _may_hide_a_name() -> Q:
    hidden = Q(role=Role.STAKEHOLDER)
    for kind in _ANSWERS:
        hidden |= Q(document__startswith=f"{kind}:")
    return hidden


def _documents_about(profile: Profile, key: str) -> list[str]:
    comments = Comment.objects.filter(section__profile=profile, section__key=key)
    figures = DataItem.objects.filter(table__section__profile=profile, table__section__key=key)
    requests = InputRequest.objects.filter(profile=profile, section__key=key).order_by("pk")
    return [
        f"{Kind.SECTION}:{key}",
        f"{Kind.GUIDANCE}:{key}",
        *(f"{Kind.COMMENT}:{pk}" for pk in comments.order_by("pk").values_list("pk", flat=True)),
        *(f"{Kind.DATA_ITEM}:{pk}" for pk in figures.order_by("pk").values_list("pk", flat=True)),
        *(f"{Kind.INPUT_REQUEST}:{pk}" for pk in requests.values_list("pk", flat=True)),
    ]


def people_in(profile: Profile, *, viewer: User) -> list[User]:
    """Return the people whose names a reader may look for in a history, by name."""
    events = _told_to(viewer, profile).filter(actor__isnull=False)
    if not may_see_names(viewer, profile):
        events = events.exclude(_may_hide_a_name())
    actors = events.values("actor").distinct()
    return list(User.objects.filter(pseudonym__in=actors).order_by("full_name", "pk"))
