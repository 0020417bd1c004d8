"""A profile with a text to comment on, and what people do beside it."""

from django.urls import reverse
from django.utils import timezone

from profile_workflow.anchors import Quote
from profile_workflow.services import comments
from profile_workflow.states import CommentKind, ProfileState, Role
from tests import factories

TEXT = """In 2024, 12,400 foreign citizens lived in the city.

The city pays for the first place. The state pays for **the second** place.

- beds: not available
- meals: not available

| Group | Number |
|---|---|
| women | many |

تقدم البلدية خدمات الاستقبال
عبر إدارة الشؤون الاجتماعية.
"""


def under_review(made, **wishes):
    """Return a profile under expert review, whose first section has paragraphs of all kinds."""
    profile = factories.bring_to(factories.make_profile(made, **wishes), ProfileState.DRAFTING)
    first, second = factories.sections(profile)
    for section, text in ((first, TEXT), (second, "Nothing else.")):
        factories.write(section, text)
        factories.move(section, "submit", made[Role.LOCAL_EXPERT])
    factories.move(profile, "submit_draft", made[Role.LOCAL_EXPERT])
    return factories.fresh(profile)


def address(profile, key="1", name="section_review"):
    return reverse(name, args=[profile.slug, key])


def text_of(response):
    return response.content.decode()


def quoting(section, words, by, *, replacement=None, kind=CommentKind.SUGGESTION, block="b1"):
    return comments.add_comment(
        factories.fresh(section),
        kind=kind,
        text=f"About {words}.",
        by=by,
        at=timezone.now(),
        quote=Quote(words, block=block),
        replacement=replacement,
    )


def sent_back(profile, made):
    """Send the first section back, so that its author has the pen; return it."""
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    first, second = factories.sections(profile)
    factories.move(first, "request_major_changes", reviewer, reason="See the comments.")
    factories.move(second, "accept", reviewer)
    factories.move(profile, "request_major_revision", reviewer, reason="Section 1.")
    return factories.section(profile, "1")
