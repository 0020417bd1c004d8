"""Guidance while drafting: questions marked, findings allowed, what stops a submission."""

import itertools
import json
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.errors import InvalidInput, NotAllowed, NotComplete, NotNow, StaleEntry
from profile_workflow.forms.guidance import QuestionsForm
from profile_workflow.models import (
    Acronym,
    Event,
    FindingDismissal,
    QuestionAnswer,
    Section,
    TemplateSection,
    TemplateSubsection,
)
from profile_workflow.proofreading import Knowledge, proofread
from profile_workflow.queries.guidance import coverage_of, judged_draft, questions_of
from profile_workflow.services import guidance, log, reference
from profile_workflow.services.guidance import Mark
from profile_workflow.states import Outcome, ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND
FORBIDDEN, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT
INCOMPLETE = HTTPStatus.UNPROCESSABLE_ENTITY
EXPERT, REVIEWER, TEAM = Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT, Role.PROJECT_TEAM
BAD = "They are illegal migrants."
NOWHERE = "0" * 64


@pytest.fixture
def drafted(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    template = factories.section(profile, "1").template_section
    TemplateSection.objects.filter(pk=template.pk).update(
        guiding_questions=["Who coordinates?", "Who pays?"],
        guiding_questions_fr=["Qui coordonne ?", ""],
        guiding_questions_ar=["من ينسّق؟", "من يموّل؟"],
        hint="Name countries.",
        hint_ar="سمّ البلدان.",
    )
    TemplateSubsection.objects.create(
        section=template, number="1.1", position=4, title="Stocks", guiding_questions=["How many?"]
    )
    return profile


def first(profile) -> Section:
    found = Section.objects.select_related("profile", "template_section", "draft", "revision")
    return found.get(profile=profile, key="1")


def finding(profile, who):
    return guidance.judged_text(first(profile), who).findings[0]


def allow(profile, who, **given):
    given = {"reason": "A quotation without marks.", "at": timezone.now(), **given}
    digest = given.pop("digest", None) or finding(profile, who).finding.digest
    return guidance.allow_finding(first(profile), digest, by=who, **given)


def address(profile, name="section_guidance") -> str:
    return reverse(name, args=[profile.slug, "1"])


# Guiding questions


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Who coordinates?", "Who pays?", "How many?"]),
        ("fr", ["Qui coordonne ?", "Who pays?", "How many?"]),
        ("ar", ["من ينسّق؟", "من يموّل؟", "How many?"]),
    ],
)
def test_questions_are_asked_in_the_language_of_the_reader(drafted, language, texts):
    groups = questions_of(first(drafted), language)
    assert [one.text for group in groups for one in group.questions] == texts
    assert [one.key for group in groups for one in group.questions] == ["0.0", "0.1", "s4.0"]


def test_marks_are_stored_changed_and_taken_away(made, drafted):
    expert, at = made[EXPERT], timezone.now()
    marks = {"0.0": Mark(Outcome.ANSWERED), "s4.0": Mark(Outcome.NOTHING_FOUND, " Archives. ")}
    done = guidance.mark_questions(first(drafted), marks, by=expert, at=at)
    assert (done.changed, done.met) == (["0.0", "s4.0"], {})
    assert guidance.mark_questions(first(drafted), marks, by=expert, at=at).changed == []
    found = {one.question: (one.outcome, one.note) for one in QuestionAnswer.objects.all()}
    assert found == {"0.0": ("answered", ""), "s4.0": ("nothing_found", "Archives.")}
    coverage = coverage_of(drafted)[first(drafted).pk]
    assert (coverage.done, coverage.all) == (2, 3)
    guidance.mark_questions(first(drafted), {"0.0": Mark(None)}, by=expert, at=at)
    assert coverage_of(drafted)[first(drafted).pk].done == 1


def test_marks_are_in_the_history_once_an_hour_and_leave_the_log_whole(made, drafted):
    expert, at = made[EXPERT], timezone.now()
    for minutes, outcome in ((0, Outcome.ANSWERED), (5, None), (70, Outcome.ANSWERED)):
        marks = {"0.0": Mark(outcome)}
        moment = at + timedelta(minutes=minutes)
        guidance.mark_questions(first(drafted), marks, by=expert, at=moment)
    assert Event.objects.filter(profile=drafted, document="guidance:1").count() == 2
    assert list(log.broken_links(drafted)) == []
    assert "Mark guiding questions" in page(signed_in(expert), "history", drafted.slug)


@pytest.mark.parametrize(
    "marks",
    [
        {"0.0": Mark(Outcome.NOT_APPLICABLE, "  ")},
        {"0.9": Mark(Outcome.ANSWERED)},
        {"0.0": Mark(Outcome.ANSWERED, "x" * 2_001)},
        {"0.0": Mark(Outcome.ANSWERED), "0.1": Mark(Outcome.NOTHING_FOUND)},
    ],
)
def test_marks_that_cannot_be_stored_store_nothing(made, drafted, marks):
    with pytest.raises(InvalidInput):
        guidance.mark_questions(first(drafted), marks, by=made[EXPERT], at=timezone.now())
    assert QuestionAnswer.objects.count() == 0


def test_only_who_writes_marks_and_only_while_it_is_written(made, drafted):
    marks = {"0.0": Mark(Outcome.ANSWERED)}
    for who in (made.team, made[REVIEWER], made[Role.CO_AUTHOR]):
        with pytest.raises(NotAllowed):
            guidance.mark_questions(first(drafted), marks, by=who, at=timezone.now())
    factories.submit_sections(drafted)
    with pytest.raises(NotNow):
        guidance.mark_questions(first(drafted), marks, by=made[EXPERT], at=timezone.now())


def test_a_question_left_open_needs_a_reason_in_the_database_too(made, drafted):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionAnswer.objects.create(
            section=first(drafted), question="0.0", outcome="nothing_found", by=made.team,
            at=timezone.now(),
        )  # fmt: skip


def form(profile, **fields) -> dict[str, str]:
    """Return what the page for writing sends."""
    asked = QuestionsForm(groups=questions_of(first(profile), "en"))
    given = {asked[name].html_name: asked[name].initial for name in asked.fields}
    draft = first(profile).draft
    given |= {"text": draft.text, "searched": "", "base_version": draft.version, "base_text": ""}
    return {**given, **fields}


def test_marks_are_saved_with_the_text_whatever_button_is_pressed(made, drafted):
    client = signed_in(made[EXPERT])
    edit = address(drafted, "section_edit")
    sent = form(drafted, **{"text": "Text.", "q-0.0-outcome": "answered"})
    assert client.post(edit, {**sent, "action": "answers"}).status_code == FOUND
    assert first(drafted).draft.text == "Text."
    text = client.get(edit).content.decode()
    assert "1 of 3 questions answered" in text
    assert "Name countries." in text
    sent = form(drafted, **{"q-0.1-outcome": "not_applicable", "q-0.1-note": "No budget."})
    assert client.post(edit, {**sent, "action": "save"}).status_code == FOUND
    assert coverage_of(drafted)[first(drafted).pk].done == 2


def test_a_missing_reason_is_asked_for_and_the_text_is_saved(made, drafted):
    client = signed_in(made[EXPERT])
    sent = form(drafted, **{"text": "New.", "q-0.0-outcome": "nothing_found"})
    answer = client.post(address(drafted, "section_edit"), {**sent, "action": "submit"})
    assert answer.status_code == INCOMPLETE
    text = answer.content.decode()
    assert "Say why it does not apply, or where you searched." in text
    assert 'value="nothing_found" selected' in text
    assert (first(drafted).draft.text, first(drafted).state) == ("New.", "drafting")


def test_a_preview_keeps_what_was_marked(made, drafted):
    sent = form(drafted, **{"q-0.0-outcome": "answered", "action": "preview"})
    answer = signed_in(made[EXPERT]).post(address(drafted, "section_edit"), sent)
    assert 'value="answered" selected' in answer.content.decode()
    assert QuestionAnswer.objects.count() == 0


def test_two_authors_do_not_undo_one_another(made, drafted):
    """Each page goes on sending what it shows, and knows nothing of what the other marked."""
    client, address_ = signed_in(made[EXPERT]), address(drafted, "section_answers")
    mine = form(drafted, **{"q-0.1-outcome": "answered"})
    marks = {"0.0": Mark(Outcome.ANSWERED)}
    guidance.mark_questions(first(drafted), marks, by=made[EXPERT], at=timezone.now())
    answer = client.post(address_, mine)
    assert answer.json()["coverage"] == "2 of 3 questions answered"
    # Of what the other marked nothing is told as seen.
    changed = {name for name, seen in answer.json()["seen"].items() if seen != mine[name]}
    assert changed == {"q-0.1-seen"}
    mine |= answer.json()["seen"] | {"q-s4.0-outcome": "answered"}
    again = client.post(address_, mine)
    assert (again.status_code, again.json()["done"]) == (OK, 3)


def test_marks_that_come_alone_are_refused_in_words(made, drafted):
    where = address(drafted, "section_answers")
    sent = form(drafted, **{"q-0.0-outcome": "nothing_found"})
    told = signed_in(made[EXPERT]).post(where, sent)
    assert (told.status_code, "where you searched" in told.json()["message"]) == (INCOMPLETE, True)
    sent = form(drafted, **{"q-0.0-outcome": "answered"})
    assert signed_in(made.team).post(where, sent).status_code == FORBIDDEN


# Findings


def test_what_must_be_changed_stops_the_submission_until_it_is_allowed(made, drafted):
    expert = made[EXPERT]
    factories.write(first(drafted), BAD)
    with pytest.raises(NotComplete) as refused:
        factories.move(first(drafted), "submit", expert)
    assert [one.code for one in refused.value.missing] == ["wording_blocked"]
    text = page(signed_in(expert), "section_edit", drafted.slug, "1")
    assert "1 thing is missing before you can submit" in text
    assert f"{address(drafted, 'section_edit')}?at=9-25#id_text" in text
    allow(drafted, expert)
    assert factories.move(first(drafted), "submit", expert).state == "ready"


def test_an_allowance_holds_for_the_sentence_and_over_revisions(made, drafted):
    expert = made[EXPERT]
    factories.write(first(drafted), BAD)
    allow(drafted, expert)
    factories.write(first(drafted), f"New before. {BAD}")
    assert [one.is_open for one in judged_draft(first(drafted), first(drafted).draft.text).findings]
    assert not finding(drafted, expert).is_open
    factories.write(first(drafted), "They were illegal migrants.")
    assert finding(drafted, expert).is_open
    factories.write(first(drafted), BAD)
    assert not finding(drafted, expert).is_open
    factories.move(first(drafted), "submit", expert)
    assert not finding(drafted, made.team).is_open


def test_quality_assurance_sees_what_was_allowed_and_may_take_it_back(made, drafted):
    factories.write(first(drafted), f"{BAD} The ILO.")
    allow(drafted, made[EXPERT])
    factories.move(first(drafted), "submit", made[EXPERT])
    profile = factories.bring_to(drafted, S.PROJECT_QA)

    def missing():
        found = requirements.missing_for("profile.pass_qa", factories.fresh(profile))
        return [one.code for one in found]

    text = page(signed_in(made.team), "qa", profile.slug)
    assert "A quotation without marks." in text
    assert missing() == ["acronym_unexplained"]
    standing = FindingDismissal.objects.get()
    guidance.take_back_allowance(first(profile), standing.digest, by=made.team, at=timezone.now())
    assert sorted(missing()) == ["acronym_unexplained", "wording_blocked"]
    for one in guidance.judged_text(first(profile), made.team).findings:
        if one.finding.rule.requirement:
            allow(profile, made.team, digest=one.finding.digest)
    assert missing() == []
    assert "A quotation" not in page(signed_in(made[Role.STAKEHOLDER]), "qa", profile.slug)


def test_who_may_decide_on_findings_and_when(made, drafted):
    factories.write(first(drafted), BAD)
    digest = finding(drafted, made[EXPERT]).finding.digest
    for who in (made[REVIEWER], made[Role.STAKEHOLDER], made[Role.OBSERVER]):
        with pytest.raises(NotAllowed):
            allow(drafted, who, digest=digest)
    with pytest.raises(NotNow):
        allow(drafted, made.team, digest=digest)
    allow(drafted, made[EXPERT])
    profile = factories.move(first(drafted), "submit", made[EXPERT]).profile
    with pytest.raises(NotNow):
        guidance.take_back_allowance(first(profile), digest, by=made[EXPERT], at=timezone.now())


def test_what_cannot_be_allowed(made, drafted):
    expert = made[EXPERT]
    factories.write(first(drafted), BAD)
    for reason in ("", "  ", "x" * 2_001, "a\x00b"):
        with pytest.raises(InvalidInput):
            allow(drafted, expert, reason=reason)
    with pytest.raises(StaleEntry):
        allow(drafted, expert, digest=NOWHERE)
    allow(drafted, expert)
    with pytest.raises(StaleEntry):
        allow(drafted, expert)
    digest = finding(drafted, expert).finding.digest
    guidance.take_back_allowance(first(drafted), digest, by=expert, at=timezone.now())
    with pytest.raises(StaleEntry):
        guidance.take_back_allowance(first(drafted), digest, by=expert, at=timezone.now())
    kept = FindingDismissal.objects.get()
    assert (kept.taken_back_by, kept.rule, kept.found) == (
        expert, "wording_crime", "illegal migrants"
    )  # fmt: skip


def test_decisions_are_in_the_history_with_their_reason(made, drafted):
    factories.write(first(drafted), BAD)
    allow(drafted, made[EXPERT])
    text = page(signed_in(made[EXPERT]), "history", drafted.slug)
    assert "Allow a finding in the text" in text
    assert "A quotation without marks." in text
    assert "A quotation" not in page(signed_in(made[Role.STAKEHOLDER]), "history", drafted.slug)
    returned = page(signed_in(made[EXPERT]), "section_edit", drafted.slug, "1")
    assert "Last reason given" not in returned


# Pages


def test_a_finding_is_allowed_and_taken_back_on_its_page(made, drafted):
    client = signed_in(made[EXPERT])
    factories.write(first(drafted), BAD)
    digest = finding(drafted, made[EXPERT]).finding.digest
    sent = {"digest": digest, "action": "allow", "reason": ""}
    answer = client.post(address(drafted), sent)
    assert answer.status_code == INCOMPLETE
    assert "Say why it may stand; reviewers read it." in answer.content.decode()
    sent["reason"] = "Title of a leaflet."
    assert client.post(address(drafted), sent).status_code == FOUND
    again = client.post(address(drafted), {**sent, "reason": "Typed twice."})
    assert again.status_code == CONFLICT
    assert "Typed twice." in again.content.decode()
    text = client.get(address(drafted)).content.decode()
    assert "Title of a leaflet." in text
    assert "Take it back" in text
    client.post(address(drafted), {"digest": digest, "action": "take_back"})
    assert finding(drafted, made[EXPERT]).is_open
    assert client.post(address(drafted), {"digest": "no", "action": "x"}).status_code == INCOMPLETE


def test_the_way_from_the_text_to_an_allowance_saves_the_text(made, drafted):
    digest = "ab" * 32
    sent = form(drafted, text=BAD, allow=digest)
    answer = signed_in(made[EXPERT]).post(address(drafted, "section_edit"), sent)
    assert answer["Location"] == f"{address(drafted)}#finding-{digest[:12]}"
    assert first(drafted).draft.text == BAD
    assert answer.status_code == FOUND


def test_reviewers_read_and_decide_nothing(made, drafted):
    factories.give_guidance(first(drafted))
    text = page(signed_in(made[REVIEWER]), "section_guidance", drafted.slug, "1")
    assert "1 of 3 questions answered" in text
    assert "answered in the text" in text
    assert "Allow, because" not in text
    assert "illegal migrants" not in text
    client = signed_in(made[REVIEWER])
    sent = {"digest": NOWHERE, "action": "allow", "reason": "No."}
    assert client.post(address(drafted), sent).status_code == FORBIDDEN
    assert signed_in(made[Role.STAKEHOLDER]).get(address(drafted)).status_code == FORBIDDEN


def test_pages_show_what_is_found_to_those_who_judge(made, drafted):
    factories.write(first(drafted), "There were 12,500 people.")
    factories.move(first(drafted), "submit", made[EXPERT])
    for who in (made[EXPERT], made[REVIEWER], made.team):
        assert "cites a source" in page(signed_in(who), "section", drafted.slug, "1")
    other = page(signed_in(made[Role.STAKEHOLDER]), "section", drafted.slug, "1")
    assert "cites a source" not in other


def test_the_register_leads_to_the_findings_who_sees_them(made, drafted):
    link = reverse("findings", args=[drafted.slug])
    assert link in page(signed_in(made[REVIEWER]), "sources", drafted.slug)
    assert link not in page(signed_in(made[Role.STAKEHOLDER]), "sources", drafted.slug)


def test_the_overview_sums_up_what_is_marked(made, drafted):
    marks = {"0.0": Mark(Outcome.ANSWERED)}
    guidance.mark_questions(first(drafted), marks, by=made[EXPERT], at=timezone.now())
    assert "1 of 3 questions answered" in page(signed_in(made.team), "profile", drafted.slug)
    assert "questions answered" not in page(
        signed_in(made[Role.STAKEHOLDER]), "profile", drafted.slug
    )


def test_a_page_costs_the_same_however_much_is_found(made, drafted):
    client = signed_in(made[EXPERT])

    def cost(name: str) -> int:
        client.get(address(drafted, name))
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address(drafted, name)).status_code == OK
        return len(counted)

    factories.write(first(drafted), BAD)
    names = ("section_guidance", "section_edit")
    few = [cost(name) for name in names]
    factories.write(first(drafted), "\n\n".join(f"{n} are illegal migrants." for n in range(9)))
    for one in guidance.judged_text(first(drafted), made[EXPERT]).findings[:5]:
        allow(drafted, made[EXPERT], digest=one.finding.digest)
    for number in range(5):
        Acronym.objects.create(profile=drafted, short=f"AB{number}", long="Long")
        TemplateSubsection.objects.create(
            section=first(drafted).template_section, position=20 + number, title="T",
            guiding_questions=["A?", "B?"],
        )  # fmt: skip
    assert [cost(name) for name in names] == few


def test_advice_is_in_the_language_of_the_reader_and_examples_in_that_of_the_profile(made, drafted):
    TemplateSection.objects.filter(pk=first(drafted).template_section_id).update(
        hint="Name countries.\n\nMany came\nfrom Chad.\n\n \n\nFew left.",
        hint_fr="Nommez des pays.\n\nBeaucoup sont venus du Tchad.",
    )
    drafted.language = "fr"
    drafted.save(update_fields=["language"])
    text = page(signed_in(made[EXPERT]), "section_edit", drafted.slug, "1")
    assert "Name countries." in text
    assert "Beaucoup sont venus du Tchad." in text
    assert "Nommez des pays." not in text
    drafted.language = "it"
    drafted.save(update_fields=["language"])
    text = page(signed_in(made[EXPERT]), "section_edit", drafted.slug, "1")
    assert "Many came from Chad." in " ".join(text.split())
    assert "Few left." in text


# The template


def test_the_template_asks_every_question_in_three_languages():
    content = json.loads(Path("profile_workflow/fixtures/template_mc2cm.json").read_text())
    template = reference.load_template(content)
    parts = [*template.sections.all()]
    parts += TemplateSubsection.objects.filter(section__template=template)
    for part in parts:
        number = len(part.guiding_questions)
        for language in ("fr", "ar"):
            translated = [one for one in getattr(part, f"guiding_questions_{language}") if one]
            assert len(translated) == number, part
    for chapter, language in itertools.product(template.sections.all(), ("en", "fr", "ar")):
        assert chapter.advice_in(language)
        examples = chapter.examples_in(language)
        assert len(examples) == 2, (chapter, language)
        # They are written as the profile is asked to be written.
        found = [proofread(one, Knowledge(language)) for one in examples]
        assert found == [[], []], (chapter, language)
        assert language == "en" or examples != chapter.examples_in("en")


def test_translations_are_added_to_a_version_in_use_and_nothing_else_changes():
    path = Path("profile_workflow/fixtures/template_mc2cm.json")
    old = json.loads(path.read_text())
    for one in (*old["sections"], *(part for s in old["sections"] for part in s["subsections"])):
        for key in ("guiding_questions_fr", "guiding_questions_ar", "hint", "hint_fr", "hint_ar"):
            one.pop(key, None)
    old["sections"][0]["guiding_questions"][0] = "Another question?"
    template = reference.load_template(old)
    new = json.loads(path.read_text())
    new["sections"][1]["title"] = "Another title"
    assert reference.load_template(new) == template
    summary, about = template.sections.order_by("position")[:2]
    assert (summary.guiding_questions_fr, summary.hint_fr) == ([], "")
    assert len(about.guiding_questions_ar) == len(about.guiding_questions)
    assert about.title == "About this publication"
    assert about.subsections.order_by("position")[0].guiding_questions_fr


def test_examples_are_added_to_a_hint_that_stays_as_it_is():
    path = Path("profile_workflow/fixtures/template_mc2cm.json")
    old = json.loads(path.read_text())
    for one in old["sections"]:
        one["hint"] = one["hint"].split("\n\n")[0]
    old["sections"][0]["hint"] = "Other advice."
    template = reference.load_template(old)
    reference.load_template(json.loads(path.read_text()))
    summary, about = template.sections.order_by("position")[:2]
    assert (summary.hint, summary.examples_in("en")) == ("Other advice.", [])
    assert about.advice_in("en") == old["sections"][1]["hint"]
    assert len(about.examples_in("en")) == 2
