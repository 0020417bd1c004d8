"""Failures that are expected, each with a sentence fit to show to the person concerned."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not complete yet.

    Attributes:
        code: Stable code of the requirement, e.g. ``section_empty``.
        message: Sentence that tells what is missing.
        section: Key of the section to go to, or an empty string.
        fragment: Where on the page that its place is, if the code alone does not say it.
        position: Where in the working text of the section it stands, if it stands there.
        words: The words that stand there.
    """

    code: str
    message: str
    section: str = ""
    fragment: str = ""
    position: tuple[int, int] | None = None
    words: str = ""


class DomainError(Exception):
    """Anything the person can be told and can do something about.

    Attributes:
        status: HTTP status that a web or API answer carries.
    """

    status = 400

    def __init__(self, message: "str | Promise") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DomainError):
    """Not you: the person does not hold the role, or duties must stay apart."""

    status = 403


class NotNow(DomainError):
    """Not now: the document is not in a state that allows the move."""

    status = 409


class NotComplete(DomainError):
    """Not complete: the move is possible once the listed things are there."""

    status = 422

    def __init__(self, message: "str | Promise", missing: Sequence[Missing] = ()) -> None:
        super().__init__(message)
        self.missing = tuple(missing)


class StaleEdit(DomainError):
    """Somebody saved a newer version in the meantime; nothing was overwritten.

    Attributes:
        current_text: What the database holds now.
        current_version: Its version number, to base a merge on.
    """

    status = 409

    def __init__(
        self, message: "str | Promise", *, current_text: str, current_version: int
    ) -> None:
        super().__init__(message)
        self.current_text = current_text
        self.current_version = current_version


class StaleEntry(DomainError):
    """Somebody changed or removed the same thing in the meantime; nothing was overwritten.

    Attributes:
        current: What the database holds now; None if it is gone.
    """

    status = 409

    def __init__(self, message: "str | Promise", *, current: object = None) -> None:
        super().__init__(message)
        self.current = current


class InvalidInput(DomainError):
    """A value cannot be stored as it was given."""

    status = 422


class MadeAlready(InvalidInput):
    """The same is there, most likely by a click before this one; nothing was made twice.

    A page that adds something treats it as done.

    Attributes:
        made: What is there; None where nothing stands for it.
    """

    def __init__(self, message: "str | Promise", *, made: object = None) -> None:
        super().__init__(message)
        self.made = made


class CodeRefused(InvalidInput):
    """A code does not confirm what it is given for; the sentence says why, and what helps."""


def raise_if(refusal: DomainError | None) -> None:
    """Raise a refusal, if there is one."""
    if refusal is not None:
        raise refusal
