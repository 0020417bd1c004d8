"""The people of a profile: who does what, and giving, lending and taking back their parts."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.days import role_day
from profile_workflow.errors import DomainError, MadeAlready, NotAllowed, NotNow
from profile_workflow.forms.people import (
    InviteForm,
    OwnSubstituteForm,
    PartForm,
    ReasonForm,
    SearchForm,
    SubstituteForm,
)
from profile_workflow.models import Assignment, Profile, User
from profile_workflow.queries import staffing
from profile_workflow.queries.invitations import open_invitations_of
from profile_workflow.queries.profiles import open_round, people_of
from profile_workflow.queries.validation import parts_to_ask
from profile_workflow.services import accounts
from profile_workflow.services import people as service
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role, ValidationKind
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine, notifications, queries
from workflows.executors import get_executor
from workflows.letters import AccountMail
from workflows.queries.staffing import Load


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody with a part, how much he has to do, and whether he can still be consulted."""

    given: staffing.PartLine
    load: Load
    may_be_asked: bool


@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who does what; to the project team with workload and what can be changed."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    at = timezone.now()
    context = {
        "profile": profile,
        "own": staffing.own_parts(profile, viewer, on=role_day(at)),
        "at": at,
    }
    if not service.may_manage(profile, viewer):
        shown = people_of(profile, viewer=viewer, on=role_day(at))
        lent = staffing.substitutes_now(profile, viewer, on=role_day(at))
        found = {**context, "shown": shown, "lent": lent}
        return render(request, "workflows/people.html", found)
    staff = staffing.staff_of(profile, on=role_day(at))
    loads = queries.workload(staff.people, at)
    to_ask = _to_ask(profile)
    roles = [(one.role, [_line(line, loads, to_ask) for line in one.lines]) for one in staff.roles]
    found = {**context, "is_team": True, "roles": roles, "ended": staff.ended}
    found["invited"] = open_invitations_of(profile)
    if profile.state == ProfileState.PLANNED:
        found["to_name"] = _to_name(staff)
        found["invited_roles"] = service.invited_roles(profile)
    return render(request, "workflows/people.html", found)


#: Who is named before the inception begins; and who can be added until the consultation.
_NAMED_FIRST = (
    Role.LOCAL_EXPERT,
    Role.INTERNATIONAL_EXPERT,
    Role.FOCAL_POINT,
    Role.CITY_AUTHORITY,
    Role.STAKEHOLDER,
    Role.OBSERVER,
)


def _to_name(staff: staffing.Staff) -> list[tuple[Role, int]]:
    """Return the roles to be filled after a profile was started, with how many hold each."""
    held = {one.role: len(one.lines) for one in staff.roles}
    return [(role, held.get(role, 0)) for role in _NAMED_FIRST]


def _to_ask(profile: Profile) -> set[int] | None:
    """Return the parts whose holders the open consultation has not asked; None if none is open."""
    asking = open_round(profile)
    if asking is None or asking.round.kind != ValidationKind.CONSULTATION:
        return None
    stakeholders = parts_to_ask(profile, ValidationKind.CONSULTATION).filter(role=Role.STAKEHOLDER)
    late = stakeholders.exclude(user__in=asking.round.signoffs.values("person"))
    return set(late.values_list("pk", flat=True))


def _line(given: staffing.PartLine, loads: dict[int, Load], to_ask: set[int] | None) -> Line:
    part = given.part
    return Line(given, loads.get(part.user_id, Load()), part.pk in (to_ask or ()))


def _team_or_refusal(profile: Profile, viewer: User) -> Refusal | None:
    """Return why a page for the project team is closed to somebody."""
    if service.may_manage(profile, viewer):
        return None
    sentence = _("Only the project team of the programme gives parts and takes them back.")
    return Refusal(NotAllowed.status, sentence)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Look for somebody with an account, choose him, and by POST give him a part."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = _team_or_refusal(profile, viewer)
    if closed is not None:
        return _page(request, profile, "people_add", {"refusal": closed})
    search = SearchForm(request.GET)
    chosen = User.objects.filter(pk=search.chosen or 0, is_active=True).first()
    context: dict[str, object] = {"search": search, "chosen": chosen}
    if chosen is None:
        found, has_more = staffing.find_people(search.words)
        loads = queries.workload([one.pk for one in found], timezone.now())
        context |= {
            "found": [(one, loads.get(one.pk, Load())) for one in found],
            "has_more": has_more,
        }
        return _page(request, profile, "people_add", context)
    form = PartForm(
        request.POST or None,
        consultation_is_open=_to_ask(profile) is not None,
        invited=service.invited_roles(profile),
        initial={"role": search.for_role},
    )
    context |= {"form": form, "is_invited": bool(service.invited_roles(profile))}
    if request.method != "POST":
        return _page(request, profile, "people_add", context)
    refusal = _give_part(form, profile, partial(_the_same, chosen), by=viewer)
    if refusal is None:
        messages.success(request, _("%(person)s has the part now.") % {"person": chosen.full_name})
        return redirect("people", slug=slug)
    return _page(request, profile, "people_add", {**context, "refusal": refusal})


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the name and address of somebody new; by POST open an account and give the part."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = _team_or_refusal(profile, viewer)
    if closed is not None:
        return _page(request, profile, "people_invite", {"refusal": closed})
    form = InviteForm(
        request.POST or None,
        consultation_is_open=_to_ask(profile) is not None,
        invited=service.invited_roles(profile),
        initial={"language": profile.language},
    )
    if request.method != "POST":
        return _page(request, profile, "people_invite", {"form": form})
    try:
        opened = partial(_open_account, form, profile, viewer)
        refusal = _give_part(form, profile, opened, by=viewer)
    except MadeAlready as error:
        messages.info(request, str(error))
        return redirect("people", slug=slug)
    if refusal is None:
        told = _("The account is open, and a mail with the link to set a password is on its way.")
        messages.success(request, told)
        return redirect("people", slug=slug)
    return _page(request, profile, "people_invite", {"form": form, "refusal": refusal})


def _open_account(form: PartForm, profile: Profile, by: User) -> User:
    given = form.cleaned_data
    held = profile.assignments.filter(ends_on__isnull=True, stands_in_for=None)
    wanted = held.filter(user__email=given["email"].lower(), role=given["role"])
    same = wanted.select_related("user").first()
    if service.may_manage(profile, by) and same is not None:
        told = _(
            "%(person)s has this role already, and got no further mail. Whoever has lost the link "
            "to set a password asks for another one on the page to sign in."
        )
        raise MadeAlready(told % {"person": same.user.full_name}, made=same)
    person = accounts.open_account(
        profile,
        email=given["email"],
        full_name=given["full_name"],
        language=given["language"],
        by=by,
    )
    job = notifications.account_letter(
        person, AccountMail.INVITATION, at=timezone.now(), profile_id=profile.pk
    )
    get_executor().enqueue([job])
    return person


def _the_same(person: User) -> User:
    return person


def _give_part(
    form: PartForm, profile: Profile, person: Callable[[], User], *, by: User
) -> Refusal | None:
    """Give a part, and ask for an answer where that is wanted: both or nothing.

    Raises:
        MadeAlready: If somebody who is invited has the part already.
    """
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    given, at = form.cleaned_data, timezone.now()
    try:
        with transaction.atomic():
            part = Part(person(), Role(given["role"]), given["category"])
            made = service.assign(profile, [part], by=by, at=at)
            if given.get("ask_now") and made:
                engine.add_stakeholder(made[0], by=by, at=at)
    except MadeAlready:
        # Nothing is wrong with the form, as it would be with other errors of this family.
        raise
    except DomainError as error:
        return refused(form, error, beside="email" if "email" in form.fields else "role")
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, slug: str, part_id: int) -> HttpResponse:
    """Ask why a part is taken back; by POST take it back."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    part = _own_part_or_404(profile, part_id, viewer)
    refusal_to_end = service.refusal_to_end(part, profile, viewer)
    if refusal_to_end is not None:
        closed = Refusal(refusal_to_end.status, str(refusal_to_end))
        return _page(request, profile, "people_end", {"part": part, "refusal": closed})
    form = ReasonForm(request.POST or None)
    lends = not service.may_manage(profile, viewer)
    context: dict[str, object] = {"part": part, "form": form, "lends": lends}
    if request.method != "POST":
        return _page(request, profile, "people_end", context)
    if not form.is_valid():
        return _page(
            request, profile, "people_end", {**context, "refusal": Refusal(HTTP_UNPROCESSABLE)}
        )
    try:
        waiting = engine.end_part(
            part, by=viewer, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
    except DomainError as error:
        return _page(request, profile, "people_end", {**context, "refusal": refused(form, error)})
    lent_no_more = _("Nobody stands in for you in this part any more.")
    messages.success(request, lent_no_more if lends else _ended(waiting))
    return redirect("people", slug=slug)


def _ended(waiting: int) -> str:
    told = _("The part has ended.")
    if not waiting:
        return told
    tasks = ngettext(
        "%(number)s task waits for the role again.",
        "%(number)s tasks wait for the role again.",
        waiting,
    ) % {"number": waiting}
    return f"{told} {tasks}"


@require_http_methods(["GET", "HEAD", "POST"])
def substitute(request: HttpRequest, slug: str, part_id: int) -> HttpResponse:
    """Ask who stands in for somebody and when; by POST let it be so."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    part = _own_part_or_404(profile, part_id, viewer)
    refused_at_once = service.refusal_to_substitute(part, profile, viewer)
    if refused_at_once is not None:
        closed = Refusal.of(refused_at_once)
        return _page(request, profile, "people_substitute", {"part": part, "refusal": closed})
    if service.may_manage(profile, viewer):
        return _substitute_by_team(request, profile, part, viewer)
    return _own_substitute(request, profile, part, viewer)


def _substitute_by_team(
    request: HttpRequest, profile: Profile, part: Assignment, viewer: User
) -> HttpResponse:
    form = SubstituteForm(request.POST or None, initial={"starts_on": role_day()})
    known = staffing.people_known_to([profile.programme_id])
    context = {"part": part, "form": form, "known": known}
    if request.method != "POST":
        return _page(request, profile, "people_substitute", context)
    try:
        refusal = _lent(form, partial(engine.substitute, part, by=viewer), "person")
    except MadeAlready as error:
        messages.info(request, str(error))
        return redirect("people", slug=profile.slug)
    if refusal is None:
        messages.success(request, _("The substitute is named and gets a mail."))
        return redirect("people", slug=profile.slug)
    return _page(request, profile, "people_substitute", {**context, "refusal": refusal})


def _own_substitute(
    request: HttpRequest, profile: Profile, part: Assignment, viewer: User
) -> HttpResponse:
    """Take the wish of the holder; what is answered is the same whether there is an account.

    Who stands in appears among the people of the profile and in its history from his first day on,
    as everybody who takes part; but who tries addresses is on record, and known to the team and to
    whoever he hit.
    """
    form = OwnSubstituteForm(request.POST or None, initial={"starts_on": role_day()})
    context = {"part": part, "form": form}
    if request.method != "POST":
        return _page(request, profile, "people_substitute", context)
    refusal = _lent(form, partial(_asked, part, viewer), "email")
    if refusal is None:
        told = _(
            "Your wish is noted. If this person can stand in for you, a mail tells them and the "
            "project team; if not, the project team is told, and helps you further."
        )
        messages.success(request, told)
        return redirect("people", slug=profile.slug)
    return _page(request, profile, "people_substitute", {**context, "refusal": refusal})


def _asked(part: Assignment, by: User, *, at: datetime, **wish: Any) -> None:
    """Pass the wish on, if there were not too many of late; a second click passes on nothing.

    Raises:
        NotNow: If there were.
        NotAllowed, NotNow, InvalidInput: As ``people.ask_for_substitute``.
    """
    if not accounts.may_name_by_address(by, at=at):
        raise NotNow(_("Too many attempts. Wait a quarter of an hour and try again."))
    with suppress(MadeAlready):
        engine.ask_for_substitute(part, by=by, at=at, **wish)


def _lent(
    form: SubstituteForm | OwnSubstituteForm, lend: Callable[..., object], named: str
) -> Refusal | None:
    """Lend a part to whom the form names; return why not, if it was refused.

    Raises:
        MadeAlready: If that person stands in on these days already.
    """
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    given = form.cleaned_data
    beside = "ends_on" if given["ends_on"] < given["starts_on"] else named
    try:
        lend(**given, at=timezone.now())
    except MadeAlready:
        # As in ``_give_part``: the caller says that it is done, and leads on.
        raise
    except DomainError as error:
        return refused(form, error, beside=beside)
    return None


@require_POST
def ask(request: HttpRequest, slug: str, part_id: int) -> HttpResponse:
    """Ask one more person in the consultation that is open."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    part = _askable_part_or_404(profile, part_id, viewer)
    try:
        engine.add_stakeholder(part, by=viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The person has been asked."))
    return redirect("people", slug=slug)


def _own_part_or_404(profile: Profile, part_id: int, viewer: User) -> Assignment:
    """Return a part of the profile to the project team, to others only one that is their own.

    Who asks for a substitute must not learn from the number that comes next whether a part was
    made, that is, whether the address has an account: what he may not open does not exist for him.
    """
    parts = profile.assignments.all()
    if not service.may_manage(profile, viewer):
        parts = parts.filter(user=viewer)
    return _part_or_404(parts, part_id)


def _askable_part_or_404(profile: Profile, part_id: int, viewer: User) -> Assignment:
    """Return a part whose holder can be asked; those that are lent are told to the team alone."""
    parts = profile.assignments.all()
    if not service.may_manage(profile, viewer):
        parts = parts.filter(stands_in_for=None)
    return _part_or_404(parts, part_id)


def _part_or_404(parts: QuerySet[Assignment], part_id: int) -> Assignment:
    return get_object_or_404(parts.select_related("user", "profile"), pk=part_id)


def _page(
    request: HttpRequest, profile: Profile, name: str, context: dict[str, object]
) -> HttpResponse:
    refusal = context.get("refusal")
    status = refusal.status if isinstance(refusal, Refusal) else None
    found = {"profile": profile, **context}
    return render(request, f"workflows/{name}.html", found, status=status)
