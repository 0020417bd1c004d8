"""Freezing text: a section at each submission, the whole at each step outward."""

from datetime import datetime

from profile_workflow.markup import placed_pictures
from profile_workflow.models import Profile, ProfileVersion, Revision, Section
from profile_workflow.models.digests import text_digest
from profile_workflow.models.people import User
from profile_workflow.queries.evidence import pictures_by_key


def freeze_section(section: Section, *, by: User, at: datetime) -> Revision:
    """Freeze the working draft of a section as its next revision and return it.

    The pictures that it places are frozen with it: what the register says of them later changes
    nothing that was judged.
    """
    draft = section.draft
    shown = pictures_by_key(section.profile, placed_pictures(draft.text))
    pictures = {key: one.as_kept() for key, one in shown.items()}
    section.profile.forget_submitted()
    return Revision.objects.create(
        section=section,
        number=section.revision.number + 1 if section.revision else 1,
        text=draft.text,
        nothing_found=draft.nothing_found,
        searched=draft.searched,
        pictures=pictures,
        sha256=text_digest(
            draft.text,
            nothing_found=draft.nothing_found,
            searched=draft.searched,
            pictures=pictures,
        ),
        author=by,
        created_at=at,
    )


def freeze_profile(profile: Profile, *, at: datetime) -> ProfileVersion:
    """Freeze the submitted text of a profile; a version of the very same text is used again."""
    content = {
        key: {"revision": revision, "sha256": sha256}
        for key, (revision, sha256) in profile.submitted_revisions().items()
    }
    digest = profile.text_digest()
    before = list(profile.versions.order_by("-number"))
    same = next((one for one in before if one.digest == digest), None)
    return same or ProfileVersion.objects.create(
        profile=profile,
        number=before[0].number + 1 if before else 1,
        digest=digest,
        content=content,
        created_at=at,
    )
