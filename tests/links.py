"""Personal links to test with: the one of a sign-off, and the token that stands in a mail."""

import re

from django.core import mail

from profile_workflow.models import AnsweringLink, SignOff
from profile_workflow.services import links

_ADDRESS = re.compile(r"https?://[^\s]*/v/([^/\s]+)/")


def link_of(signoff: SignOff) -> AnsweringLink:
    """Return the live link of somebody who is asked."""
    return signoff.links.get(ended_at=None)


def token_for(signoff: SignOff) -> str:
    """Return the token of that link."""
    token = links.token_of(link_of(signoff))
    assert token is not None
    return token


def token_of_mail(address: str) -> str:
    """Return the token that the last mail to somebody carries."""
    sent = [one for one in mail.outbox if one.to == [address]]
    found = _ADDRESS.search(sent[-1].body)
    assert found is not None
    return found[1]
