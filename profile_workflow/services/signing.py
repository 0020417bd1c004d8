"""Signing for a city through a personal link: the answer, and the code that confirms it."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.errors import InvalidInput, MadeAlready, Missing, NotComplete, NotNow
from profile_workflow.models import AnsweringLink, Profile, SigningAnswer, SigningCode, SignOff
from profile_workflow.queries.validation import parts_to_ask
from profile_workflow.services import links
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.section_answers import MOST_CHARACTERS, check_seen
from profile_workflow.states import CodeEnd, LinkPurpose, Signature, SignOffState, ValidationKind

#: Digits of a code, how long it is good, how often it may be tried, how many are sent an hour for
#: one link, and for one person: whoever got hold of a link does not use up those of the next.
DIGITS = 8
VALID_FOR = timedelta(minutes=15)
MOST_TRIES = 5
MOST_CODES = 5
MOST_CODES_FOR_ALL_LINKS = 15
_PACE = timedelta(hours=1)
#: How long the page of the receipt is shown when the signature has closed the round.
_RECEIPT_FOR = timedelta(hours=1)
_SALT_BYTES = 32
#: The state of the sign-off in which an answer is on record.
_STATE_OF: dict[str, SignOffState] = {
    Signature.APPROVE: SignOffState.APPROVED,
    Signature.RESERVE: SignOffState.RESERVATION,
    Signature.OBJECT: SignOffState.OBJECTED,
}


@dataclass(frozen=True, slots=True)
class Signing:
    """What an authority means to answer.

    Attributes:
        move: The answer.
        statement: The reservation, or the reason of the objection.
        sections: Keys of the sections objected to.
        signatory: Name of whoever signs.
        function: His function.
    """

    move: Signature
    statement: str
    sections: Sequence[str]
    signatory: str
    function: str


class Verdict(Enum):
    """What a code that was typed is worth."""

    RIGHT = "right"
    SENT_ALREADY = "sent already"
    WRONG = "wrong"
    OLD = "old"
    LATE = "late"
    SPENT = "spent"
    VOID = "void"
    NONE = "none"


#: What is told of a code that confirms nothing.
REFUSALS: dict[Verdict, "str | Promise"] = {
    Verdict.WRONG: gettext_lazy(
        "This is not the code. Compare it with the newest mail; you can try a few more times."
    ),
    Verdict.OLD: gettext_lazy(
        "This code was replaced: another one was sent after it. Use the one in the newest mail."
    ),
    Verdict.LATE: gettext_lazy(
        "The time for this code is over. Ask for another one; your answer is kept."
    ),
    Verdict.SPENT: gettext_lazy(
        "This code was tried too often and is good for nothing any more. Ask for another one; "
        "your answer is kept."
    ),
    Verdict.VOID: gettext_lazy(
        "This code was sent for another answer than the one that stands here now. Ask for another "
        "one; your answer is kept."
    ),
    Verdict.NONE: gettext_lazy("No code was sent for this answer. Ask for one."),
}


# The answer


@transaction.atomic
def save_answer(
    link: AnsweringLink, given: Signing, *, at: datetime, base: str | None = None
) -> SigningAnswer:
    """Keep what an authority means to answer until he confirms it; the last word counts.

    To say the same twice is no conflict. What was sent and has been replaced since, with the
    account, waits again once it is saved.

    Args:
        link: The link through which he signs.
        given: What he answers.
        at: When.
        base: ``mark_of`` what was saved when the page was opened; None for whatever it is.

    Raises:
        NotNow: If the link does not take a signature.
        StaleEntry: If something else was saved since ``base``, e.g. in another tab.
        InvalidInput: If words, names or sections are missing, too long, or not of the text.
    """
    link = _locked(link, at=at)
    fields = _checked(given, link.signoff)
    links.note_use(link, at=at)
    found = answer_of(link.signoff)
    if found is None:
        made: SigningAnswer = SigningAnswer.objects.create(
            signoff=link.signoff, saved_at=at, **fields
        )
        return made
    is_new = any(getattr(found, name) != value for name, value in fields.items())
    if is_new:
        check_seen(base, mark_of(found), current=found)
    if is_new or (not found.waits_to_be_sent and not is_on_record(found)):
        for name, value in fields.items():
            setattr(found, name, value)
        found.saved_at, found.sent_at = at, None
        found.save(update_fields=[*fields, "saved_at", "sent_at"])
    return found


def answer_of(signoff: SignOff) -> SigningAnswer | None:
    """Return what was saved through the link of somebody who signs: one query."""
    found: SigningAnswer | None = SigningAnswer.objects.filter(signoff=signoff).first()
    if found is not None:
        found.signoff = signoff
    return found


def mark_of(answer: SigningAnswer | None) -> str:
    """Return what tells whether an answer is still the one that somebody has looked at."""
    return "" if answer is None else fingerprint_of_text(json.dumps(_said(answer)))


def _said(answer: SigningAnswer) -> list[object]:
    return [answer.move, answer.statement, answer.sections, answer.signatory, answer.function]


def is_on_record(answer: SigningAnswer) -> bool:
    """Whether the sign-off says exactly what an answer says: at most one query."""
    signoff: SignOff = answer.signoff
    stands = (signoff.state, signoff.statement, signoff.signatory, signoff.function)
    means = (_STATE_OF[answer.move], answer.statement, answer.signatory, answer.function)
    if stands != means or answer.move != Signature.OBJECT:
        return stands == means
    named = signoff.sections.select_related("template_section")
    return {one.key for one in named} == set(answer.sections)


def carry_over(asked: Sequence[SignOff], profile: Profile) -> None:
    """Give authorities who are asked again about the same text what they had saved and not sent.

    Args:
        asked: Sign-offs of one round that has just been opened; nothing is said in them yet.
        profile: Their profile.
    """
    now = {(one.person_id, one.digest): one for one in asked}
    earlier = SigningAnswer.objects.filter(
        signoff__round__profile=profile,
        signoff__person__in=[one.person_id for one in asked],
        signoff__digest__in={one.digest for one in asked},
        sent_at__isnull=True,
    )
    last = {
        (one.signoff.person_id, one.signoff.digest): one
        for one in earlier.select_related("signoff").order_by("signoff_id")
    }
    for key, one in last.items():
        one.pk, one.signoff = None, now[key]
    SigningAnswer.objects.bulk_create(last.values())


def _locked(link: AnsweringLink, *, at: datetime) -> AnsweringLink:
    """Return a link to sign with, as it is stored now, under the lock of its profile.

    Raises:
        NotNow: If it is for something else, opens nothing, or the text is another one now.
    """
    link = links.locked_with_profile(link, at=at)
    if link.purpose != LinkPurpose.SIGNOFF:
        raise NotNow(_("This link is not for signing."))
    if link.signoff.round.profile.text_digest() != link.signoff.digest:
        raise NotNow(_("The text is another one now than the one you were asked to sign."))
    return link


def _checked(given: Signing, signoff: SignOff) -> dict[str, object]:
    statement = "" if given.move == Signature.APPROVE else given.statement.strip()
    sections = list(given.sections) if given.move == Signature.OBJECT else []
    names = [given.signatory.strip(), given.function.strip()]
    if given.move != Signature.APPROVE and not 0 < len(statement) <= MOST_CHARACTERS:
        words = _("Write between 1 and %(most)s characters.")
        raise InvalidInput(words % {"most": MOST_CHARACTERS})
    if given.move == Signature.OBJECT and not sections:
        raise InvalidInput(_("Name the sections to which you object."))
    if not all(0 < len(one) <= _longest_name() for one in names):
        raise InvalidInput(_("Give your name and your function."))
    if not set(sections) <= set(signoff.round.version.content):
        raise InvalidInput(_("This section is not what you are asked about."))
    if "\x00" in "".join([statement, *names]):
        raise InvalidInput(_("This cannot be stored as it was given."))
    return {
        "move": given.move,
        "statement": statement,
        "sections": sections,
        "signatory": names[0],
        "function": names[1],
    }


def _longest_name() -> int:
    return SignOff._meta.get_field("signatory").max_length or 0  # noqa: SLF001 - Django's own API


# The code


def newest_code(link: AnsweringLink) -> SigningCode | None:
    """Return the code that was asked for last: one query."""
    found: SigningCode | None = link.codes.order_by("-pk").first()
    return found


def is_live(code: SigningCode | None, link: AnsweringLink, *, at: datetime) -> bool:
    """Whether a code would confirm the answer that is saved now."""
    answer = answer_of(link.signoff)
    if code is None or answer is None or code.ended_at is not None:
        return False
    return at < code.expires_at and code.subject == _subject(link, answer)


def issue_code(link: AnsweringLink, *, seen: int | None, at: datetime) -> SigningCode:
    """Make a code for the answer that is saved; the one before ends. The caller mails it.

    Args:
        link: The link through which somebody signs.
        seen: Id of the newest code when the button was shown; None if there was none.
        at: When.

    Raises:
        NotNow: If the link does not take a signature, or too many codes were asked for.
        NotComplete: If there is no answer that could be confirmed.
        MadeAlready: If another one was asked for by a click before this one.
    """
    link = _locked(link, at=at)
    answer = answer_of(link.signoff)
    if answer is None or not answer.waits_to_be_sent:
        missing = Missing("no_answer", _("Say first what you answer."))
        raise NotComplete(_("There is no answer to confirm."), (missing,))
    newest = newest_code(link)
    if newest is not None and newest.pk != seen:
        raise MadeAlready(_("Another code has been sent already."), made=newest)
    if not codes_left(link, at=at):
        raise NotNow(
            _("Too many codes were asked for. Wait an hour before the next; your answer is kept.")
        )
    _end(link.codes.filter(ended_at__isnull=True), CodeEnd.REPLACED, at=at)
    salt, subject = secrets.token_hex(_SALT_BYTES), _subject(link, answer)
    made: SigningCode = SigningCode.objects.create(
        link=link,
        salt=salt,
        subject=subject,
        digest=_digest(_derived(salt, settings.SECRET_KEY), subject, settings.SECRET_KEY),
        asked_at=at,
        expires_at=at + VALID_FOR,
    )
    return made


def codes_left(link: AnsweringLink, *, at: datetime) -> int:
    """Return how many codes may be asked for within this hour: of this link, of all he had."""
    asked = SigningCode.objects.filter(link__signoff=link.signoff_id, asked_at__gt=at - _PACE)
    of_links = list(asked.values_list("link_id", flat=True))
    left = (MOST_CODES - of_links.count(link.pk), MOST_CODES_FOR_ALL_LINKS - len(of_links))
    return max(0, min(left))


def to_send(code_id: int, *, at: datetime) -> tuple[SigningCode, str] | None:
    """Return a code and its digits, for the mail; None once it is good for nothing any more."""
    found = SigningCode.objects.select_related("link__signoff__signing_answer").filter(
        pk=code_id, ended_at__isnull=True, expires_at__gt=at
    )
    code: SigningCode | None = found.exclude(salt="").first()
    if code is None or not links.works(code.link_id, at=at):
        return None
    derived = ((_derived(code.salt, key), key) for key in _keys())
    digits = next((d for d, key in derived if _digest(d, code.subject, key) == code.digest), None)
    return (code, digits) if digits else None


def note_sent(code_id: int, *, at: datetime) -> None:
    """Remember that the mail server has taken the code, and forget what it is derived from."""
    SigningCode.objects.filter(pk=code_id).update(sent_at=at, salt="")


def redeem(
    link: AnsweringLink, typed: str, *, at: datetime
) -> tuple[Verdict, SigningAnswer | None]:
    """Judge a code that was typed: a right one is used up by it, a wrong one counted.

    The caller commits what is written here whatever the verdict, and sends the answer only if the
    code is right. Whoever has sent his answer already is told so before anything else, so that a
    click can be repeated, as long as that answer is the one on record.

    Args:
        link: The link through which somebody signs.
        typed: The digits.
        at: When.

    Returns:
        The verdict, and the answer that it is about.

    Raises:
        NotNow: If the link does not take a signature.
    """
    link = _locked(link, at=at)
    answer = answer_of(link.signoff)
    if answer is None:
        return Verdict.NONE, None
    if not answer.waits_to_be_sent and is_on_record(answer):
        return Verdict.SENT_ALREADY, answer
    code = newest_code(link)
    verdict = _judged(code, link, answer, typed, at) if code else Verdict.NONE
    if code is not None and verdict is Verdict.RIGHT:
        _end(link.codes.filter(pk=code.pk), CodeEnd.USED, at=at)
    return verdict, answer


def _judged(
    code: SigningCode, link: AnsweringLink, answer: SigningAnswer, typed: str, at: datetime
) -> Verdict:
    if code.ended_at is not None:
        return Verdict.SPENT if code.end == CodeEnd.SPENT else Verdict.VOID
    if at >= code.expires_at:
        return Verdict.LATE
    if code.subject != _subject(link, answer):
        return Verdict.VOID
    if _matches(code, typed):
        return Verdict.RIGHT
    return _counted(code, link, typed, at)


def _counted(code: SigningCode, link: AnsweringLink, typed: str, at: datetime) -> Verdict:
    """Count a wrong try; the last one ends the code."""
    code.tries += 1
    code.save(update_fields=["tries"])
    if code.tries >= MOST_TRIES:
        _end(link.codes.filter(pk=code.pk), CodeEnd.SPENT, at=at)
        return Verdict.SPENT
    before = link.codes.filter(pk__lt=code.pk, asked_at__gt=at - _PACE)
    return Verdict.OLD if any(_matches(one, typed) for one in before) else Verdict.WRONG


def _matches(code: SigningCode, typed: str) -> bool:
    """Compare in constant time, with each key of the settings."""
    found = [
        constant_time_compare(_digest(typed, code.subject, key), code.digest) for key in _keys()
    ]
    return any(found)


def _end(codes: "QuerySet[SigningCode]", why: CodeEnd, *, at: datetime) -> None:
    codes.update(ended_at=at, end=why, salt="")


def _keys() -> list[str | bytes]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _derived(salt: str, key: str | bytes) -> str:
    purpose = "profile_workflow.signing_code.digits"
    mac = salted_hmac(purpose, salt, secret=key, algorithm="sha256").digest()
    return str(int.from_bytes(mac, "big") % 10**DIGITS).zfill(DIGITS)


def _digest(digits: str, subject: str, key: str | bytes) -> str:
    purpose = "profile_workflow.signing_code"
    mac = salted_hmac(purpose, f"{subject}:{digits}", secret=key, algorithm="sha256")
    return mac.hexdigest()


def _subject(link: AnsweringLink, answer: SigningAnswer) -> str:
    """Return the SHA-256 of what a code confirms: link, purpose, text, and the exact answer.

    What stands on record is part of it, so that a code is void once somebody has answered in the
    meantime, as a substitute or with an account.
    """
    signoff = link.signoff
    stands = [signoff.state, signoff.answered_at.isoformat() if signoff.answered_at else ""]
    parts = [link.pk, link.purpose, signoff.digest, _said(answer), stands]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


# Afterwards


def note_signed(answer: SigningAnswer, *, at: datetime) -> None:
    """Remember that an answer was sent."""
    answer.sent_at = at
    answer.save(update_fields=["sent_at"])


def shows_receipt(link: AnsweringLink, *, at: datetime) -> bool:
    """Whether a link still shows the receipt of a signature that has closed its round.

    For an hour, to whoever has signed through it and has kept his part.
    """
    signoff = link.signoff
    if link.purpose != LinkPurpose.SIGNOFF or link.ended_at or signoff.answered_at is None:
        return False
    person = signoff.person
    if at - signoff.answered_at > _RECEIPT_FOR or person is None or not person.is_active:
        return False
    answer = answer_of(signoff)
    profile: Profile = signoff.round.profile
    part = parts_to_ask(profile, ValidationKind.SIGNOFF).filter(user=person)
    if answer is None or answer.waits_to_be_sent or not is_on_record(answer):
        return False
    return bool(part.exists())
