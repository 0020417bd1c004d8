"""Canaries under the Chatham House Rule: searched for in all that anybody gets, sealed or not.

Everybody who is asked has a name, an address and an organisation of his own that occur nowhere
else, and says words of his own. One world is walked once: invitations, answers by link and with an
account, the end of the round, the answers of the authors, a PDF. Each place is searched by a hole
that is planted in it, too.
"""

import io
import itertools
import logging
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pikepdf
import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from config import urls
from profile_workflow.models import (
    City,
    Comment,
    Organisation,
    Profile,
    SignOff,
    User,
    ValidationRound,
)
from profile_workflow.services import section_answers
from profile_workflow.states import Attribution, ProfileState, Role, SectionView
from reports.builds import request_build, run_build
from tests import factories
from tests.links import link_of, token_for
from tests.pages import PAGES
from tests.pdf_reading import Reading
from workflows import deadlines, engine, notifications
from workflows.models import JobKind, OutboxJob, Task

# It walks through what other tests measure: measuring it again takes it a minute more.
pytestmark = [
    *(pytest.mark.integration, pytest.mark.pdf, pytest.mark.django_db, pytest.mark.repeats),
]

#: What each person alone is called, and what he alone says.
IDENTITY, WORDS = "zqid", "zqsaid"
TEAM = Role.PROJECT_TEAM
NEAREST = (TEAM, Role.FOCAL_POINT, Role.LOCAL_EXPERT, Role.STAKEHOLDER, Role.OBSERVER)
#: Where the project team sees whom it has asked; and where whoever writes sees of which
#: organisation he can ask for figures: domain notes 6, the methodology names it.
WHOM_IT_ASKED = {
    *("profile", "people", "people_add", "people_end", "people_substitute", "history", "links"),
    *("link_revoke", "request_new", "tasks", "task", "deadlines", "board", "profiles", "home"),
    *("outbox", "search", "board_file", "requests", "profile_move", "profile_new"),
}
MAY_ASK_FOR_FIGURES = {"request_new"}
#: What one finds and another does not.
PERSONAL = {"task", "objection", "pdf_file", "pdf_shown"}


@dataclass
class Walk:
    """One consultation, and all that its people were sent."""

    made: factories.Made
    profile: Profile
    asked: dict[int, User]
    tokens: dict[int, str]
    log: list[str] = field(default_factory=list)

    def visitors(self) -> Iterator[tuple[str, User | None]]:
        """Yield everybody who looks; first the project team, who is refused least."""
        yield from ((role, self.made[role]) for role in Role)

    def nearest(self) -> Iterator[tuple[str, User | None]]:
        """Yield those of them who see most of a round that is open."""
        return (one for one in self.visitors() if one[0] in NEAREST)

    def passers_by(self) -> Iterator[tuple[str, User | None]]:
        yield "stranger", None
        yield "outsider", self.made.outsider
        yield "superuser", self.made.superuser

    def others(self, visitor: User | None) -> list[User]:
        """Return the stakeholders who are somebody else than a visitor."""
        group = self.made.people[Role.STAKEHOLDER]
        return [one for one in group if visitor is None or one.pk != visitor.pk]


def canary(person: User) -> str:
    return f"{IDENTITY}{person.pk}x"


def said(person: User) -> str:
    return f"{WORDS}{person.pk}x"


@pytest.fixture
def walk(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    made = factories.make_programme(sections=2)
    for person in made.people[Role.STAKEHOLDER]:
        mark = canary(person)
        house = Organisation.objects.create(key=mark, name=f"{mark} House", kind="ngo")
        User.objects.filter(pk=person.pk).update(
            full_name=f"{mark} Person", email=f"{mark}@example.org", organisation=house
        )
        person.refresh_from_db()
    heard = Heard()
    loggers = (logging.getLogger(), logging.getLogger("django.request"))
    kept = [(one, one.level, one.propagate) for one in loggers]
    for one in loggers:
        one.addHandler(heard)
        one.setLevel(logging.INFO)
        # Nobody else writes down thousands of refusals with all that led to them.
        one.propagate = False
    profile = factories.make_profile(made, attribution=Attribution.CHATHAM_HOUSE)
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    signoffs = factories.asked(profile)
    yield Walk(
        made,
        profile,
        {one.pk: one.person for one in signoffs},
        {one.pk: token_for(one) for one in signoffs},
        heard.lines,
    )
    for one, level, propagate in kept:
        one.removeHandler(heard)
        one.setLevel(level)
        one.propagate = propagate


class Heard(logging.Handler):
    """Keeps every line of the log, with what is said of an error."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else ""
        self.lines.append(f"{record.getMessage()} {error!r}")


# Every address


def addresses(walk: Walk) -> Iterator[tuple[str, str]]:
    """Yield name and address of every page and file, about each thing of the walk it can name."""
    profile = walk.profile
    signoffs = list(walk.asked)
    tasks = Task.objects.filter(profile=profile, signoff__isnull=False).order_by("pk")
    given: Mapping[str, list[Any]] = {
        "slug": [profile.slug],
        # The section of which all say something.
        "key": ["2"],
        "signoff_id": signoffs,
        "task_id": [
            *tasks.values_list("pk", flat=True),
            *Task.objects.open().filter(profile=profile, signoff=None).values_list("pk", flat=True),
        ],
        "build_id": list(profile.builds.order_by("pk").values_list("pk", flat=True)) or [1],
        "part_id": list(profile.assignments.order_by("pk").values_list("pk", flat=True))[-1:],
        "ending": ["csv", "xlsx"],
        "kind": ["csv", "xlsx"],
        "role": ["stakeholder"],
        "move": ["conclude_consultation", "extend_consultation"],
        "code": ["empty"],
        "size": ["small"],
        "sha256": ["0" * 64],
        "name": ["c1"],
        "uidb64": ["MQ"],
        "rest": ["nowhere"],
    }
    for pattern in urls.urlpatterns:
        if not isinstance(pattern, URLPattern) or "token" in pattern.pattern.converters:
            continue
        names = list(pattern.pattern.converters)
        for values in itertools.product(*(given.get(name, [1]) for name in names)):
            kwargs = dict(zip(names, values, strict=True))
            yield pattern.name or "", reverse(pattern.name, kwargs=kwargs)
    slug = [profile.slug]
    yield "history", f"{reverse('history', args=slug)}?output=csv"
    yield "search", f"{reverse('search')}?q={IDENTITY}"


def content(response: Any) -> str:
    """Return all that an answer tells: its headers, and the words of whatever file it is."""
    body = b"".join(response) if response.streaming else response.content
    return f"{response.headers} {words_of(body)}".casefold()


def words_of(body: bytes) -> str:
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return " ".join(
                f"{one} {packed.read(one).decode(errors='replace')}" for one in packed.namelist()
            )
    if body.startswith(b"%PDF"):
        return words_of_pdf(body)
    return body.decode(errors="replace")


def words_of_pdf(body: bytes) -> str:
    """Return what can be read on the pages, and every stream, string and name of the file."""
    pieces = ["".join(texts.values()) for texts in Reading(io.BytesIO(body)).texts]
    with pikepdf.open(io.BytesIO(body)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                pieces.append(one.read_bytes().decode("latin-1"))
                pieces.append(repr(dict(one.stream_dict)))
            else:
                pieces.append(repr(one))
    return " ".join(pieces)


@dataclass(frozen=True)
class Found:
    who: str
    where: str
    mark: str


def search(walk: Walk, *, is_sealed: bool, only: tuple[str, ...] = ()) -> set[Found]:
    """Return who finds what he must not find: names always; words too as long as they are sealed.

    ``only`` these pages, for what is planted.
    """
    places = [one for one in addresses(walk) if not only or one[0] in only]
    found: set[Found] = set()
    gone: set[str] = set()
    who_look = walk.nearest() if is_sealed else walk.visitors()
    passers_by = [] if is_sealed or only else walk.passers_by()
    for who, person in itertools.chain(who_look, passers_by):
        client = Client(raise_request_exception=False)
        if person is not None:
            client.force_login(person)
        hidden = walk.others(person)
        for name, address in places:
            if address in gone:
                continue
            response = client.get(address)
            if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
                # There is nothing, or a button only: the page says so to everybody alike. Whose
                # task, answer or annex it is makes a difference.
                gone |= set() if name in PERSONAL else {address}
            assert response.status_code != HTTPStatus.INTERNAL_SERVER_ERROR, address
            told = content(response)
            marks = [canary(one) for one in hidden if not may_know(who, name)]
            if is_sealed:
                marks += [said(one) for one in walk.asked.values() if one != person]
            found |= {Found(who, name, one) for one in marks if one in told}
    return found


def may_know(who: str, name: str) -> bool:
    """Whether somebody may find on a page who is asked, though never with what was said."""
    return (who == TEAM and name in WHOM_IT_ASKED) or (
        who in (Role.LOCAL_EXPERT, Role.CO_AUTHOR) and name in MAY_ASK_FOR_FIGURES
    )


def by_link(walk: Walk) -> set[Found]:
    """Return what somebody finds through his link of what is not his own."""
    found = set()
    for pk, token in walk.tokens.items():
        client, own = Client(), walk.asked[pk]
        others = [one for one in walk.asked.values() if one != own]
        marks = [said(one) for one in others]
        marks += [canary(one) for one in others if one in walk.others(own)]
        for name, more in (
            *(("link", []), ("link_check", []), ("link_receipt", []), ("link_section", ["1"])),
            ("link_nowhere", ["nowhere"]),
        ):
            told = content(client.get(reverse(name, args=[token, *more])))
            found |= {Found("link", name, mark) for mark in marks if mark in told}
    return found


def sent(walk: Walk) -> set[Found]:
    """Send every mail that waits; return what is in one of them of somebody else than its reader.

    Nobody's words are in any mail, his own not either.
    """
    for job in OutboxJob.objects.filter(kind=JobKind.MAIL).order_by("pk"):
        notifications.send(job.payload)
    found = set()
    for one in mail.outbox:
        (to,) = one.to
        told = f"{one.subject} {one.body} {one.extra_headers} {one.alternatives}".casefold()
        marks = [said(person) for person in walk.asked.values()]
        group = walk.made.people[Role.STAKEHOLDER]
        marks += [canary(person) for person in group if person.email != to]
        found |= {Found(to, one.subject, mark) for mark in marks if mark in told}
    return found


def logged(walk: Walk) -> set[Found]:
    """Return the lines of the log that hold a name or words."""
    return {
        Found("log", line[:60], mark)
        for line in walk.log
        for mark in (IDENTITY, WORDS)
        if mark in line.casefold()
    }


def ask_for_annexes(walk: Walk) -> int:
    """Let who sees most names, and who sees fewest, have the comments printed; return how many."""
    address = reverse("responses_annex", args=[walk.profile.slug])
    for role in (TEAM, Role.OBSERVER):
        client = Client()
        client.force_login(walk.made[role])
        client.post(address)
    waiting = walk.profile.builds.filter(kind="annex", state="queued")
    for number in waiting.values_list("pk", flat=True):
        run_build(number)
    return walk.profile.builds.filter(kind="annex").count()


def printed(walk: Walk) -> bytes:
    """Return the PDF of the text with its validation record."""
    build = request_build(
        walk.profile, kind="preview", language="en", by=walk.made.team, at=timezone.now()
    )
    made = run_build(build.pk)
    assert IDENTITY not in made.file.name
    with made.file.open("rb") as file:
        return bytes(file.read())


def answer(walk: Walk) -> None:
    """The first answers by link, the second with his account; the focal point by link."""
    views = itertools.cycle([(SectionView.OBJECTS, SectionView.COMMENTS)])
    for number, (pk, person) in enumerate(walk.asked.items()):
        signoff = SignOff.objects.select_related("round").get(pk=pk)
        if number == 1:
            first = factories.sections(walk.profile)[:1]
            factories.move(signoff, "object_to", person, reason=said(person), sections=first)
            continue
        for section, view in zip(factories.sections(walk.profile), next(views), strict=True):
            section_answers.save_answer(
                link_of(signoff), section, view=view, text=said(person), at=timezone.now()
            )
        engine.send_answer(link_of(signoff), at=timezone.now())


def end(walk: Walk) -> None:
    opened = ValidationRound.objects.get(profile=walk.profile)
    deadlines.sweep(at=opened.closes_at + timedelta(minutes=1))


@pytest.mark.long(60)
def test_nobody_finds_a_name_or_what_is_sealed(walk, capsys, monkeypatch):
    answer(walk)
    assert search(walk, is_sealed=True) == set()
    assert by_link(walk) == set()
    assert sent(walk) == set()
    plant_in_sealed(walk, monkeypatch)

    # What is sealed is in no table, so there is nothing to be printed either.
    assert ask_for_annexes(walk) == 0
    end(walk)
    factories.answer_objections(walk.profile)
    assert ask_for_annexes(walk) == 2
    assert search(walk, is_sealed=False) == set()
    assert by_link(walk) == set()
    assert sent(walk) == set()
    paper = printed(walk)
    read = words_of(paper).casefold()
    assert IDENTITY not in read
    assert WORDS not in read
    assert "chathamhouserule" in read.replace(" ", "")
    call_command("verify_log")
    told = capsys.readouterr()
    assert IDENTITY not in told.out + told.err
    assert logged(walk) == set()
    # What was said is there to be answered: the search did look at it.
    team = Client()
    team.force_login(walk.made.team)
    words = content(team.get(reverse("round", args=[walk.profile.slug])))
    assert sum(said(one) in words for one in walk.asked.values()) == len(walk.asked)
    plant_in_unsealed(walk)
    plant_in_paper(paper, IDENTITY)
    assert {page.name for page in PAGES} - {name for name, _address in addresses(walk)} <= {
        page.name for page in PAGES if page.name.startswith(("link", "password_set"))
    }


def plant_in_sealed(walk: Walk, monkeypatch: Any) -> None:
    """A round that does not know that it is sealed is found out on the page of the project team."""
    with monkeypatch.context() as hole:
        hole.setattr(ValidationRound, "is_sealed", False)
        found = search(walk, is_sealed=True, only=("round", "objection"))
    assert {(one.who, one.where) for one in found} >= {(TEAM, "round"), (TEAM, "objection")}


def plant_in_unsealed(walk: Walk) -> None:
    """A name in a row, a mail, the log, the PDF is found where it comes out."""
    person = walk.made.people[Role.STAKEHOLDER][0]
    with factories.undone():
        Comment.objects.filter(section__profile=walk.profile).update(
            author=person, role=Role.STAKEHOLDER
        )
        ask_for_annexes(walk)
        places = ("responses", "responses_file", "pdf_file", "pdf_shown")
        kept = search(walk, is_sealed=False, only=places)
        assert {(one.who, one.where) for one in kept} == {(TEAM, one) for one in places}
    with factories.undone():
        Comment.objects.filter(section__profile=walk.profile).update(text=canary(person))
        found = search(walk, is_sealed=False, only=("section_review", "responses_file"))
        assert {one.where for one in found} == {"section_review", "responses_file"}
        assert {one.who for one in found} >= {TEAM, Role.OBSERVER, Role.LOCAL_EXPERT}
    with factories.undone():
        City.objects.filter(pk=walk.profile.city_id).update(name=canary(person))
        assert sent(walk) != set()
    logging.getLogger("workflows").info("Answered by %s", canary(person))
    assert {one.mark for one in logged(walk)} == {IDENTITY}


def plant_in_paper(paper: bytes, mark: str) -> None:
    """A name in the metadata, or in a stream that no page shows, is found in the PDF."""
    for plant in (_in_metadata, _in_stream):
        with pikepdf.open(io.BytesIO(paper)) as pdf:
            plant(pdf, mark)
            changed = io.BytesIO()
            pdf.save(changed)
        assert mark in words_of(changed.getvalue())


def _in_metadata(pdf: pikepdf.Pdf, mark: str) -> None:
    pdf.docinfo["/Keywords"] = mark


def _in_stream(pdf: pikepdf.Pdf, mark: str) -> None:
    pdf.Root.Hidden = pdf.make_stream(mark.encode())
