"""The views of the board that people keep."""

from profile_workflow.models import SavedView, User


def views_of(user: User) -> list[SavedView]:
    """Return the views that a person keeps, by name."""
    return list(SavedView.objects.filter(user=user).order_by("name", "pk"))


def view_of(user: User, view_id: int) -> SavedView:
    """Return one view of a person.

    Raises:
        SavedView.DoesNotExist: If he keeps none of that number.
    """
    return SavedView.objects.get(user=user, pk=view_id)
