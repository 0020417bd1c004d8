"""Everything that is stored, one file a topic."""

from profile_workflow.models.answering_link import AnsweringLink, PriorityAnswer, SectionAnswer
from profile_workflow.models.city import City, Programme, TextBlock
from profile_workflow.models.comment import (
    AMONG_AUTHORS,
    COMMENTS_WAITING,
    ON_SUBMITTED,
    WAITING,
    Comment,
    Note,
    Reply,
)
from profile_workflow.models.decision import Decision, ReviewRound
from profile_workflow.models.definitions import Acronym, Territory, WorkingDefinition
from profile_workflow.models.event import Event, EventReason
from profile_workflow.models.evidence import DataItem, DataTable, LibrarySource, Source
from profile_workflow.models.guidance import FindingDismissal, QuestionAnswer
from profile_workflow.models.input_request import InputRequest, RequestEntry
from profile_workflow.models.invitation import ReviewInvitation
from profile_workflow.models.paper import PaperAnswer
from profile_workflow.models.partner import Partner
from profile_workflow.models.people import Organisation, User
from profile_workflow.models.picture import Picture, PictureFile
from profile_workflow.models.priority import Challenge, Priority
from profile_workflow.models.profile import Assignment, Profile
from profile_workflow.models.quality import CheckAnswer, Waiver
from profile_workflow.models.review import CriterionAnswer, ReviewDraft
from profile_workflow.models.revision import ProfileVersion, Revision
from profile_workflow.models.saved_view import SavedView
from profile_workflow.models.search import SearchEntry, SearchKind
from profile_workflow.models.section import Draft, Section, WorkingCopy
from profile_workflow.models.sign_in import FailedSignIn, Tally
from profile_workflow.models.signing import SigningAnswer, SigningCode
from profile_workflow.models.stakeholder import UNDER_SEAL, SignOff, ValidationRound
from profile_workflow.models.template import (
    Template,
    TemplateCheck,
    TemplateCriterion,
    TemplateSection,
    TemplateSubsection,
)
from profile_workflow.models.word import WordReading
from profile_workflow.models.workshop import Workshop, WorkshopCount, WorkshopRemark

__all__ = [
    "AMONG_AUTHORS",
    "COMMENTS_WAITING",
    "ON_SUBMITTED",
    "UNDER_SEAL",
    "WAITING",
    "Acronym",
    "AnsweringLink",
    "Assignment",
    "Challenge",
    "CheckAnswer",
    "City",
    "Comment",
    "CriterionAnswer",
    "DataItem",
    "DataTable",
    "Decision",
    "Draft",
    "Event",
    "EventReason",
    "FailedSignIn",
    "FindingDismissal",
    "InputRequest",
    "LibrarySource",
    "Note",
    "Organisation",
    "PaperAnswer",
    "Partner",
    "Picture",
    "PictureFile",
    "Priority",
    "PriorityAnswer",
    "Profile",
    "ProfileVersion",
    "Programme",
    "QuestionAnswer",
    "Reply",
    "RequestEntry",
    "ReviewDraft",
    "ReviewInvitation",
    "ReviewRound",
    "Revision",
    "SavedView",
    "SearchEntry",
    "SearchKind",
    "Section",
    "SectionAnswer",
    "SignOff",
    "SigningAnswer",
    "SigningCode",
    "Source",
    "Tally",
    "Template",
    "TemplateCheck",
    "TemplateCriterion",
    "TemplateSection",
    "TemplateSubsection",
    "Territory",
    "TextBlock",
    "User",
    "ValidationRound",
    "Waiver",
    "WordReading",
    "WorkingCopy",
    "WorkingDefinition",
    "Workshop",
    "WorkshopCount",
    "WorkshopRemark",
]
