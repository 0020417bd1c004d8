"""Making comments. Answering and closing them are moves."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, NotAllowed, NotNow
from profile_workflow.models import Comment, Profile, Section
from profile_workflow.models.people import User
from profile_workflow.services.log import Actor, Entry, record
from profile_workflow.states import CommentKind, CommentState, ProfileState, Role

#: Who may comment in which state of the profile.
COMMENTERS: dict[str, tuple[Role, ...]] = {
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
    section: Section, *, kind: CommentKind, text: str, by: User, at: datetime
) -> Comment:
    """Comment on the submitted text of a section.

    Raises:
        NotNow: If this is no stage for comments.
        NotAllowed: If the person does not comment at this stage.
        InvalidInput: If the comment is empty or too long, or was made by a click before this one.
    """
    profile = Profile.objects.select_for_update().get(pk=section.profile_id)
    role = commenting_role(profile, by)
    text = text.strip()
    if not text or len(text) > MOST_CHARACTERS:
        raise InvalidInput(
            _("A comment has between 1 and %(most)s characters.") % {"most": MOST_CHARACTERS}
        )
    same = section.comments.filter(author=by, revision=section.revision_id, kind=kind, text=text)
    if same.exclude(state__in=_OVER).exists():
        raise InvalidInput(_("You have made this comment already."))
    comment: Comment = Comment.objects.create(
        section=section,
        revision=section.revision,
        stage=profile.state,
        role=role,
        author=by,
        attribution=profile.attribution,
        kind=kind,
        text=text,
        created_at=at,
    )
    entry = Entry(
        document=f"comment:{comment.pk}",
        move="make",
        from_state="",
        to_state=CommentState.OPEN,
        revision_hash=section.revision.sha256 if section.revision else "",
    )
    record(profile, [entry], actor=Actor(by, role), at=at)
    return comment


def why_no_comment(profile: Profile, by: User) -> str | None:
    """Return why a person cannot comment now, or None if he can: what a screen asks."""
    try:
        commenting_role(profile, by)
    except (NotNow, NotAllowed) as error:
        return str(error)
    return None


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
    if role is None:
        raise NotAllowed(
            _("At this stage these roles comment: %(roles)s.")
            % {"roles": ", ".join(str(one.label) for one in allowed)}
        )
    return role
