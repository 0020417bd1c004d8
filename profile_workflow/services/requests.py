"""Asking the city for input, and keeping what is said to a request.

Answering, handing on, accepting and withdrawing are moves.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.utils import formats
from django.utils.translation import gettext as _

from profile_workflow import calendars
from profile_workflow.attachments import Attachment
from profile_workflow.errors import (
    DomainError,
    InvalidInput,
    MadeAlready,
    Missing,
    NotAllowed,
    NotComplete,
    NotNow,
    raise_if,
)
from profile_workflow.models import (
    DataTable,
    Event,
    InputRequest,
    Profile,
    RequestEntry,
    Section,
    User,
)
from profile_workflow.queries.requests import Askable, askable
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.services.written import written
from profile_workflow.states import ASKING_STATES, AUTHOR_ROLES, RequestState

#: The moves of a request; each leaves an entry.
MOVES = tuple(dict.fromkeys(one.name for one in InputRequest().get_all_state_transitions()))
#: What the first entry of a request is called.
ASK = "ask"
#: Working days of the city that are proposed for an answer.
DAYS_TO_ANSWER = 10
#: How far ahead an answer can be asked for.
_LATEST = timedelta(days=366)
MOST_CHARACTERS = 10_000
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, of whom, until when, and where it belongs.

    Attributes:
        person: Somebody of the city with a part in the profile.
        subject: What is asked for, in a line; it is printed.
        due_on: The last day for the answer, a working day of the city.
        section: The section that it is for.
        question: The guiding question of that section, by its key.
        table: The data table that it is for.
    """

    person: User
    subject: str
    due_on: date
    text: str = ""
    section: Section | None = None
    question: str = ""
    table: DataTable | None = None


def refusal_to_ask(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not ask the city for input now, or None if he may."""
    if not profile.roles_of(by).intersection(AUTHOR_ROLES):
        return NotAllowed(_("Only the authors ask the city for input."))
    if profile.state not in ASKING_STATES:
        return NotNow(
            _("Nothing can be asked for in the state “%(state)s”.")
            % {"state": profile.get_state_display()}
        )
    return None


def ask(profile: Profile, wish: Wish, *, by: User, at: datetime) -> tuple[InputRequest, Event]:
    """Ask somebody of the city for input. The caller holds the lock on the profile.

    Raises:
        NotAllowed: If the person does not write this profile.
        NotNow: If the text cannot change any more.
        InvalidInput: If what is asked for is empty or too long; if nobody of the city is asked; if
            the day is none for an answer.
        MadeAlready: If it was asked by a click before this one.
    """
    raise_if(refusal_to_ask(profile, by))
    asked = _asked(profile, wish.person)
    subject, text = (
        written(wish.subject, most=_LONGEST_SUBJECT),
        written(wish.text, most=MOST_CHARACTERS, may_be_empty=True),
    )
    new = {
        "section": wish.section,
        "question": wish.question,
        "table": wish.table,
        "subject": subject,
        "text": text,
        "asked_by": by,
        "asked_of": asked.person,
    }
    same = profile.input_requests.filter(**new, state=RequestState.ASKED).first()
    if same is not None:
        raise MadeAlready(_("You have asked for this already."), made=same)
    made = InputRequest(
        profile=profile,
        asked_role=asked.role,
        asked_at=at,
        due_at=last_moment(profile, wish.due_on, at=at),
        **new,
    )
    made.save()
    role = next(role for role in AUTHOR_ROLES if role in profile.roles_of(by))
    say(made, ASK, words=text, attachment=None, by=by, role=role, at=at)
    entry = Entry(document_name(made), ASK, "", RequestState.ASKED)
    return made, record(profile, [entry], actor=Actor(by, role), at=at)[0]


def _asked(profile: Profile, person: User) -> Askable:
    """Return somebody of the city as he can be asked.

    Raises:
        InvalidInput: If he has no part of the city in the profile.
    """
    found = next((one for one in askable(profile) if one.person.pk == person.pk), None)
    if found is None:
        raise InvalidInput(
            _("Only the focal point, stakeholders and the authority of this city can be asked.")
        )
    return found


def first_day(profile: Profile, at: datetime, *, days: int = DAYS_TO_ANSWER) -> date:
    """Return the day that is proposed for an answer, in working days of the city."""
    today = at.astimezone(ZoneInfo(profile.city.time_zone)).date()
    return calendars.add_working_days(today, days, profile.city)


def last_moment(profile: Profile, day: date, *, at: datetime) -> datetime:
    """Return until when an answer is asked for that is due on a day.

    Raises:
        InvalidInput: If the day is over in the city, too far away, or none on which people work.
    """
    moment = calendars.end_of_day(day, profile.city)
    if moment <= at:
        raise InvalidInput(_("This day is over already in the city."))
    if moment > at + _LATEST:
        raise InvalidInput(_("Choose a day within a year."))
    if not calendars.is_working_day(day, profile.city):
        following = calendars.add_working_days(day, 1, profile.city)
        raise InvalidInput(
            _("Nobody works in the city on %(day)s. The next working day is %(next)s.")
            % {
                "day": formats.date_format(day, "l j F Y"),
                "next": formats.date_format(following, "l j F Y"),
            }
        )
    return moment


def hand_to(request: InputRequest, person: User | None) -> set[str]:
    """Let somebody else of the city be asked; return the names of the fields that changed.

    Raises:
        NotComplete: If nobody is named.
        InvalidInput: If it is the same person, or nobody of the city.
    """
    if person is None:
        raise NotComplete(
            _("This cannot be done yet: something is missing."),
            (Missing("no_person", _("Choose who can answer better.")),),
        )
    asked = _asked(request.profile, person)
    if asked.person.pk == request.asked_of_id:
        raise InvalidInput(_("This person is asked already."))
    request.asked_of, request.asked_role = asked.person, asked.role
    return {"asked_of", "asked_role"}


#: Moves after which somebody else may be asked, so that the entry says who.
_ASKING = (ASK, "hand_on")


def say(
    request: InputRequest,
    move: str,
    *,
    words: str,
    attachment: Attachment | None,
    by: User,
    role: str,
    at: datetime,
) -> RequestEntry:
    """Keep what was said with a move, and the file that came with it.

    Raises:
        InvalidInput: If the words are too long or cannot be stored.
    """
    entry = RequestEntry(
        request=request,
        move=move,
        author=by,
        role=role,
        text=written(words, most=MOST_CHARACTERS, may_be_empty=True),
        created_at=at,
    )
    if move in _ASKING:
        organisation = request.asked_of.organisation
        entry.asked_of, entry.asked_role = request.asked_of, request.asked_role
        entry.holder = organisation.name if organisation else ""
    if attachment is not None:
        entry.file_name, entry.file_kind = attachment.name, attachment.kind
        entry.file_size = len(attachment.content)
        # What it is called on the disk tells nothing, and cannot be guessed.
        entry.file.save(uuid.uuid4().hex, ContentFile(attachment.content), save=False)
    entry.save()
    return entry
