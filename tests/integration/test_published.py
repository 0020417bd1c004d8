"""What is published is open to everybody, complete, the same for ever, and gone when withdrawn."""

import csv
import hashlib
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from profile_workflow.bibliography import exchange
from profile_workflow.models import Challenge, DataItem, DataTable, Priority
from profile_workflow.services.search_index import differences
from profile_workflow.states import ProfileState, Role
from reports import publications
from reports.builds import request_build
from reports.editions import Part, citing, edition_of, showing
from tests import factories
from tests.documents import book_faults, files_in, word_faults
from tests.integration.pages import signed_in
from tests.integration.published import (
    FOR_US,
    HOSTILE,
    SECRET,
    addresses_of,
    get,
    make_sfax,
    sent,
    sent_of,
    text,
    written,
)
from tests.integration.withdrawing import (
    it_is_withdrawn,
    the_first_version_is_withdrawn_by_itself,
    the_newest_version_is_withdrawn_by_itself,
)

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def made():
    return make_sfax()


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
    it_is_read_in_another_language(profile, table)
    a_chart_is_a_file(profile, table)
    what_was_read_is_not_sent_again(profile)
    it_can_be_cited(profile)
    it_is_found(profile)
    corrected = it_is_corrected(profile, table)
    with factories.undone():
        the_newest_version_is_withdrawn_by_itself(corrected)
    the_first_version_is_withdrawn_by_itself(corrected)
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
    ids, links, listed = {}, [], set()
    for part in ("section-1", "section-2", "section-3", "bibliography", "record"):
        page = text(get("published_part", slug, "1.0", part))
        article = page.split("<article")[1].split("</article>")[0]
        ids[part] = set(re.findall(r'\bid="([^"]+)"', article))
        links += [(part, one) for one in re.findall(r'\b(?:href|src)="([^"]+)"', article)]
        assert "cmp:" not in article
        assert "<img src=x" not in page
        assert page.count("<h1") == 1
        listed |= {(part, one) for one in re.findall(r'<li><a href="#([^"]+)">', page)}
    assert listed
    assert all(anchor in ids[part] for part, anchor in listed)
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


def it_is_read_in_another_language(profile, table):
    """Around the text stand the words of the reader, within it those of its author."""
    where = ("published_part", profile.slug, "1.0", "section-1")
    own, arabic = text(get(*where)), text(get(*where, accept_language="ar"))
    chapter = arabic.split("<article")[1].split("</article>")[0]
    assert ' lang="en" dir="ltr">' in chapter[:80]
    head = '<th scope="col" class="value numeric">{}</th>'
    assert head.format("Value") in own
    assert head.format('<span lang="ar" dir="rtl">القيمة</span>') in chapter
    assert '<summary><span lang="ar" dir="rtl">' in chapter
    assert "Housing is scarce" in chapter
    # A table that an author has typed has no head of ours, whatever it says.
    typed = Part("a", "", "", '<table class="typed"><th scope="col">Value</th></table>')
    assert showing.shown(typed, publications_edition(profile), "ar") == typed.html
    permalink = 'href="#s1-b1" aria-label="Link to “1.1 Where they live”">#</a></h2>'
    assert permalink in own
    assert '<link rel="canonical"' in own
    assert '<meta name="description" content="Housing is scarce' in own


def publications_edition(profile):
    return edition_of(publications.latest(profile))


def a_chart_is_a_file(profile, table):
    """It can be taken away, is valid by itself, and nothing in it can run."""
    name = f"chart-{table}.svg"
    assert f'href="../files/{name}" download' in text(
        get("published_part", profile.slug, "1.0", "section-1")
    )
    assert name in text(get("published_version", profile.slug, "1.0"))
    answer = get("published_file", profile.slug, "1.0", name)
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    drawn = ElementTree.fromstring(answer.getvalue())  # noqa: S314 - our own
    assert {one.tag.rpartition("}")[2] for one in drawn.iter()} <= {
        *("svg", "title", "desc", "rect", "path", "text", "line", "g"),
    }
    assert not [name for one in drawn.iter() for name in one.attrib if name.startswith("on")]
    assert HOSTILE in "".join(drawn.itertext())


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


def what_was_read_is_not_sent_again(profile):
    slug = profile.slug
    file = get("published_file", slug, "1.0", "profile.json")
    assert json.loads(file.getvalue())
    asked = {"status": 304, "if_none_match": file["ETag"]}
    again = get("published_file", slug, "1.0", "profile.json", **asked)
    assert again["Cache-Control"] == file["Cache-Control"] == "public, no-cache"
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
    # At the end of a year of UTC the next one has begun in Sfax, and this is what is printed.
    publication = profile.publications.get(version="1.0")
    publication.published_at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    material = (edition_of(publication), publication, citing.Addresses("/page", "/pdf"))
    assert citing.reference(*material).year == "2027"
    assert dict(citing.meta(*material))["citation_publication_date"] == "2027/01/01"
    assert '"datePublished": "2027-01-01"' in citing.linked_data(*material)


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


#: What a correction changed besides text and figures, as its page says it.
BESIDE = ("Line", "Rents rise faster", "2 million", ">Budget<", "Priority")


def it_is_corrected(profile, table):
    slug, team = profile.slug, factories.holder(profile, Role.PROJECT_TEAM)
    before = get("published_version", slug, "1.0")["ETag"]
    named = [factories.section(profile, "1")]
    factories.move(profile, "open_correction", team, reason="A wrong figure.", sections=named)
    DataItem.objects.filter(table__key=table).update(value=1200)
    DataTable.objects.filter(key=table).update(chart="line")
    Challenge.objects.filter(profile=profile).update(title="Rents rise faster")
    Priority.objects.filter(profile=profile).update(budget="2 million")
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
    for words in ("<ins>", "<del>", "2 sections are unchanged", "1,000", "1,200", *BESIDE):
        assert words in changes, words
    arabic = text(get("published_part", slug, "1.1", "changes", accept_language="ar"))
    assert ("2 million" in arabic, ">Budget<" in arabic) == (True, False)
    assert "<img src=x" not in changes + old + new
    get("published_part", slug, "1.0", "changes", status=404)
    book = files_in(sent_of(corrected, "1.1", "profile.epub"))
    told = book["EPUB/erratum.xhtml"].decode()
    assert all(words in told for words in ("4,000 instead of 40,000", "1,000", "1,200", "Budget"))
    assert list(differences()) == []
    return corrected


def test_a_version_without_a_web_edition_has_its_file_until_and_after_it_is_superseded(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.PUBLISHED)
    page = text(get("published_version", profile.slug, "1.0"))
    assert f"{profile.slug}-1.0-en.pdf" in page
    get("published_part", profile.slug, "1.0", "section-1", status=404)
    get("published_file", profile.slug, "1.0", "no-such-file.csv", status=404)
    get("published_file", profile.slug, "1.0", "profile\0.json", status=404)
    # Its file of data is not there any more: that is said, and the log tells the operators.
    get("published_file", profile.slug, "1.0", "profile.json", status=503)
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
