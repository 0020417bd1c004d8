"""150 people answer by link in the second in which the consultation closes, over HTTP.

A real server with several processes and threads answers them. Nobody is told anything else than
that his answer was taken, or that the consultation is over; and what each was told is what the
database says.
"""

import http.client
import re
import socket
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Comment, SectionAnswer, SignOff, User, ValidationRound
from profile_workflow.services.log import broken_links
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.links import token_for
from tests.robustness.subprocesses import Child, wait_until
from workflows import deadlines
from workflows.invariants import violations
from workflows.models import OutboxJob, Task

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

VALIDATORS = 150
#: When so many have sent their answer, the time for answering is over.
IN_TIME = 60
TAKEN, OVER = 302, 410
CLOSED = "The consultation is over"
#: The mark of what is saved, in the form that sends it.
_MARK = re.compile(r'name="base" value="([^"]*)"')


@dataclass
class Validator:
    """Somebody on his phone: what he means to say, and what he was told of each step.

    Attributes:
        signoff: Id of what he is asked for.
        token: That of his link.
        view: What he thinks of the section.
        words: What he types.
        told: Status and page of saving, then of sending.
    """

    signoff: int
    token: str
    view: str
    words: str
    told: list[tuple[int, str]] = field(default_factory=list)

    def posts(self, port: int, name: str, *more: str, **form: str) -> int:
        """Send a form; keep what is answered, or what went wrong instead."""
        self.told.append(self._asks(port, "POST", name, more, form))
        return self.told[-1][0]

    def sends_all(self, port: int) -> int:
        """Look at all answers and send them, unless there is nothing to look at any more."""
        status, page = self._asks(port, "GET", "link_check", (), {})
        if status != http.HTTPStatus.OK:
            self.told.append((status, page))
            return status
        return self.posts(port, "link_check", base=_MARK.search(page)[1])

    def _asks(self, port, method, name, more, form) -> tuple[int, str]:
        sender = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            sender.request(method, reverse(name, args=[self.token, *more]), urlencode(form), kind)
            answer = sender.getresponse()
            return answer.status, answer.read().decode()
        except OSError as error:
            return 0, str(error)
        finally:
            sender.close()


def problems_of(everybody: list[Validator]) -> list[str]:
    """Return where what somebody was told is not what the database says."""
    signoffs = SignOff.objects.in_bulk([one.signoff for one in everybody])
    saved = {one.signoff_id: one for one in SectionAnswer.objects.all()}
    comments = Counter(Comment.objects.values_list("author", "text"))
    return [
        f"{one.words}: {problem}"
        for one in everybody
        for problem in _problems(one, signoffs[one.signoff], saved.get(one.signoff), comments)
    ]


def _problems(one, signoff, saved, comments):
    statuses = [status for status, _page in one.told]
    is_kept, is_sent = statuses[0] == TAKEN, len(statuses) == 2 and statuses[1] == TAKEN
    after = {"comments": "approved", "objects": "objected"}[one.view] if is_sent else "no_answer"
    objection = one.words if is_sent and one.view == "objects" else ""
    has_words = saved is not None and saved.text == one.words
    was_sent = saved is not None and saved.sent_text == one.words
    holds = {
        f"was told {statuses}": set(statuses) <= {TAKEN, OVER},
        "was not told clearly that it is over": all(
            CLOSED in page for status, page in one.told if status == OVER
        ),
        "did not get his words back": is_kept or one.words in one.told[0][1],
        "saved words are not there, or others are": has_words == is_kept,
        f"is {signoff.state} instead of {after}": signoff.state == after,
        "another objection is on record": signoff.statement == objection,
        "what was sent is not what was told": was_sent == is_sent,
        "his comment is not there once": comments[signoff.person_id, one.words]
        == int(is_sent and one.view == "comments"),
    }
    return [problem for problem, is_so in holds.items() if not is_so]


def make_people() -> list[Part]:
    """Make as many stakeholders as are needed beside those whom every programme has."""
    made = User.objects.bulk_create(
        User(email=f"validator-{number}@example.org", full_name=f"Validator {number}")
        for number in range(VALIDATORS)
    )
    return [Part(one, Role.STAKEHOLDER, "academia") for one in made]


@pytest.fixture
def server():
    """The application with several processes and threads, on the database under test."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    program = ("-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2")
    program += ("--threads", "8", "--backlog", "500", "--no-control-socket", "--log-level", "error")
    with tempfile.TemporaryDirectory() as folder:
        variables = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATA_DIR": folder}
        running = Child(program, variables)
        try:
            wait_until(lambda: _answers(port), what="the server")
            yield port
        finally:
            running.kill()
            running.end()


def _answers(port):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        asked.request("GET", reverse("healthz"))
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()


@pytest.mark.long(20)
def test_150_validators_meet_the_closing_and_no_answer_is_lost(server):
    made = factories.make_programme(sections=1)
    parts = [one for one in made.parts() if one.role != Role.STAKEHOLDER] + make_people()
    profile = factories.make_profile(made, people=parts)
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    asked = [one for one in factories.asked(profile) if one.role == Role.STAKEHOLDER]
    everybody = [
        Validator(one.pk, token_for(one), ("comments", "objects")[place % 3 == 2], f"Words {place}")
        for place, one in enumerate(asked)
    ]
    assert len(everybody) == VALIDATORS
    sent, is_time = [], threading.Event()

    def answers(one: Validator) -> None:
        if one.posts(server, "link_section", "1", view=one.view, text=one.words) == TAKEN:
            sent.append(one.sends_all(server))
        if len(sent) >= IN_TIME:
            is_time.set()

    with ThreadPoolExecutor(VALIDATORS) as crowd:
        done = [crowd.submit(answers, one) for one in everybody]
        assert is_time.wait(timeout=60)
        over_at = timezone.now()
        ValidationRound.objects.update(closes_at=over_at)
        Task.objects.open().update(due_at=over_at)
        deadlines.sweep(at=over_at)
        for one in done:
            one.result()
    assert problems_of(everybody) == []
    # Some were in time and some were not, or nothing was proved.
    last = Counter(one.told[-1][0] for one in everybody)
    assert last[TAKEN] >= IN_TIME
    assert last[OVER] > 0
    receipts = OutboxJob.objects.filter(profile=profile, payload__kind="receipt")
    assert receipts.count() == last[TAKEN]
    assert violations(factories.fresh(profile)) == []
    assert list(broken_links(profile)) == []
    _holes(everybody)


def _holes(everybody: list[Validator]) -> None:
    """Answers that are lost, invented, or not what somebody was told, would be seen."""
    taken = next(one for one in everybody if one.told[-1][0] == TAKEN and one.view == "comments")
    over = next(one for one in everybody if one.told[-1][0] == OVER)

    def is_seen() -> bool:
        return len({one.partition(":")[0] for one in problems_of(everybody)}) == 1

    with factories.undone():
        SectionAnswer.objects.filter(signoff=taken.signoff).update(sent_text="")
        assert is_seen()
    with factories.undone():
        Comment.objects.filter(text=taken.words).update(text="Other words.")
        assert is_seen()
    with factories.undone():
        SignOff.objects.filter(pk=over.signoff).update(state="approved")
        assert is_seen()
    over.told[-1] = (500, "Internal Server Error")
    assert is_seen()
