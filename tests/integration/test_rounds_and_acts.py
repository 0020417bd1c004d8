"""Rounds, the quality checklist, the page of who is asked, and what is shown before a grave act."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.errors import NotNow
from profile_workflow.models import Organisation, Revision, Section, TemplateSection, User
from profile_workflow.proofreading import Paper, words_a_page
from profile_workflow.queries.rounds import standing
from profile_workflow.states import Attribution, ProfileState, Role, SignOffState
from profile_workflow.web import checks
from reports.models import Build
from tests import factories
from tests.integration.pages import signed_in
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


def text_of(response):
    assert response.status_code == OK
    return response.content.decode()


def page(user, name, *args, **query):
    return text_of(signed_in(user).get(reverse(name, args=args), query))


def cost(user, address):
    client = signed_in(user)
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == OK
    return len(counted)


# Rounds of review


def test_a_round_of_review_says_who_has_what_and_what_was_decided(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    factories.comment_on(factories.section(profile, "1"), reviewer)
    factories.move(
        factories.section(profile, "1"), "request_minor_changes", reviewer, reason="No source."
    )
    Task.objects.open().filter(section__key="2").update(due_at=timezone.now() - timedelta(days=4))
    text = page(made[Role.OBSERVER], "round", profile.slug)
    assert "Expert review, round 1" in text
    assert "1 of 2 sections" in text
    assert "Accept with minor changes" in text
    assert "No source." in text
    assert "1 open comment" in text
    assert "4 days late" in text
    assert reviewer.full_name in text


def test_a_round_that_waits_to_be_concluded_leads_there(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    factories.accept_sections(profile)
    task = Task.objects.open().get(profile=profile)
    text = page(made[Role.INTERNATIONAL_EXPERT], "round", profile.slug)
    assert reverse("task", args=[task.pk]) in text
    assert "All sections are decided." in text


def test_earlier_rounds_can_be_looked_at(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    assert "Consultation 1" in page(made.team, "round", profile.slug)
    text = page(made.team, "round", profile.slug, round="review-1")
    assert "Recommend acceptance" in text
    assert "Consultation 1" in page(made.team, "round", profile.slug, round="nonsense")


def test_before_the_first_round_the_page_says_when_it_opens(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    assert "No round has been opened yet." in page(made.team, "round", profile.slug)


# Rounds of validation


@pytest.fixture
def objected(made):
    """A consultation in which a stakeholder objects to section 1 and the others are silent."""

    def make(attribution):
        profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
        profile = factories.promise_unsealed(profile, attribution)
        author = made[Role.STAKEHOLDER]
        house, _new = Organisation.objects.get_or_create(key="canary", name="Canary House")
        User.objects.filter(pk=author.pk).update(full_name="Canary Person", organisation=house)
        signoff = next(one for one in factories.asked(profile) if one.person_id == author.pk)
        factories.move(
            signoff,
            "object_to",
            author,
            reason="Not so in my street.",
            sections=factories.sections(profile)[:1],
        )
        return profile

    return make


@pytest.mark.parametrize(
    ("attribution", "names", "says_why"),
    [
        (Attribution.NAMED, {"Canary Person"}, True),
        (Attribution.ORGANISATION, {"Canary House"}, True),
        (Attribution.CATEGORY, set(), True),
        (Attribution.CHATHAM_HOUSE, set(), False),
    ],
)
def test_answers_are_shown_as_far_as_agreed(made, objected, attribution, names, says_why):
    profile = objected(attribution)
    text = page(made[Role.LOCAL_EXPERT], "round", profile.slug)
    assert {name for name in ("Canary Person", "Canary House") if name in text} == names
    assert ("Not so in my street." in text) is says_why
    team = page(made.team, "round", profile.slug)
    assert "Canary Person" in team
    assert "Not so in my street." in team
    own = page(made[Role.STAKEHOLDER], "round", profile.slug)
    assert "Not so in my street." in own
    assert "your answer" in own


def test_objections_come_first_with_what_they_need(made, objected):
    profile = objected(Attribution.NAMED)
    for one in factories.asked(profile)[:1]:
        factories.move(one, "approve", one.person)
    opened = profile.validation_rounds.select_related("version").get()
    found = standing(opened, factories.fresh(profile), viewer=made.team)
    assert found.answers[0].signoff.state == SignOffState.OBJECTED
    assert [one.key for one in found.answers[0].sections] == ["1"]
    assert sum(number for _code, _label, number in found.counts) == len(found.answers) == 3
    assert "Answer the objection" in page(made.team, "round", profile.slug)


def test_the_quorum_on_the_page_is_that_of_the_requirement(made, objected):
    profile = objected(Attribution.CATEGORY)
    opened = profile.validation_rounds.select_related("version").get()
    while True:
        profile = factories.fresh(profile)
        found = standing(opened, profile, viewer=made.team)
        missing = requirements.missing_for("profile.conclude_consultation", profile)
        assert found.has_quorum is all(one.code != "quorum" for one in missing)
        assert (found.given >= found.needed) is found.has_quorum
        waiting = factories.asked(profile)
        if not waiting:
            break
        factories.move(waiting[0], "approve", waiting[0].person)
    assert found.has_quorum


def test_the_page_tells_the_closing_day_of_the_city_and_what_silence_means(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    text = page(made[Role.STAKEHOLDER], "round", profile.slug)
    assert "end of the day in the city, Africa/Tunis" in text
    assert "your silence is taken as agreement" in text
    profile.validation_rounds.update(tacit_rule=False)
    text = page(made[Role.STAKEHOLDER], "round", profile.slug)
    assert "your silence is not taken as agreement" in text


def test_what_came_of_a_closed_round_is_said(made):
    profile = factories.bring_to(factories.make_profile(made), S.REVISION_VALIDATION)
    text = page(made[Role.LOCAL_EXPERT], "round", profile.slug)
    assert "What came of it:" in text
    assert "Return sections after the consultation" in text


# Quality


def test_the_checks_of_the_page_are_those_of_the_move(made):
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    factories.comment_on(factories.section(profile, "1"), made.team)
    factories.give_figure(factories.section(profile, "2"))
    profile = factories.fresh(profile)
    missing = requirements.missing_for("profile.pass_qa", profile)
    assert missing
    found = checks.checks_before("profile.pass_qa", profile)
    assert [one for check in found for one in check.found] == sorted(
        missing, key=lambda one: [check.label for check in found].index(str(checks.NAMES[one.code]))
    )
    assert {check.label for check in found if not check.has_passed} == {
        "Every comment is answered",
        "Every figure is confirmed, given as a range, or missing",
    }


def test_a_requirement_without_a_name_is_shown_all_the_same(made, monkeypatch):
    def unheard_of(_profile, _sections):
        yield checks.Missing("unheard_of", "Something new is missing.")

    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    monkeypatch.setitem(requirements.REQUIREMENTS, "profile.pass_qa", (unheard_of,))
    assert "Something new is missing." in page(made.team, "qa", profile.slug)


def test_the_decision_stands_beside_the_checklist(made):
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    task = Task.objects.open().get(profile=profile)
    address = reverse("task", args=[task.pk])
    assert "Send the decision" in page(made.team, "qa", profile.slug)
    other = page(made[Role.OBSERVER], "qa", profile.slug)
    assert "Send the decision" not in other
    assert f'href="{address}"' in other
    where = reverse("qa", args=[profile.slug])
    refused = signed_in(made[Role.OBSERVER]).post(
        where, {"act": "decide", "move": "pass_qa", "reason": "Mine."}
    )
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "Mine." in refused.content.decode()
    answer = signed_in(made.team).post(where, {"act": "decide", "move": "pass_qa"})
    assert (answer.status_code, answer["Location"]) == (FOUND, reverse("tasks"))
    assert "No decision is asked for now." in page(made.team, "qa", profile.slug)
    assert factories.fresh(profile).state == S.CONSULTATION


#: Text → label of the check that it does not pass; None if it passes all.
TEXTS = [
    ("Text.", None),
    ("", "No submitted section is empty"),
    ("word " * 950, "No section is longer than its pages"),
    ("a " * 4_000, "The text prints as it was written"),
]


@pytest.mark.parametrize(("text", "label"), TEXTS)
def test_advice_on_a_text(made, text, label):
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    TemplateSection.objects.filter(template=made.template).update(
        page_budget=20 if text.startswith("a ") else 2
    )
    first = factories.section(profile, "1")
    revision = Revision.objects.create(
        section=first, number=9, text=text, sha256="0" * 64, author=made.team, created_at=AT
    )
    Section.objects.filter(pk=first.pk).update(revision=revision)
    found = checks.advice_on(factories.fresh(profile), Paper({}, words_a_page(())))
    assert [one.label for one in found if not one.has_passed] == ([label] if label else [])
    assert all(one.section == "1" for check in found for one in check.found)
    assert page(made.team, "qa", profile.slug)


# Who is asked


def task_of(signoff):
    return reverse("task", args=[Task.objects.get(signoff=signoff).pk])


def test_who_is_asked_reads_what_counts_before_answering(made):
    profile = factories.bring_to(factories.make_profile(made), S.SIGNOFF)
    signoff = factories.asked(profile)[0]
    client = signed_in(signoff.person)
    text = text_of(client.get(task_of(signoff)))
    assert "Silence is not agreement" in text
    assert "end of the day in the city, Africa/Tunis" in text
    assert "Whoever signs for the city acts in office" in text
    for key in ("1", "2"):
        assert reverse("section", args=[profile.slug, key]) in text


def test_the_file_of_exactly_this_text_is_offered(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    signoff = factories.asked(profile)[0]
    moment = timezone.now()
    ids = [
        Build.objects.create(
            profile=profile,
            language="en",
            kind="consultation",
            digest=digest * 64,
            text_digest=text_digest,
            state="done",
            file="reports/none.pdf",
            sha256=digest * 64,
            created_at=moment,
            finished_at=moment,
        ).pk
        for digest, text_digest in (("a", signoff.digest), ("b", "b" * 64))
    ]
    text = text_of(signed_in(signoff.person).get(task_of(signoff)))
    assert reverse("pdf_file", args=[profile.slug, ids[0]]) in text
    assert reverse("pdf_file", args=[profile.slug, ids[1]]) not in text


def test_the_receipt_says_what_was_answered_on_which_text_and_stays(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    signoff = factories.asked(profile)[0]
    client, address = signed_in(signoff.person), task_of(signoff)
    given = {"move": "object_to", "reason": "Not so.", "sections": ["2"]}
    assert client.post(address, given).status_code == FOUND
    text = text_of(client.get(address))
    assert "Your answer: Objected" in text
    assert "Not so." in text
    assert signoff.digest[:10] in text
    assert "Version 1" in text
    team = text_of(signed_in(made.team).get(address))
    assert "The answer: Objected" in team


def test_an_answer_can_be_changed_until_the_round_closes(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    signoff = factories.asked(profile)[0]
    client, address = signed_in(signoff.person), task_of(signoff)
    client.post(address, {"move": "approve"})
    assert "Change the answer" in text_of(client.get(address))
    refused = client.post(address, {"move": "reserve", "reason": " "})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post(address, {"move": "reserve", "reason": "But."}).status_code == FOUND
    assert factories.fresh(signoff).state == SignOffState.RESERVATION
    factories.bring_to(profile, S.SIGNOFF)
    text = text_of(client.get(address))
    assert "Change the answer" not in text
    assert "Your answer: Approved with reservation" in text
    late = client.post(address, {"move": "approve"})
    assert late.status_code == NotNow.status
    assert factories.fresh(signoff).state == SignOffState.RESERVATION


def test_the_page_of_an_answer_costs_the_same_whatever_the_number_of_people(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    first, *others = factories.asked(profile)
    factories.move(first, "approve", first.person)
    one = cost(first.person, task_of(first))
    for other in others:
        factories.move(other, "approve", other.person)
    assert cost(first.person, task_of(first)) == one


# Grave acts


def test_before_publishing_checks_and_file_are_shown(made):
    profile = factories.bring_to(factories.make_profile(made), S.PRODUCTION)
    task = reverse("task", args=[Task.objects.open().get(profile=profile).pk])
    client = signed_in(made.team)
    text = text_of(client.get(task))
    assert "The text is the one that was signed off" in text
    assert re.findall(r'tag-late">(\w+)', text) == ["missing"]
    assert "There is no PDF of this text yet." in text
    factories.prepare_publication(profile)
    text = text_of(client.get(task))
    assert 'tag-late"' not in text
    assert Build.objects.get(profile=profile).sha256 in text
    assert "None of it can be changed." in text
    # A language that is not ready would be left out without a word.
    assert "not published if you decide now" not in text
    factories.give_build(profile, made.team, kind=Build.Kind.PUBLICATION, language="ar")
    text = text_of(client.get(task))
    assert "not published if you decide now" in text


@pytest.mark.parametrize(
    ("state", "move", "said"),
    [
        (S.ON_HOLD, "cancel", "This cannot be undone"),
        (S.ON_HOLD, "resume", "Work goes on in the state in which it stopped"),
        (S.DRAFTING, "hold", "no deadline runs"),
        (S.PUBLISHED, "withdraw", "is no longer public"),
        (S.PUBLISHED, "open_correction", "are opened again for their authors"),
        (S.PUBLISHED, "declare_update_due", "the next edition can be started"),
    ],
)
def test_a_grave_act_says_what_it_does(made, state, move, said):
    profile = factories.bring_to(factories.make_profile(made), state)
    assert said in page(made.team, "profile_move", profile.slug, move)
    refused = signed_in(made[Role.OBSERVER]).get(reverse("profile_move", args=[profile.slug, move]))
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert said not in refused.content.decode()
