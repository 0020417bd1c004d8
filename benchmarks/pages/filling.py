"""What there is to read in the large programme: submitted texts, sources, a history, an index."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from benchmarks.lists.filling import SECTIONS
from benchmarks.texts import SOURCES, Author
from profile_workflow.models import Draft, Event, Profile, Revision, Section, Source, User
from profile_workflow.models.digests import text_digest
from profile_workflow.models.event import CHAIN_START
from profile_workflow.services import search_index
from profile_workflow.states import Role

_BATCH = 1_000
_LENGTH, _EVENTS = 900, 150
_MOVES = ("begin", "submit", "open_review", "request_minor_changes", "submit", "accept", "lock")


class Reading:
    """Writes it straight into the tables; the same rows at every run."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.author = Author(2)
        self.texts = [self.author.text(_LENGTH) for _section in range(SECTIONS)]

    def fill(self) -> None:
        """Write everything, and make the index of the search."""
        profiles = list(Profile.objects.order_by("pk"))
        self._sources(profiles)
        self._revisions()
        Event.objects.bulk_create(self._events(profiles), batch_size=_BATCH)
        search_index.rebuild()

    def _sources(self, profiles: list[Profile]) -> None:
        Source.objects.bulk_create(
            (
                Source(
                    profile=profile,
                    key=f"source-{number}",
                    kind="report",
                    authors=self.author.words(2).title(),
                    year=str(2000 + number),
                    title=self.author.words(8).capitalize(),
                )
                for profile in profiles
                for number in range(SOURCES)
            ),
            batch_size=_BATCH,
        )

    def _revisions(self) -> None:
        sections = list(Section.objects.select_related("profile").order_by("pk"))
        rows = Revision.objects.bulk_create(
            (
                Revision(
                    section=section,
                    number=1,
                    text=self.texts[section.position % len(self.texts)],
                    sha256=text_digest(
                        self.texts[section.position % len(self.texts)],
                        nothing_found=False,
                        searched="",
                    ),
                    author_id=section.author_id,
                    created_at=self.at,
                )
                for section in sections
            ),
            batch_size=_BATCH,
        )
        for section, revision in zip(sections, rows, strict=True):
            section.revision = revision
        Section.objects.bulk_update(sections, ["revision"], batch_size=_BATCH)
        Draft.objects.bulk_create(
            (Draft(section=section, text=self.author.words(300)) for section in sections),
            batch_size=_BATCH,
        )

    def _events(self, profiles: list[Profile]) -> Iterator[Event]:
        people = list(User.objects.filter(assignments__role=Role.LOCAL_EXPERT).distinct())
        for profile in profiles:
            for number in range(_EVENTS):
                yield Event(
                    profile=profile,
                    seq=number + 1,
                    at=self.at - timedelta(hours=5 * (_EVENTS - number)),
                    actor=people[profile.pk % len(people)].pseudonym,
                    role=Role.LOCAL_EXPERT,
                    document=f"section:{number % 13 + 1}",
                    move=_MOVES[number % len(_MOVES)],
                    previous_hash=CHAIN_START,
                    hash=CHAIN_START,
                )
