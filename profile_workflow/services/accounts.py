"""Accounts: opening one, what a person does with his own, the limits on guessing and flooding."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, NotAllowed
from profile_workflow.models import Profile
from profile_workflow.models.people import User
from profile_workflow.models.sign_in import FailedSignIn, Tally
from profile_workflow.states import Role

#: So many failures within so much time, and an account is closed to the address they came from.
MOST_FAILURES = 5
WINDOW = timedelta(minutes=15)
#: So long a tally is kept after which nobody has come again.
KEPT = timedelta(days=1)
#: So many files within that time are compared for one network address. Behind it may be many
#: people, or the proxy of the site and so everybody.
MOST_FILES = 200


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


def may_ask_for_link(email: str, *, address: str, at: datetime) -> bool:
    """Whether another mail with a link to set a password is sent; notes that it was asked for.

    Counted for the account and the network address together, and for the account from anywhere,
    so that nobody's mailbox is flooded; alike whether or not there is such an account.
    """
    return _may_again([_key(f"link|{email}", address), _key(f"link|{email}", "")], at)


def may_name_by_address(user: User, *, at: datetime) -> bool:
    """Whether a person names somebody by an address once more; notes that it was done.

    So that nobody tries many addresses, and no mailbox of a project team is flooded.
    """
    return _may_again([_key(f"named by|{user.pk}", "")], at)


def is_first_wish(user: User, wish: str, *, at: datetime) -> bool:
    """Whether a person asks for something that he did not ask for of late; notes that he did."""
    return _may_again([_key(f"wish of|{user.pk}|{wish}", "")], at, most=1)


def may_check_file(*, address: str, at: datetime) -> bool:
    """Whether another file from a network address is compared; notes that it was sent.

    To be asked before anything of the file is read, so that it counts whatever comes of it. Of
    those that come at once, the first ones too, no more are let through than there is room for.
    """
    Tally.objects.filter(since__lte=at - KEPT).delete()
    key = _key("file", address)
    Tally.objects.bulk_create([Tally(key=key, since=at)], ignore_conflicts=True)
    counted = Tally.objects.filter(key=key)
    counted.filter(since__lte=at - WINDOW).update(since=at, number=0)
    return counted.filter(number__lt=MOST_FILES).update(number=F("number") + 1) == 1


def _may_again(keys: Sequence[str], at: datetime, *, most: int = MOST_FAILURES) -> bool:
    """Whether none of some keys was noted too often of late; notes them once more if so."""
    FailedSignIn.objects.filter(at__lte=at - WINDOW).delete()
    recent = FailedSignIn.objects.filter(key__in=keys, at__gt=at - WINDOW).values_list("key")
    counts = Counter(key for (key,) in recent)
    if any(number >= most for number in counts.values()):
        return False
    FailedSignIn.objects.bulk_create(FailedSignIn(key=key, at=at) for key in keys)
    return True


def account_of(email: str) -> User | None:
    """Return the open account with an e-mail address, if there is one."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()


@transaction.atomic
def open_account(profile: Profile, *, email: str, full_name: str, language: str, by: User) -> User:
    """Open an account without a password for somebody who is to have a part in a profile.

    Raises:
        NotAllowed: If ``by`` is not of the project team.
        InvalidInput: If there is an account with this address, or no such language.
    """
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        raise NotAllowed(_("Only the project team opens accounts."))
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput(_("This language is not available."))
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email.strip(), full_name, language=language, time_zone=profile.city.time_zone
            )
    except IntegrityError as error:
        raise InvalidInput(_("There is an account with this address already.")) from error
