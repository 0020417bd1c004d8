"""Signing for a city in a browser: on a phone, in Arabic, without scripts, with a code by mail."""

import pytest
from django.urls import reverse

from profile_workflow.models import SignOff
from profile_workflow.states import ProfileState, SignOffState
from tests import factories
from tests.browser import PHONE
from tests.integration.workflows.mails import run_worker
from tests.links import token_for
from tests.signing import code_of_mail

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ARABIC_NUMERALS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def test_an_authority_signs_on_a_phone_in_arabic_without_scripts(browse):
    profile = factories.bring_to(factories.make_profile(), ProfileState.SIGNOFF)
    (signoff,) = factories.asked(profile)
    page = browse("ar", scripts=False)
    page.set_viewport_size(PHONE)
    page.goto(reverse("link", args=[token_for(signoff)]))
    page.get_by_role("button", name="العربيّة").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("main .btn-primary").click()
    # A reservation without words comes back with what was filled in.
    page.locator("input[value=reserve]").check()
    page.locator("#id_signatory").fill("آمال بن صالح")
    page.locator("#id_function").fill("نائبة رئيس البلدية")
    page.locator("main form button").click()
    assert page.locator("#error-summary").is_visible()
    assert page.locator("input[value=reserve]").is_checked()
    page.locator("#id_text").fill("لم تُعتمد الميزانية بعد.")
    page.locator("main form button").click()
    page.wait_for_url("**/code/")
    page.locator("main form button").click()
    run_worker()
    code = code_of_mail(signoff.person.email)
    page.locator("#id_code").fill("00000000" if code != "00000000" else "11111111")
    page.locator("main form button").first.click()
    assert page.locator("#error-summary").is_visible()
    assert "لم تُعتمد الميزانية بعد." in page.locator("main").inner_text()
    page.locator("#id_code").fill(f"{code[:4]} {code[4:]}".translate(ARABIC_NUMERALS))
    page.locator("main form button").first.click()
    page.wait_for_url("**/sent/")
    given = SignOff.objects.get(pk=signoff.pk)
    assert (given.state, given.signatory) == (SignOffState.RESERVATION, "آمال بن صالح")
    assert "نائبة رئيس البلدية" in page.locator("main").inner_text()
    assert page.context.cookies() == []
