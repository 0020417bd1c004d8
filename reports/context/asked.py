"""The data requests of the methodology: what was asked of which institution, when, and what came.

Read from what was said, up to the moment at which the text of the methodology was submitted. So
the list stands as it was when that text was judged, however many answers come afterwards. Names
of people, and what they answered, are not read at all.
"""

from collections.abc import Iterable
from datetime import datetime

from profile_workflow import days
from profile_workflow.models import Profile, RequestEntry
from profile_workflow.states import Role
from reports.context.plain import DataRequest

#: Moves of which the last one says how a request stands.
_OUTCOMES = ("give_answer", "say_unavailable", "record_absence", "ask_again")


def read_requests(profile: Profile, language: str, *, until: datetime | None) -> list[DataRequest]:
    """Return the data requests of a profile in the order in which they were made: one query.

    Args:
        profile: The profile.
        language: Language of dates and labels; must be active.
        until: Only what was said until then; None for everything.
    """
    entries = RequestEntry.objects.filter(request__profile=profile).select_related("request")
    if until is not None:
        entries = entries.filter(created_at__lte=until)
    said: dict[int, list[RequestEntry]] = {}
    for one in entries.order_by("request_id", "pk"):
        said.setdefault(one.request_id, []).append(one)
    return [
        _printed(several, language)
        for several in said.values()
        if several[-1].move != "withdraw_request"
    ]


def latest_entry(profile_id: int) -> datetime | None:
    """Return when something was said last to a request of a profile; None if nothing was."""
    entries = RequestEntry.objects.filter(request__profile=profile_id).order_by("-created_at")
    return entries.values_list("created_at", flat=True).first()


def _printed(entries: list[RequestEntry], language: str) -> DataRequest:
    first = entries[0]
    asked = _last(entries, ("ask", "hand_on")) or first
    outcome = _last(entries, _OUTCOMES)
    move = outcome.move if outcome else ""
    absence = move in ("say_unavailable", "record_absence")
    told = _last(entries, ("give_answer", "say_unavailable"))
    is_open = told is None or move == "ask_again"
    return DataRequest(
        subject=first.request.subject,
        holder=asked.holder or str(Role(asked.asked_role).label),
        asked_on=days.in_words(first.created_at, language),
        answered_on="" if is_open or told is None else days.in_words(told.created_at, language),
        available=not absence,
        reason=outcome.text if outcome is not None and move == "record_absence" else "",
    )


def _last(entries: Iterable[RequestEntry], moves: Iterable[str]) -> RequestEntry | None:
    wanted = set(moves)
    return next((one for one in reversed(list(entries)) if one.move in wanted), None)
