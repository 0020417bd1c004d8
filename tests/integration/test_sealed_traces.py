"""What the database tells of who has answered in a secret round, once it is unsealed: nothing."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test import override_settings

from profile_workflow.services import sealing, section_answers
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import SectionView
from tests import factories
from tests.links import link_of
from tests.sealed import consulted
from workflows import deadlines, engine, notifications
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def everything() -> dict[str, list[str]]:
    """Return every row of every table in words, without what is chance or the clock of the test."""
    chance = {
        "profile_workflow_answeringlink": ("digest",),
        "workflows_outboxjob": ("created_at", "not_before", "finished_at"),
    }
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            names = [one[0] for one in cursor.description]
            found[table] = sorted(
                str(
                    {
                        name: cell
                        for name, cell in zip(names, row, strict=True)
                        if name not in chance.get(table, ())
                    }
                )
                for row in cursor.fetchall()
            )
    return found


def held_and_resumed(profile, team, at):
    engine.perform(profile, "hold", by=team, at=at, details=Details(reason="Elections."))
    profile = factories.fresh(profile)
    later = at + timedelta(days=5)
    engine.perform(profile, "resume", by=team, at=later, details=Details(reason="Over."))


def cancelled(profile, team, at):
    engine.perform(profile, "hold", by=team, at=at, details=Details(reason="Elections."))
    profile = factories.fresh(profile)
    later = at + timedelta(days=5)
    engine.perform(profile, "cancel", by=team, at=later, details=Details(reason="No funds."))


def reminded(profile, team, at):
    deadlines.sweep(at=profile.validation_rounds.get().closes_at - timedelta(days=2))
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[]):
        # A link whose key is gone is made anew for the mail.
        for job in OutboxJob.objects.filter(payload__kind="reminder"):
            notifications.send(job.payload)


def all_answered(profile, team, at):
    for one in factories.asked(profile):
        factories.move(one, "approve", one.person, at=at + timedelta(hours=one.pk))


@pytest.mark.any_database
@pytest.mark.parametrize("then", [held_and_resumed, cancelled, reminded, all_answered])
def test_the_database_is_the_same_whoever_has_answered(monkeypatch, then):
    """Apart from dealing out anew, which is done in an order of its own here."""
    monkeypatch.setattr(sealing, "_CHANCE", Mock(shuffle=lambda said: said.sort(key=repr)))
    made = factories.make_programme(sections=2)
    profile = consulted(made)
    asked = factories.asked(profile)
    at = profile.validation_rounds.get().opened_at + timedelta(hours=2)
    found = []
    for number, who in enumerate(asked[1:]):
        with factories.undone():
            for section in factories.sections(profile):
                section_answers.save_answer(
                    link_of(who), section, view=SectionView.COMMENTS, text="Words.", at=at
                )
            engine.send_answer(link_of(who), at=at + timedelta(hours=number))
            before = everything()
            then(factories.fresh(profile), made.team, at + timedelta(days=1))
            opened = profile.validation_rounds.get()
            deadlines.sweep(at=opened.closes_at + timedelta(minutes=1))
            assert not profile.validation_rounds.get().is_sealed
            found.append((before, everything()))
    # The planted hole: before it is unsealed the database tells.
    (before, after), (other_before, other_after) = found
    assert before != other_before
    differing = {
        table: sorted(set(after[table]) ^ set(other_after[table]))
        for table in after
        if after[table] != other_after[table]
    }
    assert differing == {}
