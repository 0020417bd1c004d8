"""Answers on paper: who prints and enters a form, whose answer it becomes, and what stays his."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from profile_workflow.calendars import day_of
from profile_workflow.errors import InvalidInput, MadeAlready, NotAllowed, NotNow
from profile_workflow.models import (
    Assignment,
    Challenge,
    Comment,
    Event,
    PaperAnswer,
    PriorityAnswer,
    SectionAnswer,
    SignOff,
    ValidationRound,
)
from profile_workflow.queries.paper import id_in, number_of
from profile_workflow.queries.validation import silence_is_agreement
from profile_workflow.services import attributing
from profile_workflow.services.log import broken_links
from profile_workflow.services.paper import Paper
from profile_workflow.states import (
    Attribution,
    PriorityLabel,
    ProfileState,
    Role,
    SectionView,
    SignOffState,
)
from tests import factories
from tests.integration.pages import page, signed_in
from tests.integration.workflows.mails import run_worker
from tests.links import Holder, link_of, token_for
from workflows import engine

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
AGREES, COMMENTS, OBJECTS = SectionView.AGREES, SectionView.COMMENTS, SectionView.OBJECTS
FOUND, FORBIDDEN, GONE = HTTPStatus.FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
OBJECTION = "Canary harbour is missing."


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


def consulted(made, **wishes):
    return factories.bring_to(factories.make_profile(made, **wishes), S.CONSULTATION)


def of_stakeholder(made, profile):
    return SignOff.objects.get(round__profile=profile, person=made[Role.STAKEHOLDER])


def form_of(signoff, *said, **more):
    given = said or ((AGREES, ""), (OBJECTS, OBJECTION))
    day = day_of(timezone.now(), signoff.round.profile.city)
    return Paper(day, {str(key): one for key, one in enumerate(given, start=1)}, **more)


def enter(signoff, *said, by, **more):
    return engine.enter_paper(signoff, form_of(signoff, *said), by=by, at=timezone.now(), **more)


def typed(profile, signoff, **changes):
    """What a browser sends with the form for entering."""
    first, second = factories.sections(profile)
    return {
        "number": number_of(signoff),
        "written_on": day_of(timezone.now(), profile.city).isoformat(),
        f"view_{first.pk}": "agrees",
        f"view_{second.pk}": "objects",
        f"text_{second.pk}": OBJECTION,
        **changes,
    }


# In the name of who wrote it


def test_a_form_becomes_the_answer_of_its_writer_who_is_told_and_corrects_it(made):
    profile = consulted(made)
    signoff, team = of_stakeholder(made, profile), signed_in(made.team)
    address = reverse("paper_enter", args=[profile.slug, signoff.pk])
    found = team.get(reverse("paper", args=[profile.slug]), {"number": number_of(signoff)})
    assert found.headers["Location"].startswith(address)
    # A double click enters it once, and leads on.
    assert [team.post(address, typed(profile, signoff)).status_code for _ in range(2)] == [
        FOUND
    ] * 2
    signoff.refresh_from_db()
    assert (signoff.state, signoff.statement) == (SignOffState.OBJECTED, OBJECTION)
    paper = PaperAnswer.objects.get()
    assert (paper.counts, paper.entered_by) == (True, made.team)

    events = Event.objects.filter(profile=profile, document=f"sign_off:{signoff.pk}")
    moves = list(events.order_by("seq").values_list("move", "actor", "reason__text"))[-2:]
    assert moves[0][:2] == ("object_to", made[Role.STAKEHOLDER].pseudonym)
    assert moves[1][:2] == ("enter_paper", made.team.pseudonym)
    assert number_of(signoff) in moves[1][2]
    assert list(broken_links(factories.fresh(profile))) == []

    run_worker()
    (told,) = [one for one in mail.outbox if number_of(signoff) in one.body]
    assert told.to == [made[Role.STAKEHOLDER].email]
    assert OBJECTION in told.body
    assert made.team.full_name in told.body
    assert token_for(signoff) in told.body

    holder = Holder(token_for(signoff))
    assert "It counts as your answer" in holder.reads().content.decode()
    assert holder.says("2", "agrees").status_code == FOUND
    assert holder.sends_all().status_code == FOUND
    signoff.refresh_from_db()
    assert signoff.state == SignOffState.APPROVED
    # Both are shown: the form as it was entered, and what counts.
    both = team.get(address).content.decode()
    assert OBJECTION in both
    assert "replaces it" in both
    # Others are not told which comments and objection came together.
    for who in (made[Role.FOCAL_POINT], made[Role.LOCAL_EXPERT]):
        assert "paper form" not in page(signed_in(who), "history", profile.slug)
    assert "paper form" in page(team, "history", profile.slug)


def test_what_somebody_says_himself_is_never_replaced(made, monkeypatch):
    profile = consulted(made)
    signoff = of_stakeholder(made, profile)
    holder = Holder(token_for(signoff))
    holder.says("1", "comments", "My own words.")
    paper = enter(signoff, by=made.team)
    assert not paper.counts
    signoff.refresh_from_db()
    assert signoff.state == SignOffState.ASKED
    own = SectionAnswer.objects.get(signoff=signoff)
    assert (own.text, own.sent_at) == ("My own words.", None)
    assert not Comment.objects.exists()
    # Who objects on paper is not silent, even if what he has saved himself agrees.
    monkeypatch.setattr(ValidationRound, "tacit_approval_is_due", True)
    SectionAnswer.objects.filter(signoff=signoff).update(view=AGREES, text="")
    assert not silence_is_agreement(SignOff.objects.get(pk=signoff.pk))
    PaperAnswer.objects.update(said={"1": {"view": "agrees", "text": ""}})
    assert silence_is_agreement(SignOff.objects.get(pk=signoff.pk))
    with pytest.raises(MadeAlready) as refused:
        enter(signoff, (AGREES, ""), (AGREES, ""), by=made.team)
    assert refused.value.made == paper

    # The same after he has answered with an account.
    other = SignOff.objects.get(round__profile=profile, role=Role.FOCAL_POINT)
    factories.move(other, "approve", other.person)
    assert not enter(other, by=made.team).counts
    other.refresh_from_db()
    assert other.state == SignOffState.APPROVED


def test_a_form_with_gaps_waits_for_its_writer(made):
    profile = consulted(made)
    signoff = of_stakeholder(made, profile)
    paper = enter(signoff, (COMMENTS, "Say more."), by=made.team)
    signoff.refresh_from_db()
    assert (paper.counts, signoff.state) == (False, SignOffState.ASKED)
    assert SectionAnswer.objects.get(signoff=signoff).waits_to_be_sent
    run_worker()
    told = [one for one in mail.outbox if paper.number in one.body]
    assert "does not count" in told[0].body


def test_a_form_of_the_round_before_is_good_for_the_same_text(made):
    profile = consulted(made)
    signoff = of_stakeholder(made, profile)
    for one in factories.asked(profile):
        if one.pk != signoff.pk:
            factories.move(one, "approve", one.person)
    ValidationRound.objects.update(closes_at=timezone.now() + timedelta(minutes=1))
    factories.move(signoff, "object_to", signoff.person, reason="No.",
                   sections=factories.sections(profile)[:1])  # fmt: skip
    extended = factories.move(
        profile, "extend_consultation", made[Role.FOCAL_POINT], reason="Holidays."
    )
    now = SignOff.objects.get(round__profile=profile, round__number=2, person=signoff.person)
    team, number = signed_in(made.team), number_of(signoff)
    found = team.get(reverse("paper", args=[profile.slug]), {"number": number})
    address = reverse("paper_enter", args=[profile.slug, now.pk])
    assert found.headers["Location"].startswith(address)
    assert team.post(address, typed(extended, now, number=number)).status_code == FOUND
    assert PaperAnswer.objects.get().number == number


def test_a_form_sends_nothing_that_its_writer_has_not_sent_and_it_leaves_open():
    profile = factories.make_profile(factories.make_programme(sections=2), asks_priorities=True)
    about = {"profile": profile, "competence": "own"}
    first, second = (
        Challenge.objects.create(code=code, title=code, **about) for code in ("C1", "C2")
    )
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    signoff, team = factories.asked(profile)[1], factories.holder(profile, Role.PROJECT_TEAM)
    # As it is carried over from a round before, in which it was typed and never sent.
    given = {"signoff": signoff, "label": PriorityLabel.MUST, "saved_at": timezone.now()}
    PriorityAnswer.objects.create(challenge=first, **given)
    form = replace(form_of(signoff, (AGREES, ""), (AGREES, "")), ranked={second.pk: "could"})
    assert engine.enter_paper(signoff, form, by=team, at=timezone.now()).counts
    sent = dict(PriorityAnswer.objects.values_list("challenge__code", "sent_label"))
    assert sent == {"C1": "", "C2": "could"}


# Who may, when, and what


def test_who_enters_a_form_and_when(made):
    profile = consulted(made)
    signoff, at = of_stakeholder(made, profile), timezone.now()
    for role in (Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT, Role.STAKEHOLDER):
        with pytest.raises(NotAllowed):
            enter(signoff, by=made[role])
    # The focal point does not see the names of stakeholders, and has an answer of his own.
    with pytest.raises(NotAllowed, match="without names"):
        enter(signoff, by=made[Role.FOCAL_POINT])
    own = SignOff.objects.get(round__profile=profile, role=Role.FOCAL_POINT)
    with pytest.raises(NotAllowed, match="your own"):
        enter(own, by=made[Role.FOCAL_POINT])
    for wrong in (
        form_of(signoff, (COMMENTS, "")),
        Paper((at + timedelta(days=2)).date(), {"1": (AGREES, "")}),
        Paper((at - timedelta(days=90)).date(), {"1": (AGREES, "")}),
        Paper(at.date(), {"nowhere": (AGREES, "")}),
        Paper(at.date(), {}),
        Paper(at.date(), {"1": (AGREES, "")}, ranked={1: "must"}),
    ):
        with pytest.raises(InvalidInput):
            engine.enter_paper(signoff, wrong, by=made.team, at=at)
    # Who has written the text enters nothing of what others think of it.
    part = Assignment.objects.get(profile=profile, role=Role.LOCAL_EXPERT)
    part.pk, part.user, part.ends_on = None, made.team, at.date() - timedelta(days=1)
    part.save()
    with pytest.raises(NotAllowed, match="author"):
        enter(signoff, by=made.team)
    part.delete()
    late = ValidationRound.objects.get().closes_at
    with pytest.raises(NotNow):
        engine.enter_paper(signoff, form_of(signoff), by=made.team, at=late)
    Assignment.objects.filter(profile=profile, user=signoff.person).update(
        ends_on=at.date() - timedelta(days=1)
    )
    with pytest.raises(NotNow, match="no part"):
        enter(signoff, by=made.team)
    assert not PaperAnswer.objects.exists()


def test_a_signature_for_the_city_is_never_entered_by_somebody_else(made):
    profile = factories.bring_to(factories.make_profile(made), S.SIGNOFF)
    signoff = SignOff.objects.get(round__profile=profile, role=Role.CITY_AUTHORITY)
    with pytest.raises(NotNow, match="signature"):
        enter(signoff, by=made.team)


def test_under_the_chatham_house_rule_no_form_belongs_to_a_person(made):
    profile = consulted(made, attribution=Attribution.CHATHAM_HOUSE)
    signoff, team = of_stakeholder(made, profile), signed_in(made.team)
    with pytest.raises(NotNow, match="belongs to a person"):
        enter(signoff, by=made.team)
    shown = page(team, "paper", profile.slug)
    assert signoff.person.full_name not in shown
    # Nor does a page tell who has begun to answer.
    for name in ("paper_form", "paper_enter"):
        assert team.get(reverse(name, args=[profile.slug, signoff.pk])).status_code == GONE
    own = Holder(token_for(signoff)).reads("link_paper").content.decode()
    room = page(team, "paper_room", profile.slug)
    for printed in (own, room):
        assert number_of(signoff) not in printed
        assert "<svg" not in printed.split("<main")[1]
        assert "belongs to nobody" in printed
    assert signoff.person.full_name not in own


def test_a_round_with_a_form_in_it_cannot_be_sealed_any_more(made):
    profile = factories.promise_unsealed(consulted(made), Attribution.CATEGORY)
    signoff = of_stakeholder(made, profile)
    link_of(signoff).__class__.objects.filter(signoff=signoff).update(used_at=timezone.now())
    assert not enter(signoff, by=made.team).counts
    with pytest.raises(InvalidInput, match="cannot be sealed"):
        attributing.make_stricter(
            profile, Attribution.CHATHAM_HOUSE, reason="Safer.", by=made.team, at=timezone.now()
        )


# On the sheet


def test_the_team_prints_no_personal_link_and_its_owner_does(made):
    profile = consulted(made)
    signoff = of_stakeholder(made, profile)
    token, number = token_for(signoff), number_of(signoff)
    team = signed_in(made.team)
    by_team = page(team, "paper_form", profile.slug, signoff.pk)
    own = Holder(token).reads("link_paper").content.decode()
    assert number in by_team
    assert number in own
    # One code leads to the page for entering; the second one is the link, for its owner alone.
    assert by_team.count('class="segno"') == 1
    assert own.count('class="segno"') == 2
    assert token not in by_team
    person = signoff.person
    person.language = "ar"
    person.save(update_fields=["language"])
    arabic = page(team, "paper_form", profile.slug, signoff.pk)
    assert 'dir="rtl"' in arabic
    french = team.get(reverse("paper_form", args=[profile.slug, signoff.pk]), {"language": "fr"})
    assert french.headers["Content-Language"] == "fr"
    assert signed_in(made[Role.FOCAL_POINT]).get(
        reverse("paper_form", args=[profile.slug, signoff.pk])
    ).status_code == GONE  # fmt: skip
    assert signed_in(made[Role.LOCAL_EXPERT]).get(
        reverse("paper", args=[profile.slug])
    ).status_code == FORBIDDEN  # fmt: skip


def test_slips_in_a_number_are_found():
    signoff = SignOff(pk=482)
    number = number_of(signoff)
    assert id_in(number) == 482
    assert id_in(f" {number.replace('-', ' – ')} ") == 482
    assert id_in("٤٨٢-" + number[-3:]) == 482
    slips = [f"{pk}-{number[-3:]}" for pk in (428, 842, 481, 483, 48, 4822)]
    assert [id_in(one) for one in (*slips, "482", "", "x-1")] == [None] * 9
