"""Words that a profile must not use, with what to say instead and why. Source: domain notes 10."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Term:
    """A wording that stops quality assurance."""

    language: str
    pattern: re.Pattern[str]
    instead: str
    because: "str | Promise"


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in the text where a blocked wording stands."""

    found: str
    instead: str
    because: str


_CRIMINAL = _("“Illegal” makes a crime of a status; a person is never illegal.")
_NO_SUCH = _("Everybody may ask for asylum; there is no irregular asylum seeker.")

BLOCKED: tuple[Term, ...] = (
    Term(
        "en",
        re.compile(r"\billegal (?:im)?migra(?:nts?|tion)\b", re.IGNORECASE),
        "irregular migration, person in an irregular situation",
        _CRIMINAL,
    ),
    Term(
        "en",
        re.compile(r"\b(?:illegal|irregular) asylum[- ]seekers?\b", re.IGNORECASE),
        "asylum seeker",
        _NO_SUCH,
    ),
    Term(
        "fr",
        re.compile(r"\b(?:im)?migr(?:ants?|és?|ation)s? (?:clandestin|illéga)\w*", re.IGNORECASE),
        "en situation irrégulière",
        _CRIMINAL,
    ),
    Term(
        "ar",
        re.compile("هجرة غير شرعية|مهاجر(?:ون|ين)? غير شرعي(?:ون|ين)?"),
        "هجرة غير نظامية",
        _CRIMINAL,
    ),
)

#: Where others' words are repeated, they are left as they are: quotations, and titles in quotes.
_QUOTED = re.compile(r"(?m)^>.*$|“[^”]*”|«[^»]*»|\"[^\"\n]*\"")


def blocked_wordings(text: str) -> list[Finding]:
    """Return the blocked wordings in a text of the dialect, outside quotations."""
    own_words = _QUOTED.sub(" ", text)
    return [
        Finding(match.group(0), term.instead, str(term.because))
        for term in BLOCKED
        for match in term.pattern.finditer(own_words)
    ]
