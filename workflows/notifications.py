"""Mail about a move: which jobs it asks for, and how one of them is sent."""

import hashlib
import smtplib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from profile_workflow.masking import masked
from profile_workflow.models import Assignment, Profile, User
from profile_workflow.models.profile import AssignmentQuerySet
from profile_workflow.services import links, signing
from workflows import letters
from workflows.executors import Job, JobFailed, ServiceDown, TryLater
from workflows.letters import AccountMail, Letter, MailKind
from workflows.models import JobKind, Task

_PERMANENT = 500


class Details(TypedDict, total=False):
    """What a mail to one person is about, as ids: words are looked up when it is sent.

    Attributes:
        tasks: Ids of the tasks it lists; those no longer open when it is sent are left out.
        sections: Keys of the sections it names.
        reason_event: Id of the event whose reason it quotes.
        round: Id of the validation round whose closing date and rules it announces.
        request: Id of the request for input that it is about.
        part: Id of the substitution, or of the part for which a substitute is wanted.
        signoff: Id of the answer whose receipt it is.
        invitation: Id of the invitation to review that it is about.
        code: Id of the code that it brings.
        paper: Id of what was entered from a form.
        version: Number of the published version that it is about.
    """

    tasks: Sequence[int]
    sections: Sequence[str]
    reason_event: int
    round: int
    request: int
    part: int
    signoff: int
    invitation: int
    code: int
    paper: int
    version: str


def notify(
    event_id: int | None,
    kind: str,
    recipients: Mapping[int, Details],
    *,
    profile_id: int,
    occasion: str = "",
) -> list[Job]:
    """Return the mail jobs of one event: one for each person, however many things it lists.

    The caller hands them to the executor in the transaction of its move.

    Args:
        event_id: The event that the mail tells of; ``None`` for what no move causes (a reminder).
        kind: One of ``MailKind``.
        recipients: Id of each person → what to tell that person.
        profile_id: The profile it is about.
        occasion: What sets this mail apart from others of the same kind and event, e.g. the day
            of a reminder; needed where there is no event.

    Raises:
        ValueError: If the kind is unknown, or there is neither event nor occasion.
    """
    if event_id is None and not occasion:
        raise ValueError("A mail without an event needs an occasion.")
    common = {
        "kind": MailKind(kind).value,
        "profile": profile_id,
        "event": event_id,
        "occasion": occasion,
    }
    return [
        _job({**common, "user": user_id, **details}, profile_id)
        for user_id, details in recipients.items()
    ]


def tasks_opened(
    event_id: int | None,
    tasks: Mapping[int, Sequence[int]],
    *,
    profile_id: int,
    reason_event: int | None = None,
    occasion: str = "",
) -> list[Job]:
    """Return the “your turn” mails of a move: one a person, listing all the person's new tasks.

    Args:
        event_id: The event of the move.
        tasks: Id of each person → ids of the tasks that the move opened for that person.
        profile_id: The profile.
        reason_event: The event whose reason says why something came back, if it did.
        occasion: See ``notify``.
    """
    why: Details = {} if reason_event is None else {"reason_event": reason_event}
    recipients: dict[int, Details] = {
        user_id: {**why, "tasks": list(ids)} for user_id, ids in tasks.items() if ids
    }
    return notify(
        event_id, MailKind.TASKS_OPENED, recipients, profile_id=profile_id, occasion=occasion
    )


def whose_turn(tasks: Iterable[Task], *, profile: Profile, on: date) -> dict[int, list[int]]:
    """Return person id → ids of the tasks that are that person's turn.

    A task without an owner is the turn of everybody who holds its role on a day, but of whoever has
    done his part. One query if
    there is such a task, none otherwise.
    """
    turns: defaultdict[int, list[int]] = defaultdict(list)
    queues: defaultdict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        if task.owner_id:
            turns[task.owner_id].append(task.pk)
        else:
            queues[task.role].append(task)
    if queues:
        held = Assignment.objects.active(on).for_profile(profile).filter(role__in=list(queues))
        for (user_id, role), limits in _limits(held).items():
            turns[user_id] += [
                one.pk
                for one in queues[role]
                if one.not_for_id != user_id
                and (None in limits or one.section_id is None or one.section_id in limits)
            ]
    return {person: ids for person, ids in turns.items() if ids}


def _limits(held: AssignmentQuerySet) -> dict[tuple[int, str], set[int | None]]:
    """Return person and role → the sections of it that are his; None among them means all."""
    found: defaultdict[tuple[int, str], set[int | None]] = defaultdict(set)
    shown = ("invitation__sections", "stands_in_for__invitation__sections")
    for person, role, own, lent in held.values_list("user_id", "role", *shown).order_by("user_id"):
        found[person, role].add(own or lent)
    return found


def _job(payload: Mapping[str, Any], profile_id: int) -> Job:
    return Job(kind=JobKind.MAIL, key=job_key(payload), payload=payload, profile_id=profile_id)


def job_key(payload: Mapping[str, Any]) -> str:
    """Return the key of a mail: kind, what caused it, person."""
    cause = [payload["event"], payload["occasion"]]
    words = ".".join(str(part) for part in cause if part not in (None, ""))
    return f"mail:{payload['kind']}:{words}:{payload['user']}"


def message_id(key: str) -> str:
    """Return the Message-ID of a mail; a mail sent twice after a crash has it twice."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def send(payload: Mapping[str, Any]) -> None:
    """Compose and send the mail of a job; nothing is sent that has become pointless.

    Raises:
        JobFailed: If the mail server refuses the mail for good.
        TryLater: If it refuses it for now, or hangs up.
        ServiceDown: If it cannot be reached at all.
    """
    letter = letters.compose(payload)
    if letter is None:
        return
    try:
        _deliver(_message(letter, job_key(payload)))
    except (JobFailed, TryLater, ServiceDown) as error:
        if letter.code is not None:
            # A server that dislikes a mail may quote it, and the error is kept and logged.
            raise type(error)(f"{str(error).partition(' (')[0]}.") from None
        raise
    if letter.link is not None:
        links.note_sent(letter.link, at=timezone.now())
    if letter.code is not None:
        signing.note_sent(letter.code, at=timezone.now())


def account_letter(
    person: User, kind: AccountMail, *, at: datetime, profile_id: int | None = None
) -> Job:
    """Return the job that sends somebody the link with which he sets his password.

    The link itself is made when the mail is sent, so that no table keeps one.

    Args:
        person: Whose account.
        kind: What the mail tells.
        at: The moment, which sets this mail apart from others.
        profile_id: The profile for which somebody is invited; its team sees the job.
    """
    payload = {"kind": kind.value, "user": person.pk}
    return Job(JobKind.ACCOUNT, f"account:{kind}:{person.pk}:{at.isoformat()}", payload, profile_id)


def send_account(payload: Mapping[str, Any]) -> None:
    """Compose and send the mail of an account; nothing is sent to an account that is closed.

    Raises:
        JobFailed, TryLater, ServiceDown: As ``send``.
    """
    letter = letters.compose_account(payload)
    if letter is not None:
        _deliver(_message(letter, f"account:{payload['user']}:{letter.text}"))


def _message(letter: Letter, key: str) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter.to],
        headers={
            "Message-ID": message_id(key),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": letter.language,
        },
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def _deliver(message: EmailMultiAlternatives) -> None:
    """Send over a connection of its own; opened apart, to tell a dead server from a refusal."""
    server = get_connection()
    try:
        server.open()
    except (smtplib.SMTPException, OSError) as error:
        raise ServiceDown(_sentence("The mail server cannot be reached", error, message)) from None
    try:
        server.send_messages([message])
    except ValueError:
        # The words of the error would repeat the address.
        raise JobFailed(
            "The mail cannot be written: the address or a header is not valid."
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        raise _refusal(error, message) from None
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.close()


def _refusal(error: Exception, message: EmailMultiAlternatives) -> JobFailed | TryLater:
    answer: Exception = error
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answer = smtplib.SMTPResponseException(*next(iter(error.recipients.values())))
    if isinstance(answer, smtplib.SMTPResponseException) and answer.smtp_code >= _PERMANENT:
        return JobFailed(_sentence("The mail server refuses the mail", answer, message))
    return TryLater(_sentence("The mail server did not take the mail", answer, message))


def _sentence(what: str, error: Exception, message: EmailMultiAlternatives) -> str:
    """Say what happened, in the server's words but without the address of the person.

    A server that dislikes a mail may quote it: no token of a link is kept either.
    """
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        said = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        cause = f"{error.smtp_code} {said}"
    else:
        cause = f"{type(error).__name__}: {error}"
    for address in message.to:
        cause = cause.replace(address, "[address]")
    return f"{what} ({masked(' '.join(cause.split()))})."
