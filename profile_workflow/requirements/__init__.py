"""What must be complete before each move: a table of checks that list what is missing."""

from profile_workflow.requirements.priorities import MOST_PRIORITIES
from profile_workflow.requirements.table import (
    REQUIREMENTS,
    evidence_missing,
    missing_for,
    next_gate,
    register,
    with_drafts,
)

__all__ = [
    "MOST_PRIORITIES",
    "REQUIREMENTS",
    "evidence_missing",
    "missing_for",
    "next_gate",
    "register",
    "with_drafts",
]
