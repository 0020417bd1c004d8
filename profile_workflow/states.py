"""Every state, role and decision of a profile: stored codes with translatable labels."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProfileState(TextChoices):
    """Where a City Migration Profile stands on its way from nomination to publication."""

    PLANNED = "planned", _("Planned")
    INCEPTION = "inception", _("Inception")
    DRAFTING = "drafting", _("Drafting")
    EXPERT_REVIEW = "expert_review", _("Expert review")
    REVISION_EXPERT = "revision_expert", _("Revision after expert review")
    PROJECT_QA = "project_qa", _("Quality assurance")
    REVISION_QA = "revision_qa", _("Revision after quality assurance")
    CONSULTATION = "consultation", _("Consultation")
    REVISION_VALIDATION = "revision_validation", _("Revision after validation")
    SIGNOFF = "signoff", _("Sign-off")
    VALIDATED = "validated", _("Validated")
    PRIORITY_SETTING = "priority_setting", _("Priority setting")
    PRIORITIES_ADOPTED = "priorities_adopted", _("Adoption of priorities")
    PRODUCTION = "production", _("Production")
    PUBLISHED = "published", _("Published")
    CORRECTION = "correction", _("Correction")
    UPDATE_DUE = "update_due", _("Update due")
    ON_HOLD = "on_hold", _("On hold")
    CANCELLED = "cancelled", _("Cancelled")
    SUPERSEDED = "superseded", _("Superseded")


#: States in which somebody has work to do, in the order of the path; each can be put on hold.
WORKING_STATES: tuple[ProfileState, ...] = (
    ProfileState.PLANNED,
    ProfileState.INCEPTION,
    ProfileState.DRAFTING,
    ProfileState.EXPERT_REVIEW,
    ProfileState.REVISION_EXPERT,
    ProfileState.PROJECT_QA,
    ProfileState.REVISION_QA,
    ProfileState.CONSULTATION,
    ProfileState.REVISION_VALIDATION,
    ProfileState.SIGNOFF,
    ProfileState.PRIORITY_SETTING,
    ProfileState.PRIORITIES_ADOPTED,
    ProfileState.PRODUCTION,
    ProfileState.CORRECTION,
)

#: States in which the text of returned or new sections may be written.
WRITING_STATES: tuple[ProfileState, ...] = (
    ProfileState.INCEPTION,
    ProfileState.DRAFTING,
    ProfileState.REVISION_EXPERT,
    ProfileState.REVISION_QA,
    ProfileState.REVISION_VALIDATION,
    ProfileState.CORRECTION,
)

#: States in which the text can still change, so that the city can be asked for input.
ASKING_STATES: tuple[ProfileState, ...] = (
    *WRITING_STATES,
    ProfileState.EXPERT_REVIEW,
    ProfileState.PROJECT_QA,
    ProfileState.CONSULTATION,
)

#: States in which nothing that was asked for is still needed.
RESTING_STATES: tuple[ProfileState, ...] = (
    ProfileState.PUBLISHED,
    ProfileState.UPDATE_DUE,
    ProfileState.CANCELLED,
    ProfileState.SUPERSEDED,
)

#: States in which the city signs, or has signed, what will be published: its figures stay with it.
SIGNED_STATES: tuple[ProfileState, ...] = (
    ProfileState.SIGNOFF,
    ProfileState.VALIDATED,
    ProfileState.PRIORITY_SETTING,
    ProfileState.PRIORITIES_ADOPTED,
    ProfileState.PRODUCTION,
)

#: States that only a new edition leaves.
FINAL_STATES: tuple[ProfileState, ...] = (ProfileState.CANCELLED, ProfileState.SUPERSEDED)

#: The states a public PDF may be made in; everything else prints the consultation watermark.
PUBLIC_STATES: tuple[ProfileState, ...] = (
    ProfileState.PUBLISHED,
    ProfileState.UPDATE_DUE,
    ProfileState.SUPERSEDED,
)

#: The states in which a published text is open to everybody, and can be withdrawn.
PUBLISHED_STATES: tuple[ProfileState, ...] = (*PUBLIC_STATES, ProfileState.CORRECTION)


class SectionState(TextChoices):
    """Where one section of the text stands."""

    EMPTY = "empty", _("Not started")
    DRAFTING = "drafting", _("Being drafted")
    READY = "ready", _("Ready")
    UNDER_REVIEW = "under_review", _("Under review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    ACCEPTED = "accepted", _("Accepted")
    LOCKED = "locked", _("Locked")
    REOPENED = "reopened", _("Reopened")


#: Section states in which its author has the pen.
EDITABLE_SECTION_STATES: tuple[SectionState, ...] = (
    SectionState.DRAFTING,
    SectionState.CHANGES_REQUESTED,
    SectionState.REOPENED,
)

#: Section states in which what the section rests on stays as it was judged.
APPROVED_SECTION_STATES: tuple[SectionState, ...] = (SectionState.ACCEPTED, SectionState.LOCKED)


#: Section states in which its author has done his part.
FINISHED_SECTION_STATES: tuple[SectionState, ...] = (
    SectionState.READY,
    *APPROVED_SECTION_STATES,
)


class CommentState(TextChoices):
    """What became of a comment."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("Partly accepted")
    DECLINED = "declined", _("Declined")
    DEFERRED = "deferred", _("Deferred to the next edition")
    VERIFIED = "verified", _("Closed by the commenter")
    CLOSED_BY_DEADLINE = "closed_by_deadline", _("Closed by deadline")


ANSWERED_COMMENT_STATES: tuple[CommentState, ...] = (
    CommentState.ACCEPTED,
    CommentState.PARTLY_ACCEPTED,
    CommentState.DECLINED,
    CommentState.DEFERRED,
)


class CommentKind(TextChoices):
    """How strongly the commenter means it."""

    MUST_FIX = "must_fix", _("Must be fixed")
    SUGGESTION = "suggestion", _("Suggestion")
    QUESTION = "question", _("Question")
    PRAISE = "praise", _("Praise")


#: Kinds that somebody has to answer; praise needs no answer.
KINDS_TO_ANSWER: tuple[CommentKind, ...] = (
    CommentKind.MUST_FIX,
    CommentKind.SUGGESTION,
    CommentKind.QUESTION,
)


#: What a reviewer can decide on a section, and recommend for the whole; the strictest comes last.
SECTION_VERDICTS = ("accept", "request_minor_changes", "request_major_changes", "decline")
PROFILE_VERDICTS = (
    "recommend_acceptance",
    "request_minor_revision",
    "request_major_revision",
    "recommend_declining",
)


class CriterionScope(TextChoices):
    """What a criterion of the review form is asked of."""

    SECTION = "section", _("Each section")
    PROFILE = "profile", _("The whole text")


class Outcome(TextChoices):
    """What became of a guiding question of the template."""

    ANSWERED = "answered", _("answered in the text")
    NOT_APPLICABLE = "not_applicable", _("does not apply here, because …")
    NOTHING_FOUND = "nothing_found", _("nothing found, searched where …")


class DataItemState(TextChoices):
    """How far a figure can be relied upon."""

    REQUESTED = "requested", _("Requested")
    RECEIVED = "received", _("Received")
    IN_CONFLICT = "in_conflict", _("In conflict")
    RECONCILED = "reconciled", _("Reconciled")
    PUBLISHED_AS_RANGE = "published_as_range", _("Published as a range")
    NOT_AVAILABLE = "not_available", _("Not available")
    STALE = "stale", _("Out of date")


#: Figure states that quality assurance lets pass.
SETTLED_DATA_STATES: tuple[DataItemState, ...] = (
    DataItemState.RECONCILED,
    DataItemState.PUBLISHED_AS_RANGE,
    DataItemState.NOT_AVAILABLE,
)


class RequestState(TextChoices):
    """What became of a request for input."""

    ASKED = "asked", _("Waits for an answer")
    ASKED_BACK = "asked_back", _("Asked back")
    ANSWERED = "answered", _("Answered")
    NOT_AVAILABLE = "not_available", _("Said to be not available")
    ACCEPTED = "accepted", _("Answer accepted")
    UNAVAILABLE = "unavailable", _("Not available, recorded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: States in which whoever was asked can answer.
OPEN_REQUEST_STATES: tuple[RequestState, ...] = (RequestState.ASKED, RequestState.ASKED_BACK)

#: States in which it is the turn of whoever asked.
REQUESTS_BACK_WITH_THE_ASKER: tuple[RequestState, ...] = (
    RequestState.ASKED_BACK,
    RequestState.ANSWERED,
    RequestState.NOT_AVAILABLE,
)


class InvitationState(TextChoices):
    """What an international expert has answered to the invitation to review."""

    INVITED = "invited", _("Waits for an answer")
    DATE_PROPOSED = "date_proposed", _("Another date proposed")
    INTEREST_DECLARED = "interest_declared", _("Interest declared, to be cleared")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    BARRED = "barred", _("Not cleared")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: States in which an invitation is not settled; a person has one such at most in a profile.
OPEN_INVITATION_STATES: tuple[InvitationState, ...] = (
    InvitationState.INVITED,
    InvitationState.DATE_PROPOSED,
    InvitationState.INTEREST_DECLARED,
)


class Declining(TextChoices):
    """Why somebody does not review; seen by the project team alone."""

    NOT_NOW = "not_now", _("Not now; ask me another time")
    NOT_MY_FIELD = "not_my_field", _("It is not my field")
    INTEREST = "interest", _("I have a conflict of interest")
    OTHER = "other", _("Another reason")


class SignOffState(TextChoices):
    """What a person who was asked to agree has answered."""

    ASKED = "asked", _("Asked")
    APPROVED = "approved", _("Approved")
    RESERVATION = "reservation", _("Approved with reservation")
    OBJECTED = "objected", _("Objected")
    TACIT = "tacit", _("Tacit approval")
    NO_ANSWER = "no_answer", _("No answer")
    WAIVED = "waived", _("Waived")


#: Answers that count towards a quorum.
COUNTING_SIGNOFF_STATES: tuple[SignOffState, ...] = (
    SignOffState.APPROVED,
    SignOffState.RESERVATION,
    SignOffState.OBJECTED,
    SignOffState.TACIT,
)

#: What somebody has said himself.
GIVEN_SIGNOFF_STATES: tuple[SignOffState, ...] = (
    SignOffState.APPROVED,
    SignOffState.RESERVATION,
    SignOffState.OBJECTED,
)
#: States in which a person can still give his answer, or change it.
ANSWERABLE_SIGNOFF_STATES: tuple[SignOffState, ...] = (
    SignOffState.ASKED,
    SignOffState.APPROVED,
    SignOffState.RESERVATION,
    SignOffState.OBJECTED,
)

#: Answers that let a profile go forward.
AGREEING_SIGNOFF_STATES: tuple[SignOffState, ...] = (
    SignOffState.APPROVED,
    SignOffState.RESERVATION,
    SignOffState.TACIT,
    SignOffState.WAIVED,
)


class ValidationKind(TextChoices):
    """Which of the two validation steps a round of asking belongs to."""

    CONSULTATION = "consultation", _("Consultation")
    SIGNOFF = "signoff", _("Sign-off")


class LinkPurpose(TextChoices):
    """What a personal link is good for; each is good for one thing."""

    CONSULTATION = "consultation", _("Answer in a consultation")
    SIGNOFF = "signoff", _("Sign off for the city")


class CodeEnd(TextChoices):
    """Why a code that confirms a signature is good for nothing any more."""

    USED = "used", _("Used")
    REPLACED = "replaced", _("Replaced by a new code")
    SPENT = "spent", _("Tried too often")


class Signature(TextChoices):
    """What the authority of a city can answer; each is the move of the sign-off."""

    APPROVE = "approve", _("Approve")
    RESERVE = "reserve", _("Approve with reservation")
    OBJECT = "object_to", _("Object")


class LinkEnd(TextChoices):
    """Why a personal link stopped working before its round was over."""

    REPLACED = "replaced", _("Replaced by a new link")
    REVOKED = "revoked", _("Revoked")


class SectionView(TextChoices):
    """What a person who is consulted thinks of a section."""

    AGREES = "agrees", _("I agree")
    COMMENTS = "comments", _("I agree, with a comment")
    OBJECTS = "objects", _("I object")


class Role(TextChoices):
    """What a person does for a profile."""

    PROJECT_TEAM = "project_team", _("Project team")
    LOCAL_EXPERT = "local_expert", _("Local expert")
    CO_AUTHOR = "co_author", _("Co-author")
    INTERNATIONAL_EXPERT = "international_expert", _("International expert")
    FOCAL_POINT = "focal_point", _("City focal point")
    CITY_AUTHORITY = "city_authority", _("City authority")
    STAKEHOLDER = "stakeholder", _("Stakeholder")
    OBSERVER = "observer", _("Observer")
    TRANSLATOR = "translator", _("Translator")
    ADMINISTRATOR = "administrator", _("Administrator")


#: Roles that write the text; whoever holds one can neither review, assure nor sign it.
AUTHOR_ROLES: tuple[Role, ...] = (Role.LOCAL_EXPERT, Role.CO_AUTHOR)

#: Roles of the city: who can be asked for input.
CITY_ROLES: tuple[Role, ...] = (Role.FOCAL_POINT, Role.STAKEHOLDER, Role.CITY_AUTHORITY)

#: Roles that may be held for a whole programme instead of one profile.
PROGRAMME_ROLES: tuple[Role, ...] = (Role.PROJECT_TEAM, Role.OBSERVER, Role.ADMINISTRATOR)


class StakeholderCategory(TextChoices):
    """The groups of which a City Stakeholder Group is made."""

    PUBLIC_SERVICE = "public_service", _("Public service")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    MIGRANT_LED = "migrant_led", _("Migrant-led organisation")
    PRIVATE_SECTOR = "private_sector", _("Private sector")
    SOCIAL_PARTNER = "social_partner", _("Social partner")
    ACADEMIA = "academia", _("Academia")
    INTERNATIONAL_ORGANISATION = "international_organisation", _("International organisation")


class OrganisationKind(TextChoices):
    """What sort of body an organisation is."""

    MUNICIPALITY = "municipality", _("Municipality")
    MINISTRY = "ministry", _("Ministry or state agency")
    UNIVERSITY = "university", _("University or research institute")
    NGO = "ngo", _("Civil society organisation")
    MIGRANT_LED = "migrant_led", _("Migrant-led organisation")
    PRIVATE = "private", _("Company or chamber")
    INTERNATIONAL = "international", _("International organisation")
    PROGRAMME = "programme", _("Programme partner")


class Attribution(TextChoices):
    """How far an answer may be traced to who gave it, wherever it is shown or printed."""

    NAMED = "named", _("By name")
    ORGANISATION = "organisation", _("By organisation")
    CATEGORY = "category", _("By category of stakeholder")
    CHATHAM_HOUSE = "chatham_house", _("Chatham House Rule")

    def is_looser_than(self, other: str) -> bool:
        """Whether it lets more be known than another one: they stand in the order of strictness."""
        order = list(Attribution)
        return order.index(self) < order.index(Attribution(other))


class Severity(TextChoices):
    """How far a returned section must be reworked."""

    MINOR = "minor", _("Minor revision")
    MAJOR = "major", _("Major revision")


class Verdict(TextChoices):
    """What quality assurance answered to a check that only a person can make."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")


class Advice(TextChoices):
    """What the software asks quality assurance to look at; it stops nothing and can be waived."""

    EMPTY = "empty", _("No submitted section is empty")
    OVER_BUDGET = "over_budget", _("No section is longer than its pages")
    PROBLEM = "problem", _("The text prints as it was written")


class PriorityLabel(TextChoices):
    """How firmly a priority is meant."""

    MUST = "must", _("Must")
    SHOULD = "should", _("Should")
    COULD = "could", _("Could")
    NOT_NOW = "not_now", _("Not now")


class Competence(TextChoices):
    """Whether the city can act on a challenge alone."""

    OWN = "own", _("Own competence")
    SHARED = "shared", _("Shared competence")
    ADVOCACY = "advocacy", _("Advocacy only")


class Quality(TextChoices):
    """Where a figure comes from, as a flag of how much it can carry."""

    OFFICIAL = "official", _("Official")
    PARTNER = "partner", _("Partner")
    PRESS = "press", _("Press")
    EXPERT = "expert", _("Expert estimate")


class Method(TextChoices):
    """How a figure was produced."""

    CENSUS = "census", _("Census")
    REGISTER = "register", _("Register")
    SURVEY = "survey", _("Survey")
    ESTIMATE = "estimate", _("Estimate")
    ADMINISTRATIVE = "administrative", _("Administrative records")


class ChartKind(TextChoices):
    """How the figures of a table are drawn."""

    BAR = "bar", _("Bars")
    LINE = "line", _("Lines over the years")
    STACKED = "stacked", _("Stacked bars")
    SHARE = "share", _("Stacked bars of shares")
    PYRAMID = "pyramid", _("Population pyramid")


class SourceKind(TextChoices):
    """What sort of publication a source is."""

    REPORT = "report", _("Report")
    ARTICLE = "article", _("Article")
    BOOK = "book", _("Book")
    CHAPTER = "chapter", _("Chapter of a book")
    PRESS = "press", _("Newspaper article")
    THESIS = "thesis", _("Thesis")
    WEB = "web", _("Web page")
    LAW = "law", _("Legal text")
    STATISTICS = "statistics", _("Statistics")
    EVENT = "event", _("Event document")
    INTERVIEW = "interview", _("Interview")


class TerritoryKind(TextChoices):
    """Which boundary a figure is drawn in."""

    MUNICIPALITY = "municipality", _("Municipality")
    AGGLOMERATION = "agglomeration", _("Urban agglomeration")
    METROPOLITAN = "metropolitan", _("Metropolitan area")
    GOVERNORATE = "governorate", _("Governorate or province")
    REGION = "region", _("Region")
    COUNTRY = "country", _("Country")
    NETWORK = "network", _("City network")


class Occasion(TextChoices):
    """Why a working text became a former one; only what was merely written on is thinned."""

    WRITING = "writing", _("Written on")
    EDITION = "edition", _("As taken over from the edition before")
    OTHER_PERSON = "other_person", _("Before somebody else wrote on")
    JOINED = "joined", _("Before two versions were joined")
    WORD_FILE = "word_file", _("Before a Word file was brought in")
    RESTORED = "restored", _("Before an earlier text was put back")
    REWRITTEN = "rewritten", _("Before keys of sources were changed in the text")
    SUGGESTION = "suggestion", _("Before a suggestion was taken over")
    ASIDE = "aside", _("Not saved, because somebody had saved a newer version")


class WorkshopMode(TextChoices):
    """How people met."""

    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("In person and online")


class WorkshopQuorum(TextChoices):
    """Whether enough people were in the room, by the rule that it had set itself."""

    REACHED = "reached", _("Quorum reached")
    MISSED = "missed", _("Quorum not reached")
    NONE = "none", _("No quorum was set")


class WorkshopSex(TextChoices):
    """How participants of a workshop are counted."""

    WOMEN = "women", _("Women")
    MEN = "men", _("Men")
    UNSAID = "unsaid", _("Not said")


class WorkshopSaying(TextChoices):
    """How strongly something was said in the room."""

    OBJECTION = "objection", _("Objection")
    REMARK = "remark", _("Remark")
