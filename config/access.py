"""Who may request which address: one table, and nothing that is not in it."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from profile_workflow.days import role_day
from profile_workflow.models import Profile, ReviewInvitation
from profile_workflow.models.people import User
from profile_workflow.models.profile import ProfileQuerySet
from profile_workflow.queries.people import is_project_team


class Rule(Enum):
    """Who may request an address. What may be done there is said by ``profile_workflow.rules``."""

    #: Everybody, with or without an account.
    PUBLIC = "public"
    #: Whoever holds a personal link, which the page itself looks up; with or without an account.
    HOLDS_LINK = "holds a personal link"
    #: Everybody with an account.
    SIGNED_IN = "signed in"
    #: Who holds a role on the profile that the address names; to others it does not exist.
    TAKES_PART = "takes part"
    #: Who was invited by the invitation that the address names; to others it does not exist.
    INVITED = "is invited"
    #: Members of the project team of any programme.
    PROJECT_TEAM = "project team"
    #: Who keeps reference data; this right says nothing about profiles.
    ADMINISTRATOR = "administrator"


#: Rules that ask for no account.
OPEN_TO_STRANGERS = (Rule.PUBLIC, Rule.HOLDS_LINK)

#: The table: name of the address → who may request it. An address without a line is refused. A
#: line that ends in a colon is for all addresses of that namespace.
RULES: Mapping[str, Rule] = {
    "favicon": Rule.PUBLIC,
    "healthz": Rule.PUBLIC,
    "readyz": Rule.PUBLIC,
    "sign_in": Rule.PUBLIC,
    "language": Rule.PUBLIC,
    "password_reset": Rule.PUBLIC,
    "password_set": Rule.PUBLIC,
    "link": Rule.HOLDS_LINK,
    "link_section": Rule.HOLDS_LINK,
    "link_check": Rule.HOLDS_LINK,
    "link_priorities": Rule.HOLDS_LINK,
    "link_paper": Rule.HOLDS_LINK,
    "link_pdf": Rule.HOLDS_LINK,
    "link_sign": Rule.HOLDS_LINK,
    "link_code": Rule.HOLDS_LINK,
    "link_code_new": Rule.HOLDS_LINK,
    "link_receipt": Rule.HOLDS_LINK,
    "link_language": Rule.HOLDS_LINK,
    "link_picture": Rule.HOLDS_LINK,
    "link_nowhere": Rule.HOLDS_LINK,
    "sign_out": Rule.SIGNED_IN,
    "home": Rule.PUBLIC,
    "verify": Rule.PUBLIC,
    "fingerprint": Rule.PUBLIC,
    "fingerprint_data": Rule.PUBLIC,
    "cities": Rule.PUBLIC,
    "cities_feed": Rule.PUBLIC,
    "published": Rule.PUBLIC,
    "published_version": Rule.PUBLIC,
    "published_file": Rule.PUBLIC,
    "published_citation": Rule.PUBLIC,
    "published_part": Rule.PUBLIC,
    "help": Rule.PUBLIC,
    "help_for": Rule.PUBLIC,
    "me": Rule.SIGNED_IN,
    "password": Rule.SIGNED_IN,
    "profiles": Rule.SIGNED_IN,
    "search": Rule.SIGNED_IN,
    "tasks": Rule.SIGNED_IN,
    "task": Rule.TAKES_PART,
    "task_claim": Rule.TAKES_PART,
    "task_release": Rule.TAKES_PART,
    "task_delegate": Rule.TAKES_PART,
    "profile_new": Rule.PROJECT_TEAM,
    "board": Rule.PROJECT_TEAM,
    "board_view_save": Rule.PROJECT_TEAM,
    "board_view": Rule.PROJECT_TEAM,
    "board_file": Rule.PROJECT_TEAM,
    "outbox": Rule.PROJECT_TEAM,
    "outbox_retry_all": Rule.PROJECT_TEAM,
    "outbox_retry": Rule.PROJECT_TEAM,
    "profile": Rule.TAKES_PART,
    "profile_move": Rule.TAKES_PART,
    "section_move": Rule.TAKES_PART,
    "people": Rule.TAKES_PART,
    "people_add": Rule.TAKES_PART,
    "people_invite": Rule.TAKES_PART,
    "people_end": Rule.TAKES_PART,
    "people_substitute": Rule.TAKES_PART,
    "people_ask": Rule.TAKES_PART,
    "invitations": Rule.TAKES_PART,
    "invitation_new": Rule.TAKES_PART,
    "invitation": Rule.TAKES_PART,
    "invitation_suggested": Rule.TAKES_PART,
    "my_invitation": Rule.INVITED,
    "deadlines": Rule.TAKES_PART,
    "version_withdraw": Rule.TAKES_PART,
    "history": Rule.TAKES_PART,
    "section": Rule.TAKES_PART,
    "section_compare": Rule.TAKES_PART,
    "section_copies": Rule.TAKES_PART,
    "section_typed_tables": Rule.TAKES_PART,
    "section_copy": Rule.TAKES_PART,
    "section_review": Rule.TAKES_PART,
    "review_draft": Rule.TAKES_PART,
    "review_draft_whole": Rule.TAKES_PART,
    "section_word": Rule.TAKES_PART,
    "word_file": Rule.TAKES_PART,
    "word_import": Rule.TAKES_PART,
    "word_check": Rule.TAKES_PART,
    "word_mapping": Rule.TAKES_PART,
    "word_changes": Rule.TAKES_PART,
    "round": Rule.TAKES_PART,
    "attribution": Rule.TAKES_PART,
    "links": Rule.TAKES_PART,
    "link_again": Rule.TAKES_PART,
    "link_revoke": Rule.TAKES_PART,
    "objection": Rule.TAKES_PART,
    "paper": Rule.TAKES_PART,
    "paper_room": Rule.TAKES_PART,
    "paper_form": Rule.TAKES_PART,
    "paper_enter": Rule.TAKES_PART,
    "workshops": Rule.TAKES_PART,
    "workshop_new": Rule.TAKES_PART,
    "workshops_file": Rule.TAKES_PART,
    "workshop": Rule.TAKES_PART,
    "workshop_change": Rule.TAKES_PART,
    "workshop_said": Rule.TAKES_PART,
    "workshop_remark": Rule.TAKES_PART,
    "workshop_unsaid": Rule.TAKES_PART,
    "qa": Rule.TAKES_PART,
    "qa_waive": Rule.TAKES_PART,
    "qa_waiver_back": Rule.TAKES_PART,
    "responses": Rule.TAKES_PART,
    "responses_file": Rule.TAKES_PART,
    "responses_annex": Rule.TAKES_PART,
    "section_edit": Rule.TAKES_PART,
    "section_save": Rule.TAKES_PART,
    "section_guidance": Rule.TAKES_PART,
    "section_answers": Rule.TAKES_PART,
    "section_beside": Rule.TAKES_PART,
    "section_printed": Rule.TAKES_PART,
    "findings": Rule.TAKES_PART,
    "requests": Rule.TAKES_PART,
    "request_new": Rule.TAKES_PART,
    "request": Rule.TAKES_PART,
    "request_file": Rule.TAKES_PART,
    "evidence": Rule.TAKES_PART,
    "entry_add": Rule.TAKES_PART,
    "entry": Rule.TAKES_PART,
    "entry_remove": Rule.TAKES_PART,
    "entry_shift": Rule.TAKES_PART,
    "sources": Rule.TAKES_PART,
    "sources_import": Rule.TAKES_PART,
    "sources_file": Rule.TAKES_PART,
    "source_library": Rule.TAKES_PART,
    "library_withdraw": Rule.TAKES_PART,
    "source_share": Rule.TAKES_PART,
    "source_merge": Rule.TAKES_PART,
    "tables": Rule.TAKES_PART,
    "table": Rule.TAKES_PART,
    "pictures": Rule.TAKES_PART,
    "picture_file": Rule.TAKES_PART,
    "figure_add": Rule.TAKES_PART,
    "table_paste": Rule.TAKES_PART,
    "table_chart": Rule.TAKES_PART,
    "table_file": Rule.TAKES_PART,
    "figure": Rule.TAKES_PART,
    "challenges": Rule.TAKES_PART,
    "priorities": Rule.TAKES_PART,
    "priority_add": Rule.TAKES_PART,
    "priority": Rule.TAKES_PART,
    "priority_shift": Rule.TAKES_PART,
    "priority_remove": Rule.TAKES_PART,
    "erratum": Rule.TAKES_PART,
    "pdf": Rule.TAKES_PART,
    "pdf_file": Rule.TAKES_PART,
    "pdf_shown": Rule.TAKES_PART,
    "admin:": Rule.ADMINISTRATOR,
}

#: Which part of an address names the profile, and how it is looked up.
_NAMED_BY: Mapping[str, Callable[[ProfileQuerySet, Any], ProfileQuerySet]] = {
    "slug": lambda profiles, slug: profiles.filter(slug=slug),
    "task_id": lambda profiles, task: profiles.filter(tasks__pk=task),
}


class NoRule(Exception):
    """An address has no line in the table."""


def check(name: str, user: User, arguments: Mapping[str, Any]) -> None:
    """Let a signed-in person pass, or not.

    Args:
        name: Name of the address.
        user: Who asks.
        arguments: What the address holds, e.g. ``slug``.

    Raises:
        NoRule: If the address has no line in the table.
        PermissionDenied: If it is for the project team or for administrators only.
        Http404: If it is about a profile in which the person has no part, or about an invitation
            that is not his.
    """
    rule = rule_for(name)
    if rule is Rule.PROJECT_TEAM and not is_project_team(user, on=role_day()):
        raise PermissionDenied(
            _("This page is for the project team. Ask a member of it if you need to see it.")
        )
    if rule is Rule.ADMINISTRATOR and not user.is_staff:
        raise PermissionDenied(_("This page is for administrators."))
    if rule is Rule.TAKES_PART and not _takes_part(user, arguments):
        raise Http404
    if rule is Rule.INVITED and not _is_invited(user, arguments):
        raise Http404


def rule_for(name: str) -> Rule:
    """Return the line of the table for an address.

    Raises:
        NoRule: If there is none.
    """
    try:
        return RULES[line_of(name)]
    except KeyError:
        raise NoRule(f"The address {name!r} has no rule in config/access.py.") from None


def line_of(name: str) -> str:
    """Return which line of the table is about an address: its own, or that of its namespace."""
    namespace, colon, _rest = name.partition(":")
    return name if name in RULES else f"{namespace}{colon}"


def _is_invited(user: User, arguments: Mapping[str, Any]) -> bool:
    number = arguments.get("invitation_id")
    return bool(ReviewInvitation.objects.filter(pk=number, person=user).exists())


def _takes_part(user: User, arguments: Mapping[str, Any]) -> bool:
    key = next((key for key in _NAMED_BY if key in arguments), None)
    if key is None:
        return False
    return _NAMED_BY[key](Profile.objects.visible_to(user), arguments[key]).exists()
