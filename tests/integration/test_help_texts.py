"""Every field says beside it what belongs in it, or explains itself by its label."""

import re
from collections.abc import Iterator, Mapping

import pytest
from django import forms
from django.urls import reverse
from django.utils import translation

import config.urls  # noqa: F401 - with the addresses come all views, and with them all forms
from profile_workflow.forms.accounts import PasswordForm, SignInForm
from profile_workflow.forms.drafting import DraftForm
from profile_workflow.forms.filters import FilterForm
from profile_workflow.forms.priorities import ShiftForm
from profile_workflow.forms.quality import CheckForm
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import signed_in
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

#: Fields without help, and why they need none.
SELF_EXPLAINING: Mapping[tuple[type[forms.BaseForm], str], str] = {
    (SignInForm, "username"): "the e-mail address; everybody knows the form",
    (SignInForm, "password"): "the same",
    (PasswordForm, "old_password"): "the password that one has",
    (DraftForm, "text"): "the whole page is its help: questions, dialect and findings beside it",
    (CheckForm, "verdict"): "its label is the question of the checklist",
    (ShiftForm, "to"): "two buttons, up and down",
}


def styled(of: type[StyledForm] = StyledForm) -> Iterator[type[StyledForm]]:
    """Yield the forms that pages draw."""
    for one in of.__subclasses__():
        if one.__module__.split(".")[0] in ("profile_workflow", "workflows", "reports"):
            yield one
        yield from styled(one)


def without_help(form: type[StyledForm]) -> list[str]:
    """Return the fields of a form that nothing is said of."""
    if issubclass(form, FilterForm):
        return [] if str(form.says) else ["says"]
    fields = form.base_fields.items()
    return [name for name, one in fields if not one.help_text and not one.widget.is_hidden]


@pytest.mark.parametrize("form", sorted(set(styled()), key=lambda one: one.__qualname__))
def test_every_field_has_help_or_explains_itself(form):
    silent = {(form, name) for name in without_help(form)}
    assert silent - SELF_EXPLAINING.keys() == set()
    # What has got help is taken off the list.
    assert {one for one in SELF_EXPLAINING if one[0] is form} <= silent


def test_a_field_without_help_is_seen():
    class Hole(StyledForm):
        said = forms.CharField(help_text="In one line.")
        silent = forms.CharField()
        hidden = forms.CharField(widget=forms.HiddenInput)

    class Filter(FilterForm):
        says = ""

    assert without_help(Hole) == ["silent"]
    assert without_help(Filter) == ["says"]
    assert len(set(styled())) > 40


# Fields that a form gets when it is made


def drawn(text: str) -> list[tuple[str, bool]]:
    """Return label → whether there is help, for each field that a page draws."""
    found = []
    for field in text.split('<div class="field')[1:]:
        label = re.search(r'class="form-label"[^>]*>\s*([^<]*?)\s*<', field)
        found.append((label.group(1) if label else "", 'class="form-text"' in field))
    return found


def pages(made, profile, consulted):
    asked = factories.ask_for_input(profile, person=made[Role.FOCAL_POINT])
    task = Task.objects.open().filter(section__profile=profile).order_by("pk")[0]
    answer = Task.objects.open().filter(profile=consulted, signoff__isnull=False)
    slug, expert, team = profile.slug, made[Role.LOCAL_EXPERT], made.team
    signoff = answer.order_by("pk")[0]
    yield team, reverse("profile_new")
    yield team, reverse("people_add", args=[slug]) + f"?person={expert.pk}"
    yield team, reverse("people_add", args=[consulted.slug]) + f"?person={expert.pk}"
    yield team, reverse("people_invite", args=[slug])
    yield team, reverse("deadlines", args=[slug])
    yield team, reverse("profile_move", args=[slug, "hold"])
    yield team, reverse("me")
    yield expert, reverse("request_new", args=[slug])
    yield expert, reverse("request", args=[slug, asked.pk])
    yield made[Role.FOCAL_POINT], reverse("request", args=[slug, asked.pk])
    yield expert, reverse("task_delegate", args=[task.pk])
    yield signoff.signoff.person, reverse("task", args=[signoff.pk])
    yield expert, reverse("entry_add", args=[slug, "territory"])


def test_fields_that_come_and_go_have_help_too():
    made = factories.make_programme()
    profile, consulted = (
        factories.bring_to(factories.make_profile(made), state)
        for state in (ProfileState.DRAFTING, ProfileState.CONSULTATION)
    )
    number = 0
    for who, address in pages(made, profile, consulted):
        with translation.override("en"):
            response = signed_in(who).get(address)
        assert response.status_code == 200, address
        fields = drawn(response.content.decode())
        number += len(fields)
        assert [label for label, has_help in fields if not has_help] == [], address
    assert number > 40


def test_a_drawn_field_without_help_is_seen():
    with_help = '<div class="field"><label class="form-label">A </label><div class="form-text">'
    assert drawn(with_help) == [("A", True)]
    assert drawn('<div class="field"><label class="form-label">B </label></div>') == [("B", False)]
