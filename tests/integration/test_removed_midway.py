"""Somebody is taken out in the middle of a consultation: page, link, form and session end."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from profile_workflow.models import SignOff, User
from profile_workflow.services import links
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import signed_in
from tests.links import Holder, token_for
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.GONE
NOT_FOUND = HTTPStatus.NOT_FOUND


def test_whoever_is_removed_loses_rights_link_form_and_session_at_once(monkeypatch):
    made = factories.make_programme(sections=2)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.CONSULTATION)
    person = made[Role.STAKEHOLDER]
    signoff = SignOff.objects.get(round__profile=profile, person=person)
    # He has a page of his task open, and another one behind his link.
    client, holder = signed_in(person), Holder(token_for(signoff))
    task = reverse("task", args=[Task.objects.open().get(signoff=signoff).pk])
    assert client.get(task).status_code == OK
    assert holder.says("1", "comments", "Kept words.").status_code == FOUND

    part = profile.assignments.get(user=person, role=Role.STAKEHOLDER)
    end = reverse("people_end", args=[profile.slug, part.pk])
    assert signed_in(made.team).post(end, {"reason": "He has left."}).status_code == FOUND

    for address in (task, reverse("profile", args=[profile.slug])):
        assert client.get(address).status_code == NOT_FOUND
    assert client.post(task, {"move": "approve"}).status_code == NOT_FOUND
    late = holder.sends("link_section", "2", view="objects", text="Late words.", base="")
    assert late.status_code == GONE
    assert "Late words." in late.content.decode()
    assert holder.sends("link_check", base="").status_code == GONE
    assert holder.reads("link_paper").status_code == GONE
    enter = reverse("paper_enter", args=[profile.slug, signoff.pk])
    refused = signed_in(made.team).get(enter).content.decode()
    assert "no part any more" in refused
    assert "<textarea" not in refused
    signoff.refresh_from_db()
    assert signoff.answered_at is None

    # His account is closed: the session that is open is none any more.
    assert client.get(reverse("me")).status_code == OK
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(reverse("me")).status_code == FOUND

    # A door that asked only for the link would be seen.
    monkeypatch.setattr(links, "is_asked", lambda *_about: True)
    assert holder.reads().status_code == OK
