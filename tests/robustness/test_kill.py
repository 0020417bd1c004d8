"""Workers that are killed, mail servers that are down: nothing is lost, copies are recognisable."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from tests.integration.workflows.cast import a_person, a_profile
from tests.integration.workflows.mail_server import MailServer, free_port
from tests.robustness.subprocesses import Child, Nursery, killed_at_random, wait_until
from workflows import notifications
from workflows.executors import get_executor
from workflows.models import OutboxJob

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.long(6),
    pytest.mark.django_db(transaction=True),
]

READY = r"worker \S+ is ready"
OPTIONS = ("--poll=0.05", "--pause=0.2")
GOOD = ("manage.py", "worker")


def holed(hole: str) -> tuple[str, ...]:
    return ("-m", "tests.robustness.holes", hole)


@pytest.fixture(scope="module")
def port() -> int:
    """Where every mail server of these tests listens: the nursery is told so once."""
    return free_port()


@pytest.fixture
def mail_server(port: int) -> Iterator[MailServer]:
    server = MailServer(port)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def nursery(port: int, django_db_setup: None) -> Iterator[Nursery]:
    variables = {
        "EMAIL_URL": MailServer(port).url,
        "OUTBOX_LEASE_SECONDS": "1",
        "OUTBOX_MAX_ATTEMPTS": "1000",
    }
    with Nursery("workflows.management.commands.worker", variables=variables) as ready:
        yield ready


@dataclass
class Post:
    """Mails on their way from the outbox to a server."""

    server: MailServer
    nursery: Nursery
    program: tuple[str, ...]
    expected: set[str]
    begun: int = 0

    def start(self, *options: str) -> Child:
        return self.nursery.start(*self.program, *OPTIONS, *options)

    def slowly(self, accept: Callable[[], None]) -> str:
        """Answer as slowly as real servers do, so that kills hit every moment of a delivery."""
        self.begun += 1
        time.sleep(0.02)
        accept()
        time.sleep(0.02)
        return "250 OK"

    def at_work(self, worker: Child) -> None:
        """Wait until a worker delivers; or is about to find out that it cannot."""
        before = self.begun
        worker.wait_for(READY)
        if self.server.is_up:
            wait_until(lambda: self.begun > before, what="a delivery")

    def let_time_pass(self) -> None:
        """Let the waiting times pass that failures have caused, and the leases of the dead."""
        now = timezone.now()
        OutboxJob.objects.filter(state="waiting").update(not_before=now)
        OutboxJob.objects.filter(state="running").update(lease_until=now)

    def finish(self, *, seconds: float = 60) -> None:
        """Let one more worker do all that is left, undisturbed."""
        self.let_time_pass()
        with self.start() as worker:
            worker.wait_for(READY)
            wait_until(
                lambda: not OutboxJob.objects.unfinished().exists(),
                what="the outbox to be empty",
                seconds=seconds,
            )
            assert worker.terminate() == 0

    @property
    def lost(self) -> set[str]:
        return self.expected - set(self.server.message_ids)

    @property
    def unknown(self) -> set[str]:
        """Message-IDs that no job has: copies that a reader cannot recognise."""
        return set(self.server.message_ids) - self.expected

    @property
    def duplicates(self) -> int:
        copies = Counter((mail["To"], mail["Message-ID"]) for mail in self.server.received)
        return sum(copies.values()) - len(copies)


@pytest.fixture
def post(mail_server: MailServer, nursery: Nursery) -> Callable[..., Post]:
    return partial(on_their_way, mail_server, nursery)


def on_their_way(
    server: MailServer, nursery: Nursery, *, mails: int, program: tuple[str, ...] = GOOD
) -> Post:
    profile = a_profile()
    people = {a_person().pk: notifications.Details() for _number in range(mails)}
    jobs = notifications.notify(1, "held", people, profile_id=profile.pk)
    with transaction.atomic():
        get_executor().enqueue(jobs)
    site = "https://profiles.example.org"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.SITE_URL", site)
        expected = {notifications.message_id(job.key) for job in jobs}
    return Post(server, nursery, program, expected)


def test_no_mail_is_lost_by_kills_and_an_outage(post):
    """60 mails, 16 kills at random moments, the server down during five of them."""
    way = post(mails=60)
    way.server.on_data = way.slowly
    chance = random.Random(20260314)  # noqa: S311 - moments, not secrets
    kills = partial(killed_at_random, times=16, within=0.2, chance=chance)
    for number in kills(way.start, at_work=way.at_work):
        way.let_time_pass()
        if number == 4:
            way.server.stop()
        if number == 9:
            assert OutboxJob.objects.unfinished().exists()
            way.server.start()
    interrupted = OutboxJob.objects.filter(attempts__gt=1).count()
    way.finish()
    print(f"\n16 kills, {interrupted} jobs interrupted, {way.duplicates} duplicates")
    assert interrupted > 0, "no kill hit a job, so nothing was proved"
    assert way.lost == set()
    assert way.unknown == set()
    assert way.duplicates <= 16
    assert set(OutboxJob.objects.values_list("state", flat=True)) == {"done"}


def kill_during_the_first_mail(way: Post, *, accepted: bool) -> None:
    """Kill the worker while the server has its mail in hand, before or after it is kept."""
    victims: list[Child] = []

    def kill_then_answer(accept):
        if accepted:
            accept()
        way.server.on_data = way.server.take
        victims[0].kill()
        return "250 OK"

    way.server.on_data = kill_then_answer
    with way.start() as worker:
        victims.append(worker)
        worker.wait()


@pytest.mark.parametrize(("accepted", "copies"), [(False, 1), (True, 2)])
def test_a_worker_killed_between_sending_and_noting_sends_again(post, accepted, copies):
    way = post(mails=1)
    kill_during_the_first_mail(way, accepted=accepted)
    assert OutboxJob.objects.get().state == "running"
    way.finish()
    assert way.server.message_ids == [*way.expected] * copies
    assert (way.lost, way.unknown, way.duplicates) == (set(), set(), copies - 1)


def test_a_lost_mail_is_seen(post):
    way = post(mails=1, program=holed("forgetful"))
    kill_during_the_first_mail(way, accepted=False)
    way.finish()
    assert way.lost == way.expected


def test_a_duplicate_that_cannot_be_recognised_is_seen(post):
    way = post(mails=1, program=holed("anonymous"))
    kill_during_the_first_mail(way, accepted=True)
    way.finish()
    assert len(way.unknown) == 2


def test_a_mail_that_stays_behind_with_a_dead_worker_is_seen(post):
    way = post(mails=1, program=holed("faithful_to_the_dead"))
    kill_during_the_first_mail(way, accepted=False)
    with pytest.raises(AssertionError, match="in vain for the outbox to be empty"):
        way.finish(seconds=2)


def test_two_workers_share_the_work_and_send_nothing_twice(post):
    way = post(mails=40)
    with way.start() as one, way.start() as two:
        wait_until(lambda: not OutboxJob.objects.unfinished().exists(), what="all mails")
        assert (one.terminate(), two.terminate()) == (0, 0)
        shares = [worker.output.count(": done") for worker in (one, two)]
    assert sum(shares) == len(way.server.received) == 40
    assert (way.lost, way.duplicates) == (set(), 0)


def test_a_worker_asked_to_end_finishes_its_mail_and_leaves_the_rest(post):
    way = post(mails=10)
    asked: list[Child] = []

    def ask_then_answer(accept):
        accept()
        asked[0].process.terminate()
        return "250 OK"

    way.server.on_data = ask_then_answer
    with way.start() as worker:
        asked.append(worker)
        assert worker.wait() == 0
        assert "ends after 1 jobs" in worker.output
    assert sorted(OutboxJob.objects.values_list("state", flat=True)) == ["done"] + ["waiting"] * 9


def test_a_worker_that_starts_late_catches_up(post):
    way = post(mails=20)
    with way.start("--once") as worker:
        assert worker.wait() == 0
    assert (way.lost, way.duplicates) == (set(), 0)
