"""A request from asking to accepting, answered on a telephone without JavaScript."""

import pytest
from django.urls import reverse
from PIL import Image

from profile_workflow.models import InputRequest
from profile_workflow.states import ProfileState, RequestState, Role
from tests import factories
from tests.browser import overflowing

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Language → what is asked for, and what is answered.
WORDS = {
    "en": ("Residents by citizenship, 2024", "Totals only; the office keeps no citizenship."),
    "ar": ("المقيمون بحسب الجنسية، 2024", "المجاميع فقط؛ لا تحفظ الدائرة الجنسية."),
}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_asked_answered_with_a_photograph_and_accepted(browse, tmp_path, language):
    made = factories.make_programme(sections=2)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    subject, answer = WORDS[language]

    page = browse(language, made[Role.LOCAL_EXPERT])
    page.goto(reverse("request_new", args=[profile.slug]))
    page.select_option("#id_person", str(made[Role.FOCAL_POINT].pk))
    page.fill("#id_subject", subject)
    page.locator("main form button.btn-primary").click()
    request = InputRequest.objects.get(subject=subject)

    phone = browse(language, made[Role.FOCAL_POINT], scripts=False)
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(reverse("tasks"))
    phone.get_by_text(subject).click()
    photograph = tmp_path / "صورة 1.png"
    Image.new("RGB", (40, 20), "red").save(photograph)
    phone.fill("#id_give_answer-words", answer)
    phone.set_input_files("#id_give_answer-file", photograph)
    phone.locator("section.panel button.btn-primary").click()
    assert answer in phone.locator("main").inner_text()
    assert overflowing(phone) <= 0
    assert factories.fresh(request).state == RequestState.ANSWERED

    page.goto(reverse("tasks"))
    page.get_by_text(subject).click()
    with page.expect_download() as saved:
        page.get_by_text("صورة 1.jpg").click()
    assert saved.value.path().read_bytes().startswith(b"\xff\xd8\xff")
    page.locator("section.panel button.btn-primary").click()
    assert factories.fresh(request).state == RequestState.ACCEPTED
