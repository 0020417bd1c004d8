"""Mails in words: their kinds, what each is about, and the letter that becomes of it.

``compose`` and ``compose_account`` write the letter that a job of the outbox asks for.
"""

from workflows.letters.addresses import address
from workflows.letters.kinds import (
    OPTIONAL_KINDS,
    TASK_KINDS,
    AccountMail,
    MailKind,
    is_wanted,
)
from workflows.letters.text import one_line
from workflows.letters.writing import Letter, compose, compose_account

__all__ = [
    "OPTIONAL_KINDS",
    "TASK_KINDS",
    "AccountMail",
    "Letter",
    "MailKind",
    "address",
    "compose",
    "compose_account",
    "is_wanted",
    "one_line",
]
