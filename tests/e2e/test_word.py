"""A Word file there and back in a browser without scripts, in Arabic, on a phone."""

import io
import re
import zipfile

import pytest

from profile_workflow.models import Draft
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import PASSWORD, PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def changed(data, old, new):
    """Return a file as somebody saves it who replaced a word in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(content, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, re.sub(old.encode(), new.encode(), part))
    return content.getvalue()


def test_a_text_goes_to_word_and_comes_back_changed(browse):
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    expert = made[Role.LOCAL_EXPERT]
    expert.language = "ar"
    expert.set_password(PASSWORD)
    expert.save()
    factories.write(factories.section(profile, "1"), "### عنوان\n\nنص **قديم** مع [@k, p. 4].")
    page = browse("ar", expert, scripts=False)
    page.set_viewport_size(PHONE)
    page.goto(f"/p/{profile.slug}/s/1/edit/")
    page.locator("summary", has_text="Word").click()
    with page.expect_download() as waiting:
        page.locator("a[href*='/word/?text=working']").click()
    with open(waiting.value.path(), "rb") as file:  # noqa: PTH123 - a path of the browser
        data = changed(file.read(), "قديم", "جديد")

    page.goto(f"/p/{profile.slug}/word/bring-in/?section=1")
    sent = {"name": "x.docx", "mimeType": "application/octet-stream", "buffer": data}
    page.locator("#id_file").set_input_files(files=[sent])
    page.locator("main form .btn-primary").click()
    page.locator("a[href$='/s/1/']").click()
    assert "قديم" in page.locator(".redline del").inner_text()
    assert Draft.objects.get(section__profile=profile, section__key="1").version == 1
    page.go_back()
    page.locator("button[value=on]").click()
    text = Draft.objects.get(section__profile=profile, section__key="1").text
    assert text == "### عنوان\n\nنص **جديد** مع [@k, p. 4]."
    page.locator("a[href*='/copies/']").click()
    page.locator("main form button").click()
    text = Draft.objects.get(section__profile=profile, section__key="1").text
    assert text == "### عنوان\n\nنص **قديم** مع [@k, p. 4]."
    overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(overflow)
