"""Jobs: written with the move, taken once, executed at least once, visible when they fail."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connections, transaction
from django.utils import timezone

from profile_workflow.errors import NotNow
from tests.integration.workflows.cast import NOON, a_person
from tests.integration.workflows.jobs import SECOND, Clock, claimed, enqueue, raising, stored
from workflows import outbox
from workflows.executors import Job, JobFailed, ServiceDown, TryLater, get_executor
from workflows.models import JobState, OutboxJob
from workflows.outbox import Outcome

pytestmark = pytest.mark.integration


# Written with the move


@pytest.mark.django_db
def test_a_job_goes_with_its_transaction():
    with transaction.atomic():
        enqueue("a")
        transaction.set_rollback(True)
    assert not OutboxJob.objects.exists()


@pytest.mark.django_db
def test_the_same_effect_is_noted_once():
    enqueue("a", "b", payload={"first": True})
    enqueue("b", "c")
    assert set(OutboxJob.objects.values_list("key", flat=True)) == {"a", "b", "c"}
    assert OutboxJob.objects.get(key="b").payload == {"first": True}


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 50])
def test_any_number_of_jobs_costs_one_query(number, django_assert_num_queries):
    with django_assert_num_queries(1):
        enqueue(*(f"key {one}" for one in range(number)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": "lost"},
        {"state": JobState.RUNNING},
        {"state": JobState.DONE},
        {"leased_by": "one"},
        {"finished_at": NOON},
    ],
)
def test_the_database_refuses_a_job_that_makes_no_sense(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxJob.objects.create(kind="mail", key="a", **fields)


# Taken once


@pytest.mark.django_db
def test_jobs_are_taken_in_the_order_in_which_they_are_due():
    get_executor().enqueue(
        [Job("mail", "later", not_before=NOON), Job("mail", "earlier", not_before=NOON - SECOND)]
    )
    taken = [outbox.claim_next("one", NOON), outbox.claim_next("one", NOON)]
    assert [job.key for job in taken] == ["earlier", "later"]
    assert outbox.claim_next("one", NOON) is None


@pytest.mark.django_db
def test_a_job_is_not_taken_before_its_time():
    enqueue("a")
    assert outbox.claim_next("one", NOON - SECOND) is None
    assert outbox.claim_next("one", NOON) is not None


@pytest.mark.django_db
def test_a_kind_can_be_left_alone():
    enqueue("a")
    enqueue("b", kind="pdf")
    assert outbox.claim_next("one", NOON, except_kinds=["mail"]).key == "b"
    assert outbox.claim_next("one", NOON, except_kinds=["mail"]) is None


@pytest.mark.django_db
def test_a_leased_job_is_left_to_its_worker_until_the_lease_ends(settings):
    job = claimed(by="one")
    end = NOON + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    assert (job.lease_until, stored(job).lease_until) == (end, end)
    assert outbox.claim_next("two", end) is None
    taken_over = outbox.claim_next("two", end + SECOND)
    assert (taken_over.pk, taken_over.leased_by, taken_over.attempts) == (job.pk, "two", 2)


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_given_up(settings):
    settings.OUTBOX_MAX_ATTEMPTS = 2
    enqueue("deadly", "harmless")
    at = NOON
    for _worker in range(2):
        assert outbox.claim_next("one", at).key == "deadly"
        at += timedelta(seconds=settings.OUTBOX_LEASE_SECONDS + 1)
    assert outbox.claim_next("one", at).key == "harmless"
    given_up = OutboxJob.objects.get(key="deadly")
    assert (given_up.state, given_up.finished_at, given_up.leased_by) == ("failed", at, "")
    assert given_up.last_error == "The worker stopped in the middle of this job 2 times."


def claim_without_a_lock(worker_id, at):
    """Look first, then write: what a race makes wrong."""
    job = OutboxJob.objects.claimable(at).order_by("pk").first()
    time.sleep(0.02)
    if job is not None:
        until = timezone.now() + timedelta(minutes=5)
        OutboxJob.objects.filter(pk=job.pk).update(
            state=JobState.RUNNING, leased_by=worker_id, lease_until=until
        )
    return job


def taken_by_racing_workers(claim, *, workers=6):
    """Let workers claim until nothing is left; return how often each key was taken."""
    start = threading.Barrier(workers)

    def work(name):
        start.wait()
        taken = []
        try:
            while (job := claim(name, timezone.now())) is not None:
                taken.append(job.key)
        finally:
            connections.close_all()
        return taken

    with ThreadPoolExecutor(workers) as pool:
        lists = list(pool.map(work, [f"worker {number}" for number in range(workers)]))
    return Counter(key for keys in lists for key in keys)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_racing_workers_never_take_the_same_job():
    enqueue(*(f"key {number}" for number in range(60)))
    taken = taken_by_racing_workers(outbox.claim_next)
    assert len(taken) == 60
    assert set(taken.values()) == {1}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_race_sees_a_claim_without_a_lock():
    enqueue(*(f"key {number}" for number in range(20)))
    assert max(taken_by_racing_workers(claim_without_a_lock).values()) > 1


# Executed


@pytest.mark.django_db
def test_a_job_that_worked_is_done():
    seen = []
    enqueue("a", payload={"user": 7})
    job = outbox.claim_next("one", NOON)
    assert outbox.run(job, {"mail": seen.append}, clock=Clock()) is Outcome.DONE
    assert seen == [{"user": 7}]
    row = stored(job)
    assert (row.state, row.finished_at, row.leased_by, row.lease_until) == ("done", NOON, "", None)
    assert outbox.claim_next("one", NOON + timedelta(days=1)) is None


@pytest.mark.django_db
@pytest.mark.parametrize("error", [TryLater("451 full"), RuntimeError("451 full")], ids=repr)
def test_a_passing_failure_is_tried_again_later(error):
    job = claimed()
    assert outbox.run(job, {"mail": raising(error)}, clock=Clock()) is Outcome.WAITS
    row = stored(job)
    assert (row.state, row.attempts, row.finished_at) == ("waiting", 1, None)
    assert NOON + timedelta(seconds=11) < row.not_before < NOON + timedelta(seconds=19)
    assert "451 full" in row.last_error


@pytest.mark.django_db
def test_after_the_last_try_the_job_has_failed_and_says_why(settings):
    settings.OUTBOX_MAX_ATTEMPTS = 3
    enqueue("a")
    clock = Clock()
    outcomes = []
    while (job := outbox.claim_next("one", clock())) is not None:
        outcomes.append(outbox.run(job, {"mail": raising(TryLater("451 full"))}, clock=clock))
        clock.at += timedelta(days=1)
    assert outcomes == [Outcome.WAITS, Outcome.WAITS, Outcome.FAILED]
    row = OutboxJob.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("failed", 3, "451 full")


@pytest.mark.django_db
def test_what_cannot_work_is_not_tried_again():
    job = claimed()
    outcome = outbox.run(job, {"mail": raising(JobFailed("550 no such person"))}, clock=Clock())
    assert outcome is Outcome.FAILED
    row = stored(job)
    assert (row.state, row.finished_at, row.last_error) == ("failed", NOON, "550 no such person")


@pytest.mark.django_db
def test_a_kind_without_a_handler_fails_with_a_sentence():
    job = claimed()
    assert outbox.run(job, {}, clock=Clock()) is Outcome.FAILED
    assert stored(job).last_error == "No handler is known for jobs of the kind “mail”."


@pytest.mark.django_db
def test_an_outage_of_any_length_uses_up_no_try(settings):
    settings.OUTBOX_MAX_ATTEMPTS = 2
    enqueue("a")
    clock = Clock()
    for _hour in range(20):
        job = outbox.claim_next("one", clock())
        outcome = outbox.run(job, {"mail": raising(ServiceDown("no answer"))}, clock=clock)
        assert outcome is Outcome.SERVICE_DOWN
        clock.at += timedelta(hours=1)
    row = OutboxJob.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("waiting", 0, "no answer")


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_does_not_overwrite_the_other_one(settings):
    job = claimed(by="one")
    after = NOON + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS + 1)

    def slow(payload):
        assert outbox.claim_next("two", after) is not None

    assert outbox.run(job, {"mail": slow}, clock=Clock(after)) is Outcome.LEASE_LOST
    row = stored(job)
    assert (row.state, row.leased_by) == ("running", "two")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("heart", "taken_over"), [(True, False), (False, True)])
def test_a_long_job_keeps_its_lease_only_while_its_heart_beats(
    settings, monkeypatch, heart, taken_over
):
    settings.OUTBOX_LEASE_SECONDS = 0.6
    if not heart:
        monkeypatch.setattr(outbox, "renew_lease", lambda job, at: False)
    enqueue("long")
    job = outbox.claim_next("one", timezone.now())
    seen = []

    def long(payload):
        time.sleep(1.2)
        seen.append(outbox.claim_next("two", timezone.now()))

    outcome = outbox.run(job, {"mail": long})
    assert (seen[0] is not None) is taken_over
    assert outcome is (Outcome.LEASE_LOST if taken_over else Outcome.DONE)


@pytest.mark.django_db(transaction=True)
def test_the_result_of_a_job_waits_for_a_database_that_is_away(monkeypatch):
    monkeypatch.setattr(outbox, "_SECONDS_BETWEEN_WRITES", 0)
    job = claimed()
    failures = iter([OperationalError("gone"), OperationalError("gone")])
    write = outbox._write

    def sometimes(*args, **values):
        for error in failures:
            raise error
        return write(*args, **values)

    monkeypatch.setattr(outbox, "_write", sometimes)
    assert outbox.run(job, {"mail": lambda payload: None}) is Outcome.DONE
    assert stored(job).state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_result_that_cannot_be_written_ends_the_patience_of_the_worker(settings, monkeypatch):
    job = claimed()
    settings.OUTBOX_LEASE_SECONDS = 0

    def gone(*args, **values):
        raise OperationalError("gone")

    monkeypatch.setattr(outbox, "_write", gone)
    with pytest.raises(OperationalError):
        outbox.run(job, {"mail": dict})
    assert stored(job).state == "running"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_heart_goes_on_beating_when_the_database_was_away(settings, monkeypatch):
    settings.OUTBOX_LEASE_SECONDS = 0.6
    enqueue("long")
    job = outbox.claim_next("one", timezone.now())
    failures = iter([OperationalError("gone")])
    renew = outbox.renew_lease

    def sometimes(*args):
        for error in failures:
            raise error
        return renew(*args)

    monkeypatch.setattr(outbox, "renew_lease", sometimes)
    seen = []

    def long(payload):
        time.sleep(0.9)
        seen.append(outbox.claim_next("two", timezone.now()))

    assert outbox.run(job, {"mail": long}) is Outcome.DONE
    assert seen == [None]
    assert next(failures, None) is None


# Visible and repeatable


@pytest.mark.django_db
def test_a_failed_job_can_be_tried_again_and_only_a_failed_one():
    job = claimed()
    with pytest.raises(NotNow):
        outbox.retry(job, by=None, at=NOON)
    outbox.run(job, {"mail": raising(JobFailed("550"))}, clock=Clock())
    later = NOON + SECOND
    outbox.retry(job, by=a_person(), at=later)
    assert (job.state, job.attempts, job.not_before, job.last_error) == ("waiting", 0, later, "550")
    assert outbox.run(outbox.claim_next("one", later), {"mail": dict}) is Outcome.DONE


@pytest.mark.django_db
def test_the_backlog_is_counted_with_one_query(django_assert_num_queries):
    outbox.run(claimed("done"), {"mail": dict})
    outbox.run(claimed("failed"), {"mail": raising(JobFailed("550"))})
    claimed("running")
    enqueue("waiting")
    get_executor().enqueue([Job("mail", "tomorrow", not_before=NOON + timedelta(days=1))])
    with django_assert_num_queries(1):
        counts = outbox.backlog(NOON)
    assert counts == outbox.Backlog(waiting=3, oldest_due_at=NOON, failed=1)


@pytest.mark.django_db
def test_an_empty_outbox_has_no_oldest_job():
    assert outbox.backlog(NOON) == outbox.Backlog(waiting=0, oldest_due_at=None, failed=0)


def output_of(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_shows_what_is_not_done_and_why():
    outbox.run(claimed("mail:held:1:1"), {"mail": raising(JobFailed("550 no such person"))})
    outbox.run(claimed("mail:held:1:2"), {"mail": dict})
    enqueue("mail:held:1:3")
    listed = output_of("outbox")
    assert "failed\tmail\t1 tries" in listed
    assert "mail:held:1:1\t550 no such person" in listed
    assert "mail:held:1:2" not in listed
    assert "mail:held:1:3" in listed
    assert listed.endswith("1 waiting or running, 1 failed\n")


@pytest.mark.django_db
def test_the_command_tries_one_or_all_again():
    for key in ("a", "b", "c"):
        outbox.run(claimed(key), {"mail": raising(JobFailed("550"))})
    one = OutboxJob.objects.get(key="b")
    assert output_of("outbox", f"--retry={one.pk}") == "1 jobs will be tried again\n"
    assert stored(one).state == "waiting"
    assert output_of("outbox", "--retry=all") == "2 jobs will be tried again\n"
    assert not OutboxJob.objects.failed().exists()


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["0", "x"])
def test_the_command_says_that_there_is_no_such_job(which):
    with pytest.raises(CommandError, match="There is no job"):
        call_command("outbox", f"--retry={which}")


@pytest.mark.django_db
def test_the_command_refuses_to_repeat_what_has_not_failed():
    enqueue("a")
    with pytest.raises(CommandError, match="Only a job that has failed"):
        call_command("outbox", f"--retry={OutboxJob.objects.get().pk}")
