"""Records of workshops: which there are, what they lack, and how much of their numbers is told."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from profile_workflow.models import (
    Profile,
    Section,
    ValidationRound,
    Workshop,
    WorkshopRemark,
)
from profile_workflow.states import StakeholderCategory, WorkshopSaying, WorkshopSex

#: Category that stands for those of whom it is not said, in the order of telling the last.
UNSAID = ""
CATEGORIES: Mapping[str, "str | Promise"] = {
    **dict(StakeholderCategory.choices),
    UNSAID: gettext_lazy("Category not said"),
}
SEXES: Mapping[str, "str | Promise"] = dict(WorkshopSex.choices)
#: Code under which categories of few people are told together.
_OTHERS = "others"

Counts = Mapping[tuple[str, str], int]


def workshops_of(profile: Profile) -> "QuerySet[Workshop, Workshop]":
    """Return the records of a profile, newest first, with all that is shown of them."""
    return _of(profile.pk)


def _of(profile_id: int) -> "QuerySet[Workshop, Workshop]":
    said = WorkshopRemark.objects.select_related("section__template_section", "responded_by")
    found: QuerySet[Workshop, Workshop] = (
        Workshop.objects.filter(profile=profile_id)
        .select_related("round__version", "recorded_by")
        .prefetch_related("counts", Prefetch("remarks", queryset=said.order_by("kind", "pk")))
    )
    return found.order_by("-held_on", "-pk")


def counts_of(workshop: Workshop) -> dict[tuple[str, str], int]:
    """Return (category, sex) → number, without zeros."""
    rows = workshop.counts.all()
    return {(one.category, one.sex): one.number for one in rows if one.number}


def mark_of(workshop: Workshop) -> str:
    """Return what tells whether a record is still the one that somebody has looked at.

    It is for those who have counted alone: whoever knows the rest could try out the numbers.
    """
    counts = sorted((one.category, one.sex, one.number) for one in workshop.counts.all())
    return _sha256(workshop, counts)


def digest_of(workshop: Workshop) -> str:
    """Return the SHA-256 (hex) of a record as it is told, but for answers given to the room.

    It stands in the log, on pages, in files and in print. Of the participants it holds no more
    than anybody is told, so that nobody finds out the others by trying.
    """
    shown = _shown(counts_of(workshop), workshop.smallest_group)
    return _sha256(workshop, [shown.rows, shown.categories, shown.sexes])


def _sha256(workshop: Workshop, counts: object) -> str:
    said = sorted(
        (one.pk, one.kind, one.section_id or 0, one.text, one.from_paper)
        for one in workshop.remarks.all()
    )
    content = [
        *(workshop.held_on.isoformat(), workshop.venue, workshop.mode),
        *(workshop.for_validation, workshop.for_priorities),
        *(workshop.participants, workshop.quorum, workshop.attribution, workshop.agreed),
        *(workshop.confirmed, workshop.documents, counts, said),
    ]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def unanswered_remarks(profile: Profile) -> "QuerySet[WorkshopRemark, WorkshopRemark]":
    """Return the objections of all workshops that nobody has answered in writing yet."""
    found: QuerySet[WorkshopRemark, WorkshopRemark] = WorkshopRemark.objects.filter(
        workshop__profile=profile, kind=WorkshopSaying.OBJECTION, response=""
    )
    return found


def said_in_rooms(profile: Profile) -> list[WorkshopRemark]:
    """Return what all workshops have said, objections first: one query."""
    found = WorkshopRemark.objects.filter(workshop__profile=profile)
    related = ("workshop", "section__template_section", "responded_by")
    return list(found.select_related(*related).order_by("kind", "pk"))


def serving_validation(opened: ValidationRound) -> "QuerySet[Workshop, Workshop]":
    """Return the records of workshops of a consultation, newest first.

    One that was held before the consultation was extended serves it still. One of a stage that is
    over does not, even if the text is the same: a second workshop was called.
    """
    return _of(opened.profile_id).filter(
        for_validation=True,
        closed_at__isnull=True,
        round__version__digest=opened.version.digest,
    )


def serving_priorities(profile: Profile) -> "QuerySet[Workshop, Workshop]":
    """Return the records of workshops in which priorities were set, newest first."""
    return workshops_of(profile).filter(for_priorities=True)


def lacks_of(workshop: Workshop) -> list[str]:
    """Return what a record, read with all that is shown of it, still lacks; one sentence each.

    Source of what has to be kept: domain notes 3.3.
    """
    said = [
        (not workshop.venue.strip(), _("The place is not said.")),
        (not workshop.participants, _("It is not said how many took part.")),
        (
            bool(workshop.participants) and not counts_of(workshop),
            _("It is not said who took part, by category and sex."),
        ),
        (not workshop.quorum, _("It is not said whether the quorum was reached.")),
        (not workshop.documents, _("No document is named that was used.")),
        (
            workshop.for_validation and not workshop.confirmed and not _objections(workshop),
            _("No section is confirmed, and no objection is written down."),
        ),
    ]
    return [words for lacks, words in said if lacks] + _contradictions(workshop)


def _objections(workshop: Workshop) -> list[WorkshopRemark]:
    return [one for one in workshop.remarks.all() if one.kind == WorkshopSaying.OBJECTION]


def _contradictions(workshop: Workshop) -> list[str]:
    objected = {one.section.key: one.section for one in _objections(workshop) if one.section}
    words = _("“%(section)s” is confirmed and objected to.")
    return [words % {"section": objected[key]} for key in workshop.confirmed if key in objected]


@dataclass(frozen=True, slots=True)
class Told:
    """The participants of a workshop as far as they are told to others than those who counted.

    Attributes:
        total: All of them.
        rows: Category in words → numbers in the order of ``sexes``; empty where that would show
            somebody.
        categories: Category in words → number; told instead of rows.
        sexes: Sex in words → number.
        is_cut: Whether something was left out because groups are small.
    """

    total: int
    rows: Sequence[tuple[str, tuple[int, ...]]]
    categories: Sequence[tuple[str, int]]
    sexes: Sequence[tuple[str, int]]
    is_cut: bool


def told(counts: Counts, total: int, smallest: int) -> Told:
    """Return what may be told of participants so that no group is smaller than allowed.

    The whole table is told if each of its numbers is zero or at least ``smallest``. Otherwise
    categories and sexes are told by themselves; small ones are put together until what is put
    together is large enough too, so that nothing follows from the total.

    Args:
        counts: (category, sex) → number.
        total: All participants.
        smallest: The least number of a group that is told.
    """
    shown = _shown(counts, smallest)
    categories = {**CATEGORIES, _OTHERS: _("other categories")}
    return Told(
        total,
        [(str(categories[code]), numbers) for code, numbers in shown.rows],
        [(str(categories[code]), number) for code, number in shown.categories],
        [(str(SEXES[code]), number) for code, number in shown.sexes],
        is_cut=bool(counts) and not shown.rows,
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """What may be told, by the codes of categories and sexes."""

    rows: Sequence[tuple[str, tuple[int, ...]]]
    categories: Sequence[tuple[str, int]]
    sexes: Sequence[tuple[str, int]]


def _shown(counts: Counts, smallest: int) -> _Shown:
    by_sex = {one: _sum(counts, sex=one) for one in SEXES}
    sexes = [one for one in SEXES if by_sex[one]]
    if counts and all(number >= smallest for number in counts.values() if number):
        rows = [(code, tuple(counts.get((code, one), 0) for one in sexes)) for code in CATEGORIES]
        found = [(code, numbers) for code, numbers in rows if any(numbers)]
        return _Shown(found, [], [(one, by_sex[one]) for one in sexes])
    by_category = {code: _sum(counts, category=code) for code in CATEGORIES}
    return _Shown([], _pooled(by_category, smallest, _OTHERS), _pooled(by_sex, smallest, ""))


def _sum(counts: Counts, *, category: str | None = None, sex: str | None = None) -> int:
    return sum(
        number
        for (of_category, of_sex), number in counts.items()
        if category in (None, of_category) and sex in (None, of_sex)
    )


def _pooled(numbers: Mapping[str, int], smallest: int, rest: str) -> list[tuple[str, int]]:
    """Return the groups that are large enough, and the others as one; nothing if that is too few.

    Without a name for the ``rest`` nothing is told unless all are large enough: of two sexes, one
    that is left out follows from the total.
    """
    some = {code: number for code, number in numbers.items() if number}
    small = [code for code, number in some.items() if number < smallest]
    if not small:
        return list(some.items())
    large = sorted((one for one in some if one not in small), key=lambda one: some[one])
    while large and sum(some[one] for one in small) < smallest:
        small.append(large.pop(0))
    if not rest or not large or sum(some[one] for one in small) < smallest:
        return []
    kept = [(code, number) for code, number in some.items() if code in large]
    return [*kept, (rest, sum(some[one] for one in small))]


def told_of(workshop: Workshop) -> Told:
    """Return what may be told of the participants of a workshop."""
    return told(counts_of(workshop), workshop.participants, workshop.smallest_group)


def told_in_lines(workshop: Workshop) -> list[str]:
    """Return what may be told of the participants of a workshop, one group a line."""
    found = told_of(workshop)
    sexes = [label for label, _number in found.sexes]
    colon = pgettext("after a label", ":")
    rows = [
        f"{label}{colon} " + ", ".join(map(" ".join, zip(sexes, map(str, row), strict=True)))
        for label, row in found.rows
    ]
    groups = [*found.categories, *([] if rows else found.sexes)]
    return rows + [f"{label}{colon} {number}" for label, number in groups]


def all_of(workshop: Workshop) -> Told:
    """Return all that is known of them, for those who have counted."""
    return told(counts_of(workshop), workshop.participants, 1)


def confirmed_sections(
    workshop: Workshop, sections: Iterable[Section]
) -> list[tuple[Section, bool]]:
    """Return the sections that the room confirmed, each with whether its text is still the same."""
    found = [one for one in sections if one.key in workshop.confirmed]
    return [
        (one, one.revision is not None and one.revision.sha256 == workshop.confirmed[one.key])
        for one in found
    ]


def in_words(workshop: Workshop) -> str:
    """Return what a workshop was for, in words."""
    if workshop.for_validation and workshop.for_priorities:
        return _("Validation and setting of priorities")
    return _("Validation") if workshop.for_validation else _("Setting of priorities")


def number_of_sayings(workshop: Workshop) -> str:
    """Return how many objections and remarks a record holds, in words."""
    kinds = Counter(one.kind for one in workshop.remarks.all())
    objections, remarks = kinds[WorkshopSaying.OBJECTION], kinds[WorkshopSaying.REMARK]
    said = [
        ngettext("%(number)s objection", "%(number)s objections", objections)
        % {"number": objections},
        ngettext("%(number)s remark", "%(number)s remarks", remarks) % {"number": remarks},
    ]
    return ", ".join(said)
