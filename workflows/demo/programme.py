"""Filling the whole demonstration programme, profile by profile; what is there already stays."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from profile_workflow.models import City, Profile, Programme, Template
from profile_workflow.models.people import User
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.reference import load_network, load_template
from profile_workflow.states import ProfileState
from reports import publications
from reports.errors import BuildFailed
from workflows import engine
from workflows.demo import sfax, short
from workflows.demo.library import fixture
from workflows.demo.people import Cast, create_people
from workflows.demo.story import Story

Say = Callable[[str], None]

#: First day on which the text blocks of the demonstration are printed.
_BLOCKS_FROM = date(2015, 1, 1)

#: The full-length profile.
FULL_PROFILE = "sfax-2026"


class Demonstration:
    """The programme with its people and profiles, told up to ``now``."""

    def __init__(self, *, now: datetime, say: Say) -> None:
        self.now = now
        self.say = say
        self.programme: Programme
        self.template: Template
        self.people: dict[str, User]

    def fill(self) -> None:
        """Create everything that is missing; each profile is created whole or not at all."""
        with transaction.atomic():
            self.programme = load_network(fixture("network.json"), valid_from=_BLOCKS_FROM)
            self.template = load_template(fixture("template_mc2cm.json"))
            self.people = create_people(self.programme)
        self.say(f"{self.programme.cities.count()} network entries, {len(self.people)} people")
        for one in short.EARLIER_EDITIONS:
            self._once(one)
        for one in short.SHORT_PROFILES:
            self._once(one)
        self._full_profile()

    def _cast(self, slug: str) -> Cast:
        city = City.objects.get(programme=self.programme, slug=slug)
        return Cast(city, self.template, self.people)

    # The shorter profiles

    def _once(self, given: short.ShortProfile) -> None:
        slug = f"{given.city}-{given.edition}"
        if not Profile.objects.filter(slug=slug).exists():
            story = Story(
                self._cast(given.city), begins=self.now - timedelta(weeks=given.weeks_ago)
            )
            with transaction.atomic():
                given.scene(story, given.edition, self._previous(given))
            if given.published and self._publish(story.profile, story.cast, at=story.now):
                given.epilogue(story)
            self.say(f"{slug}: {story.profile.get_state_display()}")

    def _previous(self, given: short.ShortProfile) -> Profile | None:
        before = Profile.objects.filter(
            city__slug=given.city, edition__lt=given.edition, state=ProfileState.UPDATE_DUE
        )
        return before.order_by("-edition").first()

    # The full-length one

    def _full_profile(self) -> None:
        cast = self._cast("sfax")
        if not Profile.objects.filter(slug=FULL_PROFILE).exists():
            story = Story(cast, begins=self.now - timedelta(weeks=46))
            previous = Profile.objects.filter(city=cast.city, state=ProfileState.UPDATE_DUE).first()
            with transaction.atomic():
                sfax.tell(story, previous)
            self.say(f"{FULL_PROFILE}: written, reviewed, validated, adopted")
        self._publish_full_profile(cast)

    def _publish_full_profile(self, cast: Cast) -> None:
        """Publish it, and once more after a correction, as far as that has not been done."""
        published, corrected = (self._morning(days_ago=days) for days in (6, 1))
        profile = Profile.objects.get(slug=FULL_PROFILE)
        if profile.state == ProfileState.PRODUCTION and self._publish(profile, cast, at=published):
            self.say(f"{FULL_PROFILE}: published")
            with transaction.atomic():
                sfax.correct(Story(cast, begins=published + timedelta(days=1), slug=FULL_PROFILE))
        profile = Profile.objects.get(slug=FULL_PROFILE)
        if profile.state == ProfileState.CORRECTION and self._publish(
            profile, cast, at=corrected, move="publish_correction", reason=sfax.CORRECTED
        ):
            self.say(f"{FULL_PROFILE}: published again, with a correction")

    def _morning(self, *, days_ago: int) -> datetime:
        return (self.now - timedelta(days=days_ago)).replace(hour=10)

    def _publish(
        self,
        profile: Profile,
        cast: Cast,
        *,
        at: datetime,
        move: str = "publish",
        reason: str = "",
    ) -> bool:
        """Make the PDF as the worker would, and publish it.

        Return False, and say why, where the machine cannot make a PDF; the profile then waits, and
        the next run of the demonstration publishes it.
        """
        try:
            publications.build(profile, language=profile.language, by=cast.team, at=at)
        except BuildFailed as problem:
            self.say(f"{profile.slug}: not published. {problem}")
            return False
        engine.perform(profile, move, by=cast.team, at=at, details=Details(reason=reason))
        return True
