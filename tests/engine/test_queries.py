"""What a move costs: at most thirty queries, however many sections there are."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profile_workflow.services.lifecycle import Details
from profile_workflow.states import Attribution, ProfileState
from tests import factories
from tests.engine.tour import Tour
from workflows import engine, notifications

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]

MOST = 30
#: Less for what is done with each section; more for what is no move, but a nomination that copies
#: six kinds of evidence, each read and written once, and for a signature that closes its round,
#: before which a link and a code are judged. A consultation that opens freezes the text, says how
#: answers will be attributed, asks everybody, and looks up what they had said before. To enter a
#: form is to keep it and to send an answer; to conclude closes the records of workshops too. Who
#: leaves may be the last for whom a round waited: then his part and the round end together. To
#: publish is to read once more all that is printed, and to compare it with the file.
OWN = {
    "section.submit": 23,
    "section.accept": 25,
    "nominate, next edition": 34,
    "sign by link": 37,
    "enter paper": 38,
    "end part": 32,
    "profile.conclude_consultation, all signed before": 32,
    "profile.publish": 56,
    "profile.publish, superseding": 56,
    "profile.publish_correction": 56,
}

#: What begins and ends a transaction is no query.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


class Costs:
    """Counts the queries of each step of a tour."""

    def __init__(self) -> None:
        self.dearest: defaultdict[str, int] = defaultdict(int)

    def __call__(self, name: str, step: Callable[[], Any]) -> None:
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as queries:
            step()
        count = sum(not one["sql"].startswith(FRAME) for one in queries)
        self.dearest[name] = max(self.dearest[name], count)

    def table(self) -> str:
        lines = sorted(self.dearest.items(), key=lambda line: -line[1])
        return "\n".join(f"{count:4d}  {name}" for name, count in lines)


def costs_of_a_tour(sections: int) -> Costs:
    costs = Costs()
    Tour(costs, sections=sections).take()
    return costs


def test_every_move_is_cheap_and_costs_the_same_for_many_sections():
    few, many = costs_of_a_tour(3), costs_of_a_tour(14)
    too_dear = {name for name, count in many.dearest.items() if count > OWN.get(name, MOST)}
    assert not too_dear, f"too many queries: {too_dear}\n{many.table()}"
    growing = {
        name: (few.dearest[name], count)
        for name, count in many.dearest.items()
        if count != few.dearest[name]
    }
    assert not growing, f"costs more with more sections: {growing}"


def test_hole_a_query_for_each_task_is_seen(monkeypatch):
    real = notifications.whose_turn

    def one_by_one(tasks: Any, **rest: Any) -> Any:
        for task in tasks:
            task.refresh_from_db(fields=["due_at"])
        return real(tasks, **rest)

    monkeypatch.setattr(notifications, "whose_turn", one_by_one)
    few, many = Costs(), Costs()
    Tour(few, sections=3).start()
    Tour(many, sections=6).start()
    assert many.dearest["profile.begin_drafting"] == few.dearest["profile.begin_drafting"] + 3


def test_cancelling_under_seal_is_as_cheap():
    """What the answers are parted by is done by the next sweep, not by who cancels."""
    made = factories.make_programme()
    profile = factories.make_profile(made, attribution=Attribution.CHATHAM_HOUSE)
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    first, *_others = factories.asked(profile)
    factories.move(first, "approve", first.person)
    profile = factories.move(profile, "hold", made.team, reason="Why.")
    costs, said = Costs(), Details(reason="Why.")
    costs(
        "cancel",
        lambda: engine.perform(profile, "cancel", by=made.team, at=timezone.now(), details=said),
    )
    assert costs.dearest["cancel"] <= MOST
