"""What a worker left behind is removed in time, and what any row names never is."""

import hashlib
import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from profile_workflow.models import Partner
from profile_workflow.states import ProfileState
from reports.builds.leftovers import remove_leftovers
from reports.models import Build, PublicationFile
from tests import factories, pictures

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]


def test_files_that_no_row_names_are_removed_when_they_are_old(settings, tmp_path):
    storages = {**settings.STORAGES}
    storages["default"] = storages["default"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = storages
    profile = factories.bring_to(factories.make_profile(), ProfileState.PRODUCTION)
    partner = Partner(programme=profile.programme, part="donor", name="Fund")
    # A field of another package that names a file of this folder is asked too.
    logo = pictures.plain_png()
    partner.logo, partner.logo_sha256 = "reports/logo.png", hashlib.sha256(logo).hexdigest()
    partner.save()
    default_storage.save("reports/logo.png", ContentFile(logo))
    factories.freeze_edition(profile)
    only_frozen = {one["file"] for one in Build.objects.get().frozen}
    assert only_frozen
    for name in ("left.csv", "young.csv", "passing-left.pdf", "passing-young.pdf"):
        default_storage.save(f"reports/{name}", ContentFile(b"1"))
    now = timezone.now()
    stored = {f"reports/{name}" for name in default_storage.listdir("reports")[1]}
    young = {"reports/young.csv", "reports/passing-young.pdf"}
    for name in stored - young:
        os.utime(default_storage.path(name), (now.timestamp() - 90_000,) * 2)
    # What could have been published is kept for months: it may be the database that is old.
    assert remove_leftovers(at=now) == 1
    assert stored - there(stored) == {"reports/passing-left.pdf"}
    for name in stored - young - {"reports/passing-left.pdf"}:
        os.utime(default_storage.path(name), (now.timestamp() - 91 * 86_400,) * 2)
    assert remove_leftovers(at=now) == 1
    assert stored - there(stored) == {"reports/passing-left.pdf", "reports/left.csv"}
    factories.move(profile, "publish", factories.holder(profile, "project_team"))
    Build.objects.all().update(frozen=[])
    assert {one.file.name for one in PublicationFile.objects.all()} == only_frozen
    assert remove_leftovers(at=now + timedelta(days=2)) == 1
    assert remove_leftovers(at=now + timedelta(days=91)) == 1
    assert stored - there(stored) == {"reports/passing-left.pdf", "reports/left.csv", *young}


def test_files_of_another_database_are_left_alone(settings, tmp_path):
    storages = {**settings.STORAGES}
    storages["default"] = storages["default"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = storages
    default_storage.save("reports/published.pdf", ContentFile(b"1"))
    assert remove_leftovers(at=timezone.now() + timedelta(days=91)) == 0
    assert default_storage.exists("reports/published.pdf")


def there(names):
    return {name for name in names if default_storage.exists(name)}
