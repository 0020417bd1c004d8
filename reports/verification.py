"""What can be said of a fingerprint: which file, text or section it is of, and who approved that.

To everybody only what has been published is told. What is not, is told to whoever takes part in the
profile; to all others it is as if it were not there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, TextChoices, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import (
    Event,
    Profile,
    ProfileVersion,
    Revision,
    Section,
    User,
)
from profile_workflow.states import ProfileState
from reports.context.approvals import Text, approvals_of
from reports.context.record import read_record, texts_of
from reports.context.validation_record import ApprovalLine
from reports.models import (
    PASSING_KINDS,
    WORKING_KINDS,
    Build,
    Publication,
    PublicationFile,
    Withdrawal,
)

#: Most profiles that are named for one fingerprint; the same section may stand in many editions.
MOST_FINDINGS = 20
#: Most rows that are looked at: a text may have been submitted again without a change.
MOST_MATCHES = 200


class Kind(TextChoices):
    """What has the fingerprint."""

    FILE = "file", _("File")
    TEXT = "text", _("Text of a profile")
    SECTION = "section", _("Text of a section")


class Status(TextChoices):
    """What became of it."""

    PUBLISHED = "published", _("published")
    CORRECTED = "corrected", _("published, and corrected since")
    SUPERSEDED = "superseded", _("published, and followed by a new edition")
    WITHDRAWN = "withdrawn", _("published, and withdrawn since")
    UNPUBLISHED = "unpublished", _("not published")


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section in the text that was looked up.

    Attributes:
        name: Its number and title.
        revision: Number of the revision.
        is_present: Whether it still has this text, as far as the reader may know.
    """

    key: str
    name: str
    revision: int
    sha256: str
    is_present: bool
    approvals: Sequence[ApprovalLine] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What has a fingerprint, as far as the reader may know.

    Attributes:
        published: The publication that it stands in; None if it is not published.
        followed_by: The publication that has another text in its place.
        is_all_withdrawn: Whether the whole profile was withdrawn, with what followed in it.
        next_edition: The profile that follows this one and was published.
        is_next_withdrawn: Whether it was withdrawn since.
        withdrawn_at: When it was withdrawn.
        reason: Why it was.
        build: The file, if it was made and not published.
        name: Under which the file is published beside the PDF; empty for the PDF itself.
        text: The version of the text that it is, or stands in.
        key: Key of the section, if it is one.
        files: All files that were published of this text.
        sections: Its sections; only if it is the one finding.
        approvals: What was approved; only if it is the one finding.
        seal: What is kept of the seal of the PDF (``reports.sealing.signing.Seal``), if it has one.
    """

    kind: Kind
    status: Status
    profile: Profile
    published: Publication | None = None
    followed_by: Publication | None = None
    is_all_withdrawn: bool = False
    next_edition: Profile | None = None
    is_next_withdrawn: bool = False
    withdrawn_at: datetime | None = None
    reason: str = ""
    build: Build | None = None
    name: str = ""
    text: ProfileVersion | None = None
    key: str = ""
    files: Sequence[Publication] = ()
    sections: Sequence[SectionLine] = ()
    approvals: Sequence[ApprovalLine] = ()
    seal: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def section(self) -> SectionLine | None:
        """The section that was looked up."""
        return next((one for one in self.sections if one.key == self.key), None)


def look_up(fingerprint: str, *, viewer: User | None, language: str) -> list[Finding]:
    """Return what has a fingerprint; nothing if there is nothing that the reader may know of.

    Args:
        fingerprint: SHA-256 in small hexadecimal digits: of a file, of the text of a profile as
            its imprint prints it, or of the text of a section.
        viewer: Who asks; None for a stranger.
        language: Language of dates and titles; must be active.

    Costs the same number of queries, however many profiles are found.
    """
    seen = _seen_by(viewer)
    found = [
        *_files(fingerprint),
        *_data(fingerprint),
        *_builds(fingerprint, seen),
        *_texts(fingerprint, seen),
        *_sections(fingerprint, seen),
    ]
    known = _Known(found)
    judged = [one for one in (known.judged(each, seen) for each in found) if one is not None]
    judged.sort(key=_first_to_tell)
    of_profile: dict[int, Finding] = {}
    for one in judged:
        of_profile.setdefault(one.profile.pk, one)
    findings = list(of_profile.values())
    if len(findings) == 1:
        return [_with_details(findings[0], fingerprint, language, seen)]
    return findings[:MOST_FINDINGS]


def _first_to_tell(one: Finding) -> tuple[bool, int, int, bool]:
    """Sort what is published first; of one profile, what stands before what was withdrawn."""
    is_gone = one.status == Status.WITHDRAWN
    return one.published is None, -one.profile.edition, one.profile.pk, is_gone


@dataclass(frozen=True, slots=True)
class _Match:
    """A row that has the fingerprint, before it is asked who may know of it."""

    kind: Kind
    profile: Profile
    publication: Publication | None = None
    build: Build | None = None
    name: str = ""
    version: ProfileVersion | None = None
    revision: Revision | None = None
    seal: Mapping[str, str | int] = field(default_factory=dict)


_PROFILE = ("profile__city", "profile__next_edition")


def _seen_by(viewer: User | None) -> frozenset[int]:
    """Return the ids of the profiles in which a person takes part."""
    if viewer is None:
        return frozenset()
    return frozenset(Profile.objects.visible_to(viewer).values_list("pk", flat=True))


def _files(fingerprint: str) -> Iterator[_Match]:
    found = Publication.objects.filter(pdf_sha256=fingerprint).select_related(
        "profile_version", *_PROFILE
    )
    for one in found.order_by("pk"):
        yield _Match(
            Kind.FILE, one.profile, publication=one, version=one.profile_version, seal=one.seal
        )


def _data(fingerprint: str) -> Iterator[_Match]:
    """Yield what was published beside a PDF, the newest first: figures often stay the same."""
    found = PublicationFile.objects.filter(sha256=fingerprint)
    related = ("publication__profile_version", *(f"publication__{one}" for one in _PROFILE))
    for kept in found.select_related(*related).order_by("-pk"):
        one = kept.publication
        yield _Match(
            Kind.FILE, one.profile, publication=one, name=kept.path, version=one.profile_version
        )


def _builds(fingerprint: str, seen: Iterable[int]) -> Iterator[_Match]:
    """Yield files that were made of submitted text; of working text only its authors know."""
    if not seen:
        return
    made = Build.objects.filter(sha256=fingerprint, profile__in=seen)
    closed = {*WORKING_KINDS, *PASSING_KINDS}
    found = made.exclude(kind__in=closed).select_related(*_PROFILE)
    for one in found.order_by("-pk")[:1]:
        published = Publication.objects.filter(pdf_sha256=fingerprint, profile=one.profile)
        if not published.exists():
            versions = one.profile.versions.filter(digest=one.text_digest)
            version = versions.first()
            yield _Match(Kind.FILE, one.profile, build=one, version=version, seal=one.seal)


def _texts(fingerprint: str, seen: Iterable[int]) -> Iterator[_Match]:
    """Yield versions of texts. Versions of one profile with one digest are the same text."""
    known = Q(pk__in=Publication.objects.values("profile_version")) | Q(profile__in=seen)
    found = ProfileVersion.objects.filter(known, digest=fingerprint)
    for one in found.select_related(*_PROFILE).order_by("-pk")[:MOST_MATCHES]:
        yield _Match(Kind.TEXT, one.profile, version=one)


def _sections(fingerprint: str, seen: Iterable[int]) -> Iterator[_Match]:
    """Yield revisions: for outsiders those alone that stand in a publication.

    Others are not even fetched, so that an answer takes as long as that to an invented one.
    """
    published = Publication.objects.filter(profile=OuterRef("section__profile"))
    content = Cast("profile_version__content", TextField())
    holding = published.annotate(content=content).filter(content__contains=fingerprint)
    known = Exists(holding) | Q(section__profile__in=seen)
    found = Revision.objects.filter(known, sha256=fingerprint)
    related = found.select_related(*(f"section__{one}" for one in _PROFILE))
    for one in related.defer("text", "pictures").order_by("-pk")[:MOST_MATCHES]:
        yield _Match(Kind.SECTION, one.section.profile, revision=one)


class _Known:
    """What has been published of some profiles, and what became of them: three queries."""

    def __init__(self, matches: Sequence[_Match]) -> None:
        profiles = {one.profile.pk: one.profile for one in matches}
        self._of: dict[int, list[Publication]] = defaultdict(list)
        found = Publication.objects.filter(profile__in=profiles).select_related("profile_version")
        for one in found.order_by("published_at", "pk") if profiles else ():
            self._of[one.profile_id].append(one)
        self._gone = withdrawn_versions(profiles)
        self._withdrawals = withdrawals(
            pk for pk, one in profiles.items() if one.state == ProfileState.CANCELLED
        )

    def judged(self, match: _Match, seen: frozenset[int]) -> Finding | None:
        """Return what a reader may know of a match; None if nothing."""
        published = self._published(match)
        if published is None:
            return _unpublished(match) if match.profile.pk in seen else None
        profile = match.profile
        followed_by = self._follower(match, published)
        following = getattr(profile, "next_edition", None)
        if following is not None and following.published_at is None:
            following = None
        is_next_withdrawn = following is not None and following.state == ProfileState.CANCELLED
        of_all = self._withdrawals.get(profile.pk)
        withdrawal = of_all or self._withdrawn(published)
        finding = Finding(
            kind=match.kind,
            status=Status.PUBLISHED,
            profile=profile,
            published=published,
            followed_by=followed_by,
            is_all_withdrawn=of_all is not None,
            next_edition=following,
            is_next_withdrawn=is_next_withdrawn,
            name=match.name,
            text=published.profile_version,
            key=match.revision.section.key if match.revision else "",
            seal=match.seal,
            files=[
                one
                for one in self._of[profile.pk]
                if one.profile_version_id == published.profile_version_id
            ],
        )
        if withdrawal is not None:
            return replace(
                finding, status=Status.WITHDRAWN, withdrawn_at=withdrawal[0], reason=withdrawal[1]
            )
        is_followed = following is not None and not is_next_withdrawn
        if profile.state == ProfileState.SUPERSEDED and is_followed:
            return replace(finding, status=Status.SUPERSEDED)
        return replace(finding, status=Status.CORRECTED) if followed_by else finding

    def _published(self, match: _Match) -> Publication | None:
        """Return the last publication that is, or holds, what matches; rather one that stands."""
        if match.publication is not None:
            return match.publication
        holding = [one for one in self._of[match.profile.pk] if _holds(one, match)]
        standing = [one for one in holding if self._withdrawn(one) is None]
        return max(standing or holding, key=_order, default=None)

    def _withdrawn(self, one: Publication) -> tuple[datetime, str] | None:
        """Return when and why the version of a publication was withdrawn by itself."""
        return self._gone.get(one.profile_id, {}).get(one.version)

    def _follower(self, match: _Match, published: Publication) -> Publication | None:
        """Return the first later publication that has something else in its place."""
        later = (one for one in self._of[match.profile.pk] if _order(one) > _order(published))
        others = (
            one
            for one in later
            if one.version != published.version and self._withdrawn(one) is None
        )
        if match.publication is not None:
            here = list(others)
            same = [one for one in here if one.language == published.language]
            return next(iter(same or here), None)
        return next((one for one in others if not _holds(one, match)), None)


def _order(one: Publication) -> tuple[datetime, int]:
    return one.published_at, one.pk


def _holds(publication: Publication, match: _Match) -> bool:
    if match.version is not None:
        return match.version.digest == publication.profile_version.digest
    revision = match.revision
    if revision is None:
        return False
    return texts_of(publication.profile_version).get(revision.section.key) == revision.sha256


def _unpublished(match: _Match) -> Finding:
    return Finding(
        kind=match.kind,
        status=Status.UNPUBLISHED,
        profile=match.profile,
        build=match.build,
        text=match.version,
        key=match.revision.section.key if match.revision else "",
        seal=match.seal,
    )


def withdrawals(profiles: Iterable[int]) -> dict[int, tuple[datetime, str]]:
    """Return when and why profiles were withdrawn: one query, none if none was."""
    ended = list(profiles)
    if not ended:
        return {}
    found = Event.objects.filter(
        profile__in=ended, document="profile", move__in=("cancel", "withdraw")
    )
    return {
        one.profile_id: (one.at, one.reason.text if hasattr(one, "reason") else "")
        for one in found.select_related("reason").order_by("seq")
    }


def withdrawn_versions(profiles: Iterable[int]) -> dict[int, dict[str, tuple[datetime, str]]]:
    """Return profile → version → when and why it was withdrawn by itself: one query."""
    gone: dict[int, dict[str, tuple[datetime, str]]] = defaultdict(dict)
    found = Withdrawal.objects.filter(profile__in=profiles).select_related("event__reason")
    for one in found.order_by("pk"):
        reason = one.event.reason.text if hasattr(one.event, "reason") else ""
        gone[one.profile_id][one.version] = (one.event.at, reason)
    return gone


# Details: the sections with what was approved of each


def _with_details(
    finding: Finding, fingerprint: str, language: str, seen: frozenset[int]
) -> Finding:
    profile = finding.profile
    sections = list(
        Section.objects.filter(profile=profile)
        .select_related("template_section", "revision")
        .defer("revision__text")
        .order_by("position")
    )
    present = _present(finding, sections, seen)
    revisions = _revisions(finding, fingerprint)
    names = {
        one.key: f"{one.number} {one.template_section.title_in(language)}".strip()
        for one in sections
    }
    of_section = {one.pk: names[one.key] for one in sections}
    hashes = {one.key: revisions[one.key].sha256 for one in sections if one.key in revisions}
    # What was approved of the whole is known by the digest of the whole alone.
    is_part = finding.key and all(present.get(key) == one for key, one in hashes.items())
    whole = present if is_part else hashes
    approvals = approvals_of(read_record(profile, of_section, language), Text(whole, names))
    if finding.key:
        approvals = tuple(
            replace(one, keys=(finding.key,), changed=())
            for one in approvals
            if finding.key in one.keys
        )
    lines = [
        SectionLine(
            key=key,
            name=names[key],
            revision=revisions[key].number,
            sha256=sha256,
            is_present=present.get(key) == sha256,
            approvals=[one for one in approvals if key in one.keys],
        )
        for key, sha256 in hashes.items()
    ]
    return replace(finding, sections=lines, approvals=approvals)


def _present(
    finding: Finding, sections: Iterable[Section], seen: frozenset[int]
) -> Mapping[str, str]:
    """Return section key → SHA-256 of the present text: for outsiders, of what is published."""
    if finding.profile.pk in seen:
        return {one.key: one.revision.sha256 for one in sections if one.revision}
    found = Publication.objects.standing().filter(profile=finding.profile)
    last = found.select_related("profile_version").order_by("published_at", "pk").last()
    return texts_of(last.profile_version) if last else {}


def _revisions(finding: Finding, fingerprint: str) -> Mapping[str, Revision]:
    """Return section key → revision in the text that was found; of a section, that alone."""
    found = Revision.objects.filter(section__profile=finding.profile).select_related("section")
    content = finding.text.content if finding.text else {}
    if finding.key and finding.key not in content:
        asked = found.filter(sha256=fingerprint, section__key=finding.key)
    else:
        wanted = [finding.key] if finding.key else content
        asked = found.filter(pk__in=[content[key]["revision"] for key in wanted])
    return {one.section.key: one for one in asked.defer("text").order_by("number")}
