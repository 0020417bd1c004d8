"""What adding an entry needs: a second click adds nothing, and a short name is made if need be."""

from collections.abc import Callable, Collection, Mapping
from itertools import product
from string import ascii_uppercase
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from profile_workflow.bibliography.keys import code_from, key_for
from profile_workflow.errors import MadeAlready
from profile_workflow.models import (
    Challenge,
    DataTable,
    Picture,
    Source,
    Territory,
    WorkingDefinition,
)
from profile_workflow.pictures.shown import free_keys

#: Fields of a short name that is made where a person leaves it empty.
MADE_NAMES = ("code", "key")


def refuse_twice(
    row: Any, links: Mapping[str, Collection[models.Model]], *, but: Collection[str]
) -> None:
    """Refuse an entry that says what another one of the profile says, word for word.

    A short name that was left empty is not compared: it would be made anew at each click.

    Args:
        row: The entry, not stored yet.
        links: Its links to several rows, by field.
        but: Fields that are no part of what it says.

    Raises:
        MadeAlready: If there is one.
    """
    fields = row._meta.concrete_fields  # noqa: SLF001 - Django's own API
    said = {
        one.attname: getattr(row, one.attname)
        for one in fields
        if one.name not in but and (one.name not in MADE_NAMES or getattr(row, one.name))
    }
    for same in type(row).objects.filter(profile=row.profile, **said).order_by("pk"):
        if all(set(getattr(same, name).all()) == set(rows) for name, rows in links.items()):
            raise there_already(same)


def there_already(entry: object) -> MadeAlready:
    """Return the refusal to add an entry a second time."""
    said = _("“%(entry)s” is there already; nothing was added twice.") % {"entry": entry}
    return MadeAlready(said, made=entry)


def give_name(row: Any) -> None:
    """Give an entry the short name that was left empty, other than those that are taken.

    The caller holds the lock on the profile.
    """
    made = _MADE_OF.get(type(row))
    field = "code" if hasattr(row, "code") else "key"
    if made is None or getattr(row, field):
        return
    others = type(row).objects.filter(profile=row.profile)
    setattr(row, field, made(row, set(others.values_list(field, flat=True))))


def _next_challenge(taken: Collection[str]) -> str:
    numbered = (f"C{one}" for one in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)


def next_table(section_key: str, taken: Collection[str]) -> str:
    """Return the key of the next table of a section: 4-A, 4-B, after 4-Z 4-AA."""
    letters = (one for number in (1, 2) for one in product(ascii_uppercase, repeat=number))
    named = (f"{section_key}-{''.join(one)}" for one in letters)
    return next(one for one in named if one not in taken)


#: Kind of entry → the short name that it gets.
_MADE_OF: dict[type[Any], Callable[[Any, Collection[str]], str]] = {
    Territory: lambda row, taken: code_from(row.name, taken),
    WorkingDefinition: lambda row, taken: code_from(row.term, taken),
    Source: lambda row, taken: key_for(row.authors, row.year, taken),
    Picture: lambda _row, taken: next(free_keys(taken)),
    DataTable: lambda row, taken: next_table(row.section.key, taken),
    Challenge: lambda _row, taken: _next_challenge(taken),
}
