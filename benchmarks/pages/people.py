"""Who opens the pages, signed in, and which ones: each only what is there for him."""

import random
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from benchmarks.lists.filling import Programme
from profile_workflow.models import Profile, User
from profile_workflow.states import Role
from workflows.models import Task

#: How many of ten people are of a role; the rest takes another turn.
_TURNS = (
    Role.LOCAL_EXPERT,
    Role.PROJECT_TEAM,
    Role.INTERNATIONAL_EXPERT,
    Role.LOCAL_EXPERT,
    Role.STAKEHOLDER,
    Role.PROJECT_TEAM,
    Role.FOCAL_POINT,
    Role.LOCAL_EXPERT,
    Role.INTERNATIONAL_EXPERT,
    Role.STAKEHOLDER,
)
_SEARCHES = (
    "housing",
    "migration school",
    "الهجرة",
    "مدينه",
    "rent census survey",
    "expert",
    "2026",
)
_OF_EACH = 6


def people(programme: Programme, *, number: int) -> list[dict[str, Any]]:
    """Return for each person the cookie of the session, and page → addresses."""
    chance = random.Random(3)  # noqa: S311 - no secret, but the same at every run
    return [_person(one, chance) for one in _chosen(programme, number)]


def _chosen(programme: Programme, number: int) -> Iterator[User]:
    for place in range(number):
        group = programme.people[_TURNS[place % len(_TURNS)]]
        yield group[place * len(group) // number]


def _person(user: User, chance: random.Random) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    return {
        "cookie": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "pages": {name: found for name, found in _pages(user, chance).items() if found},
    }


def _pages(user: User, chance: random.Random) -> dict[str, list[str]]:
    mine = list(Profile.objects.visible_to(user).order_by("pk"))
    slugs = [one.slug for one in chance.sample(mine, min(_OF_EACH, len(mine)))]
    tasks = Task.objects.open().filter(owner=user).values_list("pk", flat=True)[:_OF_EACH]
    pages = {
        "tasks": [reverse("tasks")],
        "task": [reverse("task", args=[pk]) for pk in tasks],
        "profiles": [reverse("profiles")],
        "profile": [reverse("profile", args=[slug]) for slug in slugs],
        "section": [reverse("section", args=[slug, str(chance.randint(1, 13))]) for slug in slugs],
        "history": [reverse("history", args=[slug]) for slug in slugs],
        "pdf": [reverse("pdf", args=[slug]) for slug in slugs],
        "search": [f"{reverse('search')}?q={words}" for words in _SEARCHES],
    }
    if user.assignments.filter(role=Role.PROJECT_TEAM).exists():
        pages |= {"board": [reverse("board")], "outbox": [reverse("outbox")]}
    return pages
