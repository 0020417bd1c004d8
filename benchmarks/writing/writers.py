"""Who writes, signed in, and where: each a section of his own, five in one profile."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from benchmarks.texts import Author
from profile_workflow.models import Assignment, Section, User
from profile_workflow.states import ProfileState, Role, SectionState

_IN_ONE_PROFILE = 5
_LENGTH = 900


@dataclass(slots=True)
class Writer:
    """What a browser knows that shows somebody the page for writing.

    Attributes:
        page: Address of the page.
        address: Where the page saves.
        version: The version that the next save is based on.
        text: What he writes, without the end, which is another one each time.
        confirmed: What the server said it has saved last.
        sent: What was sent last, whether it was answered or not.
    """

    section: int
    page: str
    address: str
    session: str
    token: str
    text: str
    version: int = 0
    confirmed: str = ""
    sent: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what the script for Locust reads."""
        return asdict(self)


def writers(number: int) -> list[Writer]:
    """Let so many co-authors open their pages.

    Raises:
        ValueError: If there are fewer sections to write.
    """
    sections = list(
        Section.objects.filter(
            profile__state=ProfileState.DRAFTING,
            state=SectionState.DRAFTING,
            position__lte=_IN_ONE_PROFILE,
        )
        .select_related("profile", "draft")
        .order_by("profile", "position")[:number]
    )
    if len(sections) < number:
        raise ValueError(f"{number} writers, but {len(sections)} sections; take more profiles")
    _hand_over(sections)
    author = Author(4)
    return [_writer(section, author.text(_LENGTH)) for section in sections]


def _hand_over(sections: Sequence[Section]) -> None:
    """Give each section to a co-author of its own."""
    people = User.objects.bulk_create(
        User(email=f"writer-{number}@many.example", full_name=f"Writer {number}")
        for number, _section in enumerate(sections)
    )
    for section, person in zip(sections, people, strict=True):
        section.author = person
    Section.objects.bulk_update(sections, ["author"])
    Assignment.objects.bulk_create(
        Assignment(
            programme_id=section.profile.programme_id,
            profile=section.profile,
            user=section.author,
            role=Role.CO_AUTHOR,
        )
        for section in sections
    )


def _writer(section: Section, text: str) -> Writer:
    client = Client()
    client.force_login(section.author)
    where = [section.profile.slug, section.key]
    page = reverse("section_edit", args=where)
    answer = client.get(page)
    if answer.status_code != 200:
        raise RuntimeError(f"{page} answered {answer.status_code}")
    return Writer(
        section=section.pk,
        page=page,
        address=reverse("section_save", args=where),
        session=client.cookies[settings.SESSION_COOKIE_NAME].value,
        token=client.cookies[settings.CSRF_COOKIE_NAME].value,
        text=text,
        version=section.draft.version,
    )
