"""Who is consulted about a large profile, and what his browser knows: an address, nothing else."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from benchmarks.lists.filling import SECTIONS
from benchmarks.texts import Author
from profile_workflow.models import AnsweringLink, Profile, SectionAnswer, User
from profile_workflow.services import links
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role, SectionView
from tests import factories

_LENGTH = 900


@dataclass(slots=True)
class Validator:
    """One of those who are asked.

    Attributes:
        signoff: What he is asked for.
        section_pages: By link, one a section, in their order.
        account_pages: The same sections as he reads them signed in.
        check: Where he sends his answer.
        session: Cookie of his account.
        confirmed: Key of a section → words that the server said it has saved.
        sent: The same of words that were sent last, whether that was answered or not.
    """

    signoff: int
    section_pages: dict[str, str]
    account_pages: dict[str, str]
    check: str
    session: str
    confirmed: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return what the script for Locust reads."""
        return asdict(self)


def validators(number: int) -> list[Validator]:
    """Ask so many people about a profile of the usual length, as the engine does it."""
    made = factories.make_programme(sections=SECTIONS)
    people = User.objects.bulk_create(
        User(email=f"validator-{one}@many.example", full_name=f"Validator {one}")
        for one in range(number)
    )
    parts = [one for one in made.parts() if one.role != Role.STAKEHOLDER]
    parts += [Part(one, Role.STAKEHOLDER, "academia") for one in people]
    profile = factories.make_profile(made, people=parts)
    _write(factories.bring_to(profile, ProfileState.DRAFTING))
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    found = AnsweringLink.objects.filter(signoff__person__in=people).order_by("pk")
    asked = list(found.select_related("signoff__person"))
    _agree(asked, profile)
    return [_validator(one, profile) for one in asked]


def _agree(asked: Sequence[AnsweringLink], profile: Profile) -> None:
    """Let everybody have agreed with every section, so that each can send what he says next."""
    SectionAnswer.objects.bulk_create(
        SectionAnswer(
            signoff=link.signoff,
            section=section,
            revision=section.revision,
            digest=section.revision.sha256,
            view=SectionView.AGREES,
            saved_at=link.issued_at,
        )
        for section in profile.sections.select_related("revision")
        for link in asked
    )


def _write(profile: Profile) -> None:
    """Submit texts without citations: this profile has no sources of its own."""
    author, expert = Author(5), factories.holder(profile, Role.LOCAL_EXPERT)
    for one in factories.sections(profile):
        paragraphs = (author.words(100) for _paragraph in range(_LENGTH // 100))
        factories.write(one, "\n\n".join(f"In 2024, {words}." for words in paragraphs))
        factories.move(one, "submit", expert)


def _validator(link: AnsweringLink, profile: Profile) -> Validator:
    token, client = links.token_of(link), Client()
    client.force_login(link.signoff.person)
    keys = [one.key for one in factories.sections(profile)]
    return Validator(
        signoff=link.signoff_id,
        section_pages={key: reverse("link_section", args=[token, key]) for key in keys},
        account_pages={key: reverse("section", args=[profile.slug, key]) for key in keys},
        check=reverse("link_check", args=[token]),
        session=client.cookies[settings.SESSION_COOKIE_NAME].value,
    )
