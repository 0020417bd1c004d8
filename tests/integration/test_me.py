"""A person's own settings: language, time zone, mails, password."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import InvalidInput
from profile_workflow.models import City, Organisation, User
from profile_workflow.services import accounts
from profile_workflow.states import ProfileState, Role
from tests import factories
from workflows import letters, notifications
from workflows.letters import OPTIONAL_KINDS, MailKind

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PASSWORD = "correct-horse-battery"
OTHER = "a-stable-of-other-horses"


@pytest.fixture
def member(client):
    member = User.objects.create_user("member@example.org", "Leïla Trabelsi", PASSWORD)
    client.force_login(member)
    return member


def post(client, **changed):
    wished = {
        "language": "fr",
        "time_zone": "Africa/Tunis",
        "mails": [MailKind.PUBLISHED.value],
    }
    return client.post(reverse("me"), {**wished, **changed})


def test_settings_are_kept_and_the_page_speaks_the_chosen_language(client, member):
    response = post(client)
    assert response["Location"] == reverse("me")
    assert response.cookies["django_language"].value == "fr"
    member.refresh_from_db()
    assert (member.language, member.time_zone) == ("fr", "Africa/Tunis")
    assert member.muted_mails == sorted({*OPTIONAL_KINDS} - {MailKind.PUBLISHED})


def test_the_form_shows_what_is_kept(client, member):
    User.objects.filter(pk=member.pk).update(
        time_zone="Asia/Amman", muted_mails=[MailKind.HELD.value, MailKind.OVERDUE.value]
    )
    form = client.get(reverse("me")).context["form"]
    assert form.initial["time_zone"] == "Asia/Amman"
    assert MailKind.HELD not in form.initial["mails"]
    assert MailKind.REMINDER in form.initial["mails"]


@pytest.mark.parametrize(
    "changed",
    [{"language": "tlh"}, {"time_zone": "Mars/Olympus"}, {"mails": ["overdue"]}],
)
def test_what_there_is_not_is_refused_and_nothing_is_changed(client, member, changed):
    response = post(client, **changed)
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    member.refresh_from_db()
    assert (member.language, member.time_zone, member.muted_mails) == ("en", "UTC", [])


def test_the_service_refuses_too(member):
    for wrong in ({"language": "tlh"}, {"time_zone": "Mars/Olympus"}):
        wished = {"language": "fr", "time_zone": "UTC", "muted_mails": [], **wrong}
        with pytest.raises(InvalidInput):
            accounts.change_settings(member, **wished)


def test_times_are_shown_in_the_zone_of_the_person(client):
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    client.force_login(made.team)
    address = reverse("history", args=[profile.slug])
    User.objects.update(time_zone="Asia/Amman")
    assert "+03:00" in client.get(address).content.decode()
    User.objects.update(time_zone="UTC")
    assert "+03:00" not in client.get(address).content.decode()


def test_the_zone_of_a_new_account_is_that_of_the_persons_city():
    city = City.objects.create(
        programme=factories.make_programme().programme,
        slug="amman",
        name="Amman",
        country="JO",
        time_zone="Asia/Amman",
    )
    hall = Organisation.objects.create(key="gam", name="City hall", kind="municipality", city=city)
    assert factories.make_person("mayor", organisation=hall).time_zone == "Asia/Amman"
    elsewhere = factories.make_person("mayor", organisation=hall, time_zone="Europe/Vienna")
    assert elsewhere.time_zone == "Europe/Vienna"
    assert factories.make_person("expert").time_zone == "UTC"


# Mails


@pytest.fixture
def drafted():
    made = factories.make_programme()
    return made, factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def payload_for(person, profile, kind):
    (job,) = notifications.notify(
        None, kind, {person.pk: {}}, profile_id=profile.pk, occasion="test"
    )
    return job.payload


def test_a_mail_that_only_informs_can_be_turned_off(drafted):
    made, profile = drafted
    expert = made[Role.LOCAL_EXPERT]
    payload = payload_for(expert, profile, MailKind.HELD)
    notifications.send(payload)
    assert len(mail.outbox) == 1
    User.objects.filter(pk=expert.pk).update(muted_mails=[MailKind.HELD.value])
    notifications.send(payload)
    assert len(mail.outbox) == 1
    notifications.send(payload_for(expert, profile, MailKind.RESUMED))
    assert len(mail.outbox) == 2


def test_a_mail_that_asks_for_an_act_cannot(drafted):
    made, profile = drafted
    expert = made[Role.LOCAL_EXPERT]
    User.objects.filter(pk=expert.pk).update(muted_mails=[kind.value for kind in MailKind])
    expert.refresh_from_db()
    sent = {kind for kind in MailKind if letters.is_wanted(kind, by=expert)}
    assert sent == {
        MailKind.TASKS_OPENED,
        MailKind.RETURNED,
        MailKind.OVERDUE,
        MailKind.CONSULTATION_OPENED,
        MailKind.RECEIPT,
        MailKind.LINK_REVOKED,
        MailKind.OBJECTION_RECEIVED,
        MailKind.DEADLINE_CHANGED,
        MailKind.SUBSTITUTE,
        MailKind.REQUEST,
        MailKind.REQUEST_ANSWERED,
        MailKind.REQUEST_LATE,
        MailKind.ATTRIBUTION_CHANGED,
        MailKind.PAPER_ENTERED,
        MailKind.SIGNING_CODE,
        MailKind.REVIEW_INVITATION,
        MailKind.REVIEW_REMINDER,
        MailKind.REVIEW_ANSWERED,
        MailKind.REVIEW_DECIDED,
        MailKind.REVIEW_LATE,
    }
    notifications.send(payload_for(expert, profile, MailKind.RETURNED))
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("kind", "says_how"), [("held", True), ("returned", False)])
def test_a_mail_that_can_be_turned_off_says_how(drafted, kind, says_how):
    made, profile = drafted
    letter = letters.compose(payload_for(made[Role.LOCAL_EXPERT], profile, kind))
    for text in (letter.text, letter.html):
        assert (reverse("me") in text) is says_how


# The password


def change(client, **changed):
    typed = {"old_password": PASSWORD, "new_password1": OTHER, "new_password2": OTHER, **changed}
    return client.post(reverse("password"), typed)


def test_the_password_is_changed_and_the_person_stays_signed_in(client, member):
    assert change(client)["Location"] == reverse("me")
    member.refresh_from_db()
    assert member.check_password(OTHER)
    assert "Your password has been changed." in client.get(reverse("me")).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"old_password": "wrong"},
        {"new_password2": "something-else-altogether"},
        {"new_password1": "short", "new_password2": "short"},
    ],
)
def test_a_password_that_will_not_do_is_refused(client, member, changed):
    page = change(client, **changed).content.decode()
    assert "There is a problem" in page
    assert OTHER not in page
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_settings_are_ones_own(client):
    assert client.get(reverse("me")).status_code == 302
    assert timezone.get_current_timezone_name() == "UTC"
