"""What is published is open to everybody, complete, the same for ever, and gone when withdrawn."""

import csv
import hashlib
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from urllib.parse import quote_plus

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from profile_workflow.bibliography import exchange
from profile_workflow.errors import NotComplete, NotNow
from profile_workflow.models import (
    Challenge,
    DataItem,
    DataTable,
    Draft,
    Priority,
    Programme,
    SearchEntry,
    SearchKind,
    SignOff,
    Source,
    TextBlock,
    User,
    WorkingDefinition,
)
from profile_workflow.services.log import broken_links
from profile_workflow.services.search_index import differences
from profile_workflow.states import ProfileState, Role
from reports import publications
from reports.builds import request_build
from reports.builds.contents import Contents
from reports.builds.making import content_digest
from reports.editions import Part, edition_of, showing
from reports.models import Build, Publication, PublicationFile, Withdrawal
from tests import factories
from tests.documents import book_faults, files_in, word_faults
from tests.integration.pages import signed_in
from workflows import engine
from workflows.letters import MailKind
from workflows.models import OutboxJob

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
    for words in ("<ins>", "<del>", "2 sections are unchanged", "1000", "1200", *BESIDE):
        assert words in changes, words
    arabic = text(get("published_part", slug, "1.1", "changes", accept_language="ar"))
    assert ("2 million" in arabic, ">Budget<" in arabic) == (True, False)
    assert "<img src=x" not in changes + old + new
    get("published_part", slug, "1.0", "changes", status=404)
    assert list(differences()) == []
    return corrected


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
    engine.withdraw_version(profile, "1.0", reason=WRONG, by=team, at=timezone.now())
    assert get("published", slug, status=302)["Location"].endswith("/1.1/")
    for name in ("published_part", "published_file"):
        ending = {"published_part": "changes", "published_file": "edition.json"}[name]
        assert "scarce" not in text(get(name, slug, "1.1", ending, status=410))
    assert sent_of(profile, "1.1", "profile.json")
    page = text(get("published_version", slug, "1.1"))
    assert "That version has been withdrawn." in page
    assert WRONG in text(get("published_version", slug, "1.0", status=410))
    assert "4,000 instead of 40,000" in page


def sent_of(profile, version, name):
    return get("published_file", profile.slug, version, name).getvalue()


def it_is_withdrawn(profile):
    publication = Publication.objects.get(profile=profile, version="1.0")
    everything = [*addresses_of(profile), *addresses_of(profile, "1.1")]
    reason = "It named people who had not agreed."
    team = factories.holder(profile, Role.PROJECT_TEAM)
    factories.move(profile, "withdraw", team, reason=reason)
    for address in everything:
        gone = Client().get(address)
        assert gone.status_code == 410, address
        assert (reason in text(gone)) != (WRONG in text(gone)), address
        assert "Where they live" not in text(gone)
    assert f"/published/{profile.slug}/" not in text(get("cities")) + text(get("cities_feed"))
    assert not SearchEntry.objects.filter(kind=SearchKind.PUBLISHED, profile=profile).exists()
    told = get("fingerprint_data", publication.pdf_sha256).json()["findings"][0]
    assert (told["status"], told["reason"]) == ("withdrawn", reason)
    assert list(differences()) == []


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
    Build.objects.update(digest=content_digest(profile, **wanted))
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
