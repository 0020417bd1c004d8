"""One flipped character voids every kind of approval of that section, of no other, and shows it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import SectionAnswer, TemplateCheck
from profile_workflow.queries.quality import checklist
from profile_workflow.queries.validation import signatures
from profile_workflow.services import section_answers
from profile_workflow.states import ProfileState, Role, SectionView, SignOffState
from tests import factories
from tests.integration.pages import page, signed_in
from tests.links import link_of, token_for
from workflows import engine
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
VOID = "void: the text has changed since"
CHANGED = "changed since"


def flip(profile, key):
    """Change the last character of a section that was opened again, and submit it."""
    section, expert = factories.section(profile, key), factories.holder(profile, Role.LOCAL_EXPERT)
    text = section.draft.text
    factories.write(section, f"{text[:-1]}{'!' if text[-1] != '!' else '?'}")
    factories.move(factories.section(profile, key), "submit", expert)
    factories.move(factories.fresh(profile), "submit_validation_revision", expert)
    return factories.fresh(profile)


def marked(html):
    """Sections that a page marks as changed."""
    rows = html.split('<ol class="rows">')[1].split("</ol>")[0].split("<li>")[1:]
    return [number for number, row in enumerate(rows, start=1) if CHANGED in row]


def answers_by_link(signoff):
    """Agree to every section through the personal link, and send it."""
    link, at = link_of(signoff), timezone.now()
    for one in factories.sections(signoff.round.profile):
        section_answers.save_answer(link, one, view=SectionView.AGREES, text="", at=at)
    engine.send_answer(link, at=at)


def signoff_of(profile, person):
    return next(one for one in factories.asked(profile) if one.person_id == person.pk)


def task_page(profile, person):
    task = Task.objects.open().get(profile=profile, signoff__person=person)
    return page(signed_in(person), "task", task.pk)


def void_of(profile, key, client):
    code = factories.section(profile, key).revisions.order_by("number")[0].sha256
    return "What was approved, and is void now" in page(client, "fingerprint", code)


def test_each_kind_of_approval_is_void_for_the_changed_section_and_asked_for_again():
    made = factories.make_programme(sections=3)
    factories.give_checks(made)
    second = made.template.sections.get(key="2")
    TemplateCheck.objects.create(
        template=made.template, section=second, key="second", position=9, title="All told?"
    )
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    team = signed_in(factories.holder(profile, Role.PROJECT_TEAM))
    by_link, by_account = factories.holders(profile, Role.STAKEHOLDER)
    focal_point = factories.holder(profile, Role.FOCAL_POINT)
    answers_by_link(signoff_of(profile, by_link))
    factories.move(signoff_of(profile, by_account), "approve", by_account)
    factories.move(signoff_of(profile, focal_point), "approve", focal_point)
    for name in ("round", "qa"):
        assert VOID not in page(team, name, profile.slug)

    # It is opened again: nothing is void as long as nothing is changed.
    named = [factories.section(profile, "1")]
    factories.move(
        profile, "revise_after_consultation", focal_point, reason="A figure.", sections=named
    )
    assert not void_of(profile, "1", team)
    profile = flip(profile, "1")

    # The decision of the expert: void for this section, on its page, in the round, when verified.
    assert "acceptance void" in page(team, "section", profile.slug, "1")
    assert "acceptance void" not in page(team, "section", profile.slug, "2")
    reviews = page(team, "round", profile.slug, round="review-1")
    assert reviews.count(VOID) == 1
    assert [void_of(profile, key, team) for key in ("1", "2", "3")] == [True, False, False]
    # The checks of quality assurance: only those of this section and of the whole wait again.
    again = [one for one in checklist(profile) if one.is_outdated]
    assert {one.section.key if one.section else "" for one in again} == {"1", ""}
    assert len(checklist(profile)) == 3
    factories.bring_to(profile, S.CONSULTATION)

    # The answers of the city: by link the other sections are answered already; by account only
    # this one is marked.
    second = signoff_of(profile, by_link)
    kept = SectionAnswer.objects.filter(signoff=second)
    assert sorted(kept.values_list("section__key", flat=True)) == ["2", "3"]
    assert second.state == SignOffState.ASKED
    landing = Client().get(reverse("link", args=[token_for(second)])).content.decode()
    assert reverse("link_section", args=[token_for(second), "1"]) in landing
    assert marked(task_page(profile, by_account)) == [1]
    assert "These answers are void" in page(team, "round", profile.slug, round="consultation-1")


def test_what_the_city_has_signed_is_void_for_the_section_that_is_returned():
    profile = factories.bring_to(factories.make_profile(), S.PRIORITY_SETTING)
    authority = factories.holder(profile, Role.CITY_AUTHORITY)
    assert signatures(profile) == ({authority.pk}, [])
    focal_point = factories.holder(profile, Role.FOCAL_POINT)
    factories.move(
        profile, "dispute_finding", focal_point, reason="Wrong.",
        sections=[factories.section(profile, "2")],
    )  # fmt: skip
    profile = flip(profile, "2")
    assert signatures(profile) == (set(), [authority])
    profile = factories.bring_to(profile, S.SIGNOFF)
    assert marked(task_page(profile, authority)) == [2]
    # Somebody else who opens the task does not learn from it what was answered before.
    team = factories.holder(profile, Role.PROJECT_TEAM)
    task = Task.objects.open().get(profile=profile, signoff__person=authority)
    assert CHANGED not in page(signed_in(team), "task", task.pk)


def test_a_section_that_is_submitted_again_unchanged_voids_nothing():
    profile = factories.bring_to(factories.make_profile(), S.CONSULTATION)
    objects, agrees = factories.holders(profile, Role.STAKEHOLDER)
    focal_point = factories.holder(profile, Role.FOCAL_POINT)
    named = [factories.section(profile, "1")]
    for person in (agrees, focal_point):
        factories.move(signoff_of(profile, person), "approve", person)
    factories.move(
        signoff_of(profile, objects), "object_to", objects, reason="Not so.", sections=named
    )
    factories.move(
        profile, "revise_after_consultation", focal_point, reason="Look.", sections=named
    )
    expert = factories.holder(profile, Role.LOCAL_EXPERT)
    factories.move(factories.section(profile, "1"), "submit", expert)
    factories.move(factories.fresh(profile), "call_second_workshop", expert)
    assert profile.versions.count() == 1
    # Who has agreed to this text is not asked again, and whose turn it is can answer.
    assert [one.person_id for one in factories.asked(profile)] == [objects.pk]
    answers_by_link(signoff_of(profile, objects))
    team = signed_in(factories.holder(profile, Role.PROJECT_TEAM))
    assert "acceptance void" not in page(team, "section", profile.slug, "1")
    assert not void_of(profile, "1", team)
