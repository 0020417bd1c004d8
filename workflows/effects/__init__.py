"""What a move causes outside the database: mails and PDF builds, noted in its own transaction.

The worker executes them after the commit, at least once.
"""

from workflows.effects.answers import (
    answer_came_by_link,
    answers_were_unsealed,
    attribution_was_changed,
    code_was_asked_for,
    link_was_issued,
    link_was_revoked,
    paper_was_entered,
    sealed_answer_came_by_link,
)
from workflows.effects.moves import RETURNS, move_was_made, tasks_were_opened, version_was_withdrawn
from workflows.effects.parts import (
    deadlines_were_changed,
    substitute_was_asked_for,
    substitute_was_named,
    task_was_handed_over,
)
from workflows.effects.requests import invitation_was_sent, request_was_made

__all__ = [
    "RETURNS",
    "answer_came_by_link",
    "answers_were_unsealed",
    "attribution_was_changed",
    "code_was_asked_for",
    "deadlines_were_changed",
    "invitation_was_sent",
    "link_was_issued",
    "link_was_revoked",
    "move_was_made",
    "paper_was_entered",
    "request_was_made",
    "sealed_answer_came_by_link",
    "substitute_was_asked_for",
    "substitute_was_named",
    "task_was_handed_over",
    "tasks_were_opened",
    "version_was_withdrawn",
]
