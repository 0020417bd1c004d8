"""Signing for a city by personal link, to test with: the holder, his code, what is stored."""

import re
from http import HTTPStatus

from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from profile_workflow.models import (
    SignOff,
)
from profile_workflow.services import links, signing
from profile_workflow.services.people import Part
from profile_workflow.states import (
    ProfileState,
    Role,
    Signature,
)
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import token_for

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.GONE
NOT_NOW, NOT_COMPLETE = HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY
MOST_QUERIES = 60
_CODE = re.compile(r"^\s+(\d{4}) (\d{4})$", re.MULTILINE)
WORDS = "The budget is not yet adopted."


def profile_of_two():
    """Return a profile that two authorities are asked to sign: the round outlives a signature."""
    made = factories.make_programme()
    second = Part(factories.make_person("second_authority"), Role.CITY_AUTHORITY)
    profile = factories.make_profile(made, people=[*made.parts(), second])
    return factories.bring_to(profile, ProfileState.SIGNOFF)


class Holder:
    """Somebody with a link, and a browser that knows nothing of him."""

    def __init__(self, signoff):
        self.signoff, self.token = signoff, token_for(signoff)
        self.client = Client(enforce_csrf_checks=True)

    def address(self, name="link", *more):
        return reverse(name, args=[self.token, *more])

    def reads(self, name="link", *more):
        return self.client.get(self.address(name, *more))

    def seen(self):
        """The mark of what is saved, which the form carries; none if there is no form."""
        form = self.reads("link_sign").context.get("form")
        return (form["base"].value() or "") if form else ""

    def answers(self, move=Signature.APPROVE, **more):
        given = {"signatory": "Amal Ben Salah", "function": "Deputy mayor", "move": move, **more}
        given.setdefault("base", self.seen())
        return self.client.post(self.address("link_sign"), given)

    def asks_for_code(self):
        seen = signing.newest_code(links.find(self.token))
        return self.client.post(self.address("link_code_new"), {"seen": seen.pk if seen else ""})

    def types(self, code):
        return self.client.post(self.address("link_code"), {"code": code})

    def gets_code(self):
        """Ask for a code and read it in the mail."""
        assert self.asks_for_code().status_code == FOUND
        run_worker()
        return code_of_mail(self.signoff.person.email)


def code_of_mail(address):
    sent = [one for one in mail.outbox if one.to == [address] and "code" in one.subject]
    return "".join(_CODE.search(sent[-1].body).groups())


def wrong(code):
    """Return another code of the same form."""
    return str((int(code) + 1) % 10**8).zfill(8)


def fresh(signoff):
    return SignOff.objects.get(pk=signoff.pk)


def everything_stored():
    """Return every value of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names are our own
            yield from (str(value) for row in cursor.fetchall() for value in row)


def is_stored(words):
    return any(words in value for value in everything_stored())
