"""Links in a text: whether they can lead anywhere, safely, and say where.

Nothing is fetched: a text is judged alike wherever and whenever it is read.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import islice
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from profile_workflow.proofreading.findings import Finding, Level, Rule
from profile_workflow.proofreading.folding import fold_text
from profile_workflow.proofreading.privacy import PERSONAL

NOWHERE = Rule(
    "link_nowhere", Level.ASK,
    _("The link “%(found)s” leads nowhere from outside. Write the whole address, with https://."),
    _("Readers open it years later, and elsewhere; an address of one's own network is none."),
)  # fmt: skip
PLAIN = Rule(
    "link_plain", Level.ADVISE,
    _("The link “%(found)s” is not encrypted. Try whether it works with https://."),
    _("On the way somebody else can read, or change, what is behind it."),
)  # fmt: skip
SILENT = Rule(
    "link_silent", Level.ADVISE,
    _("“%(found)s” does not say where the link leads. Name what is there."),
    _("Whoever listens to a page hears its links one after the other."),
)  # fmt: skip

#: Most links of one text that are looked at.
_MOST = 200
#: ``[words](address)`` and ``<address>``; not a picture, a table or a citation.
_LINK = re.compile(
    r"(?<!!)\[(?P<words>[^\[\]\n]*)\]\((?P<target>[^()\s]*)\)|<(?P<bare>[a-z]+:[^<>\s]+)>"
)
_SAYS_NOTHING = frozenset(
    {"", "here", "click here", "link", "this link", "more", "read more", "this", "website", "ici"}
    | {
        "cliquez ici",
        "lien",
        "ce lien",
        "en savoir plus",
        "site",
        "هنا",
        "اضغط هنا",
        "الرابط",
        "رابط",
    }
)


def links(text: str) -> Iterator[Finding]:
    """Yield the links of a text that an editor would ask about."""
    for match in islice(_LINK.finditer(text), _MOST):
        target = match["target"] if match["bare"] is None else match["bare"]
        rule = _fault(target)
        if rule is not None:
            yield _at(rule, match, text, target)
        words = match["words"]
        if words is not None and fold_text(words).text.strip(" .") in _SAYS_NOTHING:
            yield _at(SILENT, match, text, words or target)


def _fault(target: str) -> Rule | None:
    parts = _split(target)
    if parts is None or parts[0] not in ("http", "https", "mailto"):
        return NOWHERE
    scheme, host = parts
    if scheme == "mailto":
        return PERSONAL
    if not _is_public(host):
        return NOWHERE
    return PLAIN if scheme == "http" else None


def _split(target: str) -> tuple[str, str] | None:
    """Return scheme and host of an address; None if it cannot be read."""
    try:
        parts = urlsplit(target)
        return parts.scheme.lower(), parts.hostname or ""
    except ValueError:
        return None


def _is_public(host: str) -> bool:
    """Whether a host can be reached from outside."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".lan"))


def _at(rule: Rule, match: re.Match[str], text: str, found: str) -> Finding:
    """Return a finding that is bound to the line of the link."""
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    context = text[start : end if end >= 0 else len(text)]
    at = context.find(found, match.start() - start)
    place = (at, at + len(found))
    return Finding(rule, found, context, place, (start + at, start + at + len(found)))
