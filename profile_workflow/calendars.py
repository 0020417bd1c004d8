"""Working days of a city: its time zone, its week, the public holidays of its country."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import holidays


class Place(Protocol):
    """What a calendar needs to know of a city."""

    country: str
    time_zone: str
    working_week: list[int]


@lru_cache(maxsize=512)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country (ISO 3166-1 alpha-2), none if they are unknown."""
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def is_working_day(day: date, city: Place) -> bool:
    """Whether people in the city work on a day."""
    week = city.working_week or [0, 1, 2, 3, 4]
    return day.weekday() in week and day not in public_holidays(city.country, day.year)


def add_working_days(start: date, days: int, city: Place) -> date:
    """Return the day that is ``days`` (≥ 0) working days of the city after ``start``.

    Raises:
        ValueError: If ``days`` is negative.
    """
    if days < 0:
        raise ValueError("Working days are counted forward.")
    day = start
    while days:
        day += timedelta(days=1)
        if is_working_day(day, city):
            days -= 1
    return day


def end_of_day(day: date, city: Place) -> datetime:
    """Return the last second of a day in the city's time zone."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=ZoneInfo(city.time_zone))


def day_of(moment: datetime, city: Place) -> date:
    """Return the day that it was in the city."""
    return moment.astimezone(ZoneInfo(city.time_zone)).date()


def deadline(start: datetime, days: int, city: Place) -> datetime:
    """Return the end of the day that is ``days`` working days after ``start``, in the city."""
    return end_of_day(add_working_days(day_of(start, city), days, city), city)
