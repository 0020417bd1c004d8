"""A programme with one of each thing that an address can name, and a second one like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from config import access, urls
from config.access import RULES
from profile_workflow.attachments import read_attachment
from profile_workflow.models import Profile, User, Waiver
from profile_workflow.services import people, quality, saved_views, sources
from profile_workflow.services.people import Part
from profile_workflow.states import Advice, ProfileState, Role, StakeholderCategory
from reports.models import Build
from tests import factories
from tests.links import token_for
from workflows import engine
from workflows.models import JobKind, JobState, OutboxJob, Task

STRANGER, OUTSIDER, SUPERUSER = "stranger", "outsider", "superuser"
#: Everybody who asks for an address.
WHO = [STRANGER, OUTSIDER, SUPERUSER, *Role.values]


def all_names() -> list[str]:
    """Return the name of every address; those of a namespace with one line count as one."""
    found: list[str] = []

    def walk(patterns: list[Any], prefix: str = "") -> None:
        for one in patterns:
            if isinstance(one, URLPattern):
                found.append(f"{prefix}{one.name}")
            else:
                walk(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)

    walk(get_resolver(urls).url_patterns)
    whole = {line for line in RULES if line.endswith(":")}
    return sorted(
        {access.line_of(name) if access.line_of(name) in whole else name for name in found}
    )


@dataclass
class Place:
    """A programme with everybody, and what each address of it names.

    ``drafted`` is being written, ``consulted`` is with the city, ``ranked`` gets its priorities.
    """

    made: factories.Made
    drafted: Profile
    consulted: Profile
    ranked: Profile
    arguments: dict[str, Sequence[Any]]

    def person(self, who: str) -> User | None:
        """Return who asks; None for a stranger."""
        if who in (OUTSIDER, SUPERUSER):
            found: User = getattr(self.made, who)
            return found
        return None if who == STRANGER else self.made[Role(who)]

    def address(self, name: str) -> str:
        """Return the address of that name, about a thing of this programme."""
        if name.endswith(":"):
            return reverse(f"{name}index")
        return reverse(name, args=self.arguments.get(name, []))

    def with_things_of(self, other: "Place") -> dict[str, str]:
        """Return the addresses about a profile of this programme and a thing of another one's."""
        return {
            name: reverse(name, args=[own[0], *other.arguments[name][1:]])
            for name, own in self.arguments.items()
            if isinstance(own[0], str) and list(own[1:]) != list(other.arguments[name][1:])
        }


@dataclass
class World:
    """Two programmes that know nothing of one another."""

    own: Place
    foreign: Place


def make_world() -> World:
    return World(make_place(), make_place())


def make_place() -> Place:
    """Make a programme, and in it one of each thing that an address can name."""
    made = factories.make_programme()
    factories.give_checks(made)
    consulted = factories.bring_to(factories.make_profile(made), ProfileState.PROJECT_QA)
    waiver = _waiver(consulted)
    consulted = factories.bring_to(consulted, ProfileState.CONSULTATION)
    drafted = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    ranked = factories.bring_to(factories.make_profile(made), ProfileState.PRIORITY_SETTING)
    place = Place(made, drafted, consulted, ranked, {})
    place.arguments = {
        **_of_the_programme(place),
        **_of_sections(drafted),
        **_of_word(drafted),
        **_of_people(drafted, consulted),
        **_of_requests(drafted),
        **_of_invitations(drafted, made.outsider),
        **_of_evidence(drafted),
        **_of_the_city(consulted, ranked),
        **_of_files(drafted),
        "qa_waiver_back": [consulted.slug, waiver.pk],
    }
    return place


def _waiver(profile: Profile) -> Waiver:
    team, at = factories.holder(profile, Role.PROJECT_TEAM), timezone.now()
    first = factories.section(profile, "1")
    return quality.waive(first, Advice.EMPTY, "Nothing is known.", by=team, at=at)


def _of_the_programme(place: Place) -> dict[str, Sequence[Any]]:
    team, profile = place.made.team, place.drafted
    view = saved_views.save_view(team, name="Late ones", query="late=on")
    job = OutboxJob.objects.create(
        kind=JobKind.MAIL,
        key=f"broken-{profile.pk}",
        profile=profile,
        payload={"kind": "reminder", "user": team.pk},
        state=JobState.FAILED,
        finished_at=timezone.now(),
        last_error="The address does not exist.",
    )
    task = Task.objects.open().get(profile=profile, section__key="1")
    queued = Task.objects.open().get(profile=profile, section__key="2")
    engine.release(queued, by=queued.owner, at=timezone.now())
    alone = (
        *("profile", "history", "word_file", "word_import", "round", "qa", "findings", "requests"),
        *("request_new", "evidence", "sources", "sources_import", "source_library", "tables"),
        *("pictures", "challenges", "priorities", "erratum", "people", "people_add"),
        *("people_invite", "deadlines", "pdf", "invitations", "invitation_new"),
        "review_draft_whole",
    )
    return {
        **{name: [profile.slug] for name in alone},
        **{name: [task.pk] for name in ("task", "task_release", "task_delegate")},
        "task_claim": [queued.pk],
        "profile_move": [profile.slug, "hold"],
        "responses_file": [profile.slug, "csv"],
        "sources_file": [profile.slug, "bib"],
        "board_view": [view.pk],
        "board_file": ["csv"],
        "outbox_retry": [job.pk],
        "password_set": ["MQ", "no-token"],
        "help_for": ["stakeholder"],
        "fingerprint": ["0" * 64],
        "fingerprint_data": ["0" * 64],
        # Of a profile that is not published there is nothing, whoever asks.
        "published": [profile.slug],
        "published_version": [profile.slug, "1.0"],
        "version_withdraw": [profile.slug, "1.0"],
        "published_part": [profile.slug, "1.0", "section-1"],
        "published_file": [profile.slug, "1.0", "profile.json"],
        "published_citation": [profile.slug, "1.0", "bib"],
    }


def _of_sections(profile: Profile) -> dict[str, Sequence[Any]]:
    first = factories.section(profile, "1")
    for text in ("Many came.", "Many came to live here.", "Many came to live here in 2024."):
        factories.write(first, text)
    copy = first.copies.latest("version")
    names = (
        *("section", "section_compare", "section_copies", "section_review", "section_word"),
        "review_draft",
        "section_typed_tables",
        *("section_edit", "section_save", "section_guidance", "section_answers", "section_beside"),
        "section_printed",
    )
    return {
        **{name: [profile.slug, "1"] for name in names},
        "section_copy": [profile.slug, "1", f"c{copy.pk}"],
        "section_move": [profile.slug, "1", "accept"],
        "qa_waive": [profile.slug, "1", Advice.EMPTY],
    }


def _of_word(profile: Profile) -> dict[str, Sequence[Any]]:
    reading = factories.read_word(profile)
    return {
        "word_check": [profile.slug, reading.pk],
        "word_mapping": [profile.slug, reading.pk],
        "word_changes": [profile.slug, reading.pk, "1"],
    }


def _of_people(drafted: Profile, consulted: Profile) -> dict[str, Sequence[Any]]:
    """The part of the local expert; and that of a stakeholder who came late to a consultation."""
    part = drafted.assignments.filter(role=Role.LOCAL_EXPERT).get()
    late = Part(factories.make_person("late"), Role.STAKEHOLDER, StakeholderCategory.ACADEMIA)
    team = factories.holder(consulted, Role.PROJECT_TEAM)
    (to_ask,) = people.assign(consulted, [late], by=team, at=timezone.now())
    return {
        "people_end": [drafted.slug, part.pk],
        "people_substitute": [drafted.slug, part.pk],
        "people_ask": [consulted.slug, to_ask.pk],
    }


def _of_requests(profile: Profile) -> dict[str, Sequence[Any]]:
    """A request to the focal point that waits, and one that was answered with a file."""
    focal_point = factories.holder(profile, Role.FOCAL_POINT)
    waiting = factories.ask_for_input(profile, person=focal_point)
    other = factories.ask_for_input(profile, person=focal_point, subject="Budget, last three years")
    file = read_attachment("budget.csv", b"year;sum\n2024;12400\n")
    factories.move(other, "give_answer", focal_point, answer="Adopted in March.", attachment=file)
    entry = other.entries.exclude(file="").get()
    return {
        "request": [profile.slug, waiting.pk],
        "request_file": [profile.slug, other.pk, entry.pk],
    }


def _of_invitations(profile: Profile, invited: User) -> dict[str, Sequence[Any]]:
    """An invitation that waits, and one that was declined with somebody else suggested."""
    waiting, declined = factories.invite(profile, invited), factories.invite(profile)
    other = factories.make_person("suggested")
    said = {"declining": "not_now", "suggested": (other.full_name, other.email)}
    factories.move(declined, "decline_invitation", declined.person, **said)
    return {
        "my_invitation": [waiting.pk],
        "invitation": [profile.slug, waiting.pk],
        "invitation_suggested": [profile.slug, declined.pk],
    }


def _of_evidence(profile: Profile) -> dict[str, Sequence[Any]]:
    figure = factories.give_figure(factories.section(profile, "1"))
    source, other = factories.give_source(profile), factories.give_source(profile)
    team = factories.holder(profile, Role.PROJECT_TEAM)
    shared = sources.share_source(other, by=team, at=timezone.now())
    of_entries = ("entry", "entry_remove", "entry_shift")
    of_tables = ("table", "figure_add", "table_paste", "table_chart")
    return {
        **{name: [profile.slug, "figure", figure.pk] for name in of_entries},
        **{name: [profile.slug, figure.table_id] for name in of_tables},
        "entry_add": [profile.slug, "source"],
        "table_file": [profile.slug, figure.table_id, "csv"],
        "figure": [profile.slug, figure.pk],
        "source_share": [profile.slug, source.pk],
        "source_merge": [profile.slug, source.pk, other.pk],
        "library_withdraw": [profile.slug, shared.pk],
    }


#: Pages that the links of this world do not open.
_NOT_THERE = ("link_priorities", "link_sign", "link_code", "link_code_new")


def _of_the_city(consulted: Profile, ranked: Profile) -> dict[str, Sequence[Any]]:
    """A comment and an objection in the consultation, and a priority while they are being set."""
    factories.comment_on(
        factories.section(consulted, "1"), factories.holder(consulted, Role.FOCAL_POINT)
    )
    first = factories.asked(consulted)[0]
    named = [factories.section(consulted, "1")]
    factories.move(first, "object_to", first.person, reason="Not so.", sections=named)
    of_now = {"kind": Build.Kind.CONSULTATION, "text_digest": consulted.text_digest()}
    factories.give_build(
        consulted, None, state=Build.State.DONE, material_digest="1" * 64, **of_now
    )
    priority = factories.give_priority(ranked)
    of_priorities = ("priority", "priority_shift", "priority_remove")
    token, answers = token_for(factories.asked(consulted)[0]), ("link", "link_check")
    return {
        **{name: [token] for name in (*answers, "link_receipt", "link_language")},
        **{name: [token] for name in _NOT_THERE},
        "link_section": [token, "1"],
        "link_nowhere": [token, "nowhere"],
        "link_picture": [token, "0" * 64],
        **{name: [consulted.slug] for name in ("links", "attribution")},
        "attribution": [consulted.slug],
        **{name: [consulted.slug, first.pk] for name in ("link_again", "link_revoke")},
        **{name: [ranked.slug, priority.pk] for name in of_priorities},
        "priority_add": [ranked.slug],
        **_of_rooms_and_paper(consulted, first.pk),
        "link_paper": [token],
        "link_pdf": [token],
        "objection": [consulted.slug, first.pk],
        **{name: [consulted.slug] for name in ("responses", "responses_annex")},
    }


def _of_rooms_and_paper(profile: Profile, asked: int) -> dict[str, Sequence[Any]]:
    """A workshop that objected, and the form of somebody who is asked."""
    workshop = factories.give_workshop(profile)
    remark = workshop.remarks.get()
    of_profile = ("workshops", "workshop_new", "paper", "paper_room")
    of_workshop = ("workshop", "workshop_change", "workshop_said")
    return {
        **{name: [profile.slug] for name in of_profile},
        **{name: [profile.slug, workshop.pk] for name in of_workshop},
        **{
            name: [profile.slug, workshop.pk, remark.pk]
            for name in ("workshop_remark", "workshop_unsaid")
        },
        "workshops_file": [profile.slug, "csv"],
        **{name: [profile.slug, asked] for name in ("paper_form", "paper_enter")},
    }


def _of_files(profile: Profile) -> dict[str, Sequence[Any]]:
    """A picture that no text shows yet, and a finished PDF of the working text."""
    picture, at = factories.give_picture(profile), timezone.now()
    build = Build(
        profile=profile,
        language=profile.language,
        kind=Build.Kind.PREVIEW,
        digest="0" * 64,
        state=Build.State.DONE,
        sha256="1" * 64,
        created_at=at,
        finished_at=at,
    )
    build.file.save("preview.pdf", ContentFile(b"%PDF-1.7"), save=False)
    build.save()
    return {
        "picture_file": [profile.slug, picture.file.sha256, "small"],
        "pdf_file": [profile.slug, build.pk],
        "pdf_shown": [profile.slug, build.pk],
    }
