"""Key and certificate of the seal: where they are, and whether they can be used."""

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
    return bool(settings.SEAL_PKCS12)


def fingerprint() -> str:
    """Return the fingerprint (hex) of the certificate that is set; nothing if it cannot be read."""
    try:
        return _fingerprint(_read(contents()))
    except (Unusable, ImportError):
        return ""


def in_force(at: datetime) -> Certificate:
    """Return the certificate with which files are sealed at a moment.

    Raises:
        Unusable: If none can be: the file, its passphrase, the library or the certificate itself.
    """
    _known_address()
    if find_spec("pyhanko") is None:
        raise Unusable(_("The library pyHanko is not installed (requirements/seal.txt)."))
    found = _read(contents())
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
    return Certificate(_name(found), _fingerprint(found), ends)


def contents() -> bytes:
    """Return the PKCS#12 file.

    Raises:
        Unusable: If it cannot be read.
    """
    try:
        return Path(settings.SEAL_PKCS12).read_bytes()
    except OSError as error:
        raise Unusable(
            _("The file of the certificate cannot be read: %(reason)s.")
            % {"reason": error.strerror or type(error).__name__}
        ) from None


def passphrase() -> bytes | None:
    """Return what opens the file; None if nothing is needed."""
    return settings.SEAL_PASSPHRASE.encode() or None


def _known_address() -> None:
    address = settings.SEAL_TIMESTAMP_URL
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unusable(_("The address of the time-stamping authority is none of the web."))


def _read(content: bytes) -> "x509.Certificate":
    # Imported here: a server without the seal does not need the library.
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

    try:
        key, found, _others = pkcs12.load_key_and_certificates(content, passphrase())
    except ValueError:
        raise Unusable(
            _("The file of the certificate is no PKCS#12 file, or its passphrase is another.")
        ) from None
    if key is None or found is None:
        raise Unusable(_("The file of the certificate lacks its key or the certificate itself."))
    return found


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


def _fingerprint(found: "x509.Certificate") -> str:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above

    return found.fingerprint(hashes.SHA256()).hex()


def complaint(at: datetime) -> str:
    """Return what keeps files from being sealed at a moment; nothing if all is well, or not set."""
    if not is_set():
        return ""
    try:
        in_force(at)
    except Unusable as problem:
        return str(problem)
    return ""


def warning(at: datetime) -> str:
    """Return the complaint, or that the certificate ends soon; nothing if all is well."""
    if problem := complaint(at):
        return problem
    if not is_set() or at + SOON < (ends := in_force(at).ends_at):
        return ""
    return _("The certificate ends on %(day)s: have a new one issued.") % {
        "day": ends.date().isoformat()
    }
