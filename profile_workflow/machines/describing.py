"""What the engine and the screens know of a move besides where it leads."""

from typing import Any

from django.utils.functional import Promise
from django_fsm import GET_STATE


def says(
    label: "str | Promise", *, reason: bool = False, system: bool = False, answer: bool = False
) -> dict[str, Any]:
    """Describe a move for the engine and the screens."""
    return {"label": label, "reason": reason, "system": system, "answer": answer}


def wherever(default: str, *others: str) -> GET_STATE:
    """Return a target that the service names under the lock; by itself it is the default."""
    return GET_STATE(lambda document: document.outcome or default, states=[default, *others])
