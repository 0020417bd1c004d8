"""Several people at once: each in a thread with a connection of its own, on a real database."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import DomainError, NotNow, StaleEdit
from profile_workflow.models import (
    Comment,
    Draft,
    Event,
    Profile,
    Revision,
    Section,
    User,
    WorkingCopy,
)
from profile_workflow.services import (
    accounts,
    comments,
    drafting,
    joining,
    lifecycle,
    people,
    section_answers,
)
from profile_workflow.services.drafting import DraftText
from profile_workflow.services.log import broken_links
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from tests.links import token_for
from workflows import deadlines, engine
from workflows.engine import handing, moves
from workflows.invariants import violations
from workflows.models import OutboxJob, Task

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

S = ProfileState


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do everything at the same moment; return what each returned or raised."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        try:
            start.wait()
            results[number] = acts[number]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def whole(profile: Profile) -> None:
    profile = factories.fresh(profile)
    assert violations(profile) == []
    assert list(broken_links(profile)) == []


def only_domain_errors(results: Sequence[Any]) -> None:
    strange = [
        one for one in results if isinstance(one, Exception) and not isinstance(one, DomainError)
    ]
    assert strange == []


def mover(document: Any, name: str, by: Any, **details: Any) -> Callable[[], Any]:
    return lambda: factories.move(document, name, by, **details)


@pytest.fixture
def made():
    return factories.make_programme(sections=3)


@pytest.mark.parametrize("rivals", [2, 5])
def test_two_people_finish_one_task(made, rivals):
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    team = made.team
    returned = factories.sections(profile)[:1]
    acts = [mover(profile, "pass_qa", team)]
    acts += [
        mover(profile, "return_for_revision", team, reason="No.", sections=returned)
        for _ in range(rivals - 1)
    ]
    results = at_once(acts)
    only_domain_errors(results)
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert all(isinstance(one, NotNow) for one in results if isinstance(one, Exception))
    whole(profile)


def test_two_people_pass_at_the_same_second(made):
    """One of them is the first; the other one has to look, and passes as the second."""
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    team, second = made.team, factories.check_by_two(profile)
    acts = [mover(profile, name, by) for by in (team, second) for name in ("pass_as_first",) * 2]
    results = at_once(acts)
    only_domain_errors(results)
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert factories.fresh(profile).state == S.PROJECT_QA
    results = at_once([mover(profile, "pass_qa", by) for by in (team, second, team, second)])
    only_domain_errors(results)
    assert sum(not isinstance(one, Exception) for one in results) == 1
    passed = profile.decisions.filter(move__in=("pass_as_first", "pass_qa"))
    assert set(passed.values_list("by", flat=True)) == {team.pk, second.pk}
    whole(profile)


def test_first_files_sent_at_once_are_counted_each_once(monkeypatch):
    """The very first ones too, when there is nothing to be locked yet."""
    monkeypatch.setattr(accounts, "MOST_FILES", 3)
    send = partial(accounts.may_check_file, address="192.0.2.1", at=timezone.now())
    results = at_once([send] * 10)
    assert Counter(results) == {True: 3, False: 7}
    later = timezone.now() + accounts.WINDOW + timedelta(minutes=1)
    assert accounts.may_check_file(address="192.0.2.1", at=later)


def test_one_person_clicks_twice(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    author, one = factories.holder(profile, Role.LOCAL_EXPERT), factories.section(profile, "1")
    factories.write(one, "Text.")
    results = at_once([mover(one, "submit", author)] * 4)
    only_domain_errors(results)
    assert Counter(type(result) for result in results) == {Section: 1, NotNow: 3}
    assert Revision.objects.filter(section=one).count() == 1
    whole(profile)


REPETITIONS = 20


def test_the_last_reviewers_meet_at_the_join(made):
    """Each repetition lets all three sections arrive at once; the join must open exactly once."""
    for _ in range(REPETITIONS):
        profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
        reviewer = factories.holder(profile, Role.INTERNATIONAL_EXPERT)
        under_review = factories.sections(profile, SectionState.UNDER_REVIEW)
        results = at_once([mover(one, "accept", reviewer) for one in under_review])
        assert [one for one in results if isinstance(one, Exception)] == []
        task = Task.objects.open().get(profile=profile)
        assert task.flow_task.name == "close_round"
        assert not Task.objects.filter(profile=profile, flow_task_type="JOIN", finished=None)
        whole(profile)


def test_answers_meet_the_deadline(made):
    """Stakeholders answer in the second in which their round closes: each counts once."""
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    closes_at = profile.validation_rounds.get().closes_at
    answers = [mover(one, "approve", one.person) for one in factories.asked(profile)]
    sweeps = [lambda: deadlines.sweep(at=closes_at)] * 2
    results = at_once([*answers, *sweeps])
    only_domain_errors(results)
    states = Counter(profile.validation_rounds.get().signoffs.values_list("state", flat=True))
    assert "asked" not in states
    assert sum(states.values()) == len(answers)
    whole(profile)


def test_one_answer_is_sent_by_link_twenty_times_at_once(made):
    """Each click is answered, and there is one comment, one answer, one record and one receipt."""
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    signoff = factories.asked(profile)[1]
    token = token_for(signoff)
    for view, one in zip(
        ["comments", "objects", "agrees"], factories.sections(profile), strict=True
    ):
        address = reverse("link_section", args=[token, one.key])
        assert (
            Client().post(address, {"view": view, "text": "Why."}).status_code == HTTPStatus.FOUND
        )
    address = reverse("link_check", args=[token])
    form = {"base": section_answers.mark_of_all(signoff.section_answers.all())}
    results = at_once([lambda: Client().post(address, form).status_code] * 20)
    assert results == [HTTPStatus.FOUND] * 20
    moves = Counter(
        Event.objects.filter(document=f"sign_off:{signoff.pk}").values_list("move", flat=True)
    )
    assert moves == {"ask": 1, "object_to": 1, "send_by_link": 1}
    assert Comment.objects.filter(author=signoff.person).count() == 1
    assert OutboxJob.objects.filter(profile=profile, payload__kind="receipt").count() == 1
    whole(profile)


def test_two_answers_to_one_section_meet(made):
    """One is saved, and who sent the other sees both."""
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    signoff = factories.asked(profile)[1]
    address = reverse("link_section", args=[token_for(signoff), "1"])

    def say(text):
        return Client().post(address, {"view": "comments", "text": text})

    answers = at_once([partial(say, text) for text in ("First.", "Second.")])
    assert sorted(one.status_code for one in answers) == [HTTPStatus.FOUND, HTTPStatus.CONFLICT]
    refused = max(answers, key=lambda one: one.status_code).content.decode()
    assert "First." in refused
    assert "Second." in refused
    assert signoff.section_answers.get().text in {"First.", "Second."}


def test_answers_by_link_meet_the_end_of_a_link(made):
    """Either the answer is there whole, or it is refused and nothing of it is there."""
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    signoff = factories.asked(profile)[1]
    token = token_for(signoff)
    for one in factories.sections(profile):
        Client().post(reverse("link_section", args=[token, one.key]), {"view": "agrees"})
    address = reverse("link_check", args=[token])
    form = {"base": section_answers.mark_of_all(signoff.section_answers.all())}
    revoke = partial(
        engine.revoke_link, signoff, reason="Passed on.", by=made.team, at=timezone.now()
    )
    sent, revoked = at_once([lambda: Client().post(address, form).status_code, revoke])
    assert revoked is None
    is_there = factories.fresh(signoff).state == "approved"
    assert sent == (HTTPStatus.FOUND if is_there else HTTPStatus.GONE)
    assert Client().post(address, form).status_code == HTTPStatus.GONE
    whole(profile)


def test_two_workers_remind_once(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    closes_at = profile.validation_rounds.get().closes_at
    results = at_once([lambda: deadlines.sweep(at=closes_at - timedelta(days=1))] * 4)
    only_domain_errors(results)
    asked = factories.asked(profile)
    reminders = OutboxJob.objects.filter(profile=profile, payload__kind="reminder")
    assert reminders.count() == len(asked)
    whole(profile)


def test_an_answer_meets_the_sweep_again_and_again(made):
    """Either the answer counts or the silence, never both, and neither breaks the other."""
    for _ in range(REPETITIONS // 2):
        profile = factories.bring_to(factories.make_profile(made), S.SIGNOFF)
        closes_at = profile.validation_rounds.get(closed_at=None).closes_at
        (one,) = factories.asked(profile)
        sweep = partial(deadlines.sweep, at=closes_at)
        answer, swept = at_once([mover(one, "approve", one.person), sweep])
        assert isinstance(swept, int)
        state = factories.fresh(profile).state
        if isinstance(answer, Exception):
            assert isinstance(answer, NotNow)
            assert (state, factories.fresh(one).state) == (S.SIGNOFF, "no_answer")
        else:
            assert (state, factories.fresh(one).state) == (S.PRIORITY_SETTING, "approved")
        whole(profile)


def test_everybody_claims_one_task(made):
    other = factories.make_person("project_team")
    people.assign_to_programme(other, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    task = Task.objects.open().get(profile=profile)
    acts = [
        lambda person=person: engine.claim(task, by=person, at=timezone.now())
        for person in (made.team, other)
    ]
    results = at_once(acts)
    only_domain_errors(results)
    assert sum(one is None for one in results) == 1
    whole(profile)


def test_fifty_writers_on_one_section(made):
    """Every accepted save is the base plus one; a stale one is told so; nobody is locked out."""
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    author = factories.holder(profile, Role.LOCAL_EXPERT)
    section_id = factories.section(profile, "1").pk
    saved: list[tuple[int, str]] = []
    guard = threading.Lock()

    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            for turn in range(6):
                section = Section.objects.select_related("draft", "profile").get(pk=section_id)
                text = f"writer {number}, turn {turn}"
                try:
                    version = drafting.save_draft(
                        section,
                        drafting.DraftText(text),
                        base_version=section.draft.version,
                        by=author,
                        at=timezone.now(),
                    )
                except StaleEdit as stale:
                    assert stale.current_version > section.draft.version  # noqa: PT017
                    continue
                with guard:
                    saved.append((version, text))

        return write

    before = Draft.objects.get(section=section_id).version
    results = at_once([writer(number) for number in range(50)])
    assert [one for one in results if one is not None] == []
    versions = sorted(version for version, _text in saved)
    assert versions == list(range(before + 1, before + 1 + len(saved)))
    draft = Draft.objects.get(section=section_id)
    assert (draft.version, draft.text) == max(saved)


PARAGRAPHS = [f"Paragraph {number} says nothing yet." for number in range(50)]


class Tab:
    """A browser that saves a section while somebody writes one paragraph of it."""

    def __init__(self, profile: Profile, person: User, number: int) -> None:
        self.address = reverse("section_save", args=[profile.slug, "1"])
        self.client, self.person, self.number = Client(), person, number
        self.client.force_login(person)
        self.text, self.version = "\n\n".join(PARAGRAPHS), 1
        self.confirmed = PARAGRAPHS[number]
        self.aside: dict[int, str] = {}

    def save(self, said: str) -> None:
        """Save the paragraph, and go on with the text that the answer tells of."""
        paragraphs = self.text.split("\n\n")
        paragraphs[self.number] = said
        text = "\n\n".join(paragraphs)
        sent = {"text": text, "base_text": self.text, "base_version": self.version}
        answer = self.client.post(self.address, {**sent, "writer": self.person.pk})
        told = answer.json()
        self.version = told["version"]
        if answer.status_code == StaleEdit.status:
            self.aside[told["aside"]], self.text = text, told["saved"]["text"]
            return
        assert answer.status_code == 200
        self.confirmed = said
        self.text = told["joined"]["written"]["text"] if "joined" in told else text


def test_fifty_browsers_save_one_section(made):
    """Over HTTP: what was confirmed stands in the text, what was not is kept beside it."""
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    experts = [factories.make_person("expert") for _ in PARAGRAPHS]
    parts = [Part(one, Role.LOCAL_EXPERT) for one in experts]
    people.assign(profile, parts, by=made.team, at=timezone.now())
    section = factories.section(profile, "1")
    factories.write(section, "\n\n".join(PARAGRAPHS))
    tabs = [Tab(profile, expert, number) for number, expert in enumerate(experts)]

    for turn, several in enumerate((tabs, tabs[::5])):
        saves = [partial(tab.save, f"Paragraph {tab.number}, turn {turn}.") for tab in several]
        assert [one for one in at_once(saves) if one is not None] == []
    draft = Draft.objects.get(section=section)
    assert draft.text.split("\n\n") == [tab.confirmed for tab in tabs]
    assert any(tab.confirmed not in PARAGRAPHS for tab in tabs)
    aside = {pk: text for tab in tabs for pk, text in tab.aside.items()}
    kept = WorkingCopy.objects.filter(section=section, pk__in=aside)
    assert dict(kept.values_list("pk", "text")) == aside
    whole(profile)


@pytest.mark.parametrize("rivals", [2, 3])
def test_who_save_different_paragraphs_at_once_are_joined(made, rivals):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    section = factories.section(profile, "1")
    Section.objects.filter(pk=section.pk).update(author=made[Role.CO_AUTHOR])
    writers = [made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR], made[Role.LOCAL_EXPERT]]
    paragraphs = [f"Paragraph {number} as it was." for number in range(5)]
    base = DraftText("\n\n".join(paragraphs))
    factories.write(section, base.text)

    def saver(number: int) -> Callable[[], Any]:
        mine = DraftText(base.text.replace(f"{2 * number} as", f"{2 * number} by {number} as"))
        return lambda: joining.save_or_join(
            factories.section(profile, "1"),
            mine,
            base=base,
            base_version=1,
            by=writers[number],
            at=timezone.now(),
        )

    results = at_once([saver(number) for number in range(rivals)])
    assert [one for one in results if isinstance(one, Exception)] == []
    draft = Draft.objects.get(section=section)
    assert draft.version == 1 + rivals
    for number in range(rivals):
        assert f"Paragraph {2 * number} by {number} as it was." in draft.text
    assert "Paragraph 1 as it was." in draft.text
    # One was the first and had nothing to join, the others know with whom they were joined.
    assert sorted(one.version for one in results) == list(range(2, 2 + rivals))
    assert sum(one.joined_with is None for one in results) == 1
    whole(profile)


def test_saving_meets_submitting(made):
    """What was saved before the submission is in it; what comes after it is refused."""
    for _ in range(REPETITIONS // 2):
        profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
        author, one = factories.holder(profile, Role.LOCAL_EXPERT), factories.section(profile, "1")
        factories.write(one, "First.")
        stale = Section.objects.select_related("draft", "profile").get(pk=one.pk)
        text, now = drafting.DraftText("Second."), timezone.now()
        save = partial(drafting.save_draft, stale, text, base_version=1, by=author, at=now)
        results = at_once([save, mover(one, "submit", author)])
        only_domain_errors(results)
        section = Section.objects.select_related("draft", "revision").get(pk=one.pk)
        assert section.revision.text == section.draft.text
        assert section.revision.text == ("First." if isinstance(results[0], NotNow) else "Second.")
        whole(profile)


def test_any_moves_of_anybody_at_once(made):
    """Whatever offers stand, taken by threads in a muddle: the process stays whole."""
    chance = random.Random(20260601)  # noqa: S311 - a test
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    reviewer = factories.holder(profile, Role.INTERNATIONAL_EXPERT)
    team = made.team
    acts: list[Callable[[], Any]] = []
    for one in factories.sections(profile):
        acts.append(mover(one, "accept", reviewer))
        acts.append(mover(one, "request_minor_changes", reviewer, reason="Why?"))
    acts.append(mover(profile, "recommend_acceptance", reviewer))
    acts.append(mover(profile, "request_minor_revision", reviewer, reason="Why?"))
    acts.append(mover(profile, "hold", team, reason="Elections."))
    acts.append(mover(profile, "resume", team, reason="They are over."))
    chance.shuffle(acts)
    only_domain_errors(at_once(acts))
    whole(profile)


def test_without_its_version_a_save_is_lost(made, monkeypatch):
    """The planted hole: whoever saves last wins."""

    def save_whatever_there_is(section: Section, draft: Any, **rest: Any) -> int:
        Draft.objects.filter(section=section).update(
            text=draft.text, version=rest["base_version"] + 1
        )
        return rest["base_version"] + 1

    monkeypatch.setattr(drafting, "save_draft", save_whatever_there_is)
    with pytest.raises(AssertionError):
        test_fifty_writers_on_one_section(made)


def test_many_clicks_make_one_note(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    section, by, at = factories.section(profile, "1"), made.team, timezone.now()
    click = partial(comments.add_note, section, text="Ask the archive.", by=by, at=at)
    results = at_once([click] * 5)
    only_domain_errors(results)
    assert section.notes.count() == 1


def test_without_the_lock_a_join_goes_wrong(made, monkeypatch):
    """The planted hole: take the lock away, and the proofs above notice."""
    without_locks(monkeypatch)
    broken = 0
    for _ in range(8):
        profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
        reviewer = factories.holder(profile, Role.INTERNATIONAL_EXPERT)
        under_review = factories.sections(profile, SectionState.UNDER_REVIEW)
        results = at_once([mover(one, "accept", reviewer) for one in under_review])
        failed = [one for one in results if isinstance(one, Exception)]
        broken += bool(failed) or bool(violations(factories.fresh(profile)))
        if broken:
            return
    pytest.fail("eight joins without a lock, and nothing was noticed")


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody who moves a profile, or takes a task of it, wait for anybody else."""
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")
    monkeypatch.setattr(moves, "locked", _unlocked)
    monkeypatch.setattr(handing, "locked", _unlocked)


def _unlocked(profile_id: int, at: Any) -> Profile:
    profile = Profile.objects.select_related("city", "programme").get(pk=profile_id)
    profile.moment = at
    return profile


def together(look: Callable[..., Any], number: int) -> Callable[..., Any]:
    """Return ``look`` so that so many threads have looked before any of them does something."""
    meeting = threading.Barrier(number)

    def look_together(*about: Any) -> Any:
        found = look(*about)
        if threading.current_thread() is not threading.main_thread():
            with suppress(threading.BrokenBarrierError):
                meeting.wait(timeout=10)
        return found

    return look_together


def save_over(document: Any, changed: Iterable[str]) -> None:
    """Save a move without asking whether somebody was quicker."""
    fields = {name: getattr(document, name) for name in {"state", *changed}}
    type(document).objects.filter(pk=document.pk).update(**fields)


def test_without_the_lock_two_people_finish_one_task(made, monkeypatch):
    """The planted hole: both have seen the task open, and nobody looks again."""
    without_locks(monkeypatch)
    monkeypatch.setattr(moves, "_open_task", together(moves._open_task, 2))
    monkeypatch.setattr(lifecycle, "_save", save_over)
    with pytest.raises(AssertionError):
        test_two_people_finish_one_task(made, 2)


def test_without_the_lock_everybody_gets_the_task(made, monkeypatch):
    """The planted hole: both have seen that the task is nobody's."""
    without_locks(monkeypatch)
    monkeypatch.setattr(handing, "_locked_task", together(handing._locked_task, 2))
    with pytest.raises(AssertionError):
        test_everybody_claims_one_task(made)
