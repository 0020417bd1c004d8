"""What a mail is about: ids from a job become what its templates print, if it still has a point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

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
from workflows.letters.addresses import (
    address,
    invitation_address,
    outcome_address,
    profile_address,
    request_address,
)
from workflows.letters.kinds import OPTIONAL_KINDS, TASK_KINDS, MailKind
from workflows.letters.text import cut

_LONGEST_QUOTE = 2000

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


def facts_of(payload: Mapping[str, Any], person: User, profile: Profile) -> dict[str, Any] | None:
    """Look up what the templates of a mail to a person need.

    Args:
        payload: What ``notifications.notify`` put into the job: ``kind``, and the ids that go
            with it.
        person: To whom it goes; the language in force is his, the time that of the city.
        profile: What it is about.

    Returns:
        The context of the templates, ``language`` and ``direction`` among it; ``None`` if the mail
        has become pointless.
    """
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
        "outcome_url": outcome_address(person, profile) if is_outcome else "",
        "has_unsent": link is not None and _has_unsent(link[0].signoff),
        "link_url": address("link", link[1]) if link else "",
        "input_request": request,
        "part": part,
        "signoff": signoff,
        "paper": paper,
        "code": code,
        "version": payload.get("version", ""),
        "answers": list(answers_of(signoff).values()) if signoff else [],
        "request_url": request_address(request, profile),
        "invitation": invitation,
        "is_invited": is_invited,
        "invitation_url": invitation_address(invitation, profile, is_invited=is_invited),
        "priorities": _priorities(signoff),
        # Whoever is only invited finds nothing there.
        "profile_url": "" if is_invited else profile_address(profile),
        "published_url": address("published", profile.slug),
        "tasks_url": address("tasks"),
        "settings_url": address("me") if payload["kind"] in OPTIONAL_KINDS else "",
        "language": language_of(person),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }


def language_of(person: User) -> str:
    """Return the language of a person, or that of the site where there is no such translation."""
    try:
        return translation.get_supported_language_variant(person.language)
    except LookupError:
        return settings.LANGUAGE_CODE


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
    return cut(reason.text.strip(), _LONGEST_QUOTE).splitlines() if reason else []
