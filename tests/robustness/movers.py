"""A program that moves profiles without end, made to be killed in the middle of a move.

``python -m tests.robustness.movers PROGRAMME SEED`` moves the profiles of a programme as its
people would; with ``--in-steps`` it has the planted hole that each move is committed in three
steps, which the test must catch.
"""

import random
import sys
import time
from datetime import datetime
from typing import Any

import django


def move_for_ever(programme_id: int, seed: int) -> None:
    """Move any profile of the programme, again and again; start a new one when one is through.

    The first move is told: what comes after it is worth killing.
    """
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by then

    from profile_workflow.models import Event, Profile  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    chance = random.Random(seed)  # noqa: S311 - a test
    before = Event.objects.count()
    while True:
        if before is not None and Event.objects.count() > before:
            print("moved", flush=True)
            before = None
        profile = chance.choice(list(Profile.objects.filter(programme=programme_id)))
        if profile.state in factories.FORWARD:
            factories.advance(profile)
        elif profile.state == profile.S.PUBLISHED:
            aside = chance.choice([profile.S.CORRECTION, profile.S.UPDATE_DUE])
            factories.ASIDE[aside][1](profile, timezone.now())
        elif profile.state == profile.S.UPDATE_DUE and not hasattr(profile, "next_edition"):
            factories.start_next_edition(profile)


def move_in_steps() -> None:
    """Plant the hole: state, task and effects are committed one after the other."""
    from django.db import transaction  # noqa: PLC0415

    from profile_workflow.services import lifecycle  # noqa: PLC0415
    from profile_workflow.services.locking import locked  # noqa: PLC0415
    from workflows import effects, engine  # noqa: PLC0415
    from workflows.engine import locking, moves  # noqa: PLC0415

    def perform(document: Any, move: str, *, by: Any, at: datetime, details: Any = None) -> Any:
        details = details or lifecycle.NO_DETAILS
        with transaction.atomic():
            profile = locked(locking.profile_id(document), at)
            is_profile = type(document) is type(profile)
            fresh = profile if is_profile else locking.refetched(document, profile)
            task = moves._open_task(fresh, move, by)
            event = lifecycle.move(fresh, move, by=by, at=at, details=details)
        time.sleep(0.01)
        with transaction.atomic():
            process = moves._finish(task, profile, fresh, by=by, move=move, at=at)
        time.sleep(0.01)
        with transaction.atomic():
            effects.move_was_made(event, fresh, process, by=by, details=details)
        return event

    engine.perform = perform


if __name__ == "__main__":
    django.setup()
    if "--in-steps" in sys.argv:
        move_in_steps()
    move_for_ever(int(sys.argv[1]), int(sys.argv[2]))
