"""A real SMTP server that can be told to misbehave."""

import email
import email.policy
import socket
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return one.getsockname()[1]


class MailServer:
    """Keeps what it accepts.

    ``on_recipient`` and ``on_data`` may return another answer than "250 OK"; ``on_data`` is
    called with ``accept``, which keeps the mail, so that a test decides what happens before,
    after or instead of it. It listens at a free port, or at the one that it is given.
    """

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.received: list[EmailMessage] = []
        self.on_recipient: Callable[[], str] = lambda: "250 OK"
        self.on_data: Callable[[Callable[[], None]], str] = self.take
        self.cut = False
        self._controller: Controller | None = None

    @staticmethod
    def take(accept: Callable[[], None]) -> str:
        accept()
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    @property
    def is_up(self) -> bool:
        return self._controller is not None

    @property
    def message_ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.received]

    def start(self) -> None:
        assert self._controller is None
        self._controller = Controller(self, hostname=HOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.on_recipient()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        def accept() -> None:
            policy = email.policy.default
            message = email.message_from_bytes(envelope.content, policy=policy)
            message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
            self.received.append(message)  # type: ignore[arg-type]

        answer = self.on_data(accept)
        if self.cut:
            server.transport.abort()
        return answer
