"""Thinning the trail: what stays at which age, whenever and however often the worker looks."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Max

from profile_workflow.models import Profile, WorkingCopy
from profile_workflow.services import copies
from profile_workflow.states import Occasion, ProfileState, Role
from tests import factories
from workflows.management.commands.worker import sweep

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

#: Noon, so that stretches of a day end at a time that can be told from the present one.
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def section():
    profile = factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)
    return factories.section(profile, "1")


def saved(section, *moments, occasion=Occasion.WRITING) -> None:
    """Put copies into the trail as saves at these moments would have."""
    last = WorkingCopy.objects.filter(section=section).aggregate(last=Max("version"))["last"]
    start = (last or 0) + 1
    writer = factories.holder(section.profile, Role.LOCAL_EXPERT)
    WorkingCopy.objects.bulk_create(
        WorkingCopy(
            section=section,
            version=start + number,
            text=f"{moment}",
            saved_by=writer,
            saved_at=moment,
            occasion=occasion,
            thin_at=copies._step_at(moment, 0),
        )
        for number, moment in enumerate(moments)
    )


def every(minutes, *, start, end) -> list[datetime]:
    number = int((end - start) / timedelta(minutes=minutes))
    return [start + timedelta(minutes=minutes * one) for one in range(number)]


def kept(section) -> list[datetime]:
    found = WorkingCopy.objects.filter(section=section).order_by("saved_at")
    return list(found.values_list("saved_at", flat=True))


def ages(section) -> Counter[str]:
    """Count what is kept by the age at which another rule holds."""
    found: Counter[str] = Counter()
    for moment in kept(section):
        age = NOW - moment
        name = "hour" if age <= timedelta(hours=1) else "day" if age <= timedelta(days=1) else (
            "week" if age <= timedelta(weeks=1) else "older"
        )  # fmt: skip
        found[name] += 1
    return found


def test_the_older_the_fewer(section):
    saved(section, *every(2, start=NOW - timedelta(days=10), end=NOW))
    copies.thin(at=NOW)
    found = ages(section)
    assert found["hour"] == 30
    assert found["day"] == 23 * 6
    assert found["week"] == 6 * 24
    # Half a day that is not yet a week old as a whole, and the three days before it.
    assert found["older"] == 12 + 3


def test_the_newest_of_each_stretch_stays(section):
    start = NOW - timedelta(hours=3)
    saved(section, *[start + timedelta(minutes=one) for one in (0, 4, 9, 10, 19, 31)])
    assert copies.thin(at=NOW) == 3
    assert kept(section) == [start + timedelta(minutes=one) for one in (9, 19, 31)]


@pytest.mark.any_database
def test_looking_often_comes_to_the_same_as_looking_once(section):
    profile = factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)
    other = factories.section(profile, "1")
    moments = every(7, start=NOW - timedelta(days=9), end=NOW)
    saved(other, *moments)
    for moment in every(173, start=NOW - timedelta(days=9), end=NOW):
        saved(section, *[one for one in moments if moment - timedelta(minutes=173) < one <= moment])
        copies.thin(at=moment)
    saved(section, *[one for one in moments if one > moment])
    copies.thin(at=NOW)
    assert kept(section) == kept(other)
    assert copies.thin(at=NOW) == 0


def test_what_is_not_due_is_not_looked_at(section, django_assert_num_queries):
    saved(section, *every(2, start=NOW - timedelta(minutes=50), end=NOW))
    with django_assert_num_queries(2):
        assert copies.thin(at=NOW) == 0
    assert len(kept(section)) == 25


@pytest.mark.parametrize("occasion", [one for one in Occasion if one is not Occasion.WRITING])
def test_what_was_more_than_written_on_stays(section, occasion):
    moments = [NOW - timedelta(days=20, minutes=one) for one in (3, 2, 1)]
    saved(section, moments[0])
    saved(section, moments[1], occasion=occasion)
    saved(section, moments[2])
    copies.thin(at=NOW)
    assert kept(section) == moments[1:]


def test_there_are_never_more_than_so_many(section, monkeypatch):
    monkeypatch.setattr(copies, "MOST_COPIES", 5)
    days = [NOW - timedelta(days=one) for one in range(30, 9, -1)]
    saved(section, *days[:4], occasion=Occasion.OTHER_PERSON)
    saved(section, *days[4:])
    fresh = NOW - timedelta(minutes=5)
    saved(section, fresh)
    copies.thin(at=NOW)
    assert kept(section) == [*days[:4], days[-1], fresh]


def test_after_publication_the_trail_is_forgotten(section):
    published = NOW - copies.KEPT_AFTER_PUBLICATION
    saved(section, published - timedelta(days=1), occasion=Occasion.RESTORED)
    correction = published + timedelta(days=30)
    saved(section, correction, occasion=Occasion.RESTORED)
    Profile.objects.filter(pk=section.profile_id).update(published_at=published)
    copies.thin(at=NOW - timedelta(seconds=1))
    assert len(kept(section)) == 2
    copies.thin(at=NOW)
    assert kept(section) == [correction]


def test_the_worker_thins(section):
    saved(section, *every(1, start=NOW - timedelta(days=30), end=NOW - timedelta(days=29)))
    assert sweep(NOW) >= 1
    assert len(kept(section)) == 2
