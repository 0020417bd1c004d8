"""The least that each address takes by POST, so that only the role decides what comes of it."""

from profile_workflow.models import Comment, DataItem
from profile_workflow.services.contents import (
    fingerprint,
    fingerprint_of_figures,
    fingerprint_of_text,
)
from profile_workflow.services.ordering import order_mark
from profile_workflow.services.priorities import fingerprint_of
from profile_workflow.services.sources import fingerprint_of_sources
from profile_workflow.states import Advice
from profile_workflow.web.checks import anchor_of
from tests import factories
from tests.access.world import Place

Form = dict[str, object]


def forms_for(place: Place) -> dict[str, Form]:
    """Return what is sent to each address; to those that are not named, an empty form."""
    return {**_of_texts(place), **_of_evidence(place), **_of_the_city(place)}


def _of_texts(place: Place) -> dict[str, Form]:
    draft = factories.section(place.drafted, "1").draft
    text = {"text": f"{draft.text} So did others.", "base_version": draft.version}
    return {
        "task": {"move": "submit"},
        "section_edit": text,
        "section_save": text,
        "section_copy": {"base_version": draft.version},
        "section_move": {"move": "accept"},
        "section_review": {"act": "decide"},
        "review_draft": {"reason": "Half a sentence"},
        "review_draft_whole": {"reason": "Half a sentence"},
        "profile_move": {"move": "hold", "reason": "Elections."},
        "word_check": {"take_1": "on", "version_1": draft.version},
        "qa": {"method-verdict": "yes"},
        "qa_waive": {f"{anchor_of(Advice.EMPTY, '1')}-reason": "Nothing is known."},
        "erratum": {"text": "Page 3.", "base": fingerprint_of_text("")},
        "pdf": {"kind": "preview", "language": "en"},
    }


def _of_evidence(place: Place) -> dict[str, Form]:
    figure = DataItem.objects.select_related("table").get(table__profile=place.drafted)
    sources = {"base": fingerprint_of_sources(place.drafted)}
    return {
        "entry_add": {"title": "Census"},
        "entry": {"label": "Residents", "base": fingerprint(figure)},
        "entry_shift": {"to": "up", "base": order_mark([figure])},
        "figure": {"move": "receive"},
        "figure_add": {"label": "Residents", "base": fingerprint_of_figures(figure.table)},
        "table_paste": {"text": "Residents", "base": fingerprint_of_figures(figure.table)},
        "table_chart": {"chart": "bar", "base": fingerprint(figure.table)},
        "source_merge": sources,
        "sources_import": {"text": "@book{a, title={B}}", **sources},
    }


def _of_the_city(place: Place) -> dict[str, Form]:
    comment = Comment.objects.get(section__profile=place.consulted)
    priorities = {"base": fingerprint_of(list(place.ranked.priorities.all()))}
    return {
        "objection": {"text": "We have looked at it.", "base": fingerprint_of_text("")},
        "workshop_remark": {"text": "We have looked at it.", "base": fingerprint_of_text("")},
        "my_invitation": {"decline_invitation-move": "decline_invitation"},
        "invitation": {"withdraw_invitation-move": "withdraw_invitation"},
        "request": {"give_answer-move": "give_answer", "give_answer-words": "Adopted."},
        "responses": {f"c{comment.pk}-move": "accept", f"c{comment.pk}-words": "Yes."},
        "priority": {"title": "Rooms", **priorities},
        "priority_add": {"title": "Rooms", **priorities},
        "priority_shift": {"to": "up", **priorities},
        "priority_remove": priorities,
    }
