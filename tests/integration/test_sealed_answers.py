"""Answers under the Chatham House Rule: sealed, then parted from their authors for good."""

import itertools
from collections import Counter
from http import HTTPStatus

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.errors import NotNow
from profile_workflow.models import (
    Comment,
    Event,
    EventReason,
    Profile,
    Programme,
    SectionAnswer,
    SignOff,
    ValidationRound,
)
from profile_workflow.queries.promises import promise_to, rule_of
from profile_workflow.queries.rounds import standing
from profile_workflow.services import comments
from profile_workflow.services.attributing import refusal_to_change
from profile_workflow.services.log import broken_links
from profile_workflow.services.sealing import groups_to_name
from profile_workflow.states import (
    Attribution,
    CommentKind,
    ProfileState,
    Role,
    SectionView,
    SignOffState,
    StakeholderCategory,
)
from reports.builds.pages import _round, job_of
from reports.context import report_of
from reports.context.record import read_record
from reports.labels import labels
from tests import factories
from tests.integration.pages import signed_in
from tests.sealed import consulted, end, say
from workflows import deadlines, engine
from workflows.invariants import violations
from workflows.letters import compose
from workflows.models import OutboxJob, Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState
PUBLIC, CIVIL = StakeholderCategory.PUBLIC_SERVICE, StakeholderCategory.CIVIL_SOCIETY


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


def lacking(profile):
    permission = "profile.conclude_consultation"
    return requirements.missing_for(permission, factories.fresh(profile))


def events(profile):
    return Event.objects.filter(profile=profile).order_by("seq")


@pytest.mark.any_database
def test_nothing_of_an_answer_is_recorded_before_the_round_is_over(made):
    profile = consulted(made)
    before = events(profile).count()
    first, second, third = factories.asked(profile)
    say(first, SectionView.OBJECTS, SectionView.COMMENTS)
    factories.move(second, "approve", second.person)
    opened = profile.validation_rounds.get()
    assert opened.is_sealed
    assert events(profile).count() == before
    assert not Comment.objects.filter(section__profile=profile).exists()
    assert list(broken_links(profile)) == []
    assert set(Task.objects.filter(signoff=first).values_list("move", "done_by")) == {("", None)}
    seen = standing(opened, profile, viewer=made.team)
    assert (seen.counts, seen.answers, seen.given) == ([], [], 2)
    kinds = set(OutboxJob.objects.values_list("payload__kind", flat=True))
    assert "objection_received" not in kinds
    (receipt,) = OutboxJob.objects.filter(payload__kind="receipt")
    assert receipt.payload["user"] == first.person_id
    missing = {one.code for one in lacking(profile)}
    assert "answers_sealed" in missing
    assert "objection" not in missing
    with pytest.raises(NotNow):
        comments.add_comment(
            factories.section(profile, "1"), kind=CommentKind.MUST_FIX, text="A remark.",
            by=third.person, at=timezone.now(),
        )  # fmt: skip
    # Everybody has answered, but until the last day an answer can be changed.
    factories.move(third, "approve", third.person)
    with pytest.raises(NotNow):
        engine.unseal(opened, at=timezone.now())
    say(first, SectionView.AGREES, SectionView.OBJECTS, text="Other words")
    assert violations(factories.fresh(profile)) == []


@pytest.mark.any_database
def test_the_end_of_the_round_parts_answers_from_names(made):
    profile = consulted(made)
    first, second, _silent = factories.asked(profile)
    say(first, SectionView.OBJECTS, SectionView.COMMENTS)
    say(second, SectionView.AGREES, SectionView.COMMENTS)
    end(profile)
    opened = profile.validation_rounds.get()
    assert not opened.is_sealed
    rows = list(opened.signoffs.order_by("pk"))
    assert {one.person_id for one in rows} == {None}
    # Groups of one are not named; the silent one is taken as agreed where that was announced.
    assert {(one.role, one.category) for one in rows} == {("", "")}
    assert len({one.answered_at for one in rows}) == 1
    states = Counter(one.state for one in rows)
    assert states[SignOffState.OBJECTED] == states[SignOffState.APPROVED] == 1
    assert sum(states.values()) == 3
    objected = next(one for one in rows if one.state == SignOffState.OBJECTED)
    assert objected.statement == "Words on 1."
    assert [one.key for one in objected.sections.all()] == ["1"]
    made_of = Comment.objects.filter(section__profile=profile)
    assert {(one.author_id, one.role, one.text) for one in made_of} == {(None, "", "Words on 2.")}
    assert made_of.count() == 2
    assert not SectionAnswer.objects.filter(signoff__round=opened).exists()
    assert list(broken_links(profile)) == []
    assert violations(factories.fresh(profile)) == []
    unsealed = events(profile).filter(move__in=("unseal", "make"))
    assert unsealed.count() == 5
    assert set(unsealed.values_list("actor", "role")) == {(None, "")}
    # What happens then: the project team reads and answers, and the way goes on.
    seen = standing(opened, profile, viewer=made.team)
    assert {one.by.name for one in seen.answers} == {"A participant"}
    client = Client()
    client.force_login(made.team)
    for task in Task.objects.filter(signoff__round=opened):
        # The row of a task is another answer now: nobody shall take it for that of its owner.
        page = client.get(reverse("task", args=[task.pk]))
        assert page.status_code == HTTPStatus.OK
        assert "Words on 1." not in page.content.decode()
    assert "dealt out anew" in client.get(reverse("round", args=[profile.slug])).content.decode()
    factories.answer_objections(profile)
    for one in made_of:
        factories.move(one, "accept", made[Role.LOCAL_EXPERT], answer="Yes.")
    moved = factories.move(profile, "conclude_consultation", made[Role.FOCAL_POINT])
    assert moved.state == S.SIGNOFF
    assert list(broken_links(moved)) == []


def ties(profile, people) -> set[tuple[str, str]]:
    """Return table and words of every row that holds both a person and something said.

    A reader of the whole database looks at every row of every table; a row that tells of a person
    is one with his id, name, address or pseudonym.
    """
    found = set()
    known = {str(value) for one in people for value in (one.pseudonym, one.email)}
    known |= {one.pseudonym.hex for one in people}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            names = [one[0] for one in cursor.description]
            for row in cursor.fetchall():
                cells = [str(one) for one in row]
                words = {one for one in cells if "Canary" in one}
                ids = {
                    cell
                    for name, cell in zip(names, cells, strict=True)
                    if name in ("person_id", "author_id", "owner_id", "done_by_id", "user_id")
                    and cell in {str(one.pk) for one in people}
                }
                if words and (ids or known & set(cells)):
                    found.add((table, *words))
    return found


@pytest.mark.any_database
def test_no_row_of_any_table_ties_words_to_a_person(made):
    profile = consulted(made)
    asked = factories.asked(profile)
    people = [one.person for one in asked]
    for number, one in enumerate(reversed(asked[1:])):
        say(one, SectionView.OBJECTS, SectionView.COMMENTS, text=f"Canary {number}")
    # The planted hole: while the round is open the rows do tell it, which the search finds.
    assert {one[0] for one in ties(profile, people)} == {"profile_workflow_signoff"}
    end(profile)
    assert ties(profile, people) == set()
    tasks = Task.objects.filter(signoff__round__profile=profile)
    assert set(tasks.values_list("owner", "done_by", "move")) == {(None, None, "")}
    assert len(set(tasks.values_list("finished", flat=True))) == 1
    told = set(OutboxJob.objects.values_list("payload__kind", flat=True))
    assert not told & {"receipt", "reminder"}
    # The last who was asked has answered first; the rows of the process tell it no more.
    links = Task.previous.through.objects.filter(to_task__in=tasks).order_by("pk")
    order = list(links.values_list("to_task_id", flat=True))
    assert len(order) == 3
    assert order == sorted(order)


def test_the_rows_are_dealt_out_anew(made, monkeypatch):
    """By which row somebody was asked tells nothing of what he has said."""
    profile = consulted(made)
    asked = factories.asked(profile)
    factories.move(asked[0], "object_to", asked[0].person, reason="Mine.",
                   sections=factories.sections(profile)[:1])  # fmt: skip
    seen = Counter()
    for _time in range(24):
        with factories.undone():
            end(profile)
            found = SignOff.objects.get(round__profile=profile, state=SignOffState.OBJECTED)
            seen[found.pk] += 1
            names = EventReason.objects.filter(text="Mine.").values_list("event__document")
            assert list(names) == [(f"sign_off:{found.pk}",)]
    assert set(seen) == {one.pk for one in asked}


@pytest.mark.any_database
def test_the_record_counts_each_answer_though_nobody_is_tied_to_it(made):
    """In what is printed, and on the page of the fingerprint."""
    profile = consulted(made)
    for one in factories.asked(profile):
        say(one, SectionView.AGREES, SectionView.AGREES)
    end(profile)
    moved = factories.move(profile, "conclude_consultation", made[Role.FOCAL_POINT])
    (found, _open) = read_record(moved, {}, "en").validations
    assert (found.asked, found.counted, found.given) == (3, 3, 3)
    assert (found.counts, found.answers) == ((("Approved", 3),), ())
    facts = _round(found, labels("en"))["facts"]
    assert "answers counted: 3, needed: 2, quorum reached" in facts
    page = signed_in(made.team).get(reverse("fingerprint", args=[moved.text_digest()]))
    assert "3 people" in page.content.decode()
    the_signature_is_told(moved, made)


def the_signature_is_told(profile, made):
    """Though the consultation was secret: with name, function, day and reservation."""
    signoff = factories.asked(profile)[0]
    assert "acts in office" in promise_to(signoff)
    assert isinstance(refusal_to_change(profile, made.team), NotNow)
    factories.move(
        signoff, "reserve", signoff.person,
        reason="The budget <b>waits</b>.", signatory="Amal Ben Salah", function="Deputy mayor",
    )  # fmt: skip
    profile = factories.fresh(profile)
    assert profile.attribution == Attribution.CHATHAM_HOUSE
    signature = read_record(profile, {}, "en").validations[1]
    (line,) = signature.answers
    assert (line.who, line.function) == ("Amal Ben Salah", "Deputy mayor")
    assert (line.words, signature.reservations) == ("The budget <b>waits</b>.", ())
    assert line.on
    page = signed_in(made.team).get(reverse("fingerprint", args=[signoff.digest]))
    printed = job_of(report_of(profile)).parts[-1].html
    for told in (page.content.decode(), printed):
        assert "Amal Ben Salah" in told
        assert "Deputy mayor" in told
        assert "The budget &lt;b&gt;waits&lt;/b&gt;." in told
        # For whom it was a secret, it stays one.
        assert not any(made[one].full_name in told for one in (Role.STAKEHOLDER, Role.FOCAL_POINT))


def test_cancelling_parts_them_too_and_another_round_asks_everybody(made):
    profile = consulted(made)
    asked = factories.asked(profile)
    factories.move(asked[0], "approve", asked[0].person)
    with factories.undone():
        factories.move(profile, "hold", made.team, reason="Elections.")
        factories.move(profile, "cancel", made.team, reason="No funds.")
        opened = profile.validation_rounds.get()
        assert opened.is_sealed
        assert not opened.takes_answers
        deadlines.sweep(at=timezone.now())
        assert not profile.validation_rounds.get().is_sealed
        assert not SignOff.objects.filter(round__profile=profile, person__isnull=False).exists()
        assert list(broken_links(factories.fresh(profile))) == []
    end(profile)
    focal_point = made[Role.FOCAL_POINT]
    factories.move(profile, "extend_consultation", focal_point, reason="Too few.",
                   attribution=Attribution.NAMED)  # fmt: skip
    again = profile.validation_rounds.get(closed_at=None)
    # The same text is never asked about more loosely than before.
    assert (again.attribution, again.is_secret) == (Attribution.CHATHAM_HOUSE, True)
    assert {one.person_id for one in factories.asked(profile)} == {one.person_id for one in asked}
    (missing,) = (one for one in lacking(profile) if one.code == "quorum")
    assert "0 of 3" in str(missing.message)


@pytest.mark.parametrize(
    ("sizes", "named"),
    [
        ({}, ""),
        ({"a": 2}, ""),
        ({"a": 3}, "a"),
        ({"a": 3, "b": 3}, "ab"),
        # One alone would be known to be the one who is left.
        ({"a": 3, "b": 1}, ""),
        ({"a": 5, "b": 4, "c": 1}, "a"),
        ({"a": 5, "b": 2, "c": 1}, "a"),
    ],
)
def test_a_group_is_named_only_if_nobody_is_left_alone(sizes, named):
    answered = itertools.chain.from_iterable([("x", one)] * number for one, number in sizes.items())
    assert {group for _role, group in groups_to_name(answered, 3)} == set(named)


def test_every_rule_is_told_to_whoever_is_asked_in_his_own_words(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    first, *_others = SignOff.objects.filter(round__profile=profile, role=Role.STAKEHOLDER)
    expected = {
        Attribution.NAMED: first.person.full_name,
        Attribution.ORGANISATION: "the group",
        Attribution.CATEGORY: "You are the only one of this group who is asked",
        Attribution.CHATHAM_HOUSE: "Nobody sees who has answered what, the project team included.",
    }
    for attribution, words in expected.items():
        is_secret = attribution == Attribution.CHATHAM_HOUSE
        ValidationRound.objects.filter(pk=first.round_id).update(
            attribution=attribution, is_secret=is_secret
        )
        signoff = SignOff.objects.select_related("round").get(pk=first.pk)
        told = promise_to(signoff)
        assert words in told
        assert ("The project team sees every name." in told) is not is_secret
        assert ("The project team sees every name." in rule_of(signoff.round)) is not is_secret
        assert ("or the profile is cancelled" in told) is is_secret


def test_the_rule_of_the_programme_is_suggested(made, client):
    Programme.objects.update(attribution=Attribution.CHATHAM_HOUSE)
    client.force_login(made.team)
    page = client.get(reverse("profile_new")).content.decode()
    assert '<option value="chatham_house" selected' in page
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    task = Task.objects.open().get(profile=profile)
    page = client.get(reverse("task", args=[task.pk])).content.decode()
    # With what the profile was started, on the page on which the consultation is opened.
    assert '<option value="category" selected' in page


def test_the_rule_is_chosen_with_the_move_that_opens_the_consultation(made):
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    factories.answer_checks(profile)
    factories.move(profile, "pass_qa", made.team, attribution=Attribution.CHATHAM_HOUSE)
    opened = profile.validation_rounds.get()
    assert (opened.attribution, opened.is_secret, opened.smallest_group) == (
        Attribution.CHATHAM_HOUSE, True, 3,
    )  # fmt: skip
    assert factories.fresh(profile).attribution == Attribution.CHATHAM_HOUSE
    promise = events(profile).get(move="promise")
    assert promise.to_state == Attribution.CHATHAM_HOUSE
    assert mail.outbox == []


# Stricter, never looser


def test_an_open_round_is_made_stricter_and_everybody_is_told(made, client):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    ValidationRound.objects.filter(profile=profile).update(attribution=Attribution.NAMED)
    Profile.objects.filter(pk=profile.pk).update(attribution=Attribution.NAMED)
    author = made[Role.STAKEHOLDER]
    with factories.undone():
        make_stricter(profile, Attribution.CHATHAM_HOUSE, made.team)
        assert profile.validation_rounds.get().is_secret
    factories.comment_on(factories.section(profile, "1"), author, text="Not in my street.")
    address = reverse("attribution", args=[profile.slug])
    sent = {"attribution": Attribution.CATEGORY, "reason": "Two have asked for it."}
    for role in (Role.FOCAL_POINT, Role.STAKEHOLDER, Role.LOCAL_EXPERT):
        client.force_login(made[role])
        assert client.post(address, sent).status_code == HTTPStatus.FORBIDDEN
    client.force_login(made.team)
    offered = client.get(address).content.decode()
    # A remark stands with its author's name in the log: it cannot be sealed any more.
    assert Attribution.CHATHAM_HOUSE.value not in offered
    refused = client.post(address, {**sent, "attribution": Attribution.CHATHAM_HOUSE})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Two have asked for it." in refused.content.decode()
    for _click in range(2):
        assert client.post(address, sent).status_code == HTTPStatus.FOUND
    opened = profile.validation_rounds.get()
    assert (opened.attribution, opened.is_secret) == (Attribution.CATEGORY, False)
    assert factories.fresh(profile).attribution == Attribution.CATEGORY
    assert set(Comment.objects.values_list("attribution", flat=True)) == {Attribution.CATEGORY}
    told = OutboxJob.objects.filter(payload__kind="attribution_changed")
    assert {one.payload["user"] for one in told} == set(
        opened.signoffs.values_list("person", flat=True)
    )
    letter = compose(told[0].payload)
    assert letter is not None
    assert "Two have asked for it." in letter.text
    looser = client.post(address, {**sent, "attribution": Attribution.NAMED})
    assert looser.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert events(profile).filter(move="promise").count() == 2
    assert list(broken_links(factories.fresh(profile))) == []


def make_stricter(profile, attribution, by):
    engine.make_attribution_stricter(
        profile, attribution, reason="Asked for.", by=by, at=timezone.now()
    )
