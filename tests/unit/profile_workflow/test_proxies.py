"""The network address of a request, with and without proxies in front."""

import pytest
from django.test import RequestFactory

from profile_workflow.proxies import address_of

CALLER = "192.0.2.1"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("proxies", "added", "address"),
    [
        (0, "198.51.100.7", CALLER),
        (1, None, CALLER),
        (1, "", CALLER),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9,198.51.100.7 , 192.0.2.2", "198.51.100.7"),
        (2, "198.51.100.7", CALLER),
        (1, "203.0.113.9, unknown", CALLER),
        (1, "203.0.113.9, 198.51.100.7:4711", CALLER),
        (1, "2001:DB8:0::7", "2001:db8::7"),
        (-1, "203.0.113.9, 198.51.100.7", CALLER),
    ],
)
def test_the_address_is_the_one_that_the_outermost_trusted_proxy_added(
    settings, proxies, added, address
):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if added is None else {"X-Forwarded-For": added}
    request = RequestFactory(REMOTE_ADDR=CALLER).get("/", headers=headers)
    assert address_of(request) == address


@pytest.mark.unit
def test_a_request_without_any_address_has_none():
    request = RequestFactory().get("/")
    del request.META["REMOTE_ADDR"]
    assert address_of(request) == ""
