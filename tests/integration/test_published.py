"""What is published is open to everybody, complete, the same for ever, and gone when withdrawn."""

import csv
import hashlib
import io
import json
import re

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from profile_workflow.bibliography import exchange
from profile_workflow.models import DataItem, DataTable, Draft, SearchEntry, SearchKind
from profile_workflow.services.search_index import differences
from profile_workflow.states import ProfileState, Role
from reports import publications
from reports.builds import request_build
from reports.builds.making import content_digest
from reports.models import Build, Publication, PublicationFile
from tests import factories
from tests.documents import book_faults, files_in, word_faults
from tests.integration.pages import signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

HOSTILE = "</script><img src=x onerror=alert(1)>"
SECRET = "A sentence that nobody has approved."
FOR_US = "Ask unwritten-person before citing."


def written(made):
    """A profile in production: figures, a chart, a picture, a source, notes and references."""
    profile = factories.make_profile(made, title=f"Migration\x0b in Sfax {HOSTILE}")
    profile.keywords = ["housing", "schools & <b>work</b>"]
    profile.save(update_fields=["keywords", "state"])
    profile = factories.bring_to(profile, ProfileState.DRAFTING)
    one, two = factories.section(profile, "1"), factories.section(profile, "2")
    item = factories.give_figure(one)
    DataItem.objects.filter(pk=item.pk).update(state="reconciled", label=f"Residents {HOSTILE}")
    DataTable.objects.update(title=f"Population {HOSTILE}", note=HOSTILE)
    source = item.source
    source.title = source.publisher = HOSTILE
    source.note = FOR_US
    source.save()
    picture = factories.give_picture(profile, caption=HOSTILE, alt=HOSTILE, credit=HOSTILE)
    table = item.table.key
    factories.write(
        one,
        f"### Where they live\n\nHousing is scarce [@{source.key}, p. 4].^[A note on rents.] See "
        f"[#section:2] and [#table:{table}].\n\n[[figure:{table}]]\n\n[[table:{table}]]\n\n"
        f"[[image:{picture.key}]]\n\n{HOSTILE}\n",
    )
    factories.write(two, f"Back to [#figure:{table}]. Crèches open early.")
    Draft.objects.filter(section=two).update(searched="Unprinted: in the cellar of the archive.")
    expert = factories.holder(profile, Role.LOCAL_EXPERT)
    for section in (one, two):
        factories.move(section, "submit", expert)
    return factories.bring_to(profile, ProfileState.PRODUCTION), table


@pytest.fixture
def made():
    made = factories.make_programme(sections=3)
    city = made.cities[0]
    city.name, city.name_ar, city.country = "Sfax", "صفاقس", "TN"
    city.latitude, city.longitude = 34.74, 10.76
    city.save()
    return made


def get(name, *arguments, client=None, status=200, **headers):
    response = (client or Client()).get(reverse(name, args=arguments), headers=headers)
    assert response.status_code == status, (name, arguments, response.status_code)
    return response


def text(response):
    return response.content.decode()


def addresses_of(profile, version="1.0"):
    """Every address under which something of a version is given out."""
    publication = Publication.objects.get(profile=profile, version=version)
    names = [*publication.files.values_list("path", flat=True)]
    names.append(f"{profile.slug}-{version}-{profile.language}.pdf")
    parts = ["section-1", "section-2", "bibliography", "record"]
    return [
        reverse("published", args=[profile.slug]),
        reverse("published_version", args=[profile.slug, version]),
        *(reverse("published_part", args=[profile.slug, version, part]) for part in parts),
        *(reverse("published_file", args=[profile.slug, version, name]) for name in names),
        *(
            reverse("published_citation", args=[profile.slug, version, ending])
            for ending in exchange.FORMATS
        ),
    ]


def test_a_published_profile_from_its_first_page_to_its_withdrawal(made):
    """One world: nothing beforehand, then every page and file, a correction, and nothing again."""
    profile, table = written(made)
    nobody_is_told(profile)
    factories.freeze_edition(profile)
    nobody_is_told(profile)
    factories.move(profile, "publish", factories.holder(profile, Role.PROJECT_TEAM))
    profile = factories.fresh(profile)
    all_that_is_linked_is_there(profile)
    the_files_are_those_of_the_text(profile, table)
    what_was_read_is_not_sent_again(profile)
    it_can_be_cited(profile)
    it_is_found(profile)
    corrected = it_is_corrected(profile, table)
    it_is_withdrawn(corrected)


def nobody_is_told(profile):
    """A profile that is not published is answered for like one that there is not."""

    def answer(slug):
        page = text(get("published", slug, status=404)).replace(slug, "")
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

    assert answer(profile.slug) == answer("no-such-profile")
    get("published_version", profile.slug, "1.0", status=404)
    get("published_part", profile.slug, "1.0", "section-1", status=404)
    get("published_file", profile.slug, "1.0", "profile.json", status=404)
    assert "No profile has been published yet." in text(get("cities"))


def all_that_is_linked_is_there(profile):
    slug = profile.slug
    assert get("published", slug, status=302)["Location"].endswith(f"/published/{slug}/1.0/")
    for address in addresses_of(profile)[1:]:
        answer = Client().get(address)
        assert answer.status_code == 200, address
        assert answer.getvalue(), address
    ids, links = {}, []
    for part in ("section-1", "section-2", "section-3", "bibliography", "record"):
        page = text(get("published_part", slug, "1.0", part))
        article = page.split("<article")[1].split("</article>")[0]
        ids[part] = set(re.findall(r'\bid="([^"]+)"', article))
        links += [(part, one) for one in re.findall(r'\b(?:href|src)="([^"]+)"', article)]
        assert "cmp:" not in article
        assert "<img src=x" not in page
        assert page.count("<h1") == 1
    inner = [(part, one) for part, one in links if not one.startswith("http")]
    reached = {one.split("/")[1] for _part, one in inner if "/" in one}
    assert reached >= {"section-1", "section-2", "bibliography", "files"}
    for part, one in inner:
        place, _hash, anchor = one.partition("#")
        target = place.split("/")[1] if place else part
        if target == "files":
            get("published_file", slug, "1.0", place.split("/")[2]).getvalue()
        else:
            assert not anchor or anchor in ids[target], (part, one)
    first = text(get("published_part", slug, "1.0", "section-1"))
    for words in ("<svg", "Figures of the chart", "A note on rents.", 'dir="ltr"'):
        assert words in first


def the_files_are_those_of_the_text(profile, table):
    publication = publications.latest(profile)
    frozen = publication.profile_version
    data = json.loads(sent(profile, "profile.json"))
    assert data["text_sha256"] == frozen.digest
    assert HOSTILE in next(one["text"] for one in data["sections"] if one["key"] == "1")
    assert data["tables"][0]["figures"][0]["value"] == 1000
    sheet = sent(profile, f"table-{table}.csv")
    assert next(csv.DictReader(io.StringIO(sheet.decode())))["value"] == "1000"
    record = json.loads(sent(profile, "record.json"))
    assert {one["sha256"] for one in record["sections"]} == {
        one["sha256"] for one in frozen.content.values()
    }
    # No more names than the PDF prints: those who wrote, and who signed for the city.
    word, book = (sent(profile, f"profile.{one}") for one in ("docx", "epub"))
    assert word_faults(word) == book_faults(book) == []
    inside = [b"".join(files_in(one).values()) for one in (word, book)]
    assert all(b"Housing is scarce" in one for one in inside)
    told = json.dumps([data, record]) + sent(profile, "edition.json").decode()
    told += b"".join(inside).decode(errors="replace")
    page = text(get("published_version", profile.slug, "1.0"))
    assert all(f"/files/profile.{one}" in page for one in ("docx", "epub"))
    assert data["may_be_cited"] is True
    printed = (Role.LOCAL_EXPERT, Role.CITY_AUTHORITY)
    named = {role for role in Role if factories.holder(profile, role).full_name in told}
    assert named == set(printed)
    assert FOR_US not in told
    assert "Unprinted" not in told
    for kept in publication.files.all():
        content = sent(profile, kept.path)
        assert hashlib.sha256(content).hexdigest() == kept.sha256, kept.path
    for content in (sheet, word, book):
        asked = get("fingerprint_data", hashlib.sha256(content).hexdigest())
        assert [one["status"] for one in asked.json()["findings"]] == ["published"]


def sent(profile, name):
    return get("published_file", profile.slug, "1.0", name).getvalue()


def what_was_read_is_not_sent_again(profile):
    slug = profile.slug
    file = get("published_file", slug, "1.0", "profile.json")
    assert json.loads(file.getvalue())
    asked = {"status": 304, "if_none_match": file["ETag"]}
    again = get("published_file", slug, "1.0", "profile.json", **asked)
    assert again["Cache-Control"] == file["Cache-Control"] == "public, max-age=600"
    page = get("published_version", slug, "1.0")
    assert page["Cache-Control"] == "private, no-cache"
    get("published_version", slug, "1.0", status=304, if_none_match=page["ETag"])
    # Another reader gets his own: another language, or his name at the top.
    tag = {"if_none_match": page["ETag"]}
    arabic = get("published_version", slug, "1.0", accept_language="ar", **tag)
    assert '<html lang="ar" dir="rtl">' in text(arabic)
    team = signed_in(factories.holder(profile, Role.PROJECT_TEAM))
    get("published_version", slug, "1.0", client=team, **tag)


def it_can_be_cited(profile):
    page = text(get("published_version", profile.slug, "1.0"))
    for ending, kind in exchange.FORMATS.items():
        answer = text(get("published_citation", profile.slug, "1.0", ending))
        (cited,) = exchange.read(answer).sources
        assert f"/published/{profile.slug}/1.0/" in cited.reference.url, kind.name
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1]
    described = json.loads(block)
    assert described["version"] == "1.0"
    assert HOSTILE in described["name"]
    assert '<meta name="citation_language" content="en">' in page


def it_is_found(profile):
    shown = text(get("cities"))
    assert "Tunisia" in shown
    assert ">Sfax</text>" in shown
    for query, is_found in (
        ("q=creches", True),
        ("q=housing+sfax", True),
        ("q=nowhere", False),
        ("q=cellar", False),
        ("country=TN", True),
        ("country=FR", True),
        ("topic=housing", True),
        ("language=en&year=1", True),
        (f"year={profile.edition}&q=scarce", True),
    ):
        found = text(Client().get(f"{reverse('cities')}?{query}"))
        assert (f"/published/{profile.slug}/" in found) == is_found, query
    feed = text(get("cities_feed"))
    assert f"/published/{profile.slug}/1.0/" in feed
    assert HOSTILE not in feed
    assert list(differences()) == []


def it_is_corrected(profile, table):
    slug, team = profile.slug, factories.holder(profile, Role.PROJECT_TEAM)
    before = get("published_version", slug, "1.0")["ETag"]
    named = [factories.section(profile, "1")]
    factories.move(profile, "open_correction", team, reason="A wrong figure.", sections=named)
    DataItem.objects.filter(table__key=table).update(value=1200)
    # Each letter is as it was published, but that file holds the wrong figure and the old number.
    corrected = factories.fresh(profile)
    assert corrected.text_digest() == publications.latest(profile).profile_version.digest
    assert publications.ready_builds(corrected) == []
    factories.write(factories.section(profile, "1"), SECRET)
    assert get("published_version", slug, "1.0")["ETag"] == before
    assert SECRET not in text(get("published_part", slug, "1.0", "section-1"))
    assert f"/published/{slug}/" not in text(Client().get(f"{reverse('cities')}?q=nobody"))
    corrected = factories.publish_for_real(profile)
    assert get("published", slug, status=302)["Location"].endswith("/1.1/")
    old, new = (text(get("published_version", slug, one)) for one in ("1.0", "1.1"))
    assert "Version 1.0 has been corrected." in old
    assert "This version corrects version 1.0." in new
    assert "4,000 instead of 40,000" in new
    changes = text(get("published_part", slug, "1.1", "changes"))
    for words in ("<ins>", "<del>", "2 sections are unchanged", "1000", "1200"):
        assert words in changes
    assert "<img src=x" not in changes + old + new
    get("published_part", slug, "1.0", "changes", status=404)
    assert list(differences()) == []
    return corrected


def it_is_withdrawn(profile):
    publication = Publication.objects.get(profile=profile, version="1.0")
    everything = [*addresses_of(profile), *addresses_of(profile, "1.1")]
    reason = "It named people who had not agreed."
    team = factories.holder(profile, Role.PROJECT_TEAM)
    factories.move(profile, "withdraw", team, reason=reason)
    for address in everything:
        gone = Client().get(address)
        assert gone.status_code == 410, address
        assert reason in text(gone)
        assert "Where they live" not in text(gone)
    assert f"/published/{profile.slug}/" not in text(get("cities")) + text(get("cities_feed"))
    assert not SearchEntry.objects.filter(kind=SearchKind.PUBLISHED, profile=profile).exists()
    told = get("fingerprint_data", publication.pdf_sha256).json()["findings"][0]
    assert (told["status"], told["reason"]) == ("withdrawn", reason)
    assert list(differences()) == []


def test_what_is_published_is_frozen_and_checked(made):
    profile, table = written(made)
    factories.prepare_publication(profile)
    it_is_asked_for_again_after_a_hold(profile)
    Build.objects.update(frozen=[])
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
    # The planted hole: one byte of a file is another one.
    kept = PublicationFile.objects.get(path=f"table-{table}.csv")
    with kept.file.open("rb") as opened:
        content = opened.read()
    default_storage.delete(kept.file.name)
    default_storage.save(kept.file.name, io.BytesIO(content.replace(b"1000", b"1001")))
    with pytest.raises(CommandError), translation.override("en"):
        call_command("verify_publications")


def it_is_asked_for_again_after_a_hold(profile):
    """What changed meanwhile, nobody knows; if nothing has, the file is not made another time."""
    wanted = {"kind": Build.Kind.PUBLICATION, "language": "en"}
    Build.objects.update(digest=content_digest(profile, **wanted))
    (kept,) = publications.ready_builds(profile)
    for move in ("hold", "resume"):
        team = factories.holder(profile, Role.PROJECT_TEAM)
        factories.move(profile, move, team, reason="Elections.")
        profile = factories.fresh(profile)
    assert publications.ready_builds(profile) == []
    assert request_build(profile, **wanted, by=None, at=timezone.now()) == kept
    assert publications.ready_builds(profile) == [kept]


def test_a_version_without_a_web_edition_has_its_file_until_and_after_it_is_superseded(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.PUBLISHED)
    page = text(get("published_version", profile.slug, "1.0"))
    assert f"{profile.slug}-1.0-en.pdf" in page
    get("published_part", profile.slug, "1.0", "section-1", status=404)
    get("published_file", profile.slug, "1.0", "no-such-file.csv", status=404)
    get("published_file", profile.slug, "1.0", "profile\0.json", status=404)
    # Its file of data is not there any more: that is said, not told as a failure of the server.
    get("published_file", profile.slug, "1.0", "profile.json", status=404)
    team = factories.holder(profile, Role.PROJECT_TEAM)
    factories.move(profile, "declare_update_due", team, reason="Five years have passed.")
    assert "An update of this profile is due" in text(get("published_version", profile.slug, "1.0"))
    later = factories.start_next_edition(profile)
    later = factories.bring_to(later, ProfileState.PUBLISHED)
    page = text(get("published_version", profile.slug, "1.0"))
    assert "A newer edition has followed this one." in page
    assert f"/published/{later.slug}/" in page
    assert "superseded" in text(get("cities"))


def test_the_catalogue_asks_as_often_for_one_profile_as_for_many(
    made, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        get("cities")
    profile = factories.bring_to(factories.make_profile(made), ProfileState.PUBLISHED)
    with django_assert_max_num_queries(12):
        get("cities")
    assert request_build  # the file is asked for anew by the page of the builds
    with django_assert_max_num_queries(12):
        get("published_version", profile.slug, "1.0")
