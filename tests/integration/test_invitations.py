"""Inviting somebody to review: what he sees and answers, what the project team makes of it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import InvalidInput, MadeAlready, NotAllowed, NotComplete, NotNow
from profile_workflow.models import Event, EventReason, Profile, Programme, ReviewInvitation, User
from profile_workflow.queries import history
from profile_workflow.queries.invitations import invitation_of
from profile_workflow.services import accounts, comments, people
from profile_workflow.services.invitations import Wish
from profile_workflow.services.log import broken_links
from profile_workflow.services.people import Part
from profile_workflow.states import Declining, ProfileState, Role
from tests import factories
from workflows import deadlines, engine
from workflows.models import OutboxJob, Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

EXPERT, REVIEWER, TEAM = Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT, Role.PROJECT_TEAM
UNTIL = (timezone.now() + timedelta(days=60)).date()
INVITE = {"email": "nadia@example.org", "full_name": "Nadia Saïdi", "language": "fr"}


@pytest.fixture
def made():
    """A programme that invites its international experts."""
    found = factories.make_programme()
    Programme.objects.filter(pk=found.programme.pk).update(invites_reviewers=True)
    found.programme.refresh_from_db()
    found.cities[0].programme.refresh_from_db()
    return found


@pytest.fixture
def drafted():
    """A profile that is written, of a programme that lets the team give parts too."""
    return factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def page_of(invitation):
    return reverse("my_invitation", args=[invitation.pk])


def answer(invitation, move, **said):
    sent = {f"{move}-{name}": value for name, value in said.items()}
    address = page_of(invitation)
    return client_of(invitation.person).post(address, {f"{move}-move": move, **sent})


def team_of(profile):
    return client_of(factories.holder(profile, TEAM))


def mails(kind):
    return OutboxJob.objects.filter(payload__kind=kind).order_by("pk")


# What somebody sees before he has accepted and declared


def test_whoever_is_invited_sees_nothing_of_the_profile_before_he_has_declared(drafted):
    written = factories.section(drafted, "1")
    factories.write(written, "CANARY of the text")
    Profile.objects.filter(pk=drafted.pk).update(title="CANARY of the title")
    invitation = factories.invite(drafted, sections=[written], review_until=UNTIL)
    person = invitation.person
    client = client_of(person)
    closed = [
        reverse(name, args=[drafted.slug])
        for name in ("profile", "people", "history", "round", "responses", "invitations", "pdf")
    ]
    closed += [reverse(name, args=[drafted.slug, "1"]) for name in ("section", "section_review")]
    assert {client.get(one).status_code for one in closed} == {404}
    shown = client.get(page_of(invitation))
    text = shown.content.decode()
    assert (shown.status_code, "CANARY" in text) == (200, False)
    assert str(drafted.city) in text
    assert str(written) in text
    for name in ("profiles", "tasks", "search"):
        seen = client.get(reverse(name), {"q": "CANARY"}).content.decode()
        assert "CANARY of" not in seen
    assert not Profile.objects.visible_to(person).exists()
    # With an interest that nobody has cleared it stays closed.
    answer(invitation, "accept_invitation", declaration="interest", interest="I advised the city.")
    assert factories.fresh(invitation).state == "interest_declared"
    assert {client.get(one).status_code for one in closed} == {404}
    factories.move(invitation, "clear_interest", factories.holder(drafted, TEAM), reason="Long ago")
    # Invitations stay with the project team, everything else of the profile is open now.
    assert {client.get(one).status_code for one in closed} == {200, 403}
    assert factories.section(drafted, "1").reviewer == person
    assert list(broken_links(factories.fresh(drafted))) == []


def test_nobody_but_him_finds_his_invitation(drafted):
    invitation = factories.invite(drafted)
    for person in (factories.make_person(), *User.objects.exclude(pk=invitation.person_id)[:3]):
        client = client_of(person)
        assert client.get(page_of(invitation)).status_code == 404
        sent = {"accept_invitation-move": "accept_invitation",
                "accept_invitation-declaration": "none"}  # fmt: skip
        assert client.post(page_of(invitation), sent).status_code == 404
    assert factories.fresh(invitation).state == "invited"


# Answering


def test_accepting_asks_for_a_declaration_that_nobody_has_chosen_beforehand(drafted):
    invitation = factories.invite(drafted)
    assert "checked" not in client_of(invitation.person).get(page_of(invitation)).content.decode()
    assert answer(invitation, "accept_invitation").status_code == 422
    both = answer(invitation, "accept_invitation", declaration="none", interest="I advised it.")
    assert both.status_code == 422
    assert "I advised it." in both.content.decode()
    silent = answer(invitation, "accept_invitation", declaration="interest", interest=" ")
    assert silent.status_code == 422
    assert factories.fresh(invitation).state == "invited"
    done = answer(invitation, "accept_invitation", declaration="none")
    assert done["Location"] == reverse("profile", args=[drafted.slug])
    fresh = factories.fresh(invitation)
    assert (fresh.interest, fresh.declared_at is not None) == ("", True)
    assert fresh.part.role == REVIEWER
    # The second click of a double one is told the same.
    assert (
        answer(invitation, "accept_invitation", declaration="none")["Location"] == done["Location"]
    )
    assert drafted.assignments.filter(user=invitation.person).count() == 1
    assert mails("review_answered").count() == 1


def test_declining_tells_the_team_alone_why_and_who_is_suggested_is_invited_with_one_press(drafted):
    invitation = factories.invite(drafted, sections=[factories.section(drafted, "2")])
    assert answer(invitation, "decline_invitation").status_code == 422
    unsaid = answer(invitation, "decline_invitation", declining="other")
    assert unsaid.status_code == 422
    nameless = answer(invitation, "decline_invitation", declining="not_now", suggested_name="Lina")
    assert nameless.status_code == 422
    said = {"declining": "other", "words": "SECRETWORDS", "suggested_name": "Lina Haddad",
            "suggested_email": "Lina@Example.org"}  # fmt: skip
    assert answer(invitation, "decline_invitation", **said).status_code == 302
    assert answer(invitation, "decline_invitation", **said).status_code == 302
    later = answer(invitation, "decline_invitation", declining="not_now", words="Otherwise")
    assert (later.status_code, "Otherwise" in later.content.decode()) == (409, True)
    # In no event, and in no mail: the page of the team alone looks it up.
    assert not EventReason.objects.filter(text__contains="SECRETWORDS").exists()
    team = team_of(drafted)
    one = reverse("invitation", args=[drafted.slug, invitation.pk])
    assert "SECRETWORDS" in team.get(one).content.decode()
    for role in (EXPERT, REVIEWER, Role.FOCAL_POINT):
        holder = factories.holder(drafted, role)
        assert client_of(holder).get(one).status_code == 403
        numbers = list(history.events_of(drafted, history.Wanted(), viewer=holder))
        told = history.lines(drafted, numbers, viewer=holder)
        assert all(invitation.person.full_name not in f"{line.who} {line.about}" for line in told)
        assert invitation.person not in history.people_in(drafted, viewer=holder)
    press = reverse("invitation_suggested", args=[drafted.slug, invitation.pk])
    before = mails("review_invitation").count()
    assert [team.post(press).status_code for _twice in range(2)] == [302, 302]
    lina = User.objects.get(email="lina@example.org")
    (follower,) = lina.invitations.all()
    assert (follower.follows, list(follower.sections.all())) == (
        invitation,
        list(invitation.sections.all()),
    )
    assert not lina.has_usable_password()
    assert mails("review_invitation").count() == before + 1
    assert OutboxJob.objects.filter(kind="account", payload__user=lina.pk).count() == 1
    nobody = factories.make_person()
    with pytest.raises(NotAllowed):
        engine.invite_suggested(invitation, by=nobody, at=timezone.now())


def test_another_date_goes_to_and_fro(drafted):
    invitation = factories.invite(drafted, review_until=UNTIL)
    past = answer(invitation, "propose_date", due_on="2020-01-01")
    assert (past.status_code, factories.fresh(invitation).state) == (422, "invited")
    later = UNTIL + timedelta(days=20)
    answer(invitation, "propose_date", due_on=later.isoformat(), words="After the summer.")
    assert factories.fresh(invitation).proposed_until == later
    one = reverse("invitation", args=[drafted.slug, invitation.pk])
    team = team_of(drafted)
    assert f'value="{later.isoformat()}"' in team.get(one).content.decode()
    sent = {"set_date-move": "set_date", "set_date-due_on": later.isoformat()}
    assert team.post(one, sent).status_code == 302
    fresh = factories.fresh(invitation)
    assert (fresh.state, fresh.review_until, fresh.answered_at) == ("invited", later, None)
    # The declaration is still to be made.
    with pytest.raises(NotNow):
        factories.move(invitation, "clear_interest", factories.holder(drafted, TEAM), reason="Why.")


def test_an_interest_is_cleared_by_somebody_else_of_the_team_or_bars(drafted):
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, TEAM, programme_id=drafted.programme_id)
    own = factories.invite(drafted, colleague)
    factories.move(own, "declare_interest", colleague, answer="I wrote the call.")
    for name in ("clear_interest", "bar_interest", "withdraw_invitation"):
        with pytest.raises(NotAllowed):
            factories.move(own, name, colleague, reason="It is nothing.")
    barred = factories.move(own, "bar_interest", factories.holder(drafted, TEAM), reason="Too near")
    assert barred.part is None
    assert REVIEWER not in factories.fresh(drafted).roles_of(colleague)
    assert mails("review_decided").get().payload["user"] == colleague.pk


# Whom one can invite


def test_an_author_is_refused_as_is_who_reviews_already_and_who_invites(drafted):
    for role in (EXPERT, REVIEWER, TEAM):
        with pytest.raises(InvalidInput):
            factories.invite(drafted, factories.holder(drafted, role))
    invited = factories.invite(drafted)
    with pytest.raises(MadeAlready):
        factories.invite(drafted, invited.person)
    with pytest.raises(NotAllowed):
        factories.invite(drafted, by=factories.holder(drafted, EXPERT))
    # Who becomes an author meanwhile cannot accept, whatever he declares, but can decline.
    team, at = factories.holder(drafted, TEAM), timezone.now()
    people.assign(drafted, [Part(invited.person, Role.CO_AUTHOR)], by=team, at=at)
    for name in ("accept_invitation", "declare_interest"):
        with pytest.raises(NotAllowed):
            factories.move(invited, name, invited.person, answer="I write it.")
    factories.move(invited, "decline_invitation", invited.person, declining=Declining.INTEREST)
    # And who wrote it once is refused after his part has ended.
    with pytest.raises(InvalidInput):
        factories.invite(drafted, invited.person)


def test_the_database_keeps_to_one_open_invitation_and_to_a_declaration(drafted):
    invitation = factories.invite(drafted)
    rows = ReviewInvitation.objects.filter(pk=invitation.pk)
    for wrong in (
        {"state": "accepted"},
        {"state": "interest_declared", "declared_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    double = factories.fresh(invitation)
    double.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        double.save(force_insert=True)


def test_where_experts_are_invited_nobody_gives_them_their_part_otherwise(made):
    profile = factories.make_profile(made)
    invitation = profile.invitations.get()
    reviewer, team, at = made[REVIEWER], made.team, timezone.now()
    assert invitation.person == reviewer
    assert not factories.fresh(profile).roles_of(reviewer)
    with pytest.raises(InvalidInput):
        people.assign(profile, [Part(made.outsider, REVIEWER)], by=team, at=at)
    with pytest.raises(NotComplete) as lacking:
        factories.move(profile, "begin_inception", team)
    assert [one.code for one in lacking.value.missing] == ["role_vacant"]
    page = team_of(profile).get(reverse("people_add", args=[profile.slug]), {"person": team.pk})
    assert 'value="international_expert"' not in page.content.decode()
    factories.move(invitation, "accept_invitation", reviewer)
    # Nobody stands in who has not declared anything, whoever names him.
    part = profile.assignments.get(user=reviewer)
    days = {"starts_on": date.today(), "ends_on": UNTIL}  # noqa: DTZ011 - a day of the test
    with pytest.raises(InvalidInput):
        engine.substitute(part, person=made.outsider, by=team, at=at, **days)
    engine.ask_for_substitute(part, email=made.outsider.email, by=reviewer, at=at, **days)
    assert not part.substitutes.exists()
    factories.move(profile, "begin_inception", team)


def test_programmes_to_come_invite():
    assert Programme(code="new").invites_reviewers


# When nobody answers, and afterwards


def test_silence_is_reminded_of_once_reported_once_and_counted_anew_after_a_hold(drafted):
    sent_at = timezone.now()
    invitation = factories.invite(drafted, at=sent_at)
    due, team = invitation.answer_by, factories.holder(drafted, TEAM)
    kept = {"review_reminder": 0, "review_late": 0}

    def sweep(moment):
        deadlines.sweep(at=moment)
        now = {kind: mails(kind).count() for kind in kept}
        more = {kind: now[kind] - kept[kind] for kind in kept}
        kept.update(now)
        return more["review_reminder"], more["review_late"]

    assert sweep(due - timedelta(days=4)) == (0, 0)
    assert sweep(due - timedelta(days=2)) == (1, 0)
    assert sweep(due - timedelta(days=1)) == (0, 0)
    factories.move(drafted, "hold", team, reason="Elections.", at=sent_at)
    assert sweep(due + timedelta(days=1)) == (0, 0)
    factories.move(drafted, "resume", team, reason="Over.", at=sent_at + timedelta(days=30))
    assert factories.fresh(invitation).answer_by == due + timedelta(days=30)
    assert sweep(due + timedelta(days=31)) == (1, 1)
    assert sweep(due + timedelta(days=32)) == (0, 0)
    page = team_of(drafted).get(reverse("invitations", args=[drafted.slug])).content.decode()
    assert invitation.person.full_name in page


def test_he_is_withdrawn_invited_again_replaced_and_takes_up_what_waits(drafted):
    team = factories.holder(drafted, TEAM)
    first = factories.invite(drafted)
    factories.move(first, "withdraw_invitation", team, reason="Another expert was found.")
    with pytest.raises(NotNow):
        factories.move(first, "accept_invitation", first.person)
    again = reverse("invitation_new", args=[drafted.slug]) + f"?after={first.pk}"
    client = team_of(drafted)
    assert first.person.email in client.get(again).content.decode()
    sent = {"email": first.person.email, "language": "en", "sections": ["2"]}
    assert client.post(again, sent).status_code == 302
    second = first.person.invitations.latest("pk")
    assert second.follows == first
    reviewed = factories.bring_to(drafted, ProfileState.EXPERT_REVIEW)
    task = Task.objects.open().get(profile=reviewed, section__key="2")
    assert task.owner == factories.holder(reviewed, REVIEWER)
    factories.move(second, "accept_invitation", second.person)
    assert factories.fresh(task).owner == second.person
    # Ending the part opens the way to another invitation, and closes the profile at once.
    part = factories.fresh(second).part
    engine.end_part(part, by=team, at=timezone.now(), reason="Silent for weeks.")
    assert factories.fresh(task).owner is None
    today = timezone.localdate() + timedelta(days=1)
    line = invitation_of(reviewed, second.pk, on=today, at=timezone.now())
    assert (line.has_left, line.may_be_repeated) == (True, True)
    assert client_of(second.person).get(page_of(second)).status_code == 200
    assert not Profile.objects.visible_to(second.person).exists()
    assert (
        "part has ended"
        in client.get(reverse("invitations", args=[reviewed.slug])).content.decode()
    )
    moves = Event.objects.filter(profile=reviewed, document=f"invitation:{second.pk}")
    assert list(moves.order_by("seq").values_list("move", flat=True)) == [
        "invite", "accept_invitation",
    ]  # fmt: skip


def test_somebody_new_gets_an_account_somebody_known_his_own(drafted):
    client, address = team_of(drafted), reverse("invitation_new", args=[drafted.slug])
    nameless = client.post(address, {**INVITE, "full_name": ""})
    assert (nameless.status_code, accounts.account_of(INVITE["email"])) == (422, None)
    known = factories.make_person("known")
    assert client.post(address, {**INVITE, "email": known.email.upper()}).status_code == 302
    assert known.invitations.count() == 1
    assert client.post(address, {**INVITE, "review_until": "2020-01-01"}).status_code == 422
    assert client.post(address, {**INVITE, "text": "x" * 10_001}).status_code == 422
    assert accounts.account_of(INVITE["email"]) is None
    assert client.post(address, INVITE).status_code == 302
    assert accounts.account_of(INVITE["email"]).invitations.get().state == "invited"
    closed = factories.make_person("closed", is_active=False)
    assert client.post(address, {**INVITE, "email": closed.email}).status_code == 422


def test_nobody_is_invited_once_there_is_nothing_to_review(drafted):
    factories.move(drafted, "hold", factories.holder(drafted, TEAM), reason="Elections.")
    with pytest.raises(NotNow):
        engine.invite(
            drafted,
            engine.Invitee.of(factories.make_person()),
            Wish(),
            by=factories.holder(drafted, TEAM),
            at=timezone.now(),
        )


def test_whoever_is_invited_to_some_sections_judges_no_others(made):
    profile = factories.make_profile(made)
    limited = factories.invite(profile, sections=[factories.section(profile, "2")])
    for one in (limited, profile.invitations.get(person=made[REVIEWER])):
        factories.move(one, "accept_invitation", one.person)
    reviewed = factories.bring_to(profile, ProfileState.EXPERT_REVIEW)
    owners = {one.section.key: one.owner for one in Task.objects.open().filter(profile=reviewed)}
    # The other one is the only one who was invited to all of it.
    assert owners == {"1": made[REVIEWER], "2": limited.person, "3": made[REVIEWER]}
    third = Task.objects.open().get(profile=reviewed, section__key="3")
    assert limited.person not in engine.takers(third, by=made.team)
    with pytest.raises(NotAllowed):
        engine.delegate(third, to=limited.person, by=made.team, at=timezone.now())
    engine.release(third, by=made[REVIEWER], at=timezone.now())
    with pytest.raises(NotAllowed, match="other sections"):
        factories.move(factories.section(reviewed, "3"), "accept", limited.person)
    with pytest.raises(NotAllowed, match="other sections"):
        engine.claim(third, by=limited.person, at=timezone.now())
    factories.move(factories.section(reviewed, "2"), "accept", limited.person)
    # What hinders is the invitation: without it the section would be anybody's in the role.
    factories.fresh(limited).sections.clear()
    third = factories.fresh(third)
    assert limited.person in engine.takers(third, by=made.team)
    engine.claim(third, by=limited.person, at=timezone.now())
    factories.move(factories.section(reviewed, "3"), "accept", limited.person)


# Several at once


@pytest.fixture
def reviewed():
    """A profile under review by two, of whom the first has said something on two sections."""
    profile = factories.bring_to(factories.make_profile(), ProfileState.EXPERT_REVIEW)
    first = factories.holder(profile, REVIEWER)
    second = factories.invite(profile, sections=[factories.section(profile, "3")])
    factories.move(second, "accept_invitation", second.person)
    made = factories.comment_on(factories.section(profile, "3"), first, text="CANARY remark")
    comments.reply_to(made, text="CANARY reply", by=first, at=timezone.now())
    returned = factories.section(profile, "1")
    factories.move(returned, "request_major_changes", first, reason="CANARY reason")
    own = factories.comment_on(factories.section(profile, "3"), second.person, text="Mine.")
    comments.reply_to(own, text="CANARY aside", by=first, at=timezone.now())
    factories.move(factories.section(profile, "2"), "accept", first)
    return profile, second.person


def pages_with_canary(profile, person):
    """Return the pages of a profile on which somebody finds what the first reviewer said."""
    named = [("profile", []), ("round", []), ("responses", []), ("history", []), ("people", [])]
    named += [(name, [key]) for name in ("section", "section_review") for key in "123"]
    named += [("responses_file", [ending]) for ending in ("csv",)]
    named += [("section_move", ["3", "accept"]), ("section_compare", ["1"])]
    client, found = client_of(person), set()
    for name, more in named:
        answered = client.get(reverse(name, args=[profile.slug, *more]))
        # Whoever may not judge the section is refused, with a page too.
        assert answered.status_code == 200 or name == "section_move", name
        content = b"".join(answered) if answered.streaming else answered.content
        if b"CANARY" in content:
            found.add(name)
    return found


def test_reviewers_are_blind_to_each_other_until_all_are_in_where_the_programme_says_so(reviewed):
    profile, second = reviewed
    told = {"round", "responses", "history", "section_review", "responses_file"}
    # Where nobody asks for it, he sees it all but who judges sections that are not his: the pages
    # are those that could tell.
    assert pages_with_canary(profile, second) & told == told - {"round"}
    Programme.objects.filter(pk=profile.programme_id).update(reviews_blind=True)
    assert pages_with_canary(profile, second) == set()
    overview = client_of(second).get(reverse("profile", args=[profile.slug])).content.decode()
    assert "1 open comment" in overview
    assert "2 open comments" not in overview
    # The state in which a verdict leaves a section would tell it as well.
    for seen in ("profile", "round", "section"):
        address = reverse(seen, args=[profile.slug, *(["2"] if seen == "section" else [])])
        page = client_of(second).get(address).content.decode()
        for verdict in ("Accepted", "Changes requested", "It can be revised", "It is opened again"):
            assert verdict not in page, (seen, verdict)
        # The page of the round tells him of his own sections only.
        assert ("Judged" in page) == (seen != "round"), seen
    # Gaps between the numbers of events would say how many others are kept from him.
    history = reverse("history", args=[profile.slug])
    assert "?number=" not in client_of(second).get(history).content.decode()
    assert "?number=" in client_of(factories.holder(profile, TEAM)).get(history).content.decode()
    started = client_of(second).get(history, {"number": "1"}).content.decode()
    assert 'class="hash"' not in started
    team, first = factories.holder(profile, TEAM), factories.holder(profile, REVIEWER)
    assert told <= pages_with_canary(profile, team)
    assert told <= pages_with_canary(profile, first)
    # Once the last section is judged, whoever concludes the round knows all.
    factories.move(factories.section(profile, "3"), "accept", second)
    assert pages_with_canary(profile, second) & told == told - {"round"}
