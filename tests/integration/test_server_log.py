"""What the web server itself writes down: no personal link, whatever goes wrong."""

import logging
import re
import socket

import pytest

from profile_workflow.masking import MaskingFilter
from tests.robustness.subprocesses import Child

pytestmark = [pytest.mark.integration, pytest.mark.any_database]

TOKEN = "T0-ken_" * 6 + "x"
SERVER = ("-m", "gunicorn", "config.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket")
#: Everything that it can log.
TELLS_ALL = ("--log-level", "debug", "--access-logfile", "-")
HOST = "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
#: What is asked for, and what the server then says.
ASKED = {
    f"GET /v/{TOKEN}/s/1/\r\n": ["Invalid HTTP request line: 'GET /v/…/s/1/'"],
    f"GET / {HOST}Referer /v/{TOKEN}/\r\n": ["Invalid HTTP Header: 'Referer /v/…/'"],
    f"GET /healthz?next=%2Fv%2F{TOKEN}%2F {HOST}Referer: https://localhost/v/{TOKEN}/check/\r\n": [
        '"GET /healthz?next=%2Fv%2F…%2F HTTP/1.1" 200',
        '"https://localhost/v/…/check/"',
    ],
    # There are no tables, and no list of static files for the page that would say so.
    f"GET /v/{TOKEN}/ {HOST}": ["[DEBUG] GET /v/…/", "Error handling request GET /v/…/", "500 0"],
}


def ask(port, request):
    """Send a request as it is; wait until it is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"{request}\r\n".encode())
        while line.recv(4096):
            pass


@pytest.mark.slow
def test_gunicorn_logs_no_token(tmp_path):
    variables = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
        "DATA_DIR": str(tmp_path),
        "SECURE_SSL_REDIRECT": "false",
    }
    with Child((*SERVER, *TELLS_ALL), variables) as server:
        server.wait_for("Booting worker")
        port = int(re.search(r"Listening at: http://127.0.0.1:(\d+)", server.output)[1])
        for request in ASKED:
            ask(port, request)
        server.terminate()
        written = server.output
    # That there was something to be masked is seen from what stands in its place.
    assert [said for several in ASKED.values() for said in several if said not in written] == []
    assert TOKEN not in written


@pytest.fixture
def record():
    error = ValueError(f"/v/{TOKEN}/")
    told = (type(error), error, None)
    said = ("Error handling request %s", (f"/v/{TOKEN}/s/1/",), told)
    return logging.LogRecord("gunicorn.error", logging.ERROR, __file__, 1, *said)


@pytest.mark.parametrize("is_masked", [True, False])
def test_an_error_with_its_traceback_is_masked_for_every_writer(record, is_masked):
    if is_masked:
        assert MaskingFilter().filter(record)
    written = logging.Formatter().format(record)
    assert written.startswith("Error handling request /v/")
    assert "ValueError: /v/" in written
    assert (TOKEN in written) != is_masked
