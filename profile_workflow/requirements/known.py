"""What the checks of one move read of a profile, each thing once."""

from functools import cached_property

from profile_workflow.models import Profile, Section, ValidationRound
from profile_workflow.queries.references import Places

_KEPT = "_known"


class Known:
    """A profile as the checks of one move see it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    @cached_property
    def sections(self) -> list[Section]:
        """The sections with their submitted texts."""
        found = self._profile.sections.select_related("template_section", "revision")
        sections = list(found.order_by("position"))
        self._profile.keep_submitted(sections)
        return sections

    @cached_property
    def round(self) -> ValidationRound | None:
        """The validation round that was opened last."""
        rounds = self._profile.validation_rounds.select_related("version")
        found: ValidationRound | None = rounds.order_by("-pk").first()
        return found

    @cached_property
    def sources(self) -> set[str]:
        """Keys of the bibliography."""
        return set(self._profile.sources.values_list("key", flat=True))

    @cached_property
    def tables(self) -> set[str]:
        """Keys of the data tables."""
        return set(self._profile.data_tables.values_list("key", flat=True))

    @cached_property
    def pictures(self) -> dict[str, list[str]]:
        """Key of each picture → what it lacks, in words."""
        return {picture.key: picture.lacks for picture in self._profile.pictures.all()}

    @cached_property
    def places(self) -> Places:
        """What texts can point to."""
        return Places(self._profile)


def known(profile: Profile) -> Known:
    """Return what is known of a profile until ``forget`` is called."""
    kept: Known = profile.__dict__.setdefault(_KEPT, Known(profile))
    return kept


def forget(profile: Profile) -> None:
    """Read everything anew for the next move."""
    profile.__dict__.pop(_KEPT, None)
