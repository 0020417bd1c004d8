"""Several answers on one page: each saved by itself, none lost for another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

FormT = TypeVar("FormT", bound=forms.BaseForm)


@dataclass(slots=True, kw_only=True)
class Answer(Generic[FormT]):
    """One of the answers on a page.

    Attributes:
        form: With what it is given, where whoever reads may.
        problem: Why it was refused, if nothing on the form can mend it.
        lost_words: What was typed for what can no longer be answered.
    """

    #: The field that holds the words.
    WORDS: ClassVar[str]

    form: FormT | None = None
    problem: str = ""
    lost_words: str = ""

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """What it answers."""
        raise NotImplementedError

    def keep(self, refused: Self) -> None:
        """Take over what was typed and refused, with the reason."""
        assert refused.form is not None
        self.problem = refused.problem
        if self.form is not None:
            self.form = refused.form
        else:
            self.lost_words = str(refused.form[self.WORDS].value() or "")


AnswerT = TypeVar("AnswerT", bound=Answer[Any])


@dataclass(slots=True)
class Saved(Generic[AnswerT]):
    """What became of the answers on one page.

    Attributes:
        done: Those that were saved.
        refused: Those that were refused.
        status: HTTP status of the first refusal; 0 if there was none.
    """

    done: list[AnswerT] = field(default_factory=list)
    refused: list[AnswerT] = field(default_factory=list)
    status: int = 0

    @property
    def number(self) -> int:
        """How many were saved."""
        return len(self.done)


def save_each(given: Iterable[AnswerT], save: Callable[[AnswerT], int]) -> Saved[AnswerT]:
    """Save answers, each in a transaction of its own.

    Args:
        given: The answers that were given.
        save: Saves one and returns 0, or leaves the reason beside it and returns an HTTP status.
    """
    saved: Saved[AnswerT] = Saved()
    for one in given:
        status = save(one)
        saved.status = saved.status or status
        (saved.refused if status else saved.done).append(one)
    return saved


def kept(rows: list[AnswerT], saved: Saved[AnswerT]) -> list[AnswerT]:
    """Return rows that were read anew, those that were refused with their words."""
    refused = {one.anchor: one for one in saved.refused}
    for row in rows:
        if row.anchor in refused:
            row.keep(refused[row.anchor])
    return rows


def tell(request: HttpRequest, saved: Saved[Any]) -> None:
    """Say how many answers were saved."""
    if saved.number:
        told = ngettext(
            "%(number)s answer was saved.", "%(number)s answers were saved.", saved.number
        )
        messages.success(request, told % {"number": saved.number})
