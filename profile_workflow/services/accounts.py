"""What a person does with his own account, and the limit on guessing passwords."""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput
from profile_workflow.models.people import User
from profile_workflow.models.sign_in import FailedSignIn

#: So many failures within so much time, and an account is closed to the address they came from.
MOST_FAILURES = 5
WINDOW = timedelta(minutes=15)


def _key(email: str, address: str) -> str:
    """Return what stands for account and address; names neither, should the table be read."""
    value = f"{email.strip().lower()}|{address}"
    return salted_hmac("failed-sign-in", value, algorithm="sha256").hexdigest()


def may_try(email: str, *, address: str, at: datetime) -> bool:
    """Whether another attempt to sign in to an account from a network address is taken.

    Counted for the pair, so that nobody can close somebody else's account from afar, and alike
    whether or not there is such an account.
    """
    recent = FailedSignIn.objects.filter(key=_key(email, address), at__gt=at - WINDOW)
    return recent.count() < MOST_FAILURES


def note_failure(email: str, *, address: str, at: datetime) -> None:
    """Count a failed attempt, and drop those that no longer count."""
    FailedSignIn.objects.filter(at__lte=at - WINDOW).delete()
    FailedSignIn.objects.create(key=_key(email, address), at=at)


def forget_failures(email: str, *, address: str) -> None:
    """Start counting anew, after a success."""
    FailedSignIn.objects.filter(key=_key(email, address)).delete()


def choose_language(user: User, language: str) -> None:
    """Remember in which language a person wants to be addressed, on screen and in mails.

    Raises:
        InvalidInput: If there is no such language.
    """
    _check_language(language)
    user.language = language
    user.save(update_fields=["language"])


def change_settings(
    user: User, *, language: str, time_zone: str, muted_mails: Collection[str]
) -> None:
    """Keep how a person wants to be addressed, in which zone times are shown, and which mails not.

    Args:
        user: Whose settings; nobody changes those of others.
        language: Code of a language of the site.
        time_zone: Name in the database of time zones, e.g. ``Africa/Tunis``.
        muted_mails: Kinds of mail that are not sent; kinds that ask for an act are sent anyway.

    Raises:
        InvalidInput: If there is no such language or time zone.
    """
    _check_language(language)
    if time_zone not in available_timezones():
        raise InvalidInput(_("This time zone is not known."))
    user.language = language
    user.time_zone = time_zone
    user.muted_mails = sorted(set(muted_mails))
    user.save(update_fields=["language", "time_zone", "muted_mails"])


def _check_language(language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput(_("This language is not available."))
