"""What a person keeps of the board: its filters under a name of his own."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput
from profile_workflow.models import SavedView, User

#: Most views that one person keeps; a list of more helps nobody.
MOST_VIEWS = 20


def save_view(user: User, *, name: str, query: str) -> SavedView:
    """Keep a view of the board; the same one is kept once.

    Raises:
        InvalidInput: If the person keeps too many already, or another view of this name.
    """
    kept = SavedView.objects.filter(user=user)
    if not kept.filter(name=name).exists() and kept.count() >= MOST_VIEWS:
        raise InvalidInput(_("You keep the most views already; remove one first."))
    view, _created = kept.get_or_create(user=user, name=name, defaults={"query": query})
    if view.query != query:
        raise InvalidInput(_("Another view of yours has this name."))
    return view


def rename_view(view: SavedView, *, name: str) -> None:
    """Give a view another name.

    Raises:
        InvalidInput: If another view of the same person has the name.
    """
    view.name = name
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError as error:
        raise InvalidInput(_("Another view of yours has this name.")) from error


def remove_view(view: SavedView) -> None:
    """Forget a view."""
    view.delete()
