"""What becomes of a version that is withdrawn, and of the versions beside it."""

from urllib.parse import quote_plus

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import SearchEntry, SearchKind
from profile_workflow.services.log import broken_links
from profile_workflow.services.search_index import differences
from profile_workflow.states import Role
from reports.builds.contents import Contents
from reports.models import Build, Publication, Withdrawal
from tests import factories
from tests.integration.pages import signed_in
from tests.integration.published import addresses_of, get, sent_of, text
from workflows import engine
from workflows.letters import MailKind
from workflows.models import OutboxJob

#: What the page of a version says whose files quote a withdrawn one.
QUOTING = "Files of this version still show figures or titles of the withdrawn one"
WRONG = "Its table named a family."


def told_of(sha256):
    return get("fingerprint_data", sha256).json()["findings"][0]


def is_public(profile, version):
    """Where everybody is told of a version: catalogue, feed, its own page."""
    shown = f"/published/{profile.slug}/{version}/"
    listed = {name: shown in text(get(name)) for name in ("cities", "cities_feed")}
    own = Client().get(reverse("published_version", args=[profile.slug, version]))
    return listed | {"page": own.status_code == 200}


def the_newest_version_is_withdrawn_by_itself(profile):
    """The version before is in force again, for readers, machines and the search."""
    team, slug = factories.holder(profile, Role.PROJECT_TEAM), profile.slug
    version = Publication.objects.get(profile=profile, version="1.1")
    newest = quote_plus(factories.section(profile, "1").revision.text)
    assert f"/published/{slug}/1.1/" in text(Client().get(f"{reverse('cities')}?q={newest}"))
    withdraw = reverse("version_withdraw", args=[slug, "1.1"])
    for role in (Role.CITY_AUTHORITY, Role.LOCAL_EXPERT):
        other = signed_in(factories.holder(profile, role))
        assert other.get(withdraw).status_code == 403
        assert other.post(withdraw, {"reason": WRONG}).status_code == 403
    by_team = signed_in(team)
    assert withdraw in text(by_team.get(reverse("profile", args=[slug])))
    assert by_team.post(withdraw, {"reason": " "}).status_code == 422
    assert is_public(profile, "1.1") == {"cities": True, "cities_feed": True, "page": True}
    kept = factories.fresh(profile)
    begun = Contents.of(Build(profile=kept, kind="publication", language=kept.language))
    assert begun.material_digest == factories.printed_now(profile)
    assert by_team.post(withdraw, {"reason": WRONG}).status_code == 302
    # A file in the making may quote what was withdrawn meanwhile: it is none of the present.
    assert begun.material_digest != factories.printed_now(profile)
    assert [by_team.post(withdraw, {"reason": WRONG}).status_code] == [409]
    assert Withdrawal.objects.get().event.role == Role.PROJECT_TEAM
    told = OutboxJob.objects.filter(payload__kind=MailKind.VERSION_WITHDRAWN)
    assert {one.payload["version"] for one in told} == {"1.1"}
    assert len(told) > 5
    assert is_public(profile, "1.1") == {"cities": False, "cities_feed": False, "page": False}
    assert is_public(profile, "1.0") == {"cities": True, "cities_feed": True, "page": True}
    assert get("published", slug, status=302)["Location"].endswith("/1.0/")
    for address in addresses_of(profile, "1.1")[1:]:
        gone = Client().get(address)
        assert (gone.status_code, WRONG in text(gone)) == (410, True), address
    assert "corrected" not in text(get("published_version", slug, "1.0"))
    for query in (newest, "scarce"):
        found = f"/published/{slug}/1.0/" in text(Client().get(f"{reverse('cities')}?q={query}"))
        assert found == (query == "scarce"), query
    answer = told_of(version.pdf_sha256)
    assert (answer["status"], answer["reason"]) == ("withdrawn", WRONG)
    first = Publication.objects.get(profile=profile, version="1.0")
    assert told_of(first.pdf_sha256)["status"] == "published"
    # A file of both, and a section of both, are those of the version that stands.
    same = factories.section(profile, "2").revision.sha256
    assert (told_of(same)["status"], told_of(same)["version"]) == ("published", "1.0")
    assert list(differences()) == []
    only = by_team.post(reverse("version_withdraw", args=[slug, "1.0"]), {"reason": WRONG})
    assert (only.status_code, "the only version" in text(only)) == (409, True)
    # What is corrected next is compared with what stands, and quotes nothing else.
    named = [factories.section(profile, "1")]
    factories.move(profile, "open_correction", team, reason="Once more.", sections=named)
    factories.publish_for_real(profile)
    assert "since version 1.0" in text(get("published_part", slug, "1.2", "changes"))
    assert not [one for one in broken_links(factories.fresh(profile)) if "data_item" not in one]


def the_first_version_is_withdrawn_by_itself(profile):
    """Nothing of it is read in the version that corrects it either."""
    team, slug = factories.holder(profile, Role.PROJECT_TEAM), profile.slug
    assert "4,000" in text(get("published_version", slug, "1.1"))
    was = text(get("published_part", slug, "1.1", "changes"))
    assert "scarce" in was
    # Files stay as they were published; who withdraws is told of those that quote.
    asked = {one: reverse("version_withdraw", args=[slug, one]) for one in ("1.0", "1.1")}
    by_team = signed_in(team)
    quoted = "e-book of version 1.1 still print figures or titles"
    assert {one: quoted in text(by_team.get(at)) for one, at in asked.items()} == {
        "1.0": True, "1.1": False,
    }  # fmt: skip
    shown = get("published_version", slug, "1.1")
    assert QUOTING not in text(shown)
    engine.withdraw_version(profile, "1.0", reason=WRONG, by=team, at=timezone.now())
    assert get("published", slug, status=302)["Location"].endswith("/1.1/")
    for name in ("published_part", "published_file"):
        ending = {"published_part": "changes", "published_file": "edition.json"}[name]
        assert "scarce" not in text(get(name, slug, "1.1", ending, status=410))
    assert sent_of(profile, "1.1", "profile.json")
    page = text(get("published_version", slug, "1.1"))
    assert "That version has been withdrawn." in page
    assert QUOTING in page
    assert get("published_version", slug, "1.1")["ETag"] != shown["ETag"]
    assert WRONG in text(get("published_version", slug, "1.0", status=410))
    assert "4,000 instead of 40,000" in page


def it_is_withdrawn(profile):
    publication = Publication.objects.get(profile=profile, version="1.0")
    everything = [*addresses_of(profile), *addresses_of(profile, "1.1")]
    reason = "It named people who had not agreed."
    held = get("published_file", profile.slug, "1.1", "profile.json")
    assert held.getvalue()
    team = factories.holder(profile, Role.PROJECT_TEAM)
    factories.move(profile, "withdraw", team, reason=reason)
    # Nor does it stay with whoever has it and asks whether it is still the same.
    known = {"if_none_match": held["ETag"]}
    get("published_file", profile.slug, "1.1", "profile.json", status=410, **known)
    for address in everything:
        gone = Client().get(address)
        assert gone.status_code == 410, address
        assert (reason in text(gone)) != (WRONG in text(gone)), address
        assert "Where they live" not in text(gone)
    assert f"/published/{profile.slug}/" not in text(get("cities")) + text(get("cities_feed"))
    assert not SearchEntry.objects.filter(kind=SearchKind.PUBLISHED, profile=profile).exists()
    told = get("fingerprint_data", publication.pdf_sha256).json()["findings"][0]
    assert (told["status"], told["reason"]) == ("withdrawn", reason)
    page = text(get("fingerprint", publication.pdf_sha256))
    assert told["corrected_by"]["version"] == "1.1"
    assert "It has been withdrawn with the profile." in page
    assert "Read version" not in page
    assert list(differences()) == []
