"""Personal links to test with: the one of a sign-off, the token in a mail, and who holds one."""

import re
from http import HTTPStatus
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

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


class Holder:
    """Somebody with a link, and a browser that knows nothing of him."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client(enforce_csrf_checks=True)

    def address(self, name: str = "link", *more: str) -> str:
        """Return the address of a page."""
        return reverse(name, args=[self.token, *more])

    def reads(self, name: str = "link", *more: str) -> Any:
        """Open a page."""
        return self.client.get(self.address(name, *more))

    def sends(self, name: str, *more: str, **form: str) -> Any:
        """Send a form."""
        return self.client.post(self.address(name, *more), form)

    def seen(self, name: str, *more: str) -> str:
        """Return the mark of what is saved, which the form of a page carries."""
        form = self.reads(name, *more).context.get("form")
        return (form["base"].value() or "") if form else ""

    def says(self, key: str, view: str, text: str = "") -> Any:
        """Open a section and save what he thinks of it."""
        seen = self.seen("link_section", key)
        return self.sends("link_section", key, view=view, text=text, base=seen)

    def sends_all(self) -> Any:
        """Look at all answers and send them."""
        return self.sends("link_check", base=self.seen("link_check"))

    def answers(self, *views: tuple[str, str]) -> Any:
        """Say something of each section, in order, and send it."""
        for key, (view, text) in enumerate(views, start=1):
            assert self.says(str(key), view, text).status_code == HTTPStatus.FOUND
        return self.sends_all()
