"""The files of what is published: frozen, checked, and made of what would be printed now."""

import io
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from profile_workflow.errors import NotComplete, NotNow
from profile_workflow.models import (
    DataItem,
    DataTable,
    Programme,
    SignOff,
    Source,
    TextBlock,
    User,
    WorkingDefinition,
)
from profile_workflow.states import Role
from reports import publications
from reports.builds import request_build
from reports.builds.making import digest_now
from reports.models import Build, PublicationFile
from tests import factories
from tests.integration.published import get, make_sfax, sent, text, written

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def made():
    return make_sfax()


def test_what_is_published_is_frozen_and_checked(made):
    profile, table = written(made)
    factories.prepare_publication(profile)
    a_file_is_ready_as_long_as_it_is_what_would_be_printed(profile)
    what_is_not_what_would_be_printed_is_not_published(profile)
    Build.objects.update(frozen=[])
    profile = factories.fresh(profile)
    # Without the web edition nothing is published, and the file is made anew when it is asked for.
    assert publications.ready_builds(profile) == []
    profile = factories.publish_for_real(profile)
    call_command("verify_publications")
    for statement in (
        "UPDATE reports_publicationfile SET sha256 = 'forged'",
        "DELETE FROM reports_publicationfile",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    a_changed_file_is_not_given_out(profile, f"table-{table}.csv")
    a_correction_is_made_though_a_file_is_gone(profile)


def a_changed_file_is_not_given_out(profile, name):
    """The planted hole: one byte of a file is another one."""
    kept = PublicationFile.objects.get(path=name)
    assert b"1000" in sent(profile, name)
    with kept.file.open("rb") as opened:
        content = opened.read()
    default_storage.delete(kept.file.name)
    default_storage.save(kept.file.name, io.BytesIO(content.replace(b"1000", b"1001")))
    page = text(get("published_file", profile.slug, "1.0", name, status=503))
    assert "no longer the one that was published" in page
    with pytest.raises(CommandError), translation.override("en"):
        call_command("verify_publications")


def a_correction_is_made_though_a_file_is_gone(profile):
    kept = PublicationFile.objects.get(path="profile.json")
    default_storage.delete(kept.file.name)
    get("published_file", profile.slug, "1.0", "profile.json", status=503)
    named = [factories.section(profile, "1")]
    team = factories.holder(profile, Role.PROJECT_TEAM)
    factories.move(profile, "open_correction", team, reason="A wrong figure.", sections=named)
    factories.publish_for_real(profile)
    changes = text(get("published_part", profile.slug, "1.1", "changes"))
    assert "could not be compared" in changes
    assert "<ins>" in changes


def a_file_is_ready_as_long_as_it_is_what_would_be_printed(profile):
    """What changed meanwhile, nobody need know; if nothing has, the file is not made again."""
    wanted = {"kind": Build.Kind.PUBLICATION, "language": "en"}
    Build.objects.update(digest=digest_now(Build(profile=profile, **wanted)))
    (kept,) = publications.ready_builds(profile)
    for move in ("hold", "resume"):
        team = factories.holder(profile, Role.PROJECT_TEAM)
        factories.move(profile, move, team, reason="Elections.")
        profile = factories.fresh(profile)
    assert publications.ready_builds(profile) == [kept]
    assert request_build(profile, **wanted, by=None, at=timezone.now()) == kept


#: What is printed beside the text: how it changes, no letter of the text with it.
BESIDE_THE_TEXT = {
    "a figure": lambda: DataItem.objects.update(value=1234),
    "who they are": lambda: DataItem.objects.update(women=17),
    "a chart": lambda: DataTable.objects.update(chart="line"),
    "a source": lambda: Source.objects.update(year="1999"),
    "a definition": lambda: WorkingDefinition.objects.update(text="Other people."),
    "an approval": lambda: SignOff.objects.update(function="Another office"),
    "the words of the programme": lambda: TextBlock.objects.create(
        programme=Programme.objects.get(), kind="funding", language="en", version=9, text="New.",
        valid_from=date(2000, 1, 1),
    ),
    "the looks of the programme": lambda: Programme.objects.update(colour="#123456"),
    "the name of an author": lambda: User.objects.update(full_name="Somebody Else"),
}  # fmt: skip


def what_is_not_what_would_be_printed_is_not_published(profile):
    team = factories.holder(profile, Role.PROJECT_TEAM)
    digest = profile.text_digest()
    for what, change in BESIDE_THE_TEXT.items():
        with factories.undone():
            assert change(), what
            changed = factories.fresh(profile)
            assert changed.text_digest() == digest, what
            assert publications.ready_builds(changed) == [], what
            with pytest.raises(NotComplete) as refused:
                factories.move(changed, "publish", team)
            (missing,) = refused.value.missing
            assert (missing.code, "Ask for it again" in str(missing.message)) == ("no_pdf", True)
    assert publications.ready_builds(factories.fresh(profile))
    item = DataItem.objects.get()
    with pytest.raises(NotNow, match="as it was when the text"):
        factories.move(item, "expire", factories.holder(profile, Role.LOCAL_EXPERT))
