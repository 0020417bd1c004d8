"""The two rows of navigation: of the whole site, and of one profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import ResolverMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from profile_workflow.days import role_day
from profile_workflow.models import User
from profile_workflow.queries.people import is_project_team

#: Values of ``aria-current``: this very page, a page beneath it, neither.
_HERE, _BENEATH, _ELSEWHERE = "page", "true", ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a row of navigation leads to.

    Attributes:
        name: Name of its address.
        label: What it is called.
        icon: Class of its icon, see the style sheet; may be empty.
        beneath: Names of the addresses that belong to it without an entry of their own.
        for_team: Whether only the project team is shown it.
        for_administrators: Whether only administrators are shown it.
    """

    name: str
    label: "str | Promise"
    icon: str = ""
    beneath: Sequence[str] = ()
    for_team: bool = False
    for_administrators: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a template shows it.

    Attributes:
        address: Where it leads.
        label: What it is called.
        icon: Class of its icon.
        current: Value of ``aria-current``; empty where the reader is elsewhere.
    """

    address: str
    label: "str | Promise"
    icon: str
    current: str


#: The second row of every page about a profile. A page under ``/p/<slug>/`` is added here, either
#: as an entry or beneath one.
PROFILE_PAGES: Sequence[Page] = (
    Page(
        "profile",
        _("Overview"),
        beneath=(
            "section",
            "section_edit",
            "section_guidance",
            *("section_compare", "section_copies", "section_copy", "section_typed_tables"),
            "section_review",
            "section_move",
            "profile_move",
            "version_withdraw",
            *("section_word", "word_file", "word_import", "word_check", "word_mapping"),
            "word_changes",
        ),
    ),
    Page(
        "evidence",
        _("Evidence"),
        beneath=(
            *("entry_add", "entry", "entry_remove", "sources", "tables", "table", "figure_add"),
            *("sources_import", "sources_file", "source_library", "library_withdraw"),
            *("source_share", "source_merge"),
            *("table_paste", "table_chart", "table_file"),
            *("figure", "challenges", "erratum", "entry_shift"),
            *("pictures", "picture_file"),
            "findings",
        ),
    ),
    Page("requests", _("Requests"), beneath=("request_new", "request", "request_file")),
    Page(
        "round",
        _("Round"),
        beneath=(
            *("objection", "links", "link_again", "link_revoke"),
            *("workshops", "workshop_new", "workshops_file", "workshop", "workshop_change"),
            *("workshop_said", "workshop_remark", "workshop_unsaid"),
            *("paper", "paper_room", "paper_form", "paper_enter"),
        ),
    ),
    Page("responses", _("Comments"), beneath=("responses_file",)),
    Page("qa", _("Quality"), beneath=("qa_waive", "qa_waiver_back")),
    Page(
        "priorities",
        _("Priorities"),
        beneath=("priority_add", "priority", "priority_shift", "priority_remove"),
    ),
    Page(
        "people",
        _("People"),
        beneath=(
            *("people_add", "people_invite", "people_end", "people_substitute", "people_ask"),
            *("invitations", "invitation_new", "invitation", "invitation_suggested"),
            "deadlines",
        ),
    ),
    Page("history", _("History")),
    Page("pdf", _("Outputs"), beneath=("pdf_file", "pdf_shown")),
)

#: The first row; at most five for anybody but an administrator.
SITE_PAGES: Sequence[Page] = (
    Page(
        "tasks",
        _("My tasks"),
        "icon-tasks",
        beneath=("task", "task_claim", "task_release", "task_delegate", "my_invitation"),
    ),
    Page(
        "profiles",
        _("Profiles"),
        "icon-profile",
        beneath=("profile_new", *(n for page in PROFILE_PAGES for n in (page.name, *page.beneath))),
    ),
    Page(
        "board",
        _("Board"),
        "icon-board",
        beneath=("board_view", "board_view_save", "board_file"),
        for_team=True,
    ),
    Page(
        "outbox",
        _("Outbox"),
        "icon-mail",
        beneath=("outbox_retry", "outbox_retry_all"),
        for_team=True,
    ),
    Page("admin:index", _("Reference data"), "icon-city", for_administrators=True),
    Page("help", _("Help"), "icon-help", beneath=("help_for",)),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates both rows; looked up only by pages that show them."""
    return {
        "navigation": SimpleLazyObject(lambda: entries(request)),
        "profile_navigation": SimpleLazyObject(lambda: profile_entries(request)),
    }


def entries(request: HttpRequest) -> list[Entry]:
    """Return the first row for whoever asks; empty for a stranger."""
    return _row(request, SITE_PAGES, [])


def profile_entries(request: HttpRequest) -> list[Entry]:
    """Return the second row on a page whose address names a profile; empty elsewhere."""
    match = request.resolver_match
    slug = match.kwargs.get("slug") if match else None
    return _row(request, PROFILE_PAGES, [slug]) if slug else []


def _row(request: HttpRequest, pages: Sequence[Page], arguments: list[str]) -> list[Entry]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return []
    team = is_project_team(user, on=role_day())
    return [
        Entry(
            reverse(page.name, args=arguments),
            page.label,
            page.icon,
            _current(page, request.resolver_match),
        )
        for page in pages
        if (team or not page.for_team) and (user.is_staff or not page.for_administrators)
    ]


def _current(page: Page, match: ResolverMatch | None) -> str:
    here = match.view_name if match else ""
    if here == page.name:
        return _HERE
    return _BENEATH if here in page.beneath else _ELSEWHERE
