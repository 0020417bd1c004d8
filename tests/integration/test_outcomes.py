"""You said, we did: what those who were asked are told when a consultation is concluded."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Comment, Profile, User
from profile_workflow.queries import outcomes
from profile_workflow.services import objections
from profile_workflow.states import Attribution, ProfileState, Role, SectionView
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import token_for
from tests.sealed import end, say
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

AGREES, COMMENTS, OBJECTS = SectionView.AGREES, SectionView.COMMENTS, SectionView.OBJECTS


def told(token):
    return Client().get(reverse("link", args=[token])).content.decode()


def answered(made, rule):
    """Two of three who are asked have answered; all of it has its answer, and it is concluded."""
    profile = factories.make_profile(made, attribution=rule)
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    asked = {one.person_id: one for one in factories.asked(profile)}
    first, second = (asked[one.pk] for one in made.people[Role.STAKEHOLDER])
    tokens = {one.person_id: token_for(one) for one in asked.values()}
    say(first, COMMENTS, AGREES, text="The rents")
    say(second, OBJECTS, AGREES, text="The schools")
    end(profile)
    assert "The rents" not in told(tokens[first.person_id])
    for one in Comment.objects.filter(section__profile=profile, text__startswith="The rents"):
        factories.move(one, "accept", made[Role.LOCAL_EXPERT], answer="We have added a table.")
    (objection,) = profile.validation_rounds.get().signoffs.filter(state="objected")
    moment = profile.validation_rounds.get().closes_at
    objections.answer_objection(objection, "We count them now.", by=made.team, at=moment)
    OutboxJob.objects.all().delete()
    later = moment + timedelta(hours=1)
    factories.move(profile, "conclude_consultation", made.team, at=later)
    return [one.person for one in (first, second)], tokens


@pytest.mark.parametrize("rule", Attribution)
def test_those_who_have_answered_are_told_what_became_of_it_as_was_promised(rule):
    made = factories.make_programme(sections=2)
    (first, second), tokens = answered(made, rule)
    silent = made[Role.FOCAL_POINT]
    is_secret = rule == Attribution.CHATHAM_HOUSE
    jobs = OutboxJob.objects.filter(payload__kind="outcome")
    # Under the rule nobody knows who has answered: all who were asked are told alike.
    everybody = {first.pk, second.pk, *([silent.pk] if is_secret else [])}
    assert {job.payload["user"] for job in jobs} == everybody
    assert len({str({**job.payload, "user": 0}) for job in jobs}) == 1
    run_worker()
    letters = [one for one in mail.outbox if "you said, we did" in one.subject]
    assert len(letters) == len(everybody)
    mine = next(one for one in letters if one.to == [first.email])
    links = re.findall(r"/v/([\w-]+)/", mine.body)
    assert links == ([] if is_secret else [tokens[first.pk]])
    pages = {person: told(token) for person, token in tokens.items()}
    for page in pages.values():
        assert "The rents on 1." in page
        assert "We have added a table." in page
        assert "Accepted" in page
        assert "We count them now." in page
        # What an objection says under the rule is for the project team alone.
        assert ("The schools" in page) is not is_secret
    seen_by_other = pages[silent.pk]
    assert (first.full_name in seen_by_other) is (rule == Attribution.NAMED)
    assert 'class="tag tag-work"' not in seen_by_other
    assert ('class="tag tag-work"' in pages[first.pk]) is not is_secret


def test_ones_own_comments_are_never_among_those_left_out(monkeypatch):
    made = factories.make_programme(sections=2)
    (first, _second), tokens = answered(made, Attribution.NAMED)
    (section, *_rest) = factories.sections(made.cities[0].profiles.get())
    (said,) = Comment.objects.filter(author=first)
    said.pk, said.author, said.text = None, made[Role.FOCAL_POINT], "Of somebody else." * 99
    said.section = section
    said.save()
    Comment.objects.filter(author=first).update(section=factories.sections(section.profile)[-1])
    shown = told(tokens[first.pk])
    assert 30 < shown.count("Of somebody else.") < 40
    assert "1 more comment" not in shown
    monkeypatch.setattr(outcomes, "MOST_REMARKS", 1)
    page = told(tokens[first.pk])
    assert "The rents" in page
    assert "Of somebody else." not in page
    assert "1 more comment" in page
    # Once it is published, he is led to what everybody reads; he has no account.
    public = reverse("published", args=[section.profile.slug])
    assert public not in page
    Profile.objects.update(published_at=timezone.now())
    assert public in told(tokens[first.pk])


def test_who_is_removed_or_does_not_want_it_is_told_nothing():
    made = factories.make_programme(sections=2)
    (first, second), tokens = answered(made, Attribution.NAMED)
    User.objects.filter(pk=first.pk).update(muted_mails=["outcome"])
    second.assignments.update(ends_on=timezone.localdate() - timedelta(days=1))
    run_worker()
    assert not [one for one in mail.outbox if "you said, we did" in one.subject]
    assert "The rents" in told(tokens[first.pk])
    assert "The rents" not in told(tokens[second.pk])
