"""Servers that refuse a mail, cut the connection, or are not there: what becomes of the mail."""

import socket
import time

import pytest
from django.utils import timezone

from profile_workflow.models.people import User
from tests.integration.workflows.cast import a_person, a_profile
from tests.integration.workflows.mails import payload, run_worker
from workflows import notifications, outbox
from workflows.executors import JobFailed, ServiceDown, TryLater, get_executor
from workflows.models import OutboxJob

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.usefixtures("site"),
]


@pytest.fixture
def waiting_mail():
    profile, person = a_profile(), a_person(email="somebody@example.org")
    jobs = notifications.notify(1, "held", {person.pk: {}}, profile_id=profile.pk)
    get_executor().enqueue(jobs)
    return jobs[0]


def later():
    """Let the waiting time of all jobs pass."""
    OutboxJob.objects.filter(state="waiting").update(not_before=timezone.now())


@pytest.mark.parametrize("answer", ["450 mailbox busy somebody@example.org", "451 try again"])
@pytest.mark.parametrize("at", ["recipient", "data"])
def test_a_mail_refused_for_now_waits_and_goes_later(mail_server, waiting_mail, at, answer):
    mail_server.on_recipient = lambda: answer if at == "recipient" else "250 OK"
    mail_server.on_data = lambda accept: answer
    run_worker()
    job = OutboxJob.objects.get()
    assert (job.state, job.attempts) == ("waiting", 1)
    assert answer.split()[0] in job.last_error
    assert "somebody@" not in job.last_error
    mail_server.on_recipient = lambda: "250 OK"
    mail_server.on_data = mail_server.take
    later()
    run_worker()
    assert OutboxJob.objects.get().state == "done"
    assert len(mail_server.received) == 1


@pytest.mark.parametrize("at", ["recipient", "data"])
def test_a_mail_refused_for_good_is_shown_as_undeliverable(mail_server, waiting_mail, at):
    answer = "550 no such person somebody@example.org"
    mail_server.on_recipient = lambda: answer if at == "recipient" else "250 OK"
    mail_server.on_data = lambda accept: answer
    run_worker()
    job = OutboxJob.objects.get()
    assert (job.state, job.attempts) == ("failed", 1)
    assert job.last_error == ("The mail server refuses the mail (550 no such person [address]).")


def test_one_bad_address_does_not_keep_the_others_from_their_mail(mail_server):
    profile = a_profile()
    people = [a_person() for _number in range(5)]
    User.objects.filter(pk=people[1].pk).update(email="x@example.org\nBcc: all@example.org")
    told = {person.pk: {} for person in people}
    get_executor().enqueue(notifications.notify(1, "held", told, profile_id=profile.pk))
    assert run_worker() == 5
    assert len(mail_server.received) == 4
    (job,) = OutboxJob.objects.failed()
    assert job.last_error == "The mail cannot be written: the address or a header is not valid."


@pytest.mark.parametrize(("accepted", "copies"), [(False, 1), (True, 2)])
def test_a_connection_cut_before_the_answer_loses_nothing(
    mail_server, waiting_mail, accepted, copies
):
    """If the server had taken the mail already, the second copy has the same Message-ID."""

    def cut_before_the_answer(accept):
        if accepted:
            accept()
        mail_server.cut = True
        return "250 OK"

    mail_server.on_data = cut_before_the_answer
    run_worker()
    assert OutboxJob.objects.get().state == "waiting"
    mail_server.cut = False
    mail_server.on_data = mail_server.take
    later()
    run_worker()
    assert OutboxJob.objects.get().state == "done"
    assert len(mail_server.message_ids) == copies
    assert len(set(mail_server.message_ids)) == 1


def test_a_server_that_is_down_uses_up_no_try(mail_server, waiting_mail):
    mail_server.stop()
    run_worker()
    job = OutboxJob.objects.get()
    assert (job.state, job.attempts) == ("waiting", 0)
    assert job.last_error.startswith("The mail server cannot be reached (ConnectionRefusedError")
    mail_server.start()
    later()
    run_worker()
    assert OutboxJob.objects.get().state == "done"


@pytest.fixture
def black_hole(settings):
    """A server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        settings.EMAIL_TIMEOUT = 0.3
        yield


@pytest.mark.usefixtures("black_hole")
def test_a_black_hole_holds_the_worker_no_longer_than_the_timeout():
    profile = a_profile()
    told = {a_person().pk: {} for _number in range(20)}
    get_executor().enqueue(notifications.notify(1, "held", told, profile_id=profile.pk))
    began = time.monotonic()
    assert run_worker() == 1
    assert time.monotonic() - began < 2
    assert OutboxJob.objects.filter(state="waiting", attempts=0).count() == 20


def test_the_project_sets_a_timeout(settings):
    assert 0 < settings.EMAIL_TIMEOUT <= 30


@pytest.mark.parametrize(
    ("answer", "error"), [("450 later", TryLater), ("550 never", JobFailed), ("421 busy", TryLater)]
)
def test_the_code_decides_whether_trying_again_helps(mail_server, answer, error):
    mail_server.on_recipient = lambda: answer
    with pytest.raises(error, match=answer.split()[0]):
        notifications.send(payload("held", a_profile(), a_person()))


def test_a_server_that_is_not_there_is_nobodys_fault(mail_server):
    mail_server.stop()
    with pytest.raises(ServiceDown):
        notifications.send(payload("held", a_profile(), a_person()))


def test_a_failed_mail_goes_out_when_it_is_tried_again(mail_server, waiting_mail):
    mail_server.on_recipient = lambda: "550 relaying denied"
    run_worker()
    mail_server.on_recipient = lambda: "250 OK"
    outbox.retry(OutboxJob.objects.get(), by=None, at=timezone.now())
    run_worker()
    assert len(mail_server.received) == 1
