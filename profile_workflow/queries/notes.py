"""Notes to oneself: nobody but their writer finds them."""

from profile_workflow.models import Note, Section, User


def notes_of(section: Section, *, viewer: User) -> list[Note]:
    """Return the notes that a reader has made beside a section, oldest first."""
    return list(section.notes.filter(author=viewer).order_by("created_at", "pk"))
