"""Pages of the sources: import with its preview, export, library, merging, picking what to cite."""

import json
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profile_workflow.bibliography.exchange import FORMATS, read
from profile_workflow.bibliography.record import reference_of
from profile_workflow.models import LibrarySource
from profile_workflow.services import evidence, sources
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import address, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND
FORBIDDEN, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
BIB = """@book{natter-2018, author={Natter, K.}, title={Migration politics}, year={2018}}
@report{iom, author={IOM}, title={Migration in Sfax}, doi={10.1000/x}}
@misc{empty, author={IOM}}
@book{again, author={Natter, Katharina}, title={Migration Politics}, year={2018}}
"""


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def registered(made, profile, **fields):
    given = {"kind": "report", "authors": "IOM", "title": "Migration in Sfax", **fields}
    return evidence.add_source(profile, by=made[Role.LOCAL_EXPERT], at=timezone.now(), **given)


def looked_at(client, profile, text=BIB, **sent):
    return client.post(address("sources_import", profile), {"text": text, "step": "check", **sent})


def stored(client, profile, text=BIB, **sent):
    base = sources.fingerprint_of_sources(profile)
    data = {"text": text, "base": base, "step": "store", **sent}
    return client.post(address("sources_import", profile), data)


# Importing


def test_what_is_in_a_file_is_shown_before_anything_is_written(made, profile, expert):
    known = registered(made, profile, key="x")
    file = SimpleUploadedFile("zotero.bib", BIB.encode())
    response = expert.post(address("sources_import", profile), {"file": file, "step": "check"})
    page = response.content.decode()
    assert response.status_code == OK
    assert list(profile.sources.all()) == [known]
    for said in (
        "2 new sources",
        "1 already in the register",
        "same title and year",
        "It says something else or more in: DOI",
        "Line 3</",
        "It has no title.",
        "The same as line 1",
    ):
        assert said.replace("</", "") in page
    # The text of the file stands in the page, so that it is sent again.
    assert "Migration politics}" in page


def test_what_is_chosen_is_stored(made, profile, expert):
    known = registered(made, profile, key="x")
    chosen = {"row-0": "add", "row-1": "fill", "row-2": "leave"}
    response = stored(expert, profile, **chosen)
    assert (response.status_code, response["Location"]) == (FOUND, address("sources", profile))
    assert set(profile.sources.values_list("key", flat=True)) == {"x", "natter-2018"}
    assert factories.fresh(known).doi == "10.1000/x"


def test_input_is_never_lost(made, profile, expert):
    empty = looked_at(expert, profile, text="")
    assert empty.status_code == UNPROCESSABLE
    assert "Choose a file, or paste a text." in empty.content.decode()
    strange = looked_at(expert, profile, text="no format at all")
    assert strange.status_code == UNPROCESSABLE
    assert "no format at all" in strange.content.decode()
    tampered = stored(expert, profile, **{"row-0": "explode"})
    assert tampered.status_code == UNPROCESSABLE
    stale = stored(expert, profile, base="0" * 64, **{f"row-{n}": "leave" for n in range(3)})
    assert stale.status_code == CONFLICT
    assert "Migration politics}" in stale.content.decode()
    assert sources.fingerprint_of_sources(profile) in stale.content.decode()
    assert not profile.sources.exists()


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"@" * 1_000_001])
def test_a_file_that_is_no_text_or_too_large_is_refused(profile, expert, content):
    file = SimpleUploadedFile("a.bib", content)
    response = expert.post(address("sources_import", profile), {"file": file, "step": "check"})
    assert response.status_code == UNPROCESSABLE


def test_a_guessed_encoding_is_told(profile, expert):
    file = SimpleUploadedFile("a.bib", "@book{a, author={É}, title={Été}}".encode("cp1252"))
    response = expert.post(address("sources_import", profile), {"file": file, "step": "check"})
    assert "not in UTF-8" in response.content.decode()
    assert "Été" in response.content.decode()


def test_only_who_keeps_the_register_imports(made, profile):
    reviewer = signed_in(made[Role.INTERNATIONAL_EXPERT])
    response = looked_at(reviewer, profile)
    assert response.status_code == FORBIDDEN
    assert stored(reviewer, profile, **{"row-0": "add"}).status_code == FORBIDDEN
    assert not profile.sources.exists()


def test_script_in_a_file_is_shown_as_text(profile, expert):
    text = "@book{a, author={<script>x</script>}, title={<img src=x onerror=alert(1)>}}"
    page = looked_at(expert, profile, text=text).content.decode()
    assert "<script>x" not in page
    assert "<img src=x" not in page


def test_looking_costs_the_same_for_one_and_for_many(made, profile, expert):
    registered(made, profile, key="x")

    def cost(number):
        text = "".join(
            f"@book{{k{n}, author={{A}}, title={{Title of {n}}}}}\n" for n in range(number)
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert looked_at(expert, profile, text=text).status_code == OK
        return len(queries)

    assert cost(1) == cost(40)


# Exporting


@pytest.mark.parametrize("ending", list(FORMATS))
def test_out_and_in_again(made, profile, expert, ending):
    registered(made, profile, key="a", doi="10.1000/x", note="one\ntwo", language="fr", pages="3")
    registered(made, profile, key="b", kind="press", authors="<b>Éditeur</b> & {co}", title="# 1_")
    response = expert.get(address("sources_file", profile, ending))
    assert "attachment" in response["Content-Disposition"]
    found = [one.reference for one in read(response.content.decode()).sources]
    assert sorted(found, key=lambda one: one.key) == [
        reference_of(one) for one in profile.sources.order_by("key")
    ]


def test_the_formatted_text(made, profile, expert):
    registered(made, profile, key="a", year="2020")
    response = expert.get(address("sources_file", profile, "txt"))
    assert response.content.decode() == "IOM (2020). Migration in Sfax.\n"
    assert expert.get(address("sources_file", profile, "exe")).status_code == GONE


# The register


def test_twins_are_found_and_merged(made, profile, expert):
    kept = registered(made, profile, key="iom")
    dropped = registered(made, profile, key="oim", publisher="OIM")
    section = factories.section(profile, "1")
    factories.write(section, "Many [@oim].")
    merging = address("source_merge", profile, kept.pk, dropped.pk)
    assert merging in expert.get(address("sources", profile)).content.decode()
    page = expert.get(merging).content.decode()
    assert "the text of “1 Chapter 1”" in page
    assert expert.post(merging, {"base": "0" * 64}).status_code == CONFLICT
    done = expert.post(merging, {"base": sources.fingerprint_of_sources(profile)})
    assert (done.status_code, done["Location"]) == (FOUND, address("sources", profile))
    assert profile.sources.get().publisher == "OIM"
    assert expert.get(merging).status_code == GONE


def test_a_merge_that_is_refused_changes_nothing_and_says_why(made, profile):
    kept, dropped = (registered(made, profile, key=key) for key in ("iom", "oim"))
    merging = address("source_merge", profile, kept.pk, dropped.pk)
    base = {"base": sources.fingerprint_of_sources(profile)}
    assert signed_in(made[Role.FOCAL_POINT]).post(merging, base).status_code == FORBIDDEN
    factories.write(factories.section(profile, "1"), "Many [@oim].")
    assert signed_in(made.team).post(merging, base).status_code == FORBIDDEN
    same = address("source_merge", profile, kept.pk, kept.pk)
    assert signed_in(made.team).get(same).status_code == GONE
    assert profile.sources.count() == 2


def test_the_register_filters_by_kind(made, profile, expert):
    registered(made, profile, key="a", kind="law", title="A law of its own")
    registered(made, profile, key="k1")
    page = expert.get(address("sources", profile), {"kind": "law"}).content.decode()
    assert "A law of its own" in page
    assert 'id="source-k1"' not in page


# The library


def test_the_library_from_the_page(made, profile, expert):
    source = registered(made, profile, key="iom")
    team = signed_in(made.team)
    sharing = address("source_share", profile, source.pk)
    assert expert.post(sharing).status_code == FORBIDDEN
    assert team.post(sharing).status_code == FOUND
    shared = LibrarySource.objects.get()
    other = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    library = address("source_library", other)
    page = expert.get(library, {"q": "sfax iom"}).content.decode()
    assert "Migration in Sfax" in page
    assert "No source of the library matches" in expert.get(library, {"q": "zz"}).content.decode()
    reviewer = signed_in(made[Role.INTERNATIONAL_EXPERT])
    assert reviewer.post(library, {"source": [shared.pk]}).status_code == FORBIDDEN
    assert expert.post(library, {"source": [shared.pk, 4711]}).status_code == FOUND
    assert not other.sources.exists()
    assert expert.post(library, {"source": [shared.pk]}).status_code == FOUND
    assert other.sources.get().origin == shared
    withdraw = address("library_withdraw", other, shared.pk)
    assert expert.post(withdraw).status_code == FORBIDDEN
    assert "in the library" in team.get(address("sources", profile)).content.decode()
    assert team.post(withdraw).status_code == FOUND
    assert sharing in team.get(address("sources", profile)).content.decode()
    assert team.post(withdraw).status_code == CONFLICT
    foreign = factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)
    assert team.post(address("library_withdraw", foreign, shared.pk)).status_code == GONE


# Fields, and citing


def test_a_doi_is_checked_and_kept_in_one_form(profile, expert):
    given = {"kind": "article", "authors": "Natter, K.", "year": "2018", "title": "One thing"}
    adding = address("entry_add", profile, "source")
    refused = expert.post(adding, {**given, "doi": "none"})
    assert refused.status_code == UNPROCESSABLE
    assert "This is no DOI" in refused.content.decode()
    expert.post(adding, {**given, "url": "https://dx.doi.org/10.1000/ABC"})
    source = profile.sources.get()
    assert (source.doi, source.url, source.key) == ("10.1000/abc", "", "natter-2018")
    assert (
        'href="https://doi.org/10.1000/abc"'
        in expert.get(address("sources", profile)).content.decode()
    )


def test_sources_are_picked_without_scripts_and_the_text_is_kept(made, profile, expert):
    registered(made, profile, key="iom")
    registered(made, profile, key="unhcr", authors="UNHCR", title="Réfugiés")
    editing = address("section_edit", profile, "1")
    assert "[@unhcr]" in expert.get(editing).content.decode()
    sent = {"text": "Half a sentence", "base_version": 0, "base_text": "", "action": "pick"}
    response = expert.post(editing, {**sent, "pick": "refugies"})
    page = response.content.decode()
    assert response.status_code == OK
    assert "[@unhcr]</code>" in page
    assert "[@iom]</code>" not in page
    assert "Half a sentence</textarea>" in page
    none = expert.post(editing, {**sent, "pick": "nowhere"}).content.decode()
    assert "No source matches the filter." in none
    assert json.dumps("Half a sentence")[1:-1] in none
