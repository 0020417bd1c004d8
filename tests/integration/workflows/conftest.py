"""Fixtures of the tests of the outbox and its mail."""

from collections.abc import Iterator

import pytest

from tests.integration.workflows.mail_server import HOST, MailServer
from tests.integration.workflows.mails import SITE


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    """Start a real server and send all mail of the test to it."""
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = HOST
    settings.EMAIL_PORT = server.port
    yield server
    server.stop()


@pytest.fixture
def site(settings) -> None:
    """Let the links of a mail lead to a site."""
    settings.SITE_URL = SITE
