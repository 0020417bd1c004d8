"""Freezing text: a revision of a section at each submission, a version of the whole at each step outward."""

from datetime import datetime

from profile_workflow.models import Profile, ProfileVersion, Revision, Section
from profile_workflow.models.digests import sections_digest, text_digest
from profile_workflow.models.people import User


def freeze_section(section: Section, *, by: User, at: datetime) -> Revision:
    """Freeze the working draft of a section as its next revision and return it."""
    draft = section.draft
    last = section.revisions.order_by("-number").values_list("number", flat=True).first()
    return Revision.objects.create(
        section=section,
        number=(last or 0) + 1,
        text=draft.text,
        nothing_found=draft.nothing_found,
        searched=draft.searched,
        sha256=text_digest(draft.text, nothing_found=draft.nothing_found, searched=draft.searched),
        author=by,
        created_at=at,
    )


def freeze_profile(profile: Profile, *, at: datetime) -> ProfileVersion:
    """Freeze the submitted text of the whole profile; the last version is reused if it is the same."""
    submitted = profile.sections.filter(revision__isnull=False).order_by("position")
    content = {
        key: {"revision": revision, "sha256": sha256}
        for key, revision, sha256 in submitted.values_list(
            "key", "revision_id", "revision__sha256"
        )
    }
    digest = sections_digest({key: one["sha256"] for key, one in content.items()})
    last = profile.versions.order_by("-number").first()
    if last is not None and last.digest == digest:
        return last
    return ProfileVersion.objects.create(
        profile=profile,
        number=last.number + 1 if last else 1,
        digest=digest,
        content=content,
        created_at=at,
    )
