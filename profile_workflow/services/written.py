"""What people write in a field of free text: without spaces around it, and fit to be kept."""

from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput

#: Both databases store every character but this one.
_NUL = "\x00"


def fits(text: str, *, most: int) -> bool:
    """Whether a text has at most so many characters, and none that cannot be stored."""
    return len(text) <= most and _NUL not in text


def written(text: str, *, most: int, may_be_empty: bool = False) -> str:
    """Return what was written, without spaces around it.

    Args:
        text: As it was sent.
        most: How many characters it may have.
        may_be_empty: Whether nothing at all is an answer too.

    Raises:
        InvalidInput: If it is empty, too long, or holds a character that cannot be stored.
    """
    text = text.strip()
    if text and fits(text, most=most):
        return text
    if not text and may_be_empty:
        return text
    if may_be_empty:
        said = _("Write at most %(most)s characters, in letters that can be stored.")
    else:
        said = _("Write between 1 and %(most)s characters, in letters that can be stored.")
    raise InvalidInput(said % {"most": most})
