"""The interface of the executor and the arithmetic of waiting."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import outbox
from workflows.executors import Job, get_executor

pytestmark = pytest.mark.unit


class ElsewhereExecutor:
    """Stands for a distributed engine."""

    def enqueue(self, jobs: Sequence[Job]) -> None:
        """Take jobs elsewhere."""


def test_the_embedded_executor_is_the_default():
    assert isinstance(get_executor(), outbox.DatabaseExecutor)


def test_another_executor_takes_its_place_by_setting(settings):
    settings.OUTBOX_EXECUTOR = f"{__name__}.ElsewhereExecutor"
    assert type(get_executor()).__name__ == "ElsewhereExecutor"


def test_a_job_is_a_value():
    assert Job("mail", "a") == Job("mail", "a")
    with pytest.raises(AttributeError):
        Job("mail", "a").key = "b"  # type: ignore[misc]


@given(st.integers(1, 200), st.floats(0, 1))
def test_waits_grow_and_stay_within_bounds(attempts, jitter):
    wait = outbox.backoff(attempts, jitter)
    assert outbox.FIRST_WAIT * 0.75 <= wait <= outbox.LONGEST_WAIT * 1.25
    assert outbox.backoff(attempts + 1, jitter) >= wait


def test_eight_tries_span_half_a_day():
    waits = sum((outbox.backoff(attempts, 0.5) for attempts in range(1, 8)), timedelta())
    assert timedelta(hours=11) < waits < timedelta(hours=13)


def test_jobs_that_failed_together_do_not_come_back_together():
    assert outbox.backoff(3, 0.0) < outbox.backoff(3, 0.5) < outbox.backoff(3, 1.0)
