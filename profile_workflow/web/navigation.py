"""The navigation at the top of every page."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import User
from profile_workflow.queries.people import is_project_team


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where it leads, what it is called, whether it is the page that is open."""

    address: str
    label: "str | Promise"
    is_here: bool


#: Name of the address and label; the second group is for the project team. At most five in all.
_FOR_ALL = (("tasks", _("My tasks")), ("profiles", _("Profiles")))
_FOR_TEAM = (("board", _("Board")), ("outbox", _("Outbox")))


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates ``navigation``; looked up only by pages that show it."""
    return {"navigation": SimpleLazyObject(lambda: entries(request))}


def entries(request: HttpRequest) -> list[Entry]:
    """Return the entries for whoever asks; none for a stranger."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return []
    team = is_project_team(user, on=timezone.localdate())
    match = request.resolver_match
    here = match.view_name if match else ""
    return [
        Entry(reverse(name), label, name == here)
        for name, label in (*_FOR_ALL, *(_FOR_TEAM if team else ()))
    ]
