"""The certificate of the seal, which everybody may read: whose it is, and whether it can be used.

The key that belongs to it is opened by ``key``, where files are sealed.
"""

import hashlib
import re
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from cryptography import x509

#: How long before its end the certificate is complained of.
SOON = timedelta(days=30)
#: Programs write remarks around it.
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_KEY = "PRIVATE KEY-----"


class Unusable(Exception):
    """Nothing can be sealed; the message is a sentence fit to show."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is told of a certificate.

    Attributes:
        name: Whose it is.
        sha256: Its fingerprint (hex).
        ends_at: Its last moment.
    """

    name: str
    sha256: str
    ends_at: datetime


def is_set() -> bool:
    """Say whether published files are to be sealed."""
    return bool(settings.SEAL_CERTIFICATE)


def fingerprint() -> str:
    """Return the fingerprint (hex) of the certificate that is set; nothing if it cannot be read."""
    try:
        return hashlib.sha256(_contents()).hexdigest()
    except Unusable:
        return ""


def in_force(at: datetime) -> Certificate:
    """Return the certificate with which files are sealed at a moment; its key is not asked for.

    Raises:
        Unusable: If none can be: the file, the library or the certificate itself.
    """
    _known_address()
    if find_spec("pyhanko") is None:
        raise Unusable(_("The library pyHanko is not installed (requirements/seal.txt)."))
    found = _read()
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    if at < begins:
        raise Unusable(
            _("The certificate is not valid before %(day)s.") % {"day": begins.date().isoformat()}
        )
    if at > ends:
        raise Unusable(
            _("The certificate was valid until %(day)s.") % {"day": ends.date().isoformat()}
        )
    if not _may_sign(found):
        raise Unusable(_("The certificate was not issued for signing documents."))
    return Certificate(_name(found), fingerprint(), ends)


def read_file(name: str) -> bytes:
    """Return a file of the seal.

    Raises:
        Unusable: If it cannot be read.
    """
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Unusable(
            _("The file of the certificate cannot be read: %(reason)s.")
            % {"reason": error.strerror or type(error).__name__}
        ) from None


def _contents() -> bytes:
    """Return the certificate (DER).

    Raises:
        Unusable: If there is none in the file, or a key as well.
    """
    text = read_file(settings.SEAL_CERTIFICATE).decode("ascii", "replace")
    if _KEY in text:
        raise Unusable(
            _("The file of the certificate, which all may read, holds a key too: take it out.")
        )
    found = _PEM.search(text)
    try:
        return ssl.PEM_cert_to_DER_cert(found[0] if found else "")
    except ValueError:
        raise _no_certificate() from None


def _no_certificate() -> Unusable:
    return Unusable(_("The file of the certificate holds none in the form of PEM."))


def _known_address() -> None:
    address = settings.SEAL_TIMESTAMP_URL
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unusable(_("The address of the time-stamping authority is none of the web."))


def _read() -> "x509.Certificate":
    # Imported here: a server without the seal does not need the library.
    from cryptography import x509  # noqa: PLC0415

    try:
        return x509.load_der_x509_certificate(_contents())
    except ValueError:
        raise _no_certificate() from None


def _may_sign(found: "x509.Certificate") -> bool:
    from cryptography import x509  # noqa: PLC0415 - as above

    try:
        use = found.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(use.digital_signature or use.content_commitment)


def _name(found: "x509.Certificate") -> str:
    """Return whose a certificate is: the person or office, then the organisation."""
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - as above

    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    names = [
        str(one.value) for kind in kinds for one in found.subject.get_attributes_for_oid(kind)[:1]
    ]
    return ", ".join(dict.fromkeys(names)) or found.subject.rfc4514_string()


def warning(at: datetime) -> str:
    """Return what is wrong with the certificate, or that it ends soon; nothing if all is well.

    What is told where the key is not: in the web processes.
    """
    if not is_set():
        return ""
    try:
        ends = in_force(at).ends_at
    except Unusable as problem:
        return str(problem)
    if at + SOON < ends:
        return ""
    return _("The certificate ends on %(day)s: have a new one issued.") % {
        "day": ends.date().isoformat()
    }
