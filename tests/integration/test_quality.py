"""The checks that a person makes in quality assurance: answered, outdated, refused, waived."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.admin import reference_site
from profile_workflow.errors import InvalidInput, NotAllowed, NotNow, StaleEntry
from profile_workflow.models import (
    CheckAnswer,
    Event,
    Revision,
    Section,
    Template,
    TemplateCheck,
    TemplateSection,
    TemplateSubsection,
    Waiver,
)
from profile_workflow.queries import history
from profile_workflow.queries.quality import checklist
from profile_workflow.services import quality
from profile_workflow.services.log import broken_links
from profile_workflow.services.people import assign_to_programme
from profile_workflow.services.reference import load_template
from profile_workflow.states import Advice, ProfileState, Role, Verdict
from tests import factories
from tests.integration.pages import page, signed_in
from workflows.demo.library import fixture
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
FOUND, FORBIDDEN = HTTPStatus.FOUND, HTTPStatus.FORBIDDEN
CONFLICT, UNPROCESSABLE = HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.fixture
def made():
    programme = factories.make_programme(sections=2)
    factories.give_checks(programme)
    return programme


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), S.PROJECT_QA)


@pytest.fixture
def colleague(made):
    """A second member of the project team."""
    person = factories.make_person("colleague")
    assign_to_programme(person, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    return person


def address(profile):
    return reverse("qa", args=[profile.slug])


def answer(profile, key, verdict, note="", *, by, base=None):
    question = TemplateCheck.objects.get(template=profile.template, key=key)
    moment = timezone.now()
    return quality.answer_check(
        profile, question, Verdict(verdict), note, base=base, by=by, at=moment
    )


def lacking(profile):
    missing = requirements.missing_for("profile.pass_qa", factories.fresh(profile))
    return [(one.code, one.fragment) for one in missing]


def sent(profile, **answers):
    """What a browser sends of the page as it is now, with some answers changed."""
    data = {}
    for one in checklist(factories.fresh(profile)):
        key = one.question.key
        shown = {
            "base": quality.mark_of(one),
            "note": one.given.note if one.given else "",
            "verdict": one.answer.verdict if one.answer else "",
        }
        for name, value in shown.items():
            data[f"{key}-{name}"] = value
            data[f"initial-{key}-{name}"] = value
        for name, value in answers.get(key, {}).items():
            data[f"{key}-{name}"] = value
    return data


# Answering


def test_passing_waits_for_every_check(made, profile):
    assert lacking(profile) == [("check_open", "check-method"), ("check_open", "check-figures")]
    answer(profile, "method", "yes", by=made.team)
    answer(profile, "figures", "not_applicable", "There are none.", by=made.team)
    assert lacking(profile) == []
    answer(profile, "figures", "no", "They differ by ten.", by=made.team)
    assert lacking(profile) == [("check_failed", "check-figures")]


def test_the_decision_is_refused_with_links_to_the_checks(made, profile):
    task = Task.objects.open().get(profile=profile)
    client = signed_in(made.team)
    refused = client.post(reverse("task", args=[task.pk]), {"move": "pass_qa"})
    assert refused.status_code == UNPROCESSABLE
    text = refused.content.decode()
    assert f"{address(profile)}#check-method" in text
    assert "“Is the method told?” is not answered yet." in text


@pytest.mark.repeats
@pytest.mark.any_database
@pytest.mark.parametrize("role", list(Role))
def test_only_who_decides_answers_and_waives(made, profile, role):
    first = factories.section(profile, "1")
    if role == Role.PROJECT_TEAM:
        assert answer(profile, "method", "yes", by=made[role]).pk
        return
    with pytest.raises(NotAllowed):
        answer(profile, "method", "yes", by=made[role])
    with pytest.raises(NotAllowed):
        quality.waive(first, Advice.EMPTY, "Short.", by=made[role], at=timezone.now())
    assert (
        signed_in(made[role])
        .post(address(profile), sent(profile, method={"verdict": "yes"}))
        .status_code
        == FORBIDDEN
    )
    assert not CheckAnswer.objects.exists()


def test_answers_are_given_in_quality_assurance_only(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    with pytest.raises(NotNow):
        answer(profile, "method", "no", "Not told.", by=made.team)
    waiver = signed_in(made.team).post(
        reverse("qa_waive", args=[profile.slug, "1", "empty"]),
        {"advice-empty-1-reason": "Short."},
    )
    assert waiver.status_code == CONFLICT


@pytest.mark.parametrize("verdict", ["no", "not_applicable"])
def test_all_but_yes_say_why(made, profile, verdict):
    with pytest.raises(InvalidInput):
        answer(profile, "method", verdict, "  ", by=made.team)
    kept = sent(profile, method={"verdict": verdict}, figures={"verdict": "yes"})
    refused = signed_in(made.team).post(address(profile), kept)
    assert refused.status_code == UNPROCESSABLE
    text = refused.content.decode()
    assert "Say why: the note is needed" in text
    assert 'href="#check-method"' in text
    # What could be saved was, and what was refused is still there.
    assert [one.question.key for one in CheckAnswer.objects.all()] == ["figures"]
    assert f'value="{verdict}" class="form-check-input"' in text.replace(" required", "")


def test_a_foreign_check_is_no_answer(made, profile):
    (foreign, _other) = factories.give_checks(factories.make_programme())
    with pytest.raises(InvalidInput):
        quality.answer_check(profile, foreign, Verdict.YES, by=made.team, at=timezone.now())


def test_saving_says_how_many_and_leads_to_the_next_check(made, profile):
    client = signed_in(made.team)
    saved = client.post(address(profile), sent(profile, method={"verdict": "yes"}))
    assert saved.status_code == FOUND
    assert saved.url == f"{address(profile)}#check-figures"
    text = page(client, "qa", profile.slug)
    assert "1 answer was saved." in text
    assert "1 of 2 answered" in text
    assert made.team.full_name in text
    rest = client.post(address(profile), sent(profile, figures={"verdict": "yes"}))
    assert rest.url == f"{address(profile)}#decision"


def test_what_two_people_answer_at_once_is_all_kept(made, profile, colleague):
    opened_by_both = sent(profile)
    mine = {**opened_by_both, "method-verdict": "yes"}
    theirs = {**opened_by_both, "figures-verdict": "no", "figures-note": "They differ."}
    assert signed_in(made.team).post(address(profile), mine).status_code == FOUND
    assert signed_in(colleague).post(address(profile), theirs).status_code == FOUND
    given = {one.question.key: (one.verdict, one.by) for one in CheckAnswer.objects.all()}
    assert given == {"method": ("yes", made.team), "figures": ("no", colleague)}


def test_the_same_check_answered_by_two_is_shown_to_the_second(made, profile, colleague):
    opened_by_both = sent(profile)
    mine = {**opened_by_both, "method-verdict": "yes"}
    theirs = {**opened_by_both, "method-verdict": "no", "method-note": "Nobody was asked."}
    signed_in(made.team).post(address(profile), mine)
    client = signed_in(colleague)
    refused = client.post(address(profile), theirs)
    assert refused.status_code == CONFLICT
    text = refused.content.decode()
    assert "has changed in the meantime" in text
    assert "Nobody was asked." in text
    assert CheckAnswer.objects.get().verdict == "yes"
    renewed = quality.mark_of(checklist(factories.fresh(profile))[0])
    assert renewed in text
    assert client.post(address(profile), {**theirs, "method-base": renewed}).status_code == FOUND
    assert CheckAnswer.objects.get().verdict == "no"


# The text that was looked at


def revised(profile, key="1"):
    """Return one section, have it revised, and bring the profile back."""
    team = factories.holder(profile, Role.PROJECT_TEAM)
    named = [factories.section(profile, key)]
    factories.move(profile, "return_for_revision", team, reason="Again.", sections=named)
    factories.submit_sections(profile)
    expert = factories.holder(profile, Role.LOCAL_EXPERT)
    return factories.move(profile, "submit_qa_revision", expert)


def test_an_answer_holds_for_the_text_that_was_looked_at(made, profile):
    factories.answer_checks(profile)
    stale = sent(profile, method={"verdict": "no", "note": "Gone."})
    revised(profile, "2")
    # The check of chapter 1 stands, that of the whole text does not.
    assert lacking(profile) == [("check_open", "check-figures")]
    text = page(signed_in(made.team), "qa", profile.slug)
    assert "The text has changed since: look again" in text
    assert "1 of 2 answered" in text
    revised(profile, "1")
    assert [code for code, _place in lacking(profile)] == ["check_open", "check_open"]
    refused = signed_in(made.team).post(address(profile), stale)
    assert refused.status_code == CONFLICT
    assert not CheckAnswer.objects.filter(verdict="no").exists()
    factories.answer_checks(profile)
    assert lacking(profile) == []


def test_no_leads_to_the_return_of_the_section_with_the_note(made, profile):
    answer(profile, "method", "no", "Who was asked?", by=made.team)
    answer(profile, "figures", "no", "They differ.", by=made.team)
    client = signed_in(made.team)
    form = client.get(address(profile)).context["move_form"]
    assert form["move"].value() == "return_for_revision"
    assert form["sections"].value() == ["1"]
    assert form["reason"].value().splitlines() == [
        "1 Chapter 1: Who was asked?",
        "The whole text: They differ.",
    ]
    task = Task.objects.open().get(profile=profile)
    on_the_task = client.get(reverse("task", args=[task.pk])).context["form"]
    assert on_the_task["reason"].value() == form["reason"].value()


def test_a_template_without_checks_asks_none():
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    assert lacking(profile) == []
    text = page(signed_in(made.team), "qa", profile.slug)
    assert "has no checks for a person to make" in text


def test_the_template_of_the_programme_has_checks_in_three_languages():
    template = load_template(fixture("template_mc2cm.json"))
    assert load_template(fixture("template_mc2cm.json")) == template
    found = list(template.checks.order_by("position"))
    assert 12 <= len(found) <= 18
    assert all(one.title_fr and one.title_ar and one.title != one.title_fr for one in found)
    assert {one.section_id is None for one in found} == {True, False}


def test_checks_of_a_version_in_use_are_not_changed(made, rf):
    admin = reference_site._registry[TemplateCheck]
    request = rf.get("/")
    request.user = made.superuser
    one = TemplateCheck.objects.filter(template=made.template)[0]
    assert admin.has_change_permission(request, one)
    offered = admin.get_form(request).base_fields["template"].queryset
    assert made.template in offered
    factories.make_profile(made)
    assert not admin.has_change_permission(request, one)
    offered = admin.get_form(request).base_fields["template"].queryset
    assert made.template not in offered
    other = Template.objects.create(
        code="other", version=1, title="T", body_pages=1, summary_pages=1
    )
    one.template = other
    with pytest.raises(Exception, match="another version"):
        one.clean()


@pytest.mark.parametrize("part", [TemplateSection, TemplateSubsection, TemplateCheck])
def test_nothing_is_put_into_a_version_in_use(made, rf, part):
    admin, request = reference_site._registry[part], rf.get("/")
    request.user = made.superuser
    offered = {"template": made.template, "section": made.template.sections.first()}
    for in_use in (False, True):
        if in_use:
            factories.make_profile(made)
        fields = admin.get_form(request).base_fields
        asked = [name for name in offered if name in fields]
        assert asked
        for name in asked:
            assert (offered[name] in fields[name].queryset) is not in_use


def test_others_see_the_questions_but_no_answers(made, profile):
    answer(profile, "method", "no", "Canary note.", by=made.team)
    number = Event.objects.get(profile=profile, move="answer_check").seq
    for role in (Role.LOCAL_EXPERT, Role.STAKEHOLDER):
        text = page(signed_in(made[role]), "qa", profile.slug)
        assert "Is the method told?" in text
        assert "Canary note." not in text
        (line,) = history.lines(profile, [number], viewer=made[role])
        assert (line.reason, line.to_label) == ("", "")
    (line,) = history.lines(profile, [number], viewer=made.team)
    assert (line.reason, line.to_label) == ("Canary note.", "No")
    assert "Is the method told?" in line.about
    assert list(broken_links(profile)) == []


# Advice


@pytest.fixture
def advised(profile):
    """A profile whose first chapter was submitted empty."""
    first = factories.section(profile, "1")
    revision = Revision.objects.create(
        section=first,
        number=9,
        text="",
        sha256="1" * 64,
        author=factories.holder(profile, Role.LOCAL_EXPERT),
        created_at=timezone.now(),
    )
    Section.objects.filter(pk=first.pk).update(revision=revision)
    return factories.section(profile, "1")


def waive(client, section, code="empty", reason="It is told elsewhere.", **more):
    where = reverse("qa_waive", args=[section.profile.slug, section.key, code])
    name = f"advice-{code}-{section.key}"
    looked_at = section.revision.sha256
    return client.post(where, {f"{name}-reason": reason, f"{name}-base": looked_at, **more})


def test_an_advice_is_waived_with_a_reason_and_taken_back(made, advised):
    client, slug = signed_in(made.team), advised.profile.slug
    assert "Waive it, with a reason" in page(client, "qa", slug)
    assert waive(client, advised).status_code == FOUND
    text = page(client, "qa", slug)
    assert "It is told elsewhere." in text
    assert ">waived<" in text
    waiver = Waiver.objects.get()
    assert (waiver.by, waiver.digest) == (made.team, "1" * 64)
    back = client.post(reverse("qa_waiver_back", args=[slug, waiver.pk]))
    assert back.status_code == FOUND
    assert "It is told elsewhere." not in page(client, "qa", slug)
    moves = ["waive_advice", "take_waiver_back"]
    assert (
        list(
            Event.objects.filter(document="check:1:empty")
            .order_by("seq")
            .values_list("move", flat=True)
        )
        == moves
    )
    again = client.post(reverse("qa_waiver_back", args=[slug, waiver.pk]))
    assert again.status_code == HTTPStatus.NOT_FOUND


def test_a_waiver_needs_a_reason_and_an_advice(made, advised):
    client = signed_in(made.team)
    refused = waive(client, advised, reason=" ")
    assert refused.status_code == UNPROCESSABLE
    assert 'href="#id_advice-empty-1-reason"' in refused.content.decode()
    # What refuses the decision itself is no advice.
    assert waive(client, advised, code="wording_blocked").status_code == HTTPStatus.NOT_FOUND
    assert not Waiver.objects.exists()


def test_a_waiver_holds_for_its_text(made, advised):
    client, slug = signed_in(made.team), advised.profile.slug
    waive(client, advised)
    Revision.objects.create(
        section=advised, number=10, text=" ", sha256="2" * 64,
        author=made.team, created_at=timezone.now(),
    )  # fmt: skip
    Section.objects.filter(pk=advised.pk).update(revision=advised.revisions.get(number=10))
    text = page(client, "qa", slug)
    assert "Waived before:" in text
    assert ">waived<" not in text
    # The page of the text before says nothing about this one.
    refused = waive(client, advised, reason="Still so.")
    assert refused.status_code == CONFLICT
    text = refused.content.decode()
    assert "look again whether the advice still stands" in text
    assert "Still so." in text
    assert f'value="{"2" * 64}"' in text
    assert Waiver.objects.get().digest == "1" * 64
    again = factories.section(advised.profile, "1")
    assert waive(client, again, reason="Still so.").status_code == FOUND
    assert Waiver.objects.get().digest == "2" * 64


def test_what_somebody_has_waived_is_not_waived_again(made, advised, colleague):
    assert waive(signed_in(made.team), advised).status_code == FOUND
    refused = waive(signed_in(colleague), advised, reason="My own reason.")
    assert refused.status_code == CONFLICT
    text = refused.content.decode()
    assert "has waived this already" in text
    assert "My own reason." in text
    assert Waiver.objects.get().by == made.team
    waiver = Waiver.objects.select_related("section").get()
    quality.take_waiver_back(waiver, by=colleague, at=timezone.now())
    with pytest.raises(StaleEntry):
        quality.take_waiver_back(waiver, by=made.team, at=timezone.now())


def test_every_button_saves_the_answers_and_keeps_what_else_is_typed(made, advised):
    profile, client = advised.profile, signed_in(made.team)
    begun = {"move": "return_for_revision", "reason": "Half a sentence"}
    typed = {"method": {"verdict": "no", "note": "Which method?"}}
    data = {**sent(profile, **typed), **begun}
    kept = waive(client, advised, **data).content.decode()
    assert kept.count("Half a sentence") == kept.count("1 answer was saved.") == 1
    assert CheckAnswer.objects.get().note == "Which method?"
    back = reverse("qa_waiver_back", args=[profile.slug, Waiver.objects.get().pk])
    typed = {"method": {"verdict": "no", "note": "Another note."}}
    reason = {"advice-empty-1-reason": "Once more", "advice-empty-1-base": "1" * 64}
    kept = client.post(back, {**sent(profile, **typed), **begun, **reason})
    assert CheckAnswer.objects.get().note == "Another note."
    assert kept.content.decode().count("Half a sentence") == 1
    assert kept.content.decode().count("Once more") == 1
    # The decision is not sent past an answer that is refused, and sent with those that are not.
    typed = {"method": {"verdict": "no", "note": ""}}
    refused = client.post(address(profile), {**sent(profile, **typed), **begun, "act": "decide"})
    assert refused.status_code == UNPROCESSABLE
    assert "Half a sentence" in refused.content.decode()
    assert factories.fresh(profile).state == S.PROJECT_QA
    typed = {one: {"verdict": "yes", "note": ""} for one in ("method", "figures")}
    done = client.post(
        address(profile), {**sent(profile, **typed), "act": "decide", "move": "pass_qa"}
    )
    assert (done.status_code, done["Location"]) == (FOUND, reverse("tasks"))
    assert factories.fresh(profile).state == S.CONSULTATION


def test_the_task_is_taken_with_the_answers(made, colleague, profile):
    client = signed_in(made.team)
    assert 'value="claim"' in page(client, "qa", profile.slug)
    typed = {"method": {"verdict": "no", "note": "Which method?"}}
    taken = client.post(address(profile), {**sent(profile, **typed), "act": "claim"})
    assert taken.status_code == FOUND
    assert Task.objects.open().get(profile=profile).owner == made.team
    assert CheckAnswer.objects.get().note == "Which method?"


def test_what_belongs_to_another_profile_is_not_there(made, advised):
    waive(signed_in(made.team), advised)
    other = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    strange = reverse("qa_waiver_back", args=[other.slug, Waiver.objects.get().pk])
    assert signed_in(made.team).post(strange).status_code == HTTPStatus.NOT_FOUND
