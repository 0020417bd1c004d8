"""The family of outputs of a profile: what each is for, for whom, and its files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import Profile, User
from profile_workflow.models.digests import sections_digest
from reports.context import working_digests
from reports.models import WORKING_KINDS, Build
from workflows.queries.builds import BuildLine, kinds_for, kinds_to_ask_for, lines, readable

#: So many of the newest files of a profile are looked at, and so many older ones of a kind shown.
_MOST_FILES, _MOST_EARLIER = 80, 10


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an output is for, and who it is for."""

    what: "str | Promise"
    who: "str | Promise"


#: In the order in which they are needed.
PURPOSES: Mapping[str, Purpose] = {
    Build.Kind.PREVIEW: Purpose(
        _("The text as it is being written, made up as it will be printed."),
        _("For the authors and the project team; nobody else can open it."),
    ),
    Build.Kind.CONSULTATION: Purpose(
        _(
            "The submitted text to be commented on, on the screen or with numbered lines on paper. "
            "Of earlier answers it tells how many there are, not whose."
        ),
        _("For reviewers, the stakeholder group and the city; not for citation."),
    ),
    Build.Kind.SUMMARY: Purpose(
        _("The executive summary as a paper of its own, on four pages at most."),
        _("For decision-makers, and to be handed out at meetings."),
    ),
    Build.Kind.PRACTICES: Purpose(
        _("Each practice that the text describes in a box, on a sheet of its own."),
        _("For other cities that want to learn from it."),
    ),
    Build.Kind.RECORD: Purpose(
        _("Who approved which text, when and by which rule, with fingerprints to check it by."),
        _("For the city and for auditors, to be kept beside the text."),
    ),
    Build.Kind.ANNEX: Purpose(
        _("Every comment with what became of it, to be sent along with the text."),
        _(
            "For you alone: it holds what you may know of who said what. It is deleted after a "
            "day; make it anew when comments have changed."
        ),
    ),
    Build.Kind.WORD: Purpose(
        _("All that was submitted, as a file for Word to be quoted from or worked with."),
        _("For whoever goes on with the text; it bears the warning until it is published."),
    ),
    Build.Kind.EBOOK: Purpose(
        _("All that was submitted, as an e-book whose letters are as large as its reader wants."),
        _("For readers on a phone or an e-reader, and with a screen reader."),
    ),
    Build.Kind.DATA: Purpose(
        _("Texts, figures, sources and priorities as data (JSON), for other software."),
        _("For analysts and for other systems."),
    ),
    Build.Kind.PUBLICATION: Purpose(
        _("The very file that is published: the approved text with its data and its record."),
        _("For everybody, once it is published."),
    ),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A file, or one in the making, and whether it holds the text as it is now.

    Attributes:
        is_of_now: ``None`` where that is not known: of what is not finished, and of an annex.
    """

    line: BuildLine
    is_of_now: bool | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One of the family, with its files.

    Attributes:
        can_be_made: Whether the reader can ask for it now.
        newest: The newest finished file of each language, and whatever is newer than that.
        earlier: Those before, newest first.
    """

    kind: Build.Kind
    purpose: Purpose
    can_be_made: bool
    newest: list[Made] = field(default_factory=list)
    earlier: list[Made] = field(default_factory=list)


def outputs_of(profile: Profile, *, viewer: User) -> list[Output]:
    """Return all outputs that a reader may open or ask for: a constant number of queries."""
    kinds = [*kinds_for(profile, viewer), Build.Kind.ANNEX]
    can_be_made = {*kinds_to_ask_for(profile, viewer), Build.Kind.ANNEX}
    found = readable(profile, viewer).filter(kind__in=kinds).order_by("-created_at", "-pk")
    ids = list(found.values_list("pk", flat=True)[:_MOST_FILES])
    made = list(_compared(profile, lines(profile, ids, viewer=viewer)))
    return [
        _output(kind, kind in can_be_made, [one for one in made if one.line.build.kind == kind])
        for kind in map(Build.Kind, PURPOSES)
        if kind in kinds
    ]


def _output(kind: Build.Kind, can_be_made: bool, made: Iterable[Made]) -> Output:
    output = Output(kind, PURPOSES[kind], can_be_made)
    finished = set()
    for one in made:
        build = one.line.build
        variant = (build.language, build.numbered, tuple(sorted(build.scope.items())))
        if variant not in finished:
            output.newest.append(one)
        elif len(output.earlier) < _MOST_EARLIER:
            output.earlier.append(one)
        if build.state == Build.State.DONE:
            finished.add(variant)
    return output


def _compared(profile: Profile, found: Iterable[BuildLine]) -> Iterator[Made]:
    """Yield builds with whether they hold the text as it is now: three queries at most."""
    now: dict[bool, str] = {}
    for line in found:
        build = line.build
        is_working = build.kind in WORKING_KINDS
        if build.state != Build.State.DONE or not build.text_digest:
            yield Made(line)
            continue
        if is_working not in now:
            now[is_working] = _text_now(profile, is_working=is_working)
        yield Made(line, build.text_digest == now[is_working])


def _text_now(profile: Profile, *, is_working: bool) -> str:
    if is_working:
        return sections_digest(working_digests(profile))
    return profile.text_digest()


@dataclass(frozen=True, slots=True)
class ChapterPreview:
    """What there is of a chapter as it will be printed.

    Attributes:
        newest: What was asked for last; ``None`` if nothing was.
        shown: The newest finished one.
    """

    newest: BuildLine | None = None
    shown: Made | None = None


def chapter_preview(profile: Profile, section: str, *, viewer: User) -> ChapterPreview:
    """Return what a reader is shown of a chapter: at most seven queries."""
    found = readable(profile, viewer).filter(
        kind=Build.Kind.CHAPTER, section__key=section, language=profile.language
    )
    ordered = found.order_by("-created_at", "-pk").values_list("pk", flat=True)
    ids = [*ordered[:1], *ordered.filter(state=Build.State.DONE)[:1]]
    by_id = {one.build.pk: one for one in lines(profile, set(ids), viewer=viewer)}
    made = [by_id[pk] for pk in ids if pk in by_id]
    if not made:
        return ChapterPreview()
    done = next((one for one in made if one.build.state == Build.State.DONE), None)
    if done is None:
        return ChapterPreview(made[0])
    now = working_digests(profile, section=section).get(section, "")
    return ChapterPreview(made[0], Made(done, done.build.text_digest == now))
