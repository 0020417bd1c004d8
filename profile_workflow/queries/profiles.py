"""Profiles, as their participants find and see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from profile_workflow.models import (
    AMONG_AUTHORS,
    COMMENTS_WAITING,
    WAITING,
    Assignment,
    Comment,
    Profile,
    Reply,
    Revision,
    Section,
    SignOff,
    User,
    ValidationRound,
)
from profile_workflow.models.profile import ProfileQuerySet
from profile_workflow.queries.attribution import Credit, credit
from profile_workflow.queries.blindness import unveiled
from profile_workflow.queries.drafting import sees_working_text
from profile_workflow.queries.judging import STANDING, verdict_of
from profile_workflow.states import CommentState, Role, SignOffState


def visible_profile(user: User, slug: str) -> Profile:
    """Return a profile in which a person takes part.

    Raises:
        Profile.DoesNotExist: If there is none of that name, or not for this person.
    """
    found = Profile.objects.visible_to(user).select_related("city", "programme", "template")
    profile: Profile = found.get(slug=slug)
    return profile


def profiles_of(user: User) -> ProfileQuerySet:
    """Return the profiles in which a person takes part, newest edition of each city first."""
    found = Profile.objects.visible_to(user).select_related("city")
    ordered: ProfileQuerySet = found.order_by("city__name", "-edition", "pk")
    return ordered


def sections_of(profile: Profile) -> list[Section]:
    """Return the sections in their order, with whom they concern and their submitted text."""
    related = ("template_section", "author", "reviewer", "revision__author")
    counted = profile.sections.annotate(open_comments=Count("comments", filter=COMMENTS_WAITING))
    return list(counted.select_related(*related).order_by("position"))


def sections_asked_about(opened: ValidationRound) -> list[Section]:
    """Return the sections of the version of a round, in their order: one query."""
    found = opened.profile.sections.filter(key__in=list(opened.version.content))
    return list(found.select_related("template_section").order_by("position"))


@dataclass(frozen=True, slots=True)
class Pens:
    """Who writes and who reviews a section, by name; empty where that is not settled."""

    author: str
    reviewer: str


def pens_of(section: Section, holders: Mapping[str, Sequence[str]]) -> Pens:
    """Return who writes and reviews a section.

    A section without people of its own is the local expert's, whose text was submitted by him or
    a co-author, and the international expert's, as long as one person alone holds the role.

    Args:
        section: The section, with author, reviewer and the author of its revision.
        holders: Role → names of those who hold it.
    """
    writer = section.author or (section.revision.author if section.revision else None)
    return Pens(
        author=writer.full_name if writer else _sole(holders.get(Role.LOCAL_EXPERT, ())),
        reviewer=section.reviewer.full_name
        if section.reviewer
        else _sole(holders.get(Role.INTERNATIONAL_EXPERT, ())),
    )


def _sole(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ""


@dataclass(frozen=True, slots=True)
class RoleHolders:
    """Who holds a role: names, and how many more are not shown by name."""

    role: Role
    names: list[str]
    unnamed: list[tuple[str, int]]


def people_of(profile: Profile, *, viewer: User, on: date) -> list[RoleHolders]:
    """Return who does what, in the order of the roles.

    Members of the City Stakeholder Group are shown to others than the project team only as far
    as the profile attributes their answers.
    """
    held = (
        Assignment.objects.active(on)
        .for_profile(profile)
        .select_related("user__organisation")
        .order_by("pk")
    )
    groups: dict[str, dict[int, Assignment]] = {}
    for one in held:
        groups.setdefault(one.role, {}).setdefault(one.user_id, one)
    return [
        _holders(role, list(groups[role].values()), profile, viewer)
        for role in Role
        if role in groups
    ]


def _holders(role: Role, held: list[Assignment], profile: Profile, viewer: User) -> RoleHolders:
    names: list[str] = []
    unnamed: dict[str, int] = {}
    for one in held:
        shown = credit(
            one.user,
            profile.attribution,
            role=role,
            category=one.get_category_display(),
            viewer=viewer,
            profile=profile,
        )
        if role != Role.STAKEHOLDER or shown.is_named:
            names.append(one.user.full_name)
        else:
            unnamed[shown.name] = unnamed.get(shown.name, 0) + 1
    return RoleHolders(role, names, list(unnamed.items()))


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as its reader may see it."""

    comment: Comment
    by: Credit


#: Most comments that a page shows; of more it says that there are so many or more.
MOST_REMARKS = 20


def open_remarks(profile: Profile, *, viewer: User, section: Section | None = None) -> list[Remark]:
    """Return the oldest comments that wait for an answer, of a profile or of one section."""
    found = unveiled(
        Comment.objects.filter(WAITING, section__profile=profile), profile, viewer=viewer
    )
    if section is not None:
        found = found.filter(section=section)
    found = found.select_related("section__template_section", "author__organisation")
    return remarks_on(found.order_by("created_at", "pk")[:MOST_REMARKS], profile, viewer=viewer)


def authors_remarks(section: Section, *, viewer: User) -> list[Remark]:
    """Return the oldest open comments of authors on a working text, for whom they are meant."""
    profile = section.profile
    if not sees_working_text(profile, viewer):
        return []
    found = section.comments.filter(AMONG_AUTHORS, state=CommentState.OPEN)
    found = found.select_related("section__template_section", "author__organisation")
    return remarks_on(found.order_by("created_at", "pk")[:MOST_REMARKS], profile, viewer=viewer)


def remarks_on(comments: Iterable[Comment], profile: Profile, *, viewer: User) -> list[Remark]:
    """Return comments with who made them as the reader may know: one query for any number.

    They must come with the organisation of their author.
    """
    several = list(comments)
    categories = categories_of(profile, {one.author_id for one in several if one.author_id})
    return [Remark(one, credit_of(one, profile, viewer, categories)) for one in several]


def credit_of(
    said: Comment | Reply, profile: Profile, viewer: User, categories: Mapping[int, str]
) -> Credit:
    """Return how whoever made a comment or a reply is shown to a reader.

    ``categories`` are those of the stakeholders among the authors, see ``categories_of``.
    """
    return credit(
        said.author,
        said.attribution,
        role=Role(said.role) if said.role else None,
        category=categories.get(said.author_id or 0, ""),
        viewer=viewer,
        profile=profile,
    )


def categories_of(profile: Profile, people: set[int]) -> dict[int, str]:
    """Return person id → category of stakeholder, for members of the City Stakeholder Group."""
    if not people:
        return {}
    held = profile.assignments.filter(role=Role.STAKEHOLDER, user__in=people)
    return {one.user_id: one.get_category_display() for one in held}


@dataclass(frozen=True, slots=True)
class Asking:
    """The validation round that is open: how many were asked, how many have answered."""

    round: ValidationRound
    asked: int
    answered: int


def open_round(profile: Profile) -> Asking | None:
    """Return the validation round that is open, if there is one."""
    opened = profile.validation_rounds.filter(closed_at__isnull=True).first()
    if opened is None:
        return None
    counts = SignOff.objects.filter(round=opened).aggregate(
        asked=Count("pk"), answered=Count("pk", filter=~Q(state=SignOffState.ASKED))
    )
    return Asking(opened, **counts)


def section_of(profile: Profile, key: str) -> Section:
    """Return a section with all that a page for reading shows of it.

    Raises:
        Section.DoesNotExist: If the profile has no such section.
    """
    related = ("template_section", "author", "reviewer", "revision__author")
    return profile.sections.select_related(*related).get(key=key)


def neighbours(profile: Profile, section: Section) -> tuple[Section | None, Section | None]:
    """Return the sections before and after one, for turning pages."""
    others = profile.sections.select_related("template_section")
    before = others.filter(position__lt=section.position).order_by("-position").first()
    after = others.filter(position__gt=section.position).order_by("position").first()
    return before, after


def revisions_of(section: Section) -> list[Revision]:
    """Return every submitted text of a section, newest first, without the text itself."""
    found = section.revisions.defer("text", "searched").select_related("author")
    return list(found.order_by("-number"))


def accepted_texts(section: Section) -> set[str]:
    """Return the SHA-256 of every text of a section that expert review has accepted: one query.

    Rounds that still run are left out: nobody judges after others.
    """
    found = section.decisions.filter(STANDING, review_round__closed_at__isnull=False)
    moves: dict[tuple[int | None, str], list[str]] = {}
    for number, digest, move in found.order_by("pk").values_list("review_round", "digest", "move"):
        moves.setdefault((number, digest), []).append(move)
    return {
        digest for (_number, digest), several in moves.items() if verdict_of(several) == "accept"
    }
