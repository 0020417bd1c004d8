"""The order of tables and figures, and challenges that come while priorities are set."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import NotAllowed, NotNow, StaleEntry
from profile_workflow.models import Challenge, DataItem, DataTable, Event
from profile_workflow.queries.evidence import Uses
from profile_workflow.services import evidence
from profile_workflow.services.contents import fingerprint
from profile_workflow.services.keeping import refusal_to_change
from profile_workflow.services.log import broken_links
from profile_workflow.services.ordering import in_order, order_mark, shift_entry
from profile_workflow.states import ProfileState, Role
from reports.context import report_of
from tests import factories
from tests.integration.pages import page, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState
FOUND, CONFLICT = HTTPStatus.FOUND, HTTPStatus.CONFLICT
CHALLENGE = {"code": "C7", "title": "Rents", "competence": "shared"}


@pytest.fixture
def table(made):
    """A table of three figures, named by their place, one of two in its section."""
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    section = factories.section(profile, "1")
    first = factories.give_figure(section)
    factories.give_figure(section)
    DataItem.objects.filter(pk=first.pk).update(label="one")
    for place, label in ((3, "two"), (7, "three")):
        DataItem.objects.create(table=first.table, position=place, label=label, unit="persons")
    return DataTable.objects.select_related("profile", "section").get(pk=first.table_id)


def labels(table):
    return list(table.items.order_by("position").values_list("label", flat=True))


def shift(table, label, *, up, by, base=None):
    figure = table.items.get(label=label)
    mark = order_mark(in_order(figure)) if base is None else base
    shift_entry(figure, up=up, base=mark, by=by, at=timezone.now())


# Order


def test_figures_go_up_and_down_and_keep_consecutive_numbers(made, table):
    expert = made[Role.LOCAL_EXPERT]
    shift(table, "three", up=True, by=expert)
    assert labels(table) == ["one", "three", "two"]
    shift(table, "one", up=False, by=expert)
    assert labels(table) == ["three", "one", "two"]
    assert [one.position for one in table.items.order_by("position")] == [0, 1, 2]
    events = Event.objects.filter(profile=table.profile, move="shift").count()
    shift(table, "three", up=True, by=expert)
    shift(table, "two", up=False, by=expert)
    assert labels(table) == ["three", "one", "two"]
    assert Event.objects.filter(profile=table.profile, move="shift").count() == events == 2
    assert list(broken_links(table.profile)) == []


def test_an_order_changed_by_somebody_else_is_not_overwritten(made, table):
    expert = made[Role.LOCAL_EXPERT]
    seen = order_mark(in_order(table.items.get(label="one")))
    shift(table, "two", up=True, by=made.team)
    with pytest.raises(StaleEntry):
        shift(table, "three", up=True, by=expert, base=seen)
    assert labels(table) == ["two", "one", "three"]


def test_ordering_leaves_an_open_form_valid(made, table):
    """Where an entry stands is no part of what it says."""
    figure = table.items.get(label="three")
    mark = fingerprint(figure)
    shift(table, "three", up=True, by=made.team)
    changed = evidence.change_entry(
        figure, {"label": "drei"}, base=mark, by=made.team, at=timezone.now()
    )
    assert changed.label == "drei"


def test_who_may_not_register_may_not_order(made, table):
    with pytest.raises(NotAllowed):
        shift(table, "three", up=True, by=made[Role.FOCAL_POINT])
    factories.submit_sections(table.profile)
    with pytest.raises(NotNow):
        shift(table, "three", up=True, by=made.team)


def test_the_buttons_order_figures_and_tables(made, table):
    client, slug = signed_in(made[Role.LOCAL_EXPERT]), table.profile.slug
    figure = table.items.get(label="three")
    base = order_mark(in_order(figure))
    where = reverse("entry_shift", args=[slug, "figure", figure.pk])
    moved = client.post(where, {"to": "up", "base": base})
    assert moved.url == f"{reverse('table', args=[slug, table.pk])}#figure-{figure.pk}"
    assert labels(table) == ["one", "three", "two"]
    assert client.post(where, {"to": "up", "base": base}).status_code == CONFLICT
    assert client.post(where, {"to": "round", "base": base}).status_code == 422
    several = in_order(table)
    where = reverse("entry_shift", args=[slug, "table", several[1].pk])
    assert f'value="{order_mark(several)}"' in page(client, "tables", slug)
    assert client.post(where, {"to": "up", "base": order_mark(several)}).status_code == 302
    assert [one.pk for one in in_order(table)] == [several[1].pk, several[0].pk]


@pytest.mark.parametrize(("kind", "of_it"), [("figure", False), ("source", True), ("table", False)])
def test_nothing_else_is_ordered(made, table, kind, of_it):
    other = factories.make_profile(made)
    slug = table.profile.slug if of_it else other.slug
    where = reverse("entry_shift", args=[slug, kind, table.pk])
    assert signed_in(made.team).post(where, {"to": "up"}).status_code == 404


# Challenges while priorities are set


@pytest.fixture
def workshop(made):
    return factories.bring_to(factories.make_profile(made), S.PRIORITY_SETTING)


@pytest.mark.repeats
@pytest.mark.any_database
@pytest.mark.parametrize("role", list(Role))
def test_who_writes_priorities_down_adds_challenges(made, workshop, role):
    who = made[role]
    if role in {Role.LOCAL_EXPERT, Role.CO_AUTHOR, Role.PROJECT_TEAM, Role.FOCAL_POINT}:
        added = evidence.add_challenge(workshop, by=who, at=timezone.now(), **CHALLENGE)
        assert added.from_workshop
        return
    with pytest.raises(NotAllowed):
        evidence.add_challenge(workshop, by=who, at=timezone.now(), **CHALLENGE)


def test_a_workshop_is_no_dead_end_without_a_challenge(made, workshop):
    client = signed_in(made[Role.FOCAL_POINT])
    add = reverse("entry_add", args=[workshop.slug, "challenge"])
    assert add in page(client, "priorities", workshop.slug)
    assert client.post(add, {"title": "Rents", "competence": "own"}).status_code == FOUND
    assert "added while priorities were set" in page(client, "challenges", workshop.slug)
    factories.give_priority(workshop).challenges.set(Challenge.objects.filter(title="Rents"))
    factories.move(workshop, "agree_priorities", made[Role.FOCAL_POINT])
    (printed,) = [one for one in report_of(workshop).challenges if one.title == "Rents"]
    assert printed.from_workshop


def test_nothing_else_is_added_then(made, workshop):
    with pytest.raises(NotNow):
        evidence.add_source(
            workshop,
            by=made.team,
            at=timezone.now(),
            key="a",
            kind="report",
            authors="A",
            title="T",
        )
    add = reverse("entry_add", args=[workshop.slug, "source"])
    assert signed_in(made.team).get(add).status_code == CONFLICT


def test_only_what_came_late_is_changed_then(made, workshop):
    who = made[Role.FOCAL_POINT]
    before = Challenge.objects.create(profile=workshop, code="C1", title="Old", competence="own")
    late = evidence.add_challenge(workshop, by=who, at=timezone.now(), **CHALLENGE)
    uses = Uses(workshop)
    assert isinstance(refusal_to_change(before, who, uses), NotNow)
    assert refusal_to_change(late, who, uses) is None
    evidence.change_entry(
        late, {"title": "High rents"}, base=fingerprint(late), by=who, at=timezone.now()
    )
    evidence.remove_entry(late, by=who, at=timezone.now())
    assert list(workshop.challenges.values_list("title", flat=True)) == ["Old"]


def test_what_was_registered_while_writing_is_not_marked(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    added = evidence.add_challenge(profile, by=made.team, at=timezone.now(), **CHALLENGE)
    assert not added.from_workshop


# Inception


def test_the_focal_point_settles_the_city_with_the_expert(made):
    profile = factories.bring_to(factories.make_profile(made), S.INCEPTION)
    who = made[Role.FOCAL_POINT]
    evidence.add_territory(
        profile, by=who, at=timezone.now(), code="city", name="City", kind="municipality",
        is_city=True,
    )  # fmt: skip
    evidence.add_definition(profile, by=who, at=timezone.now(), code="m", term="m", text="T.")
    assert factories.move(profile, "begin_drafting", who).state == S.DRAFTING
    with pytest.raises(NotAllowed):
        evidence.add_definition(profile, by=who, at=timezone.now(), code="n", term="n", text="T.")
