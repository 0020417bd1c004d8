"""The event log: written once, chained, without names – and every tampering is found.

One attack no chain can see by itself: cutting the end of the log *and* setting the documents back
to the states in which the shortened log leaves them. Only an anchor kept elsewhere sees that one
(``manage.py verify_log --against``, see ``tests/integration/test_commands.py``).
"""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from profile_workflow.models import Event, EventReason, Profile, ProfileVersion, Revision, triggers
from profile_workflow.models.event import CHAIN_START, reason_digest
from profile_workflow.services.log import Actor, Entry, broken_links, head_of, journal, record
from profile_workflow.states import ProfileState, Role
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WRITTEN_ONCE = (Event, Revision, ProfileVersion)


@pytest.fixture
def profile():
    """A profile with returns, reasons and a frozen version behind it."""
    made = factories.make_profile(factories.make_programme())
    return factories.bring_to(made, ProfileState.REVISION_VALIDATION)


@pytest.fixture
def unguarded(profile):
    """The same profile with the triggers gone: what somebody with the keys of the house can do."""
    triggers.remove(connection)
    return profile


@pytest.mark.parametrize("model", WRITTEN_ONCE, ids=lambda model: model.__name__)
class TestWrittenOnce:
    def test_no_update_by_the_orm(self, profile, model):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.update(id=F("id") + 0)

    def test_no_delete_by_the_orm(self, profile, model):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete(connection.alias)

    @pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
    def test_no_raw_sql_either(self, profile, model, statement):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement.format(model._meta.db_table))

    def test_without_the_trigger_it_would_pass(self, unguarded, model):
        """The planted hole: it is the trigger that refuses, nothing else."""
        table = model._meta.db_table
        connection.cursor().execute(f"UPDATE {table} SET id = id")  # noqa: S608 - our own name


class TestChain:
    def test_an_honest_log_holds(self, profile):
        assert list(broken_links(profile)) == []
        first = profile.events.order_by("seq").first()
        assert (first.seq, first.previous_hash) == (1, CHAIN_START)

    def test_every_profile_has_a_chain_of_its_own(self, profile):
        other = factories.make_profile(factories.make_programme())
        assert other.events.order_by("seq").first().previous_hash == CHAIN_START
        assert list(broken_links(other)) == []

    def test_one_act_is_written_at_once(self, profile, django_assert_num_queries):
        entries = [Entry(f"task:{number}", "claim", "", "done") for number in range(20)]
        with django_assert_num_queries(2), journal(profile):
            for entry in entries:
                record(profile, [entry], actor=Actor(), at=profile.state_since)
        assert list(broken_links(profile)) == []

    def test_an_act_that_fails_writes_nothing(self, profile):
        def act_that_fails():
            with journal(profile):
                record(profile, [claimed], actor=Actor(), at=profile.state_since)
                raise RuntimeError

        before, claimed = head_of(profile), Entry("task:1", "claim", "", "done")
        with pytest.raises(RuntimeError):
            act_that_fails()
        assert head_of(profile) == before

    def test_no_name_and_no_word_of_a_reason_is_in_the_chain(self, profile):
        chained = json.dumps([list(row) for row in Event.objects.values_list()], default=str)
        for role in Role:
            if role != Role.PROJECT_TEAM:
                person = factories.holder(profile, role)
                assert person.full_name not in chained
                assert person.email not in chained
        for reason in EventReason.objects.all():
            assert reason.text not in chained
        assert EventReason.objects.exists()

    def test_a_reason_can_be_redacted_without_breaking_the_chain(self, profile):
        assert EventReason.objects.update(text="") > 0
        assert list(broken_links(profile)) == []


def middle(profile):
    return profile.events.order_by("seq")[5]


def rehash_from(profile, seq):
    """Chain a log anew from a number on, as somebody would who knows how it is made."""
    previous = profile.events.filter(seq=seq - 1).values_list("hash", flat=True).first()
    for event in profile.events.filter(seq__gte=seq).order_by("seq"):
        event.previous_hash = previous or CHAIN_START
        event.hash = event.computed_hash()
        event.save()
        previous = event.hash


def change_a_field(profile):
    profile.events.filter(pk=middle(profile).pk).update(to_state="forged")


def change_the_person(profile):
    other = factories.holder(profile, Role.OBSERVER)
    profile.events.filter(pk=middle(profile).pk).update(actor=other.pseudonym)


def change_the_moment(profile):
    profile.events.filter(pk=middle(profile).pk).update(at=F("at") + timedelta(days=1))


def change_the_hash_too(profile):
    event = middle(profile)
    event.move = "forged"
    event.hash = event.computed_hash()
    event.save()


def swap_two(profile):
    one, two = profile.events.order_by("seq")[5:7]
    profile.events.filter(pk=one.pk).update(seq=10_000)
    profile.events.filter(pk=two.pk).update(seq=one.seq)
    profile.events.filter(pk=one.pk).update(seq=two.seq)


def drop_one(profile):
    event = middle(profile)
    EventReason.objects.filter(event=event).delete()
    event.delete()


def cut_the_end(profile):
    last = profile.events.order_by("-seq").filter(document="profile").first()
    gone = profile.events.filter(seq__gte=last.seq)
    EventReason.objects.filter(event__in=gone).delete()
    gone.delete()


def forge_a_reason(profile):
    EventReason.objects.filter(event__profile=profile).update(text="All were content.")


def move_behind_the_log(profile):
    Profile.objects.filter(pk=profile.pk).update(state=ProfileState.PUBLISHED)


def change_a_section_behind_the_log(profile):
    profile.sections.filter(key="1").update(state="locked")


def take_the_reason_from_the_chain(profile):
    event = profile.events.exclude(reason_hash="").order_by("seq").first()
    profile.events.filter(pk=event.pk).update(reason_hash=reason_digest("Another one."))


@pytest.mark.parametrize(
    "attack",
    [
        change_a_field,
        change_the_person,
        change_the_moment,
        change_the_hash_too,
        swap_two,
        drop_one,
        cut_the_end,
        forge_a_reason,
        take_the_reason_from_the_chain,
        move_behind_the_log,
        change_a_section_behind_the_log,
    ],
    ids=lambda attack: attack.__name__,
)
def test_tampering_is_found(unguarded, attack):
    attack(unguarded)
    assert list(broken_links(factories.fresh(unguarded))), "nothing was noticed"


def test_a_log_that_was_chained_anew_shows_in_the_head_only(unguarded):
    """What the anchor is for: the forged chain holds, but its head is another one."""
    anchor = head_of(unguarded)
    event = unguarded.events.filter(document__startswith="section:").order_by("seq").first()
    unguarded.events.filter(pk=event.pk).update(role=Role.OBSERVER)
    rehash_from(unguarded, event.seq)
    assert list(broken_links(unguarded)) == []
    assert head_of(unguarded) != anchor
