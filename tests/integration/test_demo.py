"""The demonstration: every state, every role, one profile to its PDF, and nothing done twice."""

import io
from collections import Counter

import pypdf
import pytest
from django.core.management import call_command
from django.utils import timezone

from profile_workflow.models import Assignment, Comment, Event, Profile, SignOff
from profile_workflow.services.log import broken_links
from profile_workflow.states import ProfileState, Role, SignOffState
from workflows.demo.programme import FULL_PROFILE
from workflows.invariants import unresolved_nodes, violations
from workflows.models import Task

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.pdf,
    pytest.mark.django_db,
]

#: Moves that lead back, one at least for each stage.
LOOPS = {
    "drafting": {"take_back"},
    "expert review": {"request_minor_revision", "request_major_revision"},
    "quality assurance": {"return_for_revision", "return_to_review"},
    "consultation": {"revise_after_consultation"},
    "sign-off": {"return_after_objection"},
    "priority setting": {"dispute_finding"},
    "adoption": {"return_priorities"},
    "production": {"report_defect"},
}


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory):
    """Fill it once, in a transaction of the module's own."""
    from django.db import transaction  # noqa: PLC0415

    path = tmp_path_factory.mktemp("demo") / "sfax.pdf"
    with django_db_blocker.unblock(), transaction.atomic():
        out = io.StringIO()
        call_command("demo", "--output", str(path), stdout=out)
        yield out.getvalue(), path
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def database(demonstration, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_it_says_how_to_enter(demonstration):
    said, path = demonstration
    assert str(path) in said
    assert "andreas-holm@demo.example" in said
    assert "password" in said


def test_profiles_stand_in_every_state():
    resting = set(ProfileState) - {ProfileState.VALIDATED}
    assert {ProfileState(one.state) for one in Profile.objects.all()} == resting


def test_there_are_people_in_every_role():
    assert set(Assignment.objects.values_list("role", flat=True)) == set(Role)


def test_there_are_late_tasks_objections_and_returned_sections():
    assert Task.objects.open().filter(due_at__lt=timezone.now()).exists()
    assert SignOff.objects.filter(state=SignOffState.OBJECTED, round__closed_at=None).exists()
    assert Profile.objects.filter(sections__state="changes_requested").exists()


def test_the_full_profile_went_back_at_each_stage():
    moves = Counter(Event.objects.filter(profile__slug=FULL_PROFILE).values_list("move", flat=True))
    for stage, loops in LOOPS.items():
        assert loops <= set(moves), stage
    assert moves["publish"] == 1
    assert not Comment.objects.filter(section__profile__slug=FULL_PROFILE, state="open").exists()


def test_its_pdf_is_a_full_report(demonstration):
    reader = pypdf.PdfReader(demonstration[1])
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) >= 30
    assert all(f"Table {number} " in text.replace("\n", " ") for number in range(1, 9))
    assert "not for citation" not in text


def test_processes_documents_and_log_agree():
    assert unresolved_nodes() == []
    for profile in Profile.objects.all():
        assert violations(profile) == []
        assert list(broken_links(profile)) == []


def test_the_commands_that_check_a_database_find_nothing():
    for command in (["check_flow"], ["verify_log"], ["rebuild_search", "--check"]):
        call_command(*command, stdout=io.StringIO())


def test_a_second_run_changes_nothing(demonstration):
    before = Event.objects.count()
    call_command("demo", "--output", str(demonstration[1]), stdout=io.StringIO())
    assert Event.objects.count() == before
