"""States, dates and delays in words."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context
from django.utils import timezone, translation

from profile_workflow.queries.history import move_label
from profile_workflow.states import (
    CommentState,
    DataItemState,
    InvitationState,
    ProfileState,
    RequestState,
    SectionState,
    SignOffState,
)
from profile_workflow.templatetags import words

pytestmark = pytest.mark.unit

TUNIS = ZoneInfo("Africa/Tunis")
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def due(**ahead):
    """Return the end of a day in the city, so many days from now."""
    return (NOON + timedelta(**ahead)).astimezone(TUNIS).replace(hour=23, minute=59, second=59)


@pytest.mark.parametrize(
    ("due_at", "said", "tone"),
    [
        (due(days=-12), "12 days late", "late"),
        (due(days=-1), "1 day late", "late"),
        (NOON - timedelta(hours=1), "late since today", "late"),
        (due(days=0), "today", "soon"),
        (due(days=1), "tomorrow", "soon"),
        (due(days=3), "in 3 days", "soon"),
        (due(days=4), "in 4 days", "later"),
    ],
)
def test_a_deadline_in_words(due_at, said, tone):
    assert words.lateness(due_at, NOON, TUNIS) == words.Lateness(said, tone)


def test_days_are_those_of_the_city_not_of_the_server():
    late_evening = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    assert words.lateness(due(days=0), late_evening, TUNIS).words == "1 day late"
    assert words.lateness(due(days=0), late_evening, ZoneInfo("UTC")).words == "late since today"


def test_a_deadline_is_shown_with_its_day_and_the_zone_it_was_set_in():
    shown = words.due(due(days=-12), NOON, "Africa/Tunis")
    assert 'datetime="2026-03-02T23:59:59+01:00" title="Africa/Tunis"' in shown
    assert "2 March 2026" in shown
    assert '<span class="tag tag-late">12 days late</span>' in shown
    assert "on hold" in words.due(due(days=-12), NOON, "Africa/Tunis", paused=True)
    assert words.due(None, NOON, "Africa/Tunis") == ""


def test_a_moment_is_shown_to_the_minute_or_to_the_day():
    assert "12:00" in words.moment(NOON)
    assert "12:00" not in words.moment(NOON, day_only=True)
    assert words.moment(None) == ""


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (NOON, "since today"),
        (NOON + timedelta(minutes=1), "since today"),
        (NOON - timedelta(days=1), "for 1 day"),
        (NOON - timedelta(hours=16), "for 1 day"),
        (NOON - timedelta(days=40), "for 40 days"),
        (None, ""),
    ],
)
def test_an_age_in_words(since, said):
    assert words.age(since, NOON) == said


def test_an_age_counts_the_days_of_the_reader():
    early = NOON - timedelta(hours=12, minutes=30)
    assert words.age(early, NOON) == "for 1 day"
    with timezone.override("Africa/Tunis"):
        assert words.age(early, NOON) == "since today"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "متأخر يوماً واحداً"),
        (2, "متأخر يومين"),
        (3, "متأخر 3 أيام"),
        (11, "متأخر 11 يوماً"),
        (100, "متأخر 100 يوم"),
    ],
)
def test_arabic_counts_in_its_own_way(number, said):
    with translation.override("ar"):
        assert words.lateness(due(days=-number), NOON, TUNIS).words == said


def test_every_state_is_shown_with_its_name():
    known = {
        *ProfileState,
        *SectionState,
        *CommentState,
        *SignOffState,
        *DataItemState,
        *RequestState,
        *InvitationState,
    }
    assert set(words.TONES) <= {str(state) for state in known}
    document = SimpleNamespace(state="drafting", get_state_display=lambda: "<Drafting>")
    assert words.state(Context(), document) == '<span class="tag tag-work">&lt;Drafting&gt;</span>'
    assert "tag-idle" in words.state_tag("unheard_of", "Unheard of")


def test_moves_have_names_even_those_of_yesterday():
    assert move_label("profile", "hold") == "Put on hold"
    assert move_label("task", "claim") == "Take the task"
    assert move_label("profile", "gone_since") == "Gone since"
