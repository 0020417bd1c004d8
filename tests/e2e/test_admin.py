"""The admin of reference data: who gets in, what can be changed, what Django's pages do here."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from profile_workflow.admin import ListField, reference_site
from profile_workflow.models import City, Template, TextBlock
from profile_workflow.states import Role
from tests import factories
from tests.browser import overflowing

LISTS = (
    *("programme", "partner", "city", "textblock", "template"),
    *("templatesection", "templatesubsection", "templatecheck", "templatecriterion"),
)


@pytest.fixture
def made(db):
    return factories.make_programme()


def address(model, action="changelist", *args):
    return reverse(f"admin:profile_workflow_{model}_{action}", args=args)


@pytest.mark.integration
def test_nothing_but_reference_data_is_in_it():
    names = {model._meta.model_name for model in reference_site._registry}
    assert names == set(LISTS)
    assert type(admin.site) is not type(reference_site)


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("model", LISTS)
def test_only_administrators_get_in(client, made, model):
    assert client.get(address(model)).status_code == 302
    for who in (made.team, made[Role.LOCAL_EXPERT], made.outsider):
        client.force_login(who)
        assert client.get(address(model)).status_code == 403
    client.force_login(factories.make_person("keeper", is_staff=True))
    assert client.get(address(model)).status_code == 200
    assert client.get(address(model, "add")).status_code == 200


@pytest.mark.integration
@pytest.mark.django_db
def test_what_has_been_used_is_not_changed_and_nothing_is_deleted(client, made):
    client.force_login(made.superuser)
    template = made.template
    assert client.get(address("template", "change", template.pk)).context["has_change_permission"]
    factories.make_profile(made)
    page = client.get(address("template", "change", template.pk))
    assert not page.context["has_change_permission"]
    changed = {"code": template.code, "version": 1, "title": "X", "body_pages": 1}
    posted = client.post(address("template", "change", template.pk), changed)
    assert posted.status_code == 403
    assert Template.objects.get(pk=template.pk).title == "Template"
    for model, one in (("template", template), ("city", made.cities[0])):
        assert client.post(address(model, "delete", one.pk), {"post": "yes"}).status_code == 403
    assert City.objects.filter(pk=made.cities[0].pk).exists()


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize(("days", "may_change"), [(-1, False), (0, False), (1, True)])
def test_a_printed_text_stays_once_its_day_has_come(client, made, days, may_change):
    client.force_login(made.superuser)
    block = TextBlock.objects.create(
        programme=made.programme,
        kind="funding",
        language="en",
        valid_from=timezone.localdate() + timedelta(days=days),
        text="Paid by the programme.",
    )
    page = client.get(address("textblock", "change", block.pk))
    assert page.context["has_change_permission"] is may_change


@pytest.mark.unit
def test_a_list_is_a_list_and_may_be_empty():
    field = ListField(required=False)
    assert field.clean("[0, 1]") == [0, 1]
    assert field.clean("") == field.clean("[]") == []
    for wrong in ('{"a": 1}', "3", "no"):
        with pytest.raises(ValidationError):
            field.clean(wrong)


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_keeps_the_content_policy_and_works_in_a_browser(browse, language):
    made = factories.make_programme()
    page = browse(language, made.superuser)
    for there in (
        reverse("admin:index"),
        *(address(model) for model in LISTS),
        address("city", "add"),
    ):
        page.goto(there)
        assert page.evaluate("window.breaches") == []
    page.goto(address("city", "change", made.cities[0].pk))
    page.locator("#id_name").fill("Sfax")
    page.locator("input[name=_save]").click()
    assert City.objects.get(pk=made.cities[0].pk).name == "Sfax"
    assert page.evaluate("window.breaches") == []
    page.goto(reverse("admin:index"))
    assert overflowing(page) == 0
