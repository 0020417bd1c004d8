"""Words that an input method composes: for another script, from a dead key, on a phone."""

import pytest

from profile_workflow.models import Draft
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.writing import field, open_editor, select_piece

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Words, each as it grows while it is composed.
FRENCH = ("e", "é", "éc", "école")
ARABIC = ("ا", "اله", "الهج", "الهجرة")


def compose(page, steps):
    """Compose a word by the browser's own input: each step takes the place of the one before."""
    session = page.context.new_cdp_session(page)
    for text in steps:
        place = {"selectionStart": len(text), "selectionEnd": len(text)}
        session.send("Input.imeSetComposition", {"text": text, **place})
    session.send("Input.insertText", {"text": steps[-1]})
    session.detach()


def test_a_word_composed_on_a_piece_follows_it(browse):
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    section = factories.section(profile, "1")
    figure = factories.give_figure(section)
    pieces = {
        ".chip-citation": f"[@{figure.source.key}]",
        ".chip-reference": "[#section:2]",
        ".chip-note": "^[A note]",
        ".chip-placement": f"[[figure:{figure.table.key}]]\n\n",
    }
    cited, referred, noted, placed = pieces.values()
    text = f"Many{cited} as {referred} says{noted}.\n\n{placed}"
    page = open_editor(browse, made[Role.LOCAL_EXPERT], profile, f"{text}End.", "en")
    for chip, piece in pieces.items():
        for word in (FRENCH, ARABIC):
            before = field(page)
            select_piece(page, chip)
            compose(page, word)
            assert field(page) == before.replace(piece, piece + word[-1])
    whole = field(page)
    assert whole.endswith(f"\n\n{ARABIC[-1]}{FRENCH[-1]}End.")
    # A composition that is given up takes nothing with it.
    select_piece(page, ".chip-citation")
    compose(page, ("e", ""))
    assert field(page) == whole
    page.keyboard.type("!")
    page.locator("#save-state", has_text="Saved at").wait_for()
    assert field(page) == whole.replace(cited, f"{cited}!")
    assert Draft.objects.get(section=section).text == field(page)
