"""What a build reads of a profile, and by what it is known that it would read the same again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

from profile_workflow.models import Profile
from reports.context import Material, material_of
from reports.models import WORKING_KINDS, Build, Publication


def material_for(profile: Profile, *, kind: str, language: str) -> Material:
    """Read what a build of this kind prints: the working text as preview, else the frozen one.

    A consultation version goes to people without an account, and from hand to hand, while others
    are still asked: its record tells of their answers how many there are.

    Args:
        profile: The profile.
        kind: A ``Build.Kind``, but no annex.
        language: Language of the printed labels.
    """
    read = material_of(
        profile,
        language=language,
        drafts=kind in WORKING_KINDS,
        as_public=kind == Build.Kind.PUBLICATION,
    )
    if kind == Build.Kind.CONSULTATION:
        return replace(read, record=read.record.in_numbers())
    return read


def material_digest(profile: Profile, material: Material) -> str:
    """Return the SHA-256 (hex) of all that a whole report is made of, but for the software.

    Texts, figures, charts, sources, priorities, approvals, people, the looks of the programme, and
    the version with which a correction is compared. It is had without laying anything out.
    """
    before = compared_with(profile, material.language)
    read = asdict(material) | {"since": before.version if before else ""}
    text = json.dumps(read, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def compared_with(profile: Profile, language: str, *, but: str = "") -> Publication | None:
    """Return the version that a correction is compared with: the last that was published.

    What was withdrawn is quoted nowhere, so nothing is compared with it.

    Args:
        profile: The profile.
        language: Of the publication.
        but: A version that is not meant: when its file is made once more, its own.
    """
    published = Publication.objects.standing().filter(profile=profile, language=language)
    others = published.exclude(version=but)
    found = others.select_related("profile_version")
    newest: Publication | None = found.order_by("-published_at", "-pk").first()
    return newest


def _plain(value: object) -> Any:
    """Write what JSON does not know; what is not known here either has no place in a reading."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal | date):
        return str(value)
    message = f"{type(value).__name__} cannot be compared"
    raise TypeError(message)
