"""Making comments, replying to them, and writing notes to oneself.

Answering and closing comments are moves.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow import rules
from profile_workflow.anchors import Quote
from profile_workflow.errors import InvalidInput, MadeAlready, NotAllowed, NotNow
from profile_workflow.languages import listed
from profile_workflow.models import Comment, Note, Profile, Reply, Section
from profile_workflow.models.people import User
from profile_workflow.queries.validation import ASKED_ROLES, is_under_seal
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.services.written import written
from profile_workflow.states import (
    AUTHOR_ROLES,
    FINAL_STATES,
    WRITING_STATES,
    Attribution,
    CommentKind,
    CommentState,
    ProfileState,
    Role,
    ValidationKind,
)

#: Who may comment in which state of the profile: while it is written, the authors among themselves.
COMMENTERS: dict[str, tuple[Role, ...]] = {
    **dict.fromkeys(WRITING_STATES, AUTHOR_ROLES),
    ProfileState.EXPERT_REVIEW: (Role.INTERNATIONAL_EXPERT, Role.PROJECT_TEAM),
    ProfileState.PROJECT_QA: (Role.PROJECT_TEAM,),
    ProfileState.CONSULTATION: (Role.STAKEHOLDER, Role.FOCAL_POINT, Role.PROJECT_TEAM),
    ProfileState.SIGNOFF: (Role.CITY_AUTHORITY, Role.FOCAL_POINT),
    ProfileState.PRIORITY_SETTING: (
        Role.FOCAL_POINT,
        Role.STAKEHOLDER,
        Role.CITY_AUTHORITY,
        Role.INTERNATIONAL_EXPERT,
    ),
    ProfileState.PRODUCTION: (Role.PROJECT_TEAM, Role.TRANSLATOR),
}

MOST_CHARACTERS = 20_000


@transaction.atomic
def add_comment(
    section: Section,
    *,
    kind: CommentKind,
    text: str,
    by: User,
    at: datetime,
    quote: Quote | None = None,
    replacement: str | None = None,
) -> Comment:
    """Comment on the submitted text of a section, or on some words of it.

    While the profile is written its authors comment on the working text, for one another and the
    project team.

    Args:
        section: The section.
        kind: How strongly the comment is meant.
        text: The comment; it may be empty if it suggests other words.
        by: Who comments.
        at: When.
        quote: The words that it is about. Whether they can be found again is nobody's fault.
        replacement: What to write instead of them; empty to leave them out.

    Raises:
        NotNow: If this is no stage for comments.
        NotAllowed: If the person does not comment at this stage.
        InvalidInput: If the comment is empty or too long, or if it replaces nothing.
        MadeAlready: If it was made by a click before this one.
    """
    profile = locked(section.profile_id, at)
    role = commenting_role(profile, by)
    words = None if replacement is None else " ".join(replacement.split())
    text = written(text, most=MOST_CHARACTERS, may_be_empty=words is not None)
    _check_replacement(kind, quote, words)
    new = {
        **Comment.anchored(quote),
        "kind": kind,
        "text": text,
        "replaces": words is not None,
        "replacement": words or "",
    }
    is_among_authors = profile.state in WRITING_STATES
    revision = None if is_among_authors else section.revision
    comments = section.comments.filter(author=by, revision=revision, **new)
    same = comments.exclude(state__in=_OVER).first()
    if same is not None:
        raise MadeAlready(_("You have made this comment already."), made=same)
    comment: Comment = Comment(
        section=section,
        revision=revision,
        stage=profile.state,
        role=role,
        author=by,
        attribution=Attribution.NAMED if is_among_authors else profile.attribution,
        created_at=at,
        **new,
    )
    comment.save()
    record(profile, [_making(comment)], actor=Actor(by, role), at=at)
    return comment


def _making(comment: Comment) -> Entry:
    revision = comment.revision
    return Entry(
        document=f"comment:{comment.pk}",
        move="make",
        from_state="",
        to_state=CommentState.OPEN,
        revision_hash=revision.sha256 if revision else "",
    )


def add_comments(
    texts: Mapping[Section, str],
    *,
    profile: Profile,
    by: User,
    at: datetime,
    attribution: Attribution,
) -> dict[int, Comment]:
    """Suggest something for several sections that are submitted: the same queries for any number.

    Args:
        texts: Section → what is said of all of it.
        profile: The profile of the sections, locked by the caller.
        by: Who comments.
        at: When.
        attribution: How far the name is shown, as it was promised.

    Returns:
        Id of each section → its comment; one that stands open in the same words is not made again.

    Raises:
        NotNow, NotAllowed, InvalidInput: As ``add_comment``.
    """
    if not texts:
        return {}
    role, kind = commenting_role(profile, by), CommentKind.SUGGESTION
    open_ones = Comment.objects.filter(section__in=texts, author=by, kind=kind, quote="")
    same = {
        (one.section_id, one.revision_id, one.text): one
        for one in open_ones.exclude(state__in=_OVER)
    }
    found: dict[int, Comment] = {}
    new: list[Comment] = []
    for section, text in texts.items():
        checked = written(text, most=MOST_CHARACTERS)
        before = same.get((section.pk, section.revision_id, checked))
        if before is not None:
            found[section.pk] = before
            continue
        new.append(
            Comment(
                section=section,
                revision=section.revision,
                stage=profile.state,
                role=role,
                author=by,
                attribution=attribution,
                kind=kind,
                text=checked,
                created_at=at,
            )
        )
    made = Comment.objects.bulk_create(new)
    if made:
        record(profile, [_making(one) for one in made], actor=Actor(by, role), at=at)
    return {**found, **{one.section_id: one for one in made}}


def follow_up(
    texts: Mapping[Comment, str], *, profile: Profile, by: User, at: datetime
) -> set[int]:
    """Say some of one's own comments otherwise, by a reply to each: as many queries for any number.

    Args:
        texts: Comment of ``by``, fetched with its section → what he says now.
        profile: Their profile, locked by the caller.
        by: Who says it.
        at: When.

    Returns:
        Ids of the comments that say it now: not of those that are closed and say something else.

    Raises:
        InvalidInput: As ``reply_to``.
    """
    replies = Reply.objects.filter(comment__in=texts, author=by).order_by("pk")
    last = {one.comment_id: one.text for one in replies}
    said: set[int] = set()
    new: list[Reply] = []
    for comment, text in texts.items():
        comment.section.profile = profile
        checked = written(text, most=MOST_CHARACTERS)
        if checked == last.get(comment.pk, comment.text):
            said.add(comment.pk)
        elif may_reply(comment, by):
            role, attribution = _replying_as(comment, by)
            new.append(
                Reply(
                    comment=comment,
                    role=role,
                    author=by,
                    attribution=attribution,
                    text=checked,
                    created_at=at,
                )
            )
    for one in Reply.objects.bulk_create(new):
        said.add(one.comment_id)
        name, state = document_name(one.comment), one.comment.state
        entry = Entry(name, "reply", state, state)
        record(profile, [entry], actor=Actor(by, Role(one.role)), at=at)
    return said


def _check_replacement(kind: CommentKind, quote: Quote | None, words: str | None) -> None:
    if words is None:
        return
    if quote is None or not quote.exact:
        raise InvalidInput(_("Quote the words that yours are to replace."))
    if kind == CommentKind.PRAISE:
        raise InvalidInput(_("Praise suggests no other words. Choose another kind of comment."))
    if len(words) > MOST_CHARACTERS or words == quote.exact:
        raise InvalidInput(_("What you suggest is what stands there already, or too long."))


@transaction.atomic
def reply_to(comment: Comment, *, text: str, by: User, at: datetime) -> Reply:
    """Say something to a comment without answering it; its state stays as it is.

    Raises:
        NotNow: If the comment is closed, or nothing moves in the profile.
        NotAllowed: If the person neither made the comment, nor answers it, nor comments now.
        InvalidInput: If the reply is empty or too long.
        MadeAlready: If it was made by a click before this one.
    """
    profile = locked(comment.section.profile_id, at)
    comment = Comment.objects.select_related("section").get(pk=comment.pk)
    comment.section.profile = profile
    role, attribution = _replying_as(comment, by)
    text = written(text, most=MOST_CHARACTERS)
    last = comment.replies.order_by("-pk").first()
    if last is not None and (last.author_id, last.text) == (by.pk, text):
        raise MadeAlready(_("You have said this already."), made=last)
    made: Reply = Reply.objects.create(
        comment=comment, role=role, author=by, attribution=attribution, text=text, created_at=at
    )
    entry = Entry(document_name(comment), "reply", comment.state, comment.state)
    record(profile, [entry], actor=Actor(by, role), at=at)
    return made


def may_reply(comment: Comment, by: User) -> bool:
    """Whether a person can reply to a comment now: what a screen asks."""
    try:
        _replying_as(comment, by)
    except (NotNow, NotAllowed):
        return False
    return True


def _replying_as(comment: Comment, by: User) -> tuple[Role, Attribution]:
    """Return the role in which a person replies, and what protects his name.

    Raises:
        NotNow, NotAllowed: As ``reply_to``.
    """
    profile = comment.profile
    if comment.state in _OVER or profile.state in (ProfileState.ON_HOLD, *FINAL_STATES):
        raise NotNow(_("This comment is closed, or nothing moves in the profile now."))
    held = profile.roles_of(by)
    if comment.is_among_authors and not held.intersection(AUTHOR_ROLES):
        raise NotAllowed(_("The authors talk of this among themselves."))
    if comment.author_id == by.pk and held:
        return _unsealed(Role(comment.role), profile), Attribution(comment.attribution)
    if rules.refusal("comment.accept", by, comment) is None:
        answering = rules.acting_role("comment.accept", by, comment)
        assert answering is not None
        return answering, Attribution.NAMED
    role = commenting_role(profile, by)
    # Authors answer for the text by name, whether they write this section or help with it.
    is_named = comment.is_among_authors or role in AUTHOR_ROLES
    return role, Attribution.NAMED if is_named else Attribution(profile.attribution)


def _unsealed(role: Role, profile: Profile) -> Role:
    """Return a role, if somebody in it can put something on record now.

    Raises:
        NotNow: If he is asked in a secret round, whose answers are sealed.
    """
    if is_under_seal(profile, role):
        raise NotNow(
            _(
                "Under the Chatham House Rule a remark beside the text would tell when it was "
                "made. Say it with your answer, through your personal link."
            )
        )
    return role


@transaction.atomic
def add_note(
    section: Section, *, text: str, by: User, at: datetime, quote: Quote | None = None
) -> Note:
    """Write a note to oneself beside a section. Nothing records it.

    Raises:
        NotAllowed: If the person has no part in the profile.
        InvalidInput: If the note is empty or too long.
        MadeAlready: If it was made by a click before this one.
    """
    profile = locked(section.profile_id, at)
    if not profile.roles_of(by):
        raise NotAllowed(_("You have no part in this profile."))
    new = {**Note.anchored(quote), "text": written(text, most=MOST_CHARACTERS)}
    same = section.notes.filter(author=by, **new).first()
    if same is not None:
        raise MadeAlready(_("You have made this note already."), made=same)
    made: Note = Note.objects.create(
        section=section, revision=section.revision, author=by, created_at=at, **new
    )
    return made


def delete_note(note: Note, *, by: User) -> None:
    """Delete a note to oneself.

    Raises:
        NotAllowed: If somebody else wrote it.
    """
    if note.author_id != by.pk:
        raise NotAllowed(_("Only who wrote a note can delete it."))
    note.delete()


def is_in_secret_round(profile: Profile) -> bool:
    """Whether those who are asked now say what they have to say with their answers only."""
    if profile.state != ProfileState.CONSULTATION:
        return False
    kept = profile.__dict__
    if "_in_secret_round" not in kept:
        found = profile.validation_rounds.filter(is_secret=True, closed_at__isnull=True)
        kept["_in_secret_round"] = found.exists()
    return bool(kept["_in_secret_round"])


def why_no_comment(profile: Profile, by: User) -> str | None:
    """Return why a person cannot comment now, or None if he can: what a screen asks."""
    try:
        commenting_role(profile, by)
    except (NotNow, NotAllowed) as error:
        return str(error)
    return None


def is_on_working_text(profile: Profile, by: User) -> bool:
    """Whether what a person quotes now is looked up in the working text: an author quotes that."""
    return profile.state in WRITING_STATES and why_no_comment(profile, by) is None


#: States in which a comment can be made a second time.
_OVER = (CommentState.VERIFIED, CommentState.CLOSED_BY_DEADLINE)


def commenting_role(profile: Profile, by: User) -> Role:
    """Return the role in which a person comments now.

    Raises:
        NotNow: If this is no stage for comments.
        NotAllowed: If the person does not comment at this stage.
    """
    allowed = COMMENTERS.get(profile.state)
    if allowed is None:
        raise NotNow(
            _("Comments are not taken in the state “%(state)s”.")
            % {"state": profile.get_state_display()}
        )
    role = next((one for one in allowed if one in profile.roles_of(by)), None)
    if role in ASKED_ROLES[ValidationKind.CONSULTATION] and is_in_secret_round(profile):
        raise NotNow(
            _(
                "Under the Chatham House Rule a remark beside the text would tell when it was "
                "made. Say it with your answer, through your personal link."
            )
        )
    if role is None and profile.state in WRITING_STATES:
        raise NotNow(_("The text is being written; comments are taken once it is submitted."))
    if role is None:
        raise NotAllowed(
            _("At this stage these roles comment: %(roles)s.")
            % {"roles": listed(one.label for one in allowed)}
        )
    return role
