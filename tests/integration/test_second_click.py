"""A second click on the button of a form adds nothing twice, and shows what the first one did."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from config.urls import urlpatterns
from profile_workflow.models import (
    Acronym,
    Assignment,
    Challenge,
    Comment,
    DataItem,
    DataTable,
    Event,
    InputRequest,
    Note,
    Picture,
    Priority,
    Profile,
    Reply,
    ReviewInvitation,
    SavedView,
    Source,
    Territory,
    WordReading,
    WorkingDefinition,
)
from profile_workflow.services import requests, sources
from profile_workflow.services.evidence import fingerprint_of_figures
from profile_workflow.states import ProfileState, Role
from profile_workflow.views.entries import KINDS
from reports.models import Build
from tests import docx, factories
from tests.integration.pages import signed_in
from tests.pictures import plain_png

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S, FOUND = ProfileState, HTTPStatus.FOUND
EXPERT, TEAM, REVIEWER = Role.LOCAL_EXPERT, Role.PROJECT_TEAM, Role.INTERNATIONAL_EXPERT
BIB = "@book{a, author={Natter, K.}, title={One thing}, year={2018}}"
PASTED = "What is counted\tValue\tUnit\nRooms\t12\trooms"


@dataclass(frozen=True)
class Adding:
    """A form that adds something.

    Attributes:
        name: Name of its address.
        made: What it adds.
        sent: Makes its fields for a profile.
        who: Who sends it.
        state: Of the profile.
        args: The rest of the address, after the profile.
    """

    name: str
    made: Any
    sent: Callable[[Profile], dict[str, Any]]
    who: Role = EXPERT
    state: S = S.DRAFTING
    args: Callable[[Profile], list[Any]] = lambda _profile: []
    query: Callable[[Profile], str] = lambda _profile: ""


def entry(of: str, made: Any, /, **given: Any) -> Adding:
    return Adding("entry_add", made, lambda _profile: given, args=lambda _profile: [of])


def picture(_profile: Profile) -> dict[str, Any]:
    file = SimpleUploadedFile("a.png", plain_png(), "image/png")
    return {"file": file, "alt": "A grey wall.", "caption": "Wall", "credit": "Photo: R. Ouda"}


def table_of(profile: Profile) -> DataTable:
    found = profile.data_tables.first()
    return found or factories.give_figure(factories.section(profile, "1")).table


def figure(profile: Profile) -> dict[str, Any]:
    return {"base": mark_of(profile), "label": "Rooms", "value": "12", "unit": "rooms"}


def pasted(profile: Profile) -> dict[str, Any]:
    return {"base": mark_of(profile), "text": PASTED, "decimal": ".", "step": "store"}


def mark_of(profile: Profile) -> str:
    return fingerprint_of_figures(table_of(profile))


def imported(profile: Profile) -> dict[str, Any]:
    base = sources.fingerprint_of_sources(profile)
    return {"text": BIB, "base": base, "step": "store", "row-0": "add"}


def taken_over(profile: Profile) -> dict[str, Any]:
    team, now = factories.holder(profile, TEAM), timezone.now()
    source = factories.give_source(profile)
    shared = sources.share_source(source, by=team, at=now)
    source.delete()
    return {"source": [shared.pk]}


def priority(profile: Profile) -> dict[str, Any]:
    factories.give_priority(profile)
    client = signed_in(factories.holder(profile, Role.FOCAL_POINT))
    form = client.get(reverse("priority_add", args=[profile.slug])).context["form"]
    return {
        "base": form.initial["base"],
        "title": "Schools",
        "label": "must",
        "rationale": "Too few.",
        "responsible": "City",
        "challenges": [profile.challenges.get().pk],
        "sdg_targets": "4.1",
    }


def asked(profile: Profile) -> dict[str, Any]:
    return {
        "person": factories.holder(profile, Role.FOCAL_POINT).pk,
        "subject": "Residents by citizenship, 2024",
        "due_on": requests.first_day(profile, timezone.now()).isoformat(),
    }


def substitute(_profile: Profile) -> dict[str, Any]:
    today = timezone.localdate()
    given = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=9)).isoformat()}
    address = factories.make_person("stand_in").email
    return {"person": address, "email": address, **given}


def own_part(profile: Profile) -> list[Any]:
    held = profile.assignments.get(user=factories.holder(profile, EXPERT), role=EXPERT)
    return [held.pk]


def invited(_profile: Profile) -> dict[str, Any]:
    new = {"full_name": "Nadia Saïdi", "email": "Nadia@Example.org", "language": "fr"}
    return {**new, "role": "translator"}


def replied(profile: Profile) -> dict[str, Any]:
    reviewer = factories.holder(profile, REVIEWER)
    comment = factories.comment_on(factories.section(profile, "1"), reviewer)
    return {f"c{comment.pk}-move": "reply", f"c{comment.pk}-words": "Well?"}


def first(_profile: Profile) -> list[Any]:
    return ["1"]


ADDING = {
    "territory": entry("territory", Territory, name="Sfax", kind="municipality", is_city="on"),
    "definition": entry("definition", WorkingDefinition, term="Migrant", text="Who moved."),
    "acronym": entry("acronym", Acronym, short="IOM", long="International Organization"),
    "source": entry("source", Source, kind="book", authors="Natter, K.", year="2018", title="A"),
    "source with a key": entry("source", Source, kind="book", authors="N", title="A", key="n"),
    "challenge": entry("challenge", Challenge, title="Too few rooms", competence="own"),
    "table": Adding(
        "entry_add",
        DataTable,
        lambda profile: {
            "section": factories.section(profile, "1").pk,
            "key": "4-A",
            "title": "Residents",
        },
        args=lambda _profile: ["table"],
    ),
    "picture": Adding("entry_add", Picture, picture, args=lambda _profile: ["picture"]),
    "figure": Adding("figure_add", DataItem, figure, args=lambda profile: [table_of(profile).pk]),
    "pasted figures": Adding(
        "table_paste", DataItem, pasted, args=lambda profile: [table_of(profile).pk]
    ),
    "imported sources": Adding("sources_import", Source, imported),
    "sources of the library": Adding("source_library", Source, taken_over),
    "priority": Adding(
        "priority_add", Priority, priority, Role.FOCAL_POINT, state=S.PRIORITY_SETTING
    ),
    "request": Adding("request_new", InputRequest, asked),
    "part": Adding(
        "people_add",
        Assignment,
        lambda _profile: {"role": "translator"},
        TEAM,
        query=lambda _profile: f"?person={factories.make_person('new').pk}",
    ),
    "invitation": Adding("people_invite", Assignment, invited, TEAM),
    "invitation to review": Adding(
        "invitation_new",
        ReviewInvitation,
        lambda _profile: {"email": "nadia@example.org", "full_name": "Nadia", "language": "fr"},
        TEAM,
    ),
    "substitute": Adding("people_substitute", Assignment, substitute, args=own_part),
    "comment": Adding(
        "section_review",
        Comment,
        lambda _profile: {"new-kind": "question", "new-text": "Why so?", "act": "save"},
        REVIEWER,
        state=S.EXPERT_REVIEW,
        args=first,
    ),
    "note": Adding(
        "section_review",
        Note,
        lambda _profile: {"new-kind": "note", "new-text": "Look again.", "act": "save"},
        REVIEWER,
        state=S.EXPERT_REVIEW,
        args=first,
    ),
    "reply": Adding("responses", Reply, replied, REVIEWER, state=S.EXPERT_REVIEW),
}

#: Addresses by which something is added that are not opened about one profile, or add only what
#: cannot be there twice: tested where they are tested.
ELSEWHERE = {
    *("profile_new", "board_view_save", "source_share", "word_import", "pdf", "link_code_new"),
    "workshop_new",
}


@pytest.mark.parametrize("adding", ADDING.values(), ids=ADDING)
def test_a_second_click_adds_nothing(adding):
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), adding.state)
    address = reverse(adding.name, args=[profile.slug, *adding.args(profile)])
    address += adding.query(profile)
    sent, client = adding.sent(profile), signed_in(made[adding.who])
    before = adding.made.objects.count()

    def click():
        files = [one for one in sent.values() if isinstance(one, SimpleUploadedFile)]
        for one in files:
            one.seek(0)
        return client.post(address, sent)

    done = click()
    assert done.status_code == FOUND
    assert adding.made.objects.count() == before + 1
    told = Event.objects.filter(profile=profile).count()
    again = click()
    assert (again.status_code, again["Location"]) == (FOUND, done["Location"])
    assert adding.made.objects.count() == before + 1
    assert Event.objects.filter(profile=profile).count() == told


def test_every_adding_form_is_clicked_twice():
    names = {one.name for one in urlpatterns if getattr(one, "name", None)}
    adding = {one for one in names if re.search(r"_(add|new|invite|paste|import|substitute)$", one)}
    assert adding - {one.name for one in ADDING.values()} - ELSEWHERE == set()
    kinds = {name for name, kind in KINDS.items() if kind.add is not None}
    assert kinds <= ADDING.keys()


def test_what_somebody_writes_otherwise_is_added_beside_it():
    """The check is for the same words; it does not keep a second source of one author out."""
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    client, address = signed_in(made[EXPERT]), reverse("entry_add", args=[profile.slug, "source"])
    given = {"kind": "book", "authors": "Natter, K.", "year": "2018", "title": "A"}
    for title in ("A", "B"):
        assert client.post(address, {**given, "title": title}).status_code == FOUND
    keys = list(profile.sources.order_by("pk").values_list("key", flat=True))
    assert keys == ["natter-2018", "natter-2018-2"]
    page = client.post(address, given, follow=True).content.decode()
    assert "is there already; nothing was added twice." in page


def test_the_mark_of_the_city_stays_where_it_is_at_a_second_click():
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    client = signed_in(made[EXPERT])
    address = reverse("entry_add", args=[profile.slug, "territory"])
    for _click in range(2):
        client.post(address, {"name": "Greater Sfax", "kind": "agglomeration", "is_city": "on"})
    city = profile.territories.get(is_city=True)
    assert (city.name, city.code) == ("Greater Sfax", "greater-sfax")


def test_a_short_name_left_empty_stays_as_it_is_when_an_entry_is_changed():
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    source, client = factories.give_source(profile), signed_in(made[EXPERT])
    address = reverse("entry", args=[profile.slug, "source", source.pk])
    form = client.get(address).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    assert client.post(address, {**given, "key": "", "title": "New"}).status_code == FOUND
    assert (factories.fresh(source).title, factories.fresh(source).key) == ("New", source.key)


def test_a_view_is_kept_once_a_pdf_is_made_once_and_a_file_is_read_once():
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    team = signed_in(made.team)
    for _click in range(2):
        team.post(reverse("board_view_save"), {"name": "Late", "query": "late=on"})
        team.post(reverse("pdf", args=[profile.slug]), {"kind": "preview", "language": "en"})
        file = SimpleUploadedFile("a.docx", docx.docx(docx.p("Words.")).getvalue())
        signed_in(made[EXPERT]).post(reverse("word_import", args=[profile.slug]), {"file": file})
    assert SavedView.objects.filter(user=made.team).count() == 1
    assert Build.objects.filter(profile=profile).count() == 1
    assert WordReading.objects.filter(profile=profile).count() == 1
