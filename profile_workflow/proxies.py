"""From which network address a request comes, also where a proxy stands in front."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the network address by which attempts are counted; empty if there is none.

    Each proxy adds to ``X-Forwarded-For``, on the right, whom it was called by; what stands left of
    that anybody can have invented. So the address is the one that the outermost of the proxies
    named by ``TRUSTED_PROXIES`` has added. If it is none, or fewer have added something, or no
    proxy is named, it is that of whoever has called us.
    """
    caller = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    added = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if not 0 < proxies <= len(added):
        return caller
    try:
        return str(ip_address(added[-proxies].strip()))
    except ValueError:
        return caller
