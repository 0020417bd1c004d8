"""Who quotes, suggests, replies or notes is not betrayed: a canary, and holes that it finds."""

from http import HTTPStatus
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from profile_workflow.models import Comment, Organisation, User
from profile_workflow.queries import profiles
from profile_workflow.queries.attribution import Credit
from profile_workflow.queries.history import telling
from profile_workflow.services import comments
from profile_workflow.states import Attribution, ProfileState, Role, SectionState
from tests import factories
from tests.integration.beside import address, quoting, under_review
from tests.integration.pages import signed_in
from workflows import engine

pytestmark = [
    pytest.mark.integration,
    pytest.mark.repeats,
    pytest.mark.any_database,
    pytest.mark.django_db,
]

CANARY = "Zzyzx"
#: Who must not learn the name. The project team may, and so may the person.
OTHERS = (
    Role.LOCAL_EXPERT,
    Role.INTERNATIONAL_EXPERT,
    Role.FOCAL_POINT,
    Role.CITY_AUTHORITY,
    Role.OBSERVER,
)


@pytest.fixture
def made():
    made = factories.make_programme(sections=2)
    house, _new = Organisation.objects.get_or_create(key="house", name=f"{CANARY} House")
    User.objects.filter(pk=made[Role.STAKEHOLDER].pk).update(
        full_name=f"{CANARY} Person", organisation=house, email=f"{CANARY}@example.org".lower()
    )
    return made


@pytest.fixture(params=[Attribution.CHATHAM_HOUSE, Attribution.CATEGORY])
def profile(made, request):
    """A profile in which the canary suggested, replied and noted, and the author took it over."""
    canary, expert = User.objects.get(pk=made[Role.STAKEHOLDER].pk), made[Role.LOCAL_EXPERT]
    profile = under_review(made)
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    profile = factories.promise_unsealed(profile, request.param)
    section, at = factories.section(profile, "1"), timezone.now()
    comment = quoting(section, "In 2024", canary, replacement="In 2025")
    comments.reply_to(comment, text="I have counted them.", by=canary, at=at)
    other = factories.comment_on(section, made[Role.FOCAL_POINT], at=at)
    comments.reply_to(other, text="So have I.", by=canary, at=at)
    comments.add_note(section, text="My own thought.", by=canary, at=at)
    factories.move(other, "accept", expert, answer="Yes.")
    factories.approve_all(profile)
    named, focal_point = [section], made[Role.FOCAL_POINT]
    factories.move(profile, "revise_after_consultation", focal_point, reason="New.", sections=named)
    engine.apply_suggestion(comment, by=expert, at=at)
    comments.reply_to(comment, text="Thank you.", by=expert, at=at)
    factories.move(section, "submit", expert)
    assert factories.section(profile, "1").state == SectionState.READY
    return factories.fresh(profile)


def addresses(profile):
    slug = [profile.slug]
    yield from (address(profile), f"{address(profile)}?view=text", address(profile, name="section"))
    for name in ("profile", "responses", "history", "round", "people", "evidence", "pdf"):
        yield reverse(name, args=slug)
    yield address(profile, name="section_compare")
    yield address(profile, name="section_edit")
    for ending in ("csv", "xlsx"):
        yield reverse("responses_file", args=[*slug, ending])


def told(response) -> str:
    """Return all that an answer tells: its headers, and its words."""
    if "spreadsheet" not in response.headers.get("Content-Type", ""):
        words = b"".join(response) if response.streaming else response.content
        return f"{response.headers} {words.decode()}"
    book = load_workbook(BytesIO(response.content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    return f"{response.headers} {book.properties.creator} {' '.join(cells)}"


def leaks(made, profile) -> set[tuple[str, str]]:
    """Return who finds the canary where."""
    found = set()
    for role in OTHERS:
        client = signed_in(made[role])
        for one in addresses(profile):
            response = client.get(one)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
            if CANARY.lower() in told(response).lower():
                found.add((role, one))
    return found


def test_nobody_learns_who_said_it(made, profile):
    assert leaks(made, profile) == set()
    words = told(signed_in(made[Role.OBSERVER]).get(address(profile)))
    for said in ("In 2025", "I have counted them.", "So have I.", "Thank you."):
        assert said in words
    assert "My own thought." not in words


def test_the_project_team_and_the_person_know(made, profile):
    assert f"{CANARY} Person" in told(signed_in(made.team).get(address(profile)))
    person = User.objects.get(pk=made[Role.STAKEHOLDER].pk)
    assert "My own thought." in told(signed_in(person).get(address(profile)))


def test_a_name_in_a_comment_or_a_reply_is_found(made, profile, monkeypatch):
    def open_book(person, _attribution, **_given):
        return Credit(person.full_name, "", is_named=True)

    monkeypatch.setattr(profiles, "credit", open_book)
    found = {one for _role, one in leaks(made, profile)}
    assert address(profile) in found
    assert reverse("responses_file", args=[profile.slug, "xlsx"]) in found


def test_a_name_in_the_record_of_a_reply_is_found(made, profile, monkeypatch):
    monkeypatch.setattr(telling, "_attribution", lambda *_given: None)
    found = {one for _role, one in leaks(made, profile)}
    assert found == {reverse("history", args=[profile.slug])}


def test_a_reply_keeps_the_protection_of_its_author(made, profile):
    protected = Comment.objects.values_list("replies__attribution", "replies__role")
    assert set(protected) == {
        (profile.attribution, Role.STAKEHOLDER),
        (Attribution.NAMED, Role.LOCAL_EXPERT),
    }
