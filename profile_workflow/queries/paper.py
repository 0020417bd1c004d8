"""Answers on paper: the number on a form, whom it belongs to, and which forms have been entered."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from profile_workflow.models import PaperAnswer, Profile, SignOff, User, ValidationRound
from profile_workflow.queries.rounds import Answer, answers_as_seen, credit_of
from profile_workflow.states import ValidationKind

_NUMBER = re.compile(r"(?P<signoff>[1-9][0-9]{0,17})-(?P<check>[0-9]{3})")
#: So many numbers can be told apart by their last three digits.
_CHECKS = 1000

#: Section key → ``view`` and ``text``.
Said = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """Somebody who is asked, with his form.

    Attributes:
        answer: What he has answered, as the reader may see it.
        number: The number of his form.
        paper: What was entered of it, if it was.
    """

    answer: Answer
    number: str
    paper: PaperAnswer | None


@dataclass(frozen=True, slots=True)
class PaperOfRound:
    """The forms of a round, as a reader may see them; ``hidden`` belong to people he may not."""

    round: ValidationRound
    lines: list[PaperLine]
    hidden: int


def number_of(signoff: SignOff) -> str:
    """Return the number of a form: which round and person, and three digits against slips.

    It says nothing of the person, and opens nothing.
    """
    return f"{signoff.pk}-{_check(signoff.pk)}"


def _check(pk: int) -> str:
    digest = hashlib.sha256(f"paper form {pk}".encode()).hexdigest()
    return f"{int(digest, 16) % _CHECKS:03d}"


def id_in(number: str) -> int | None:
    """Return the id of the sign-off that a number names; None if it cannot be right."""
    found = _NUMBER.fullmatch(_western(number))
    if found is None:
        return None
    pk = int(found["signoff"])
    return pk if int(found["check"]) == int(_check(pk)) else None


def _western(number: str) -> str:
    """Return a number as it is printed, in whatever digits and with whatever dash it was typed."""
    signs = "".join(number.split()).replace("\u2013", "-").replace("\u2010", "-")
    return "".join(str(unicodedata.decimal(one, one)) for one in signs)


def open_consultation(profile: Profile) -> ValidationRound | None:
    """Return the consultation of a profile that takes answers, if there is one: one query."""
    found = profile.validation_rounds.filter(
        kind=ValidationKind.CONSULTATION, closed_at__isnull=True, unsealed_at__isnull=True
    )
    opened: ValidationRound | None = found.select_related("version").first()
    return opened


def paper_of_round(profile: Profile, *, viewer: User) -> PaperOfRound | None:
    """Return the forms of the open consultation; None if there is none.

    Under the Chatham House Rule no form belongs to a person. A constant number of queries.
    """
    opened = open_consultation(profile)
    if opened is None:
        return None
    if opened.is_secret:
        return PaperOfRound(opened, [], 0)
    related = ("person__organisation", "round", "responded_by", "paper__entered_by")
    asked = list(opened.signoffs.filter(person__isnull=False).select_related(*related))
    seen = [one for one in asked if credit_of(one, profile, viewer=viewer).is_named]
    answers = sorted(
        answers_as_seen(seen, profile, viewer=viewer),
        key=lambda one: (one.by.name, one.signoff.pk),
    )
    lines = [
        PaperLine(one, number_of(one.signoff), getattr(one.signoff, "paper", None))
        for one in answers
    ]
    return PaperOfRound(opened, lines, len(asked) - len(seen))


def paper_of(signoff: SignOff) -> PaperAnswer | None:
    """Return what was entered from the form of somebody, if it was: one query."""
    found = PaperAnswer.objects.filter(signoff=signoff).select_related("entered_by")
    paper: PaperAnswer | None = found.first()
    return paper


def said_on_paper(paper: PaperAnswer | None) -> Said:
    """Return section key → what the form says of it."""
    said: Said = paper.said if paper else {}
    return said


def signoff_of_form(profile: Profile, number: str) -> SignOff | None:
    """Return for what somebody is asked now whose form has a number; None if there is nothing.

    After an extension the form of the round before is good, if the text is the same.
    """
    pk = id_in(number)
    opened = open_consultation(profile) if pk is not None else None
    if opened is None:
        return None
    on_paper = SignOff.objects.filter(round__profile=profile, pk=pk, person__isnull=False).first()
    if on_paper is None or on_paper.digest != opened.version.digest:
        return None
    found: SignOff | None = opened.signoffs.filter(person=on_paper.person_id).first()
    return found
