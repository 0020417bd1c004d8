"""Working days: the city's own week, its holidays, its time zone."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profile_workflow import calendars

pytestmark = pytest.mark.unit


@dataclass
class Town:
    country: str = "TN"
    time_zone: str = "Africa/Tunis"
    working_week: list[int] = field(default_factory=lambda: [0, 1, 2, 3, 4])


AMMAN = Town("JO", "Asia/Amman", [6, 0, 1, 2, 3])
VIENNA = Town("AT", "Europe/Vienna")


def test_the_week_of_amman_begins_on_sunday():
    thursday, friday, sunday = date(2026, 6, 4), date(2026, 6, 5), date(2026, 6, 7)
    assert calendars.is_working_day(thursday, AMMAN)
    assert not calendars.is_working_day(friday, AMMAN)
    assert calendars.is_working_day(sunday, AMMAN)
    assert not calendars.is_working_day(sunday, VIENNA)


def test_public_holidays_are_no_working_days():
    assert not calendars.is_working_day(date(2026, 10, 26), VIENNA)
    assert calendars.add_working_days(date(2026, 10, 23), 1, VIENNA) == date(2026, 10, 27)


def test_a_country_without_known_holidays_has_a_plain_week():
    assert calendars.public_holidays("XX", 2026) == frozenset()


def test_a_deadline_is_the_end_of_the_day_in_the_city():
    late_evening_in_utc = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # already Tuesday in Amman
    due = calendars.deadline(late_evening_in_utc, 1, AMMAN)
    assert (due.date(), due.hour, due.minute) == (date(2026, 6, 3), 23, 59)
    assert due.utcoffset() == timedelta(hours=3)


def test_days_are_counted_forward_only():
    with pytest.raises(ValueError, match="forward"):
        calendars.add_working_days(date(2026, 6, 1), -1, VIENNA)


@given(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.integers(0, 90),
    st.sampled_from([Town(), AMMAN, VIENNA]),
)
def test_as_many_working_days_lie_between_as_were_asked_for(start, days, town):
    end = calendars.add_working_days(start, days, town)
    between = (start + timedelta(days=number + 1) for number in range((end - start).days))
    assert sum(calendars.is_working_day(day, town) for day in between) == days
    assert days == 0 or calendars.is_working_day(end, town)
