"""Pictures of every page for the documentation; ``WRITE_SCREENSHOTS=1`` makes them anew."""

import io
import os
import pathlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from profile_workflow.models import AnsweringLink, City, User
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from tests.demonstration import demonstrate
from tests.further_pages import BAD_MOMENTS, EVERY_PAGE
from tests.looks import show_bad_moment, visit
from tests.pages import STRANGER

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
GALLERY = DOCS / "reference" / "screens.md"
SCREENS = DOCS / "images" / "screens"
PICTURE = DOCS / "images" / "board.png"
WRITING = bool(os.environ.get("WRITE_SCREENSHOTS"))
BROWSER = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


PICTURED = [page for page in EVERY_PAGE if page.is_pictured]


def gallery() -> str:
    """Return the page of the documentation that shows every page of the site."""
    made_by = "`WRITE_SCREENSHOTS=1 pytest tests/e2e/test_gallery.py`"
    parts = ["# Screens", f"Every page of the site, made with its pictures by {made_by}."]
    for page in PICTURED:
        who = "Strangers" if page.who[0] == STRANGER else str(Role(page.who[0]).label)
        parts.append(_shown(page.key, f"{page.purpose} Seen by: {who.lower()}.", page.purpose))
    parts += [_shown(f"error-{name}", told, told) for name, told in BAD_MOMENTS.items()]
    return "\n\n".join(parts) + "\n"


def _shown(name: str, told: str, in_words: str) -> str:
    return f"## {name}\n\n{told}\n\n![{in_words}](../images/screens/{name}.png)"


@pytest.mark.unit
def test_the_gallery_shows_every_page():
    if WRITING:
        GALLERY.write_text(gallery())
    assert GALLERY.read_text() == gallery()


@pytest.mark.unit
@pytest.mark.skipif(WRITING, reason="the pictures are being made")
def test_every_page_has_its_picture_and_no_picture_is_left_over():
    wanted = {page.key for page in PICTURED} | {f"error-{name}" for name in BAD_MOMENTS}
    assert {one.stem for one in SCREENS.glob("*.png")} == wanted


# What is on the pictures

CITIES = {
    "Tangier": ProfileState.DRAFTING,
    "Amman": ProfileState.EXPERT_REVIEW,
    "Tunis": ProfileState.PROJECT_QA,
    "Sousse": ProfileState.CONSULTATION,
    "Rabat": ProfileState.REVISION_QA,
    "Beirut": ProfileState.ON_HOLD,
    "Lisbon": ProfileState.PRODUCTION,
    "Sfax": ProfileState.PRIORITY_SETTING,
}
EXPERTS = (
    "Salma Bennani",
    "رانيا عودة",
    "Nizar Belhadj",
    "Inès Mzali",
    "Omar Alaoui",
    "Dana Khoury",
    "Rui Tavares",
    "Leïla Trabelsi",
)
PEOPLE = {
    Role.PROJECT_TEAM: "Andreas Holm",
    Role.INTERNATIONAL_EXPERT: "Yasmine El Kadi",
    Role.FOCAL_POINT: "Hatem Ghorbel",
    Role.STAKEHOLDER: "Aïssatou Bamba",
}


def rename(user, name):
    User.objects.filter(pk=user.pk).update(full_name=name)


def some_cities():
    """Make a board that looks like one in use, and return its project team."""
    made = factories.make_programme(sections=13, cities=len(CITIES))
    for role, name in PEOPLE.items():
        rename(made[role], name)
    now = timezone.now()
    for number, (city, (name, state)) in enumerate(zip(made.cities, CITIES.items(), strict=True)):
        City.objects.filter(pk=city.pk).update(name=name)
        expert = factories.make_person("expert")
        rename(expert, EXPERTS[number])
        parts = [one for one in made.parts() if one.role != Role.LOCAL_EXPERT]
        profile = factories.make_profile(
            made,
            city=city,
            edition=2026,
            people=[factories.Part(expert, Role.LOCAL_EXPERT), *parts],
            at=now - timedelta(days=90),
        )
        factories.bring_to(profile, state, at=now - timedelta(days=7 * number + 3))
        for one in factories.sections(profile, SectionState.UNDER_REVIEW)[:9]:
            factories.move(one, "accept", made[Role.INTERNATIONAL_EXPERT])
    return made.team


#: Waits until every picture of a page is drawn, those below its end too.
DRAWN = """() => Promise.all([...document.images].map((one) => {
  one.loading = "eager";
  return one.decode();
}))"""


class TestPictures:
    pytestmark = BROWSER

    def test_picture_of_the_board(self, browse, tmp_path):
        """Look at a board in use; ``WRITE_SCREENSHOTS=1`` keeps the picture for the README."""
        page = browse("en", some_cities())
        page.set_viewport_size({"width": 1280, "height": 1150})
        page.goto(reverse("board"))
        assert page.locator("tbody tr").count() == len(CITIES)
        target = PICTURE if WRITING else tmp_path / PICTURE.name
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target)
        assert target.read_bytes().startswith(b"\x89PNG")

    if WRITING:

        def test_pictures_of_every_page(self, browse):
            shown = demonstrate()
            SCREENS.mkdir(parents=True, exist_ok=True)
            for old in SCREENS.glob("*.png"):
                old.unlink()
            windows = {None: browse("en", refuses=True)}
            for one in PICTURED:
                address = one.address(shown)
                reader = shown.reader_of(one, address)
                if reader not in windows:
                    windows[reader] = browse("en", reader, refuses=True)
                AnsweringLink.objects.update(language="en")
                visit(windows[reader], one, address)
                keep_picture(windows[reader], one.key)
            for name in BAD_MOMENTS:
                show_bad_moment(windows[None], name)
                keep_picture(windows[None], f"error-{name}")


def keep_picture(page, name):
    """Keep what a window shows, in few colours: such pictures need no more."""
    page.evaluate(DRAWN)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = picture.quantize(colors=128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(SCREENS / f"{name}.png", optimize=True)
