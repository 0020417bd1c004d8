"""The pages of a chapter beside the text that is written: they come by themselves and stay."""

import pytest
from django.urls import reverse

from profile_workflow.states import ProfileState, Role
from reports.models import Build
from tests import factories
from tests.browser import overflowing, violations
from workflows.models import OutboxJob

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def make(build):
    """Do what the worker does, with a small file."""
    done = factories.give_build(build.profile, None, state="done")
    fields = ("state", "file", "sha256", "pages", "size", "finished_at")
    Build.objects.filter(pk=build.pk).update(**{one: getattr(done, one) for one in fields})
    done.delete()
    OutboxJob.objects.filter(kind="pdf").delete()


def test_the_pages_stand_beside_the_text_and_follow_it(browse):
    made = factories.make_programme(sections=2)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    page = browse("en", made[Role.LOCAL_EXPERT])
    page.goto(reverse("section_edit", args=[profile.slug, "1"]))
    assert not Build.objects.exists()
    page.get_by_text("Preview of this chapter").click()
    page.get_by_text("It is the next one.").wait_for()
    first = Build.objects.get()
    make(first)
    shown = page.locator("#printed object.pdf")
    shown.wait_for()
    address = reverse("pdf_shown", args=[profile.slug, first.pk])
    assert shown.get_attribute("data") == f"{address}#view=FitH"
    assert violations(page) == []
    assert overflowing(page) == 0
    # They cover nothing for whoever works in what stands below them.
    beside, position = page.locator("#printed"), "one => getComputedStyle(one).position"
    assert beside.evaluate(position) == "sticky"
    page.locator("#beside summary").first.focus()
    assert beside.evaluate(position) == "static"
    # What is typed is saved, and then printed; the pages that are read stay until it is.
    page.locator(".rich-text, [contenteditable=true]").first.click()
    page.keyboard.type("One more thought.")
    page.get_by_text("It is the next one.").wait_for()
    second = Build.objects.exclude(pk=first.pk).get()
    assert shown.get_attribute("data") == f"{address}#view=FitH"
    make(second)
    address = reverse("pdf_shown", args=[profile.slug, second.pk])
    page.locator(f'object[data="{address}#view=FitH"]').wait_for()
    assert "One more thought." in page.locator("#id_text").input_value()
