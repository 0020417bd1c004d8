"""Workshops: who writes the record, what it must hold, when it is final, who is told how much."""

import csv
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.errors import InvalidInput, MadeAlready, NotAllowed, NotNow, StaleEntry
from profile_workflow.models import Event, Programme, Workshop, WorkshopCount, WorkshopRemark
from profile_workflow.queries import workshops as queries
from profile_workflow.services import workshops as service
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.log import broken_links
from profile_workflow.states import Attribution, ProfileState, Role, WorkshopSaying
from reports.builds.pages import record_in_words
from reports.context import report_of
from tests import factories
from tests.integration.pages import page, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
OBJECTION, REMARK = WorkshopSaying.OBJECTION, WorkshopSaying.REMARK
UNPROCESSABLE, CONFLICT = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


def in_state(made, state):
    return factories.bring_to(factories.make_profile(made), state)


def lacking(profile, move="conclude_consultation"):
    missing = requirements.missing_for(f"profile.{move}", factories.fresh(profile))
    return [str(one.message) for one in missing if one.code == "workshop"]


def facts_of(workshop, **changes):
    """The facts of a record, as somebody corrects them."""
    same = {
        "held_on": workshop.held_on,
        "for_validation": workshop.for_validation,
        "for_priorities": workshop.for_priorities,
        "confirmed": list(workshop.confirmed),
        "documents": workshop.documents,
    }
    return replace(factories.FACTS, **(same | changes))


def sent(workshop=None, **changes):
    """What a browser sends with the form."""
    return {
        "held_on": timezone.now().date().isoformat(),
        "venue": "Town hall",
        "mode": "in_person",
        "purposes": ["validation", "priorities"],
        "participants": "5",
        "count_civil_society_women": "3",
        "count_none_unsaid": "2",
        "quorum": "reached",
        "attribution": "category",
        "base": queries.mark_of(workshop) if workshop else "",
        **changes,
    }


# The stage waits for it


def test_a_programme_that_asks_for_a_workshop_concludes_with_its_whole_record(made):
    profile = in_state(made, S.CONSULTATION)
    factories.approve_all(profile)
    assert lacking(profile) == []
    Programme.objects.update(asks_workshop=True)
    assert lacking(profile) == ["The programme asks for a workshop; there is no record of it."]

    empty = {"venue": "", "participants": 0, "counts": {}, "quorum": "", "documents": []}
    workshop = factories.give_workshop(profile, confirmed=["1", "2"], **empty)
    said = " ".join(lacking(profile))
    for words in ("place", "how many", "quorum", "document", "confirmed and objected to"):
        assert words in said
    assert "1 objection of a workshop has no written answer yet." in said

    team, at = made.team, timezone.now()
    whole = facts_of(workshop, confirmed=["2"], documents=[{"title": "T", "sha256": "a" * 64}])
    service.correct_workshop(workshop, whole, by=team, at=at)
    assert len(lacking(profile)) == 1
    assert report_of(profile).record.workshops == ()
    service.answer_remark(workshop.remarks.get(), "It is added.", by=made[Role.LOCAL_EXPERT], at=at)
    assert lacking(profile) == []

    moved = factories.move(profile, "conclude_consultation", made[Role.FOCAL_POINT])
    assert moved.state == S.SIGNOFF
    workshop.refresh_from_db()
    assert workshop.closed_at is not None
    with pytest.raises(NotNow, match="stands"):
        service.correct_workshop(workshop, whole, by=team, at=at)
    with pytest.raises(NotNow, match="stands"):
        service.add_remark(workshop, REMARK, "Late.", by=team, at=at)
    with pytest.raises(NotNow, match="sign-off has been asked for"):
        service.answer_remark(workshop.remarks.get(), "Otherwise.", by=team, at=at)
    assert list(broken_links(moved)) == []

    # It is printed now that it is final, and not before.
    report = report_of(moved)
    (printed,) = report.record.workshops
    (told,) = record_in_words(report)["workshops"]
    assert (told["digest"], told["agreed"]) == (printed.digest, printed.agreed)
    assert [one["words"] for one in told["said"]] == [words for _, _, words, _ in printed.said]
    assert printed.said == (
        ("Objection", "1 Chapter 1", "The room misses the harbour.", "It is added."),
    )
    assert printed.documents == (("T", "a" * 64),)
    assert printed.participants == (
        "Public service: Women 3, Men 4",
        "Civil society: Women 4, Men 3",
    )
    assert printed.digest == queries.digest_of(queries.workshops_of(moved).get())


def test_one_event_serves_validation_and_priorities(made):
    Programme.objects.update(asks_workshop=True)
    profile = in_state(made, S.CONSULTATION)
    factories.approve_all(profile)
    workshop = factories.give_workshop(profile, for_priorities=True)
    service.answer_remark(workshop.remarks.get(), "Added.", by=made.team, at=timezone.now())
    for move, role in (("conclude_consultation", Role.FOCAL_POINT),):
        factories.move(profile, move, made[role])
    profile = factories.bring_to(profile, S.PRIORITY_SETTING)
    assert lacking(profile, "agree_priorities") == []
    Workshop.objects.update(for_priorities=False)
    assert len(lacking(profile, "agree_priorities")) == 1
    later = factories.give_workshop(profile)
    assert later.round is None
    assert lacking(profile, "agree_priorities") == [
        "1 objection of a workshop has no written answer yet."
    ]


def test_a_second_workshop_needs_a_record_of_its_own_and_an_extension_none(made):
    Programme.objects.update(asks_workshop=True)
    profile = in_state(made, S.CONSULTATION)
    factories.approve_all(profile)
    workshop = factories.give_workshop(profile)
    factories.move(profile, "extend_consultation", made[Role.FOCAL_POINT], reason="Holidays.")
    workshop.refresh_from_db()
    assert workshop.closed_at is None
    profile, first = factories.fresh(profile), factories.sections(profile)[:1]
    assert lacking(profile) == ["1 objection of a workshop has no written answer yet."]
    factories.move(
        profile, "revise_after_consultation", made[Role.FOCAL_POINT],
        reason="The harbour is missing.", sections=first,
    )  # fmt: skip
    remark = workshop.remarks.get()
    assert (remark.response, remark.responded_by) == (
        "The harbour is missing.",
        made[Role.FOCAL_POINT],
    )
    workshop.refresh_from_db()
    assert workshop.closed_at is not None
    factories.move(factories.section(profile, "1"), "submit", made[Role.LOCAL_EXPERT])
    again = factories.move(profile, "call_second_workshop", made[Role.LOCAL_EXPERT])
    assert again.state == S.CONSULTATION
    assert lacking(again) == ["The programme asks for a workshop; there is no record of it."]


# Who writes it, and what it may say


def test_who_writes_it_down_and_when(made):
    profile = in_state(made, S.CONSULTATION)
    at, today = timezone.now(), timezone.now().date()
    facts = replace(factories.FACTS, held_on=today, for_validation=True)
    for role in set(Role) - set(service.RECORDERS):
        with pytest.raises(NotAllowed):
            service.record_workshop(profile, facts, by=made[role], at=at)
    recorded = service.record_workshop(profile, facts, by=made[Role.FOCAL_POINT], at=at)
    with pytest.raises(MadeAlready):
        service.record_workshop(profile, facts, by=made[Role.FOCAL_POINT], at=at)
    assert Workshop.objects.get() == recorded
    drafted = in_state(made, S.DRAFTING)
    with pytest.raises(NotNow):
        service.record_workshop(drafted, facts, by=made.team, at=at)
    wrong = (
        {"held_on": today + timedelta(days=2)},
        {"for_validation": False},
        {"participants": 15},
        {"counts": {("nobody", "women"): 14}},
        {"counts": {("", "men"): -1, ("", "women"): 15}},
        {"agreed": "x" * 10_001},
        {"venue": "\x00"},
    )
    for changes in wrong:
        with pytest.raises(InvalidInput):
            service.record_workshop(profile, replace(facts, **changes), by=made.team, at=at)


def test_under_seal_the_project_team_alone_writes_it_down(made):
    profile = factories.make_profile(made, attribution=Attribution.CHATHAM_HOUSE)
    profile = factories.bring_to(profile, S.CONSULTATION)
    facts = replace(factories.FACTS, for_validation=True)
    with pytest.raises(NotNow, match="sealed"):
        service.record_workshop(profile, facts, by=made[Role.FOCAL_POINT], at=timezone.now())
    assert service.record_workshop(profile, facts, by=made.team, at=timezone.now())


def test_two_who_correct_at_once_are_told_and_the_log_knows_the_record(made):
    profile = in_state(made, S.CONSULTATION)
    workshop = factories.give_workshop(profile)
    at, seen = timezone.now(), queries.mark_of(queries.workshops_of(profile).get())
    service.correct_workshop(workshop, facts_of(workshop, venue="Port"), by=made.team, at=at)
    with pytest.raises(StaleEntry):
        service.correct_workshop(
            workshop, facts_of(workshop, venue="School"), by=made.team, at=at, base=seen
        )
    events = Event.objects.filter(profile=profile, document=f"workshop:{workshop.pk}")
    moves = list(events.order_by("seq").values_list("move", flat=True))
    assert moves == ["record", "add_remark", "correct"]
    profile = factories.fresh(profile)
    assert list(broken_links(profile)) == []
    # A number that somebody changes past the service is found.
    WorkshopCount.objects.filter(workshop=workshop)[:1].get().__class__.objects.filter(
        workshop=workshop, sex="men"
    ).update(number=40)
    assert ["is not the record that the log names" in one for one in broken_links(profile)] == [
        True
    ]


# The pages


def test_the_pages_write_it_down_correct_it_and_answer_the_room(made):
    profile = in_state(made, S.CONSULTATION)
    team = signed_in(made.team)
    new = reverse("workshop_new", args=[profile.slug])
    wrong = team.post(new, sent(participants="9"))
    assert wrong.status_code == UNPROCESSABLE
    assert "add up to 5, but 9" in wrong.content.decode()
    assert "Town hall" in wrong.content.decode()
    version = profile.versions.get()
    kept = {"documents": [version.digest], "confirmed": ["2"]}
    twice = [team.post(new, sent(**kept)).headers["Location"] for _click in range(2)]
    workshop = queries.workshops_of(profile).get()
    assert set(twice) == {reverse("workshop", args=[profile.slug, workshop.pk])}
    assert workshop.documents == [{"title": "Text of version 1", "sha256": version.digest}]
    assert workshop.confirmed == {"2": factories.section(profile, "2").revision.sha256}

    arguments = [profile.slug, workshop.pk]
    said = reverse("workshop_said", args=arguments)
    words = {"kind": "objection", "section": "1", "text": "Canary harbour."}
    assert [team.post(said, words).status_code for _click in range(2)] == [HTTPStatus.FOUND] * 2
    remark = WorkshopRemark.objects.get()

    change = reverse("workshop_change", args=arguments)
    stale = team.post(change, sent(workshop, venue="Elsewhere"))
    assert stale.status_code == CONFLICT
    assert "Elsewhere" in stale.content.decode()
    fresh = queries.workshops_of(profile).get()
    assert team.post(change, sent(fresh, **kept, venue="School")).status_code == HTTPStatus.FOUND

    expert = signed_in(made[Role.LOCAL_EXPERT])
    answer = reverse("workshop_remark", args=[*arguments, remark.pk])
    assert "Canary harbour." in page(expert, "responses", profile.slug)
    answered = {"text": "Canary answer.", "base": fingerprint_of_text("")}
    assert expert.post(answer, {"text": ""}).status_code == UNPROCESSABLE
    assert expert.post(answer, answered).status_code == HTTPStatus.FOUND
    shown = page(expert, "workshop", *arguments)
    for words in ("Canary harbour.", "Canary answer.", "School", "Text of version 1"):
        assert words in shown
    out = reverse("workshop_unsaid", args=[*arguments, remark.pk])
    kept = team.post(out, follow=True).content.decode()
    assert "has been answered in writing" in kept
    assert WorkshopRemark.objects.exists()
    history = page(team, "history", profile.slug)
    assert "Write down the workshop" in history
    assert "Answer the room in writing" in history


def test_small_groups_are_told_to_those_who_counted_only(made):
    profile = in_state(made, S.CONSULTATION)
    team = signed_in(made.team)
    # Two of whom it is not said, three women: the rule of the programme is three.
    location = team.post(
        reverse("workshop_new", args=[profile.slug]), sent(count_migrant_led_men="")
    ).headers["Location"]
    full = team.get(location).content.decode()
    assert "Migrant-led" not in full
    assert '<td data-label="Women">3</td>' in full
    others = signed_in(made[Role.STAKEHOLDER]).get(location).content.decode()
    assert '<td data-label="Women">3</td>' not in others
    assert "put together or left out" in others
    for ending in ("csv", "xlsx"):
        file = team.get(reverse("workshops_file", args=[profile.slug, ending]))
        assert file.status_code == HTTPStatus.OK
    text = team.get(reverse("workshops_file", args=[profile.slug, "csv"])).content.decode()
    (row,) = csv.DictReader(text.lstrip("\ufeff").splitlines())
    assert (row["Participants in all"], row["Participants"]) == ("5", "")
    # The hash that is told does not depend on numbers that are not: nobody can try them out.
    counted = WorkshopCount.objects.filter(workshop__profile=profile)
    before = queries.mark_of(queries.workshops_of(profile).get())
    assert counted.filter(number=2).update(sex="men") == 1
    changed = queries.workshops_of(profile).get()
    assert queries.mark_of(changed) != before
    assert row["SHA-256"] == queries.digest_of(changed)
    assert row["SHA-256"] in page(team, "history", profile.slug)
