"""Every text that a section has had, submitted or not, in one line of time."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from profile_workflow.models import Draft, Revision, Section, User, WorkingCopy
from profile_workflow.pictures.shown import Shown
from profile_workflow.states import Occasion

#: What an address calls the working text as it is now.
PRESENT = "now"

_COPY, _REVISION = 0, 1
_WORD = re.compile(r"\w+(?:['\u2019\-]\w+)*")
#: Citations, references, placements and the signs of boxes.
_NO_WORDS = re.compile(r"\[[@#][^\[\]\n]*\]|\[\[[^\[\]\n]*\]\]|^:::+ ?\w*", re.MULTILINE)
_NAME_OF_COPY = re.compile(r"c([1-9][0-9]{0,17})")
_NAME_OF_REVISION = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a section.

    Attributes:
        name: What an address calls it: the number of a revision, ``c17`` for a working copy, or
            ``now``.
        label: What people call it.
        at: When it was saved or submitted; None for a working text that nobody has saved.
        by: Who saved or submitted it.
        occasion: Why a working copy was followed by another text, unless it was just written on.
        pictures: The pictures that were submitted with it; None for those of the register.
    """

    name: str
    label: str
    at: datetime | None
    by: User | None
    text: str
    nothing_found: bool
    searched: str
    occasion: str = ""
    pictures: Mapping[str, Shown] | None = None

    @classmethod
    def of_revision(cls, revision: Revision) -> Self:
        """Return a text as it was submitted."""
        return cls(
            str(revision.number),
            label_of_revision(revision.number),
            revision.created_at,
            revision.author,
            *_content(revision),
            pictures=revision.shown_pictures,
        )

    @classmethod
    def of_copy(cls, copy: WorkingCopy) -> Self:
        """Return a former working text."""
        marked = copy.occasion != Occasion.WRITING
        return cls(
            f"c{copy.pk}",
            label_of_copy(copy.saved_at),
            copy.saved_at,
            copy.saved_by,
            *_content(copy),
            str(copy.get_occasion_display()) if marked else "",
        )

    @classmethod
    def of_draft(cls, draft: Draft) -> Self:
        """Return the working text as it is now."""
        return cls(PRESENT, label_of_present(), draft.saved_at, draft.saved_by, *_content(draft))

    @property
    def content(self) -> tuple[str, bool, str]:
        """All that it says."""
        return self.text, self.nothing_found, self.searched

    def says_the_same_as(self, other: Self) -> bool:
        """Whether another text has the same words, and the same pictures as far as it has any."""
        same = (self.pictures or None) == (other.pictures or None)
        return same and self.content == other.content

    @property
    def is_copy(self) -> bool:
        """Whether it is a former working text; the label then tells when it was saved."""
        return _NAME_OF_COPY.fullmatch(self.name) is not None

    @property
    def is_submitted(self) -> bool:
        """Whether it is a revision."""
        return _NAME_OF_REVISION.fullmatch(self.name) is not None


def _content(kept: Draft | Revision | WorkingCopy) -> tuple[str, bool, str]:
    return kept.text, kept.nothing_found, kept.searched


def label_of_revision(number: int) -> str:
    """Return what people call a submitted text."""
    return _("Revision %(number)s") % {"number": number}


def label_of_present() -> str:
    """Return what people call the working text as it is now."""
    return _("Present working text")


def label_of_copy(saved_at: datetime) -> str:
    """Return what people call a former working text."""
    local = timezone.localtime(saved_at)
    when = f"{date_format(local, 'DATE_FORMAT')} {date_format(local, 'H:i:s')}"
    return _("Working copy of %(when)s") % {"when": when}


class NoSuchVersion(Exception):
    """A section has no text of that name, or not any more."""


def version_of(section: Section, name: str) -> Version:
    """Return the text that an address names.

    Raises:
        NoSuchVersion: If there is none.
    """
    if name == PRESENT:
        return Version.of_draft(_draft(section))
    if _NAME_OF_REVISION.fullmatch(name):
        numbered = section.revisions.filter(number=int(name)).select_related("author")
        found = [Version.of_revision(one) for one in numbered]
    else:
        found = _copies(section, _NAME_OF_COPY.fullmatch(name))
    if not found:
        raise NoSuchVersion(name)
    return found[0]


def _draft(section: Section) -> Draft:
    return Draft.objects.select_related("saved_by").get(section=section)


def _copies(section: Section, named: "re.Match[str] | None") -> list[Version]:
    if named is None:
        return []
    found = section.copies.filter(pk=int(named[1])).select_related("saved_by")
    return [Version.of_copy(one) for one in found]


def labels_of(section: Section, *, with_copies: bool) -> list[tuple[str, str]]:
    """Return name and label of every text of a section, oldest first: at most two queries.

    Args:
        section: The section.
        with_copies: Whether the working texts are wanted too, the former ones and the present one.
    """
    revisions = section.revisions.values_list("created_at", "number")
    found = [(at, str(number), label_of_revision(number)) for at, number in revisions]
    if not with_copies:
        return [(name, label) for _at, name, label in sorted(found)]
    copies = section.copies.values_list("saved_at", "pk")
    found += [(at, f"c{pk}", label_of_copy(at)) for at, pk in copies]
    return [*((name, label) for _at, name, label in sorted(found)), (PRESENT, label_of_present())]


def own_before_others(section: Section, person: User) -> str:
    """Return the name of the last text that a person saved, if somebody else saved after him.

    Empty if the present working text is his own, or none ever was: three queries at most.
    """
    last = Draft.objects.values_list("saved_by", flat=True).get(section=section)
    if last in (None, person.pk):
        return ""
    saved = section.copies.filter(saved_by=person).exclude(occasion=Occasion.ASIDE)
    copy = saved.order_by("-saved_at", "-pk").values_list("saved_at", "pk").first()
    revision = section.revisions.filter(author=person).order_by("-number").first()
    if copy and not (revision and revision.created_at > copy[0]):
        return f"c{copy[1]}"
    return str(revision.number) if revision else ""


def is_written_on(section: Section) -> bool:
    """Whether the present working text was saved after the newest submitted one: one query."""
    newest = Revision.objects.filter(section=OuterRef("section")).order_by("-number")
    submitted_at = Subquery(newest.values("created_at")[:1])
    return Draft.objects.filter(section=section, saved_at__gt=submitted_at).exists()


def places(section: Section) -> "QuerySet[Any, Any]":
    """Return (moment, sort, key) of all former texts of a section, newest first."""
    revisions = Revision.objects.filter(section=section).order_by()
    copies = WorkingCopy.objects.filter(section=section).order_by()
    submitted = revisions.annotate(sort=Value(_REVISION, IntegerField()))
    saved = copies.annotate(sort=Value(_COPY, IntegerField()))
    both = saved.values_list("saved_at", "sort", "id").union(
        submitted.values_list("created_at", "sort", "id"), all=True
    )
    return both.order_by("-saved_at", "-sort", "-id")


@dataclass(frozen=True, slots=True)
class Step:
    """A text in the line of time, and how it differs in length from the one before.

    Attributes:
        version: The text.
        before: The one before, if there is one.
        more: How many words it has more than that.
    """

    version: Version
    before: Version | None
    more: int

    @property
    def fewer(self) -> int:
        """How many words it has fewer than the one before."""
        return -self.more


def present(section: Section) -> Version:
    """Return the working text as it is now."""
    return Version.of_draft(_draft(section))


def versions_at(found: Iterable[tuple[datetime, int, int]]) -> list[Version]:
    """Return the texts at some places, in their order: at most two queries."""
    wanted = list(found)
    copies = WorkingCopy.objects.select_related("saved_by").in_bulk(
        [pk for _at, sort, pk in wanted if sort == _COPY]
    )
    revisions = Revision.objects.select_related("author").in_bulk(
        [pk for _at, sort, pk in wanted if sort == _REVISION]
    )
    return [
        Version.of_copy(copies[pk]) if sort == _COPY else Version.of_revision(revisions[pk])
        for _at, sort, pk in wanted
        if pk in (copies if sort == _COPY else revisions)
    ]


def steps(versions: Sequence[Version], before: Version | None) -> list[Step]:
    """Return texts, newest first, each compared in length with the next one of them.

    Args:
        versions: The texts.
        before: What came before the last of them, if anything did.
    """
    found = [*versions, *([before] if before else [])]
    lengths = [_length(one.text) for one in found]
    older = zip([*found[1:], None], [*lengths[1:], 0], strict=True)
    pairs = zip(versions, lengths, older, strict=False)
    return [Step(one, former, words - least) for one, words, (former, least) in pairs]


def _length(text: str) -> int:
    """Count the words as they are typed: to tell longer from shorter, the text need not be read."""
    return len(_WORD.findall(_NO_WORDS.sub(" ", text)))


def copies_by_version(
    sections: Iterable[Section], versions: Iterable[int]
) -> dict[tuple[int, int], str]:
    """Return (section, version of its draft) → name of the copy, for those that are kept."""
    found = WorkingCopy.objects.filter(section__in=list(sections), version__in=list(versions))
    rows = found.exclude(occasion=Occasion.ASIDE).values_list("section", "version", "pk")
    return {(section, version): f"c{pk}" for section, version, pk in rows}
