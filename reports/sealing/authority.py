"""Asking a time-stamping authority over HTTP (RFC 3161), and nobody else."""

import ssl
import threading
from base64 import b64encode
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR
from urllib.parse import SplitResult, unquote, urlsplit

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

#: Longest time that one answer may take, and most bytes of it; usual ones have six thousand.
SECONDS = 20.0
MOST_BYTES = 64 * 1024
_ANSWER = "application/timestamp-reply"


class Authority(TimeStamper):
    """The authority whose address is set. What it answers is read, never where it points to."""

    def __init__(self, address: str) -> None:
        """Remember the address; name and password may stand in it."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._parts = urlsplit(address)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask for a stamp.

        Raises:
            TimestampRequestError: If there is no answer in time, or one that is none.
        """
        try:
            return tsp.TimeStampResp.load(_answer(self._parts, req.dump()), strict=True)
        except (OSError, HTTPException, ValueError) as error:
            raise TimestampRequestError(f"{type(error).__name__}: {error}") from error


def _answer(parts: SplitResult, question: bytes) -> bytes:
    connection = _connection(parts)
    # The time-out of a socket begins anew with each byte; this one does not.
    last = threading.Timer(SECONDS, _hang_up, (connection,))
    last.start()
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request("POST", path, question, _headers(parts))
        with connection.getresponse() as response:
            return _content(response)
    finally:
        last.cancel()
        connection.close()


def _content(response: HTTPResponse) -> bytes:
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if response.status != HTTPStatus.OK or kind != _ANSWER:
        raise ValueError(f"status {response.status}, {kind[:60]!r}")
    content = response.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError("too long an answer")
    return content


def _connection(parts: SplitResult) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        secure = ssl.create_default_context()
        return HTTPSConnection(host, parts.port, timeout=SECONDS, context=secure)
    return HTTPConnection(host, parts.port, timeout=SECONDS)


def _hang_up(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        connection.sock.shutdown(SHUT_RDWR)


def _headers(parts: SplitResult) -> dict[str, str]:
    headers = {"Content-Type": "application/timestamp-query", "Accept": _ANSWER}
    if parts.username:
        words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(words.encode()).decode()}"
    return headers
