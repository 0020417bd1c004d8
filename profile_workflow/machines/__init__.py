"""Every legal move of every document: one abstract state machine each, with empty bodies.

``custom`` says what the engine needs to know of a move: ``reason`` (the mover must say why),
``answer`` (the mover must give words or a file), ``system`` (only the software makes it, never a
person), ``label`` (words on the button).
"""

from profile_workflow.machines.comment import CommentMachine
from profile_workflow.machines.evidence import DataItemMachine, InputRequestMachine
from profile_workflow.machines.invitation import InvitationMachine
from profile_workflow.machines.profile import ProfileMachine
from profile_workflow.machines.section import SectionMachine
from profile_workflow.machines.sign_off import SignOffMachine

__all__ = [
    "CommentMachine",
    "DataItemMachine",
    "InputRequestMachine",
    "InvitationMachine",
    "ProfileMachine",
    "SectionMachine",
    "SignOffMachine",
]
