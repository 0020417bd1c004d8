"""Asking for addresses as somebody, each time as if nothing had been asked before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client

from tests import factories
from tests.access.world import Place

_WRITING = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Answered:
    """What came back, and which tables were written to; whose session it is does not count."""

    response: HttpResponseBase
    written: list[str]

    @property
    def status(self) -> int:
        """HTTP status."""
        return int(self.response.status_code)


class Visitor:
    """Somebody with a browser, signed in unless he is a stranger."""

    def __init__(self, place: Place, who: str) -> None:
        self.client = Client()
        person = place.person(who)
        if person is not None:
            self.client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        self._session = self.client.cookies[name].value if person else None

    def asks(self, method: str, address: str, form: Mapping[str, Any] | None = None) -> Answered:
        """Send a request; whatever it does to the database and the browser is undone."""
        written: list[str] = []

        def listen(execute: Any, sql: str, *rest: Any) -> Any:
            if sql.startswith(_WRITING) and "django_session" not in sql:
                written.append(" ".join(sql.split()[:4]))
            return execute(sql, *rest)

        self.client.cookies.clear()
        if self._session:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self._session
        with factories.undone(), connection.execute_wrapper(listen):
            response = getattr(self.client, method)(address, form or {})
            if response.streaming:
                b"".join(response.streaming_content)
        return Answered(response, written)
