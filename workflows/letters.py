"""The words of a mail: ids from a job become a letter in the language of its reader."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import (
    Assignment,
    EventReason,
    InputRequest,
    PaperAnswer,
    PriorityAnswer,
    Profile,
    ReviewInvitation,
    Section,
    SigningAnswer,
    SigningCode,
    SignOff,
    User,
    ValidationRound,
)
from profile_workflow.queries.promises import promise_to, rule_of
from profile_workflow.queries.requests import sees_all_requests
from profile_workflow.queries.validation import parts_to_ask
from profile_workflow.services import links, priority_answers, signing
from profile_workflow.services.section_answers import answers_of
from profile_workflow.states import (
    REQUESTS_BACK_WITH_THE_ASKER,
    InvitationState,
    RequestState,
    Role,
    ValidationKind,
)
from workflows import turns


class MailKind(models.TextChoices):
    """What a mail tells."""

    TASKS_OPENED = "tasks_opened", _("Your turn")
    RETURNED = "returned", _("Returned")
    REMINDER = "reminder", _("Reminder")
    OVERDUE = "overdue", _("Overdue")
    DEADLINE_CHANGED = "deadline_changed", _("Deadline changed")
    CONSULTATION_OPENED = "consultation_opened", _("Consultation opened")
    ATTRIBUTION_CHANGED = "attribution_changed", _("Attribution of answers changed")
    RECEIPT = "receipt", _("Receipt of an answer")
    PAPER_ENTERED = "paper_entered", _("Answer entered from paper")
    LINK_REVOKED = "link_revoked", _("Personal link revoked")
    SIGNING_CODE = "signing_code", _("Code that confirms a signature")
    OUTCOME = "outcome", _("You said, we did")
    OBJECTION_RECEIVED = "objection_received", _("Objection received")
    REQUEST = "request", _("Request for input")
    REQUEST_ANSWERED = "request_answered", _("Answer to a request")
    REQUEST_REMINDER = "request_reminder", _("Reminder of a request")
    REQUEST_LATE = "request_late", _("Request overdue")
    REQUEST_WITHDRAWN = "request_withdrawn", _("Request withdrawn")
    REVIEW_INVITATION = "review_invitation", _("Invitation to review")
    REVIEW_REMINDER = "review_reminder", _("Reminder of an invitation to review")
    REVIEW_DECIDED = "review_decided", _("Decision on an invitation to review")
    REVIEW_ANSWERED = "review_answered", _("Answer to an invitation to review")
    REVIEW_LATE = "review_late", _("Invitation to review unanswered")
    SUBSTITUTE = "substitute", _("Substitution")
    PUBLISHED = "published", _("Published")
    HELD = "held", _("Work stopped")
    RESUMED = "resumed", _("Resumed")
    CANCELLED = "cancelled", _("Cancelled")
    WITHDRAWN = "withdrawn", _("Withdrawn from publication")
    VERSION_WITHDRAWN = "version_withdrawn", _("Version withdrawn")


class AccountMail(models.TextChoices):
    """What a mail about an account, and no profile, tells."""

    INVITATION = "invitation", _("Invitation")
    PASSWORD = "password", _("Link to set a password")


#: Kinds that list tasks: pointless once none of the tasks is the reader's to do any more.
TASK_KINDS = (
    MailKind.TASKS_OPENED,
    MailKind.REMINDER,
    MailKind.OVERDUE,
    MailKind.DEADLINE_CHANGED,
)

#: Kinds about a request for input → the states in which they are not pointless.
_STATES_OF_REQUEST: Mapping[str, tuple[RequestState, ...]] = {
    MailKind.REQUEST: (RequestState.ASKED,),
    MailKind.REQUEST_ANSWERED: (*REQUESTS_BACK_WITH_THE_ASKER, RequestState.ASKED),
    MailKind.REQUEST_REMINDER: (RequestState.ASKED,),
    MailKind.REQUEST_LATE: (RequestState.ASKED,),
    MailKind.REQUEST_WITHDRAWN: (RequestState.WITHDRAWN,),
}

#: Kinds that go to whoever was invited to review → the states in which they are not pointless.
_TO_INVITED: Mapping[str, tuple[InvitationState, ...]] = {
    MailKind.REVIEW_INVITATION: (InvitationState.INVITED,),
    MailKind.REVIEW_REMINDER: (InvitationState.INVITED,),
    MailKind.REVIEW_DECIDED: (
        InvitationState.ACCEPTED,
        InvitationState.BARRED,
        InvitationState.WITHDRAWN,
    ),
}

#: Kinds about an invitation that go to the project team, alike.
_OF_INVITED: Mapping[str, tuple[InvitationState, ...]] = {
    MailKind.REVIEW_ANSWERED: tuple(InvitationState),
    MailKind.REVIEW_LATE: (InvitationState.INVITED,),
}
#: Mails that are sent only while what they are about is there.
_ABOUT_ONE_THING = (
    *(MailKind.SUBSTITUTE, MailKind.RECEIPT, MailKind.SIGNING_CODE, MailKind.PAPER_ENTERED),
    *_TO_INVITED,
    *_OF_INVITED,
)

#: Kinds that tell without asking for an act, or ask once more; whoever wants none gets none.
OPTIONAL_KINDS = (
    MailKind.REMINDER,
    MailKind.REQUEST_REMINDER,
    MailKind.REQUEST_WITHDRAWN,
    MailKind.OUTCOME,
    MailKind.PUBLISHED,
    MailKind.HELD,
    MailKind.RESUMED,
    MailKind.CANCELLED,
    MailKind.WITHDRAWN,
    MailKind.VERSION_WITHDRAWN,
)

_LONGEST_QUOTE = 2000
_LONGEST_SUBJECT = 150
_LINK = re.compile(r"\b(?:\w+://|www\.)\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Code:
    """A code as a mail shows it.

    Attributes:
        row: What is stored of it.
        digits: The code itself, which is stored nowhere.
    """

    row: SigningCode
    digits: str

    @property
    def grouped(self) -> str:
        """The digits in two groups, as they are read aloud."""
        middle = len(self.digits) // 2
        return f"{self.digits[:middle]} {self.digits[middle:]}"

    @property
    def answer(self) -> SigningAnswer:
        """What it confirms."""
        answer: SigningAnswer = self.row.link.signoff.signing_answer
        return answer


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, ready but for its envelope.

    Attributes:
        to: Address of the reader, without the name.
        language: Language code of the text.
        subject: One line.
        text: The plain form.
        html: The same with mark-up; loads nothing from anywhere.
        link: Id of the personal link in it, if there is one.
        code: Id of the code in it, if there is one.
    """

    to: str
    language: str
    subject: str
    text: str
    html: str
    link: int | None = None
    code: int | None = None


def compose(payload: Mapping[str, Any]) -> Letter | None:
    """Write the mail that a job asks for.

    Args:
        payload: What ``notifications.notify`` put into the job.

    Returns:
        The letter in the language of its reader, with times of the city; ``None`` if it has
        become pointless: the account is closed, the kind is not wanted, the tasks are done, or
        the round is over.
    """
    person = User.objects.filter(pk=payload["user"], is_active=True).first()
    if person is None or not is_wanted(payload["kind"], by=person):
        return None
    profile = Profile.objects.select_related("city").get(pk=payload["profile"])
    city_time = ZoneInfo(profile.city.time_zone)
    with translation.override(_language(person)), timezone.override(city_time):
        facts = _facts(payload, person, profile)
        return _written(payload["kind"], person, facts) if facts else None


def is_wanted(kind: str, *, by: User) -> bool:
    """Whether a person gets mails of a kind; those that ask for an act cannot be turned off."""
    return kind not in OPTIONAL_KINDS or kind not in by.muted_mails


def compose_account(payload: Mapping[str, Any]) -> Letter | None:
    """Write the mail with which somebody sets his password; ``None`` if the account is closed.

    Args:
        payload: ``kind``, one of ``AccountMail``, and ``user``, the id of the person.
    """
    person = User.objects.filter(pk=payload["user"], is_active=True).first()
    if person is None:
        return None
    with translation.override(_language(person)):
        identity = urlsafe_base64_encode(force_bytes(person.pk))
        token = default_token_generator.make_token(person)
        facts = {
            "person": person,
            "link": address(
                "password_set", f"/reset-password/{identity}/{token}/", identity, token
            ),
            "again": address("password_reset", "/reset-password/"),
            "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
            "language": _language(person),
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        return _written(f"account_{AccountMail(payload['kind']).value}", person, facts)


def _language(person: User) -> str:
    """Return the language of a person, or that of the site where there is no such translation."""
    try:
        return translation.get_supported_language_variant(person.language)
    except LookupError:
        return settings.LANGUAGE_CODE


def _facts(payload: Mapping[str, Any], person: User, profile: Profile) -> dict[str, Any] | None:
    """Look up what the templates need, or ``None`` if the mail has become pointless."""
    of_all = payload["kind"] == MailKind.OVERDUE and Role.PROJECT_TEAM in profile.roles_of(person)
    tasks = turns.open_turns(person, payload.get("tasks", ()), of_all=of_all)
    if not tasks and _needs_tasks(payload):
        return None
    asked = _round(payload.get("round")) or next((turn.round for turn in tasks if turn.round), None)
    request = _request(payload, person, profile)
    part = _part(payload, profile)
    signoff = _answer(payload, person)
    invitation = _invitation(payload, person, profile)
    code = _code(payload)
    paper = _paper(payload, person)
    subject = part or signoff or paper or invitation or code
    if _lacks_its_subject(payload["kind"], asked, request, subject):
        return None
    is_invited = payload["kind"] in _TO_INVITED
    is_outcome = payload["kind"] == MailKind.OUTCOME
    if is_outcome and not parts_to_ask(profile, ValidationKind.CONSULTATION).filter(user=person):
        return None
    link = links.to_send(asked.pk, person, at=timezone.now()) if asked else None
    return {
        "kind": payload["kind"],
        "person": person,
        "city": profile.city,
        "place": f"{profile.city} {profile.edition}",
        "profile": profile,
        "tasks": tasks,
        "sections": _sections(profile, payload.get("sections", ())),
        "reason": _reason(profile, payload),
        "round": asked,
        "attribution": _promise(asked, person) if asked else "",
        "link": link[0].pk if link else None,
        "outcome_url": _outcome_address(person, profile) if is_outcome else "",
        "has_unsent": link is not None and _has_unsent(link[0].signoff),
        "link_url": address("link", f"/v/{link[1]}/", link[1]) if link else "",
        "input_request": request,
        "part": part,
        "signoff": signoff,
        "paper": paper,
        "code": code,
        "version": payload.get("version", ""),
        "answers": list(answers_of(signoff).values()) if signoff else [],
        "request_url": _request_address(request, profile),
        "invitation": invitation,
        "is_invited": is_invited,
        "invitation_url": _invitation_address(invitation, profile, is_invited=is_invited),
        "priorities": _priorities(signoff),
        # Whoever is only invited finds nothing there.
        "profile_url": "" if is_invited else _profile_address(profile),
        "tasks_url": address("tasks", "/tasks/"),
        "settings_url": address("me", "/me/") if payload["kind"] in OPTIONAL_KINDS else "",
        "language": _language(person),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }


def _outcome_address(person: User, profile: Profile) -> str:
    """Return where somebody without an account reads what became of what was said.

    Empty where nothing ties a link to him any more; he has the address in his invitation.
    """
    token = links.token_after_closing(person, profile)
    return address("link", f"/v/{token}/", token) if token else ""


def _promise(asked: ValidationRound, person: User) -> str:
    """Return what is promised to somebody who is asked, or to whom a round is only told of."""
    signoff = asked.signoffs.filter(person=person).first()
    if signoff is None:
        return rule_of(asked)
    signoff.round, signoff.person = asked, person
    return promise_to(signoff)


def _needs_tasks(payload: Mapping[str, Any]) -> bool:
    """Whether the mail makes sense only as long as one of its tasks is open."""
    invited = payload["kind"] == MailKind.CONSULTATION_OPENED and bool(payload.get("tasks"))
    return invited or payload["kind"] in TASK_KINDS


def _round(round_id: int | None) -> ValidationRound | None:
    """Return a round that still takes answers."""
    if round_id is None:
        return None
    return ValidationRound.objects.filter(pk=round_id, closed_at__isnull=True).first()


def _lacks_its_subject(
    kind: str,
    asked: ValidationRound | None,
    request: InputRequest | None,
    other: Assignment | SignOff | PaperAnswer | ReviewInvitation | Code | None,
) -> bool:
    """Whether what a mail of a kind is about is over."""
    if kind in (MailKind.CONSULTATION_OPENED, MailKind.ATTRIBUTION_CHANGED):
        return asked is None
    if kind in _ABOUT_ONE_THING:
        return other is None
    return kind in _STATES_OF_REQUEST and request is None


def _part(payload: Mapping[str, Any], profile: Profile) -> Assignment | None:
    """Return the part that a mail is about, if it has not ended."""
    found = Assignment.objects.filter(pk=payload.get("part", 0), profile=profile)
    running = found.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=profile.day))
    return running.select_related("user", "stands_in_for__user").first()


def _answer(payload: Mapping[str, Any], person: User) -> SignOff | None:
    """Return the answer that a receipt is about."""
    if "signoff" not in payload:
        return None
    found = SignOff.objects.filter(pk=payload["signoff"], person=person, answered_at__isnull=False)
    return found.select_related("round__version").first()


def _paper(payload: Mapping[str, Any], person: User) -> PaperAnswer | None:
    """Return what was entered from somebody's form."""
    if "paper" not in payload:
        return None
    found = PaperAnswer.objects.filter(pk=payload["paper"], signoff__person=person)
    return found.select_related("entered_by").first()


def _priorities(signoff: SignOff | None) -> list[PriorityAnswer]:
    """Return what somebody has sent of the challenges."""
    answers = priority_answers.answers_of(signoff).values() if signoff else ()
    return [one for one in answers if one.sent_label]


def _has_unsent(signoff: SignOff) -> bool:
    """Whether somebody has saved through his link what he has not sent."""
    prepared = signing.answer_of(signoff)
    if prepared is not None:
        return prepared.waits_to_be_sent
    ranked = priority_answers.waiting(signoff)
    return bool(ranked) or any(one.waits_to_be_sent for one in signoff.section_answers.all())


def _code(payload: Mapping[str, Any]) -> Code | None:
    """Return the code that a mail brings, if it is good for anything yet."""
    found = signing.to_send(payload.get("code", 0), at=timezone.now())
    return Code(found[0], found[1]) if found else None


def _request(payload: Mapping[str, Any], person: User, profile: Profile) -> InputRequest | None:
    """Return the request that a mail is about, if it is still worth telling this person of."""
    states = _STATES_OF_REQUEST.get(payload["kind"], ())
    found = InputRequest.objects.filter(
        pk=payload.get("request"), profile=profile, state__in=states
    ).first()
    if found is None or not profile.roles_of(person):
        return None  # settled, or the person has no part in the profile any more
    is_theirs = person.pk == found.asked_of_id or sees_all_requests(profile, person)
    return found if is_theirs else None


def _request_address(request: InputRequest | None, profile: Profile) -> str:
    if request is None:
        return ""
    path = f"/p/{profile.slug}/requests/{request.pk}/"
    return address("request", path, profile.slug, str(request.pk))


def _invitation(
    payload: Mapping[str, Any], person: User, profile: Profile
) -> ReviewInvitation | None:
    """Return the invitation that a mail is about, if it is still worth telling this person of."""
    kind = payload["kind"]
    states = _TO_INVITED.get(kind) or _OF_INVITED.get(kind, ())
    found = ReviewInvitation.objects.filter(
        pk=payload.get("invitation"), profile=profile, state__in=states
    )
    if kind in _TO_INVITED:
        found = found.filter(person=person)
    elif Role.PROJECT_TEAM not in profile.roles_of(person):
        return None
    return found.select_related("person").first()


def _invitation_address(
    invitation: ReviewInvitation | None, profile: Profile, *, is_invited: bool
) -> str:
    if invitation is None:
        return ""
    number = str(invitation.pk)
    if is_invited:
        return address("my_invitation", f"/invitations/{number}/", number)
    path = f"/p/{profile.slug}/invitations/{number}/"
    return address("invitation", path, profile.slug, number)


def _profile_address(profile: Profile) -> str:
    return address("profile", f"/p/{profile.slug}/", profile.slug)


def _sections(profile: Profile, keys: Sequence[str]) -> list[str]:
    if not keys:
        return []
    named = Section.objects.filter(profile=profile, key__in=list(keys))
    return [
        str(section) for section in named.select_related("template_section").order_by("position")
    ]


def _reason(profile: Profile, payload: Mapping[str, Any]) -> list[str]:
    """Return the lines of a reason, cut where a mail would become a document.

    The words of an objection are left to the profile, which knows who may read them: they can
    give away who objected.
    """
    event_id = payload.get("reason_event")
    if event_id is None or payload["kind"] == MailKind.OBJECTION_RECEIVED:
        return []
    reason = EventReason.objects.filter(event=event_id, event__profile=profile).first()
    return _cut(reason.text.strip(), _LONGEST_QUOTE).splitlines() if reason else []


def _written(kind: str, person: User, facts: Mapping[str, Any]) -> Letter:
    path = f"workflows/mail/{kind}"
    return Letter(
        to=person.email,
        language=facts["language"],
        subject=one_line(render_to_string(f"{path}.subject.txt", dict(facts))),
        text=_spaced(render_to_string(f"{path}.body.txt", dict(facts))),
        html=render_to_string(f"{path}.html", dict(facts)),
        link=facts.get("link"),
        code=facts["code"].row.pk if facts.get("code") else None,
    )


def address(name: str, path: str, *args: str) -> str:
    """Return the absolute address of a named page; ``path`` is used until the page exists.

    The host is ``SITE_URL``, never that of a request.
    """
    with suppress(NoReverseMatch):
        path = reverse(name, args=args)
    return f"{settings.SITE_URL}{path}"


def one_line(text: str) -> str:
    """Return text fit for a subject: one line, without links and invisible characters."""
    spaced = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    visible = "".join(sign for sign in spaced if unicodedata.category(sign) != "Cf")
    words = " ".join(_LINK.sub("…", visible).split())
    return _cut(words, _LONGEST_SUBJECT)


def _cut(text: str, longest: int) -> str:
    """Return text of so many characters at most; combining signs count, however many there are."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _spaced(text: str) -> str:
    """Return text without the blank lines that template tags leave behind."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
