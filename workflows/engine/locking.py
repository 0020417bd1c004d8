"""To which profile a document belongs, and the document fetched again under its lock."""

from typing import Any

from profile_workflow.models import (
    Comment,
    DataItem,
    InputRequest,
    Profile,
    ReviewInvitation,
    Section,
    SignOff,
)

Document = Profile | Section | SignOff | Comment | DataItem | InputRequest | ReviewInvitation

#: What is fetched with a document under the lock.
_WITH: dict[type[Any], tuple[str, ...]] = {
    Section: ("revision", "draft"),
    SignOff: ("round__version", "person"),
    Comment: ("section", "author"),
    DataItem: ("table__section",),
    InputRequest: ("asked_by", "asked_of__organisation"),
    ReviewInvitation: ("person",),
}

#: Through what a document belongs to its profile.
_OWNER: dict[type[Any], str] = {SignOff: "round", Comment: "section", DataItem: "table"}


def profile_id(document: Document) -> int:
    """Return the id of the profile without fetching it."""
    if isinstance(document, Profile):
        return document.pk
    owner: Any = document
    if type(document) in _OWNER:
        owner = getattr(document, _OWNER[type(document)])
    found: int = owner.profile_id
    return found


def refetched(document: Any, profile: Profile) -> Any:
    """Return a document as it is stored now, which knows the very profile that is locked."""
    model = type(document)
    fresh = model._default_manager.select_related(*_WITH[model]).get(pk=document.pk)  # noqa: SLF001
    _share(fresh, profile)
    return fresh


def _share(document: Any, profile: Profile) -> None:
    """Let the document know the very instance of the profile that is locked."""
    owner = _OWNER.get(type(document))
    target = getattr(document, owner) if owner else document
    target.profile = profile
