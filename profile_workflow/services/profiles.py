"""Setting up a profile: its sections from the template, the first people, the next edition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from profile_workflow.days import role_day
from profile_workflow.errors import InvalidInput, NotAllowed
from profile_workflow.models import Assignment, City, Draft, Profile, Section, Template
from profile_workflow.models.people import User
from profile_workflow.services import editions, search_index
from profile_workflow.services.log import Actor, Entry, journal, record
from profile_workflow.services.people import Part, assign_parts, check_invited_first
from profile_workflow.states import Attribution, ProfileState, Role


@dataclass(frozen=True, slots=True)
class Nomination:
    """What must be known to start a profile.

    Attributes:
        edition: Year of the edition.
        people: Who does what; the project team of the programme need not be listed.
        due_on: Day for which publication is planned.
        stage_days: Name of a task of the flow → working days for it, where they are not as usual.
        quorum: Least share of those asked whose answer must be there, in percent.
        tacit_rule: Whether silence counts as agreement in the consultation.
        asks_priorities: Whether those consulted are asked for priorities too.
    """

    city: City
    edition: int
    template: Template
    language: str
    title: str
    people: Sequence[Part] = ()
    due_on: date | None = None
    stage_days: Mapping[str, int] = field(default_factory=dict)
    quorum: int = 50
    tacit_rule: bool = True
    asks_priorities: bool = False
    attribution: Attribution = Attribution.CATEGORY


@transaction.atomic
def create_profile(
    nomination: Nomination, *, by: User, at: datetime, previous: Profile | None = None
) -> Profile:
    """Create a planned profile with an empty section for each one of the template.

    After a ``previous`` edition it begins with the published text, and with what that rests on.

    Raises:
        NotAllowed: If ``by`` is not of the project team of the city's programme.
        InvalidInput: If this edition exists already, if somebody would judge his own text, or has
            to be invited first.
    """
    programme_id = nomination.city.programme_id
    if not _is_team(by, programme_id, at):
        raise NotAllowed(_("Only the project team of the programme starts a profile."))
    profile = _insert(nomination, at=at, previous=previous)
    check_invited_first(profile, nomination.people)
    sections = Section.objects.bulk_create(
        Section(profile=profile, template_section=one, key=one.key, position=one.position)
        for one in nomination.template.sections.order_by("position")
    )
    keys = [section.key for section in sections]
    published = editions.published(previous, keys) if previous else editions.Published()
    Draft.objects.bulk_create(
        Draft(section=section, text=published.texts.get(section.key, "")) for section in sections
    )
    actor = Actor(by, Role.PROJECT_TEAM)
    entry = Entry("profile", "nominate", from_state="", to_state=ProfileState.PLANNED)
    with journal(profile):
        record(profile, [entry], actor=actor, at=at)
        if previous:
            editions.carry_over(previous, published, profile, actor=actor, at=at)
        assign_parts(profile, nomination.people, actor=actor, at=at)
    search_index.index_new_profile(profile)
    return profile


def _is_team(user: User, programme_id: int, at: datetime) -> bool:
    return (
        Assignment.objects.active(role_day(at))
        .filter(user=user, role=Role.PROJECT_TEAM, programme=programme_id, profile__isnull=True)
        .exists()
    )


def _insert(nomination: Nomination, *, at: datetime, previous: Profile | None) -> Profile:
    try:
        with transaction.atomic():
            profile: Profile = Profile.objects.create(
                programme_id=nomination.city.programme_id,
                city=nomination.city,
                edition=nomination.edition,
                template=nomination.template,
                previous_edition=previous,
                slug=f"{nomination.city.slug}-{nomination.edition}",
                title=nomination.title,
                language=nomination.language,
                created_at=at,
                state_since=at,
                due_on=nomination.due_on,
                stage_days=dict(nomination.stage_days),
                quorum=nomination.quorum,
                tacit_rule=nomination.tacit_rule,
                asks_priorities=nomination.asks_priorities,
                attribution=nomination.attribution,
            )
    except IntegrityError as error:
        raise InvalidInput(
            _("There is already an edition %(edition)s for %(city)s.")
            % {"edition": nomination.edition, "city": nomination.city.name}
        ) from error
    return profile
