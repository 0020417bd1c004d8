"""Words that tell of one person: addresses, telephone numbers, papers, days of birth."""

import re
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext_lazy as _

from profile_workflow.proofreading.findings import Finding, Level, Rule, in_sentence
from profile_workflow.proofreading.folding import Folded
from profile_workflow.proofreading.passages import Passage

PERSONAL = Rule(
    "personal_data", Level.ASK,
    _("“%(found)s” seems to tell of one person. Leave it out, or allow it and say why."),
    _("A profile is printed and kept for years; who is counted or has spoken must not be found."),
    "Regulation (EU) 2016/679, article 5(1)(c); Inter-Agency Standing Committee, Operational "
    "Guidance on Data Responsibility in Humanitarian Action (2023)",
    requirement="personal_data",
)  # fmt: skip

#: Each part is bounded, so that no text takes long to read.
_MAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.\w[\w.-]{0,190}"
#: With the code of a country, or after the word for it.
_PHONE = (
    r"(?<![\w+])(?:\+|00)[1-9](?:[\s./-]?\(?\d\)?){7,13}(?!\d)"
    r"|\b(?:tel|phone|telephone|mobile|gsm|portable|whatsapp|هاتف|جوال)\b\.?\s*:?\s*\(?\d(?:[\s./-]?\d){5,12}"
)
_NUMBER = r"[^\n]{0,20}?[a-z]{0,3}[ -]?\d{5,}"
_PAPER = (
    r"\b(?:passport|passeport|identity card|id card|carte d'identite|residence permit"
    r"|titre de sejour|carte de sejour|iban|جواز|بطاقة التعريف|بطاقة الهوية|بطاقة الاقامة)\b"
    + _NUMBER
)
_BIRTH = (
    r"\b(?:born on|date of birth|ne le|nee le|date de naissance|تاريخ الميلاد|تاريخ الولادة"
    r"|مولود في|مولودة في)\b[^.\n]{0,12}?\d"
)
_TELLS = re.compile("|".join(f"(?:{one})" for one in (_MAIL, _PHONE, _PAPER, _BIRTH)))
#: Most places that are told of one passage.
_MOST = 20
#: A sign, and thousands parted by spaces or points: growth, not a telephone.
_GROWTH = re.compile(r"\+\d{1,3}(?:[\s.,]\d{3}){1,2}")


def personal(passage: Passage, folded: Folded, *, text: str) -> Iterator[Finding]:
    """Yield the places that seem to tell of one person, whoever is speaking.

    Args:
        passage: The passage.
        folded: Its folded words.
        text: The whole text as it was written.
    """
    for match in islice(_TELLS.finditer(folded.text), _MOST):
        if not _GROWTH.fullmatch(match[0]):
            yield in_sentence(PERSONAL, passage, folded.back(*match.span()), text)
