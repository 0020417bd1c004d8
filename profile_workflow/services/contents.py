"""What an entry holds: its mark, to see whether it was changed, and in words, for the history."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.models import DataTable

#: Most characters of one value that the history keeps of a change.
_TOLD = 160


def fingerprint(entry: models.Model) -> str:
    """Return the SHA-256 (hex) of all that an entry holds, to see whether it was changed.

    The state of a figure is not part of it: moves are guarded by themselves.
    """
    content = {name: str(value) for name, value in _values(entry).items()}
    return fingerprint_of_text(json.dumps(content, sort_keys=True))


def fingerprint_of_figures(table: DataTable) -> str:
    """Return the SHA-256 (hex) of which figures a table has."""
    figures = list(table.items.order_by("pk").values_list("pk", flat=True))
    return fingerprint_of_text(json.dumps(figures))


def fingerprint_of_text(text: str) -> str:
    """Return the SHA-256 (hex) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


#: What is no part of an entry's content: where it stands is changed by itself.
NOT_CONTENT = ("id", "profile", "state", "position", "origin")


def _values(entry: models.Model) -> dict[str, Any]:
    """Return name → value of every field, links as sorted ids."""
    meta = entry._meta  # noqa: SLF001 - Django's own API
    plain = [one for one in meta.concrete_fields if one.name not in NOT_CONTENT]
    values = {one.name: getattr(entry, one.attname) for one in plain}
    for one in meta.many_to_many:
        linked = getattr(entry, one.name).all()
        values[one.name] = sorted(row.pk for row in linked)
    return values


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return what a change changed, for the history; both are as ``in_words`` gives them."""
    changed = [
        f"{label}: {told(before[label])} → {told(words)}"
        for label, words in after.items()
        if words != before[label]
    ]
    return "; ".join(changed)


def in_words(entry: models.Model) -> dict[str, str]:
    """Return every field of an entry by its label, in words of the language in force."""
    words = {}
    for name in _values(entry):
        field = entry._meta.get_field(name)  # noqa: SLF001 - Django's own API
        label = _LINKED.get(name) or capfirst(str(getattr(field, "verbose_name", name)))
        words[str(label)] = _field_in_words(entry, name)
    return words


#: Links have no label of their own in the models.
_LINKED = {
    "territory": gettext_lazy("Territory"),
    "definition": gettext_lazy("Definition"),
    "source": gettext_lazy("Source"),
    "section": gettext_lazy("Section"),
    "sources": gettext_lazy("Sources"),
}


def _field_in_words(entry: models.Model, name: str) -> str:
    display = getattr(entry, f"get_{name}_display", None)
    value = display() if display else getattr(entry, name)
    if isinstance(value, models.Manager):
        return "; ".join(sorted(map(str, value.all())))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def told(words: str) -> str:
    """Return a value as the history tells it: not empty, and not long."""
    text = words or "–"
    return text if len(text) <= _TOLD else f"{text[:_TOLD]}…"
