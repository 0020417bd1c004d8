"""The worker: it empties the queue, outlives what fails, and ends when it is asked to."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from tests.integration.workflows.cast import NOON, a_person, a_profile
from tests.integration.workflows.jobs import SECOND, Clock, enqueue
from workflows import outbox
from workflows.crew import BuilderStopped, Crew
from workflows.executors import Job, ServiceDown, get_executor
from workflows.management.commands.worker import stopping_on_signals
from workflows.models import OutboxJob
from workflows.worker import Worker

pytestmark = pytest.mark.integration


def a_worker(**options):
    options = {"sweep": lambda at: 0, "once": True, "clock": Clock(), **options}
    return Worker(**options)


@pytest.mark.django_db
def test_a_worker_empties_the_queue_and_ends():
    enqueue("a", "b", "c")
    assert a_worker(handlers={"mail": dict}).run() == 3
    assert set(OutboxJob.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_a_worker_ends_after_as_many_jobs_as_it_was_told():
    enqueue("a", "b", "c")
    assert a_worker(handlers={"mail": dict}, max_jobs=2, once=False).run() == 2


@pytest.mark.django_db
def test_a_worker_told_to_stop_finishes_its_job_and_takes_no_other():
    enqueue("a", "b")
    stop = threading.Event()
    worker = a_worker(handlers={"mail": lambda payload: stop.set()}, stop=stop, once=False)
    assert worker.run() == 1
    assert sorted(OutboxJob.objects.values_list("state", flat=True)) == ["done", "waiting"]


@pytest.mark.django_db
def test_a_broken_job_does_not_stop_the_others():
    enqueue("a", payload={"broken": True})
    enqueue("b", "c", payload={"broken": False})

    def handler(payload):
        if payload["broken"]:
            raise RuntimeError

    assert a_worker(handlers={"mail": handler}).run() == 3
    assert sorted(OutboxJob.objects.values_list("key", "state")) == [
        ("a", "waiting"),
        ("b", "done"),
        ("c", "done"),
    ]


@pytest.mark.django_db
def test_a_dead_mail_server_is_asked_once_and_keeps_no_pdf_waiting():
    enqueue(*(f"mail {number}" for number in range(30)))
    get_executor().enqueue([Job("pdf", "pdf", not_before=NOON + SECOND)])
    asked = []

    def mail(payload):
        asked.append(payload)
        raise ServiceDown("no answer")

    worker = a_worker(handlers={"mail": mail, "pdf": dict}, clock=Clock(NOON + SECOND))
    assert worker.run() == 2
    assert len(asked) == 1
    assert OutboxJob.objects.get(kind="pdf").state == "done"
    assert OutboxJob.objects.filter(kind="mail", state="waiting").count() == 30


@pytest.mark.django_db
def test_a_worker_asks_a_dead_server_again_after_a_while():
    enqueue("a", "b")
    answers = iter([ServiceDown("no answer")])

    def mail(payload):
        for error in answers:
            raise error

    worker = a_worker(handlers={"mail": mail}, pause_seconds=0.0)
    worker.run()
    assert OutboxJob.objects.get(key="b").state == "done"


@pytest.mark.django_db
def test_deadlines_are_swept_and_a_broken_sweep_does_not_stop_mail():
    enqueue("a")
    swept = []

    def broken(at):
        swept.append(at)
        raise RuntimeError

    assert a_worker(handlers={"mail": dict}, sweep=broken).run() == 1
    assert swept == [NOON]


@pytest.mark.django_db
def test_deadlines_are_swept_again_after_the_interval():
    swept = []
    enqueue(*"abcde")
    a_worker(handlers={"mail": dict}, sweep=lambda at: swept.append(at) or 1, sweep_seconds=0).run()
    assert len(swept) == 6


@pytest.mark.django_db(transaction=True)
def test_a_worker_outlives_a_database_that_goes_away(monkeypatch):
    enqueue("a")
    failures = iter([OperationalError("gone"), OperationalError("gone")])
    claim = outbox.claim_next
    stop = threading.Event()

    def sometimes(*args, **options):
        for error in failures:
            raise error
        return claim(*args, **options)

    monkeypatch.setattr(outbox, "claim_next", sometimes)
    worker = a_worker(
        handlers={"mail": lambda payload: stop.set()}, once=False, stop=stop, poll_seconds=0.01
    )
    assert worker.run() == 1
    assert OutboxJob.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_finds_no_database_is_not_the_end():
    enqueue("a")
    stop = threading.Event()

    def gone(at):
        raise OperationalError("gone")

    worker = a_worker(
        handlers={"mail": lambda payload: stop.set()},
        sweep=gone,
        once=False,
        stop=stop,
        poll_seconds=0.01,
    )
    assert worker.run() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_for_one_run_says_that_the_database_is_away(monkeypatch):
    def gone(*args, **options):
        raise OperationalError("gone")

    monkeypatch.setattr(outbox, "claim_next", gone)
    with pytest.raises(OperationalError):
        a_worker(handlers={}).run()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_cut_in_the_middle_of_a_job_costs_nothing():
    enqueue("a", "b")
    done = []

    def cut(payload):
        done.append(payload)
        connection.ensure_connection()
        own = connection.connection.info.backend_pid
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_terminate, own).result()

    worker = a_worker(handlers={"mail": cut}, once=False, max_jobs=2, poll_seconds=0.01)
    assert worker.run() == 2
    assert len(done) == 2
    assert set(OutboxJob.objects.values_list("state", flat=True)) == {"done"}


def _terminate(backend):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_asks_and_the_second_one_insists(number):
    stop = threading.Event()
    before = signal.getsignal(number)
    with stopping_on_signals(stop):
        assert not stop.is_set()
        signal.raise_signal(number)
        assert stop.is_set()
        assert signal.getsignal(number) is before


@pytest.mark.django_db
def test_the_command_runs_a_worker_and_gives_the_signals_back(settings, mailoutbox):
    before = signal.getsignal(signal.SIGTERM)
    profile, person = a_profile(), a_person()
    payload = {
        "kind": "held", "profile": profile.pk, "event": 1, "occasion": "", "user": person.pk
    }  # fmt: skip
    enqueue("mail:held:1:1", payload=payload)
    call_command("worker", "--once")
    assert [mail.to for mail in mailoutbox] == [[person.email]]
    assert signal.getsignal(signal.SIGTERM) is before


class Meeting:
    """Handlers that hold until as many PDFs as are wanted are being made at once."""

    def __init__(self, wanted):
        self.together = threading.Barrier(wanted, timeout=20)
        self.held = threading.Event()
        self.done = []

    def pdf(self, payload):
        if payload.get("large"):
            self.together.wait()
            self.held.wait(20)
        self.done.append(payload["name"])

    def mail(self, payload):
        self.done.append("mail")


def _small(name, *, key):
    return Job("pdf", key, {"name": name})


@pytest.mark.django_db(transaction=True)
def test_several_pdfs_are_made_at_once_and_nothing_quick_waits_for_them():
    meeting, stop = Meeting(2), threading.Event()
    large = [Job("pdf", f"pdf:build:{one}", {"name": one, "large": True}) for one in ("fr", "ar")]
    get_executor().enqueue([*large, _small("third", key="pdf:build:3")])

    def sweep(at):
        # Both are on their way when mail and the preview of a chapter arrive, and go past them.
        if not meeting.done:
            get_executor().enqueue([Job("mail", "m"), _small("chapter", key="pdf:chapter:9")])
        if len(meeting.done) == 2:
            meeting.held.set()
        if not OutboxJob.objects.exclude(state="done").exists():
            stop.set()
        return 0

    worker = Worker(
        handlers={"pdf": meeting.pdf, "mail": meeting.mail},
        sweep=sweep, stop=stop, poll_seconds=0.02, sweep_seconds=0.0,
    )  # fmt: skip
    assert Crew(worker, builders=2).run() == 5
    # The third waited until one of the two was done, though the builder for chapters was free.
    assert sorted(meeting.done[:2]) == ["chapter", "mail"]
    assert sorted(meeting.done[2:]) == ["ar", "fr", "third"]
    assert set(OutboxJob.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_builder_that_breaks_down_ends_the_worker_loudly(monkeypatch):
    claim, broken = outbox.claim_next, threading.Event()

    def breaks(name, at, *, except_kinds=(), among=None):
        if threading.current_thread() is not threading.main_thread() and not broken.is_set():
            broken.set()
            raise ZeroDivisionError
        return claim(name, at, except_kinds=except_kinds, among=among)

    monkeypatch.setattr(outbox, "claim_next", breaks)
    worker = Worker(handlers={}, sweep=lambda at: 0, poll_seconds=0.02)
    with pytest.raises(BuilderStopped):
        Crew(worker, builders=1).run()


@pytest.mark.django_db
def test_without_builders_one_worker_does_everything():
    enqueue("a")
    get_executor().enqueue([_small("one", key="pdf:build:1")])
    worker = a_worker(handlers={"mail": dict, "pdf": dict}, clock=timezone.now)
    assert Crew(worker, builders=0).run() == 2
