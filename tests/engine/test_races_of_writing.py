"""Several people at once write one section: what was confirmed is there, nothing is lost."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import NotNow, StaleEdit
from profile_workflow.models import Draft, Profile, Section, User, WorkingCopy
from profile_workflow.services import comments, drafting, joining, people
from profile_workflow.services.drafting import DraftText
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.engine.racing import at_once, mover, only_domain_errors, whole

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

S = ProfileState


@pytest.fixture
def made():
    return factories.make_programme(sections=3)


#: How often two meet.
REPETITIONS = 10


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
    for _ in range(REPETITIONS):
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
