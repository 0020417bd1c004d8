"""The words of a mail: a job becomes a letter in the language of its reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from profile_workflow.models import Profile, User
from workflows.letters.addresses import address
from workflows.letters.facts import facts_of, language_of
from workflows.letters.kinds import AccountMail, is_wanted
from workflows.letters.text import one_line, single_spaced


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
    with translation.override(language_of(person)), timezone.override(city_time):
        facts = facts_of(payload, person, profile)
        return _written(payload["kind"], person, facts) if facts else None


def compose_account(payload: Mapping[str, Any]) -> Letter | None:
    """Write the mail with which somebody sets his password; ``None`` if the account is closed.

    Args:
        payload: ``kind``, one of ``AccountMail``, and ``user``, the id of the person.
    """
    person = User.objects.filter(pk=payload["user"], is_active=True).first()
    if person is None:
        return None
    with translation.override(language_of(person)):
        identity = urlsafe_base64_encode(force_bytes(person.pk))
        token = default_token_generator.make_token(person)
        facts = {
            "person": person,
            "link": address("password_set", identity, token),
            "again": address("password_reset"),
            "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
            "language": language_of(person),
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        return _written(f"account_{AccountMail(payload['kind']).value}", person, facts)


def _written(kind: str, person: User, facts: Mapping[str, Any]) -> Letter:
    path = f"workflows/mail/{kind}"
    return Letter(
        to=person.email,
        language=facts["language"],
        subject=one_line(render_to_string(f"{path}.subject.txt", dict(facts))),
        text=single_spaced(render_to_string(f"{path}.body.txt", dict(facts))),
        html=render_to_string(f"{path}.html", dict(facts)),
        link=facts.get("link"),
        code=facts["code"].row.pk if facts.get("code") else None,
    )
