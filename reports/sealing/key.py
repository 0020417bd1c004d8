"""The key of the seal: opened where files are sealed, and where it is tried; never by the web."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from reports.sealing import certificate
from reports.sealing.certificate import Unusable


def contents() -> bytes:
    """Return the PKCS#12 file, once it was seen that it holds the key of the certificate.

    Raises:
        Unusable: If it is not set, cannot be read or opened, or is that of another certificate.
    """
    if not settings.SEAL_PKCS12:
        raise Unusable(_("SEAL_PKCS12, the key of the certificate, is not set for this process."))
    # Imported here: a server without the seal does not need the library.
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12  # noqa: PLC0415

    content = certificate.read_file(settings.SEAL_PKCS12)
    try:
        key, found, _others = pkcs12.load_key_and_certificates(content, passphrase())
    except ValueError:
        raise Unusable(
            _("The file of the certificate is no PKCS#12 file, or its passphrase is another.")
        ) from None
    if key is None or found is None:
        raise Unusable(_("The file of the certificate lacks its key or the certificate itself."))
    own = hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest()
    if own != certificate.fingerprint():
        raise Unusable(_("SEAL_PKCS12 holds another certificate than SEAL_CERTIFICATE."))
    return content


def passphrase() -> bytes | None:
    """Return what opens the file; None if nothing is needed."""
    return settings.SEAL_PASSPHRASE.encode() or None


def complaint(at: datetime) -> str:
    """Return what keeps this process from sealing at a moment; nothing if all is well, or not set.

    That the certificate ends soon is a complaint too.
    """
    if not certificate.is_set():
        return _("SEAL_PKCS12 is set and SEAL_CERTIFICATE is not.") if settings.SEAL_PKCS12 else ""
    try:
        certificate.in_force(at)
        contents()
    except Unusable as problem:
        return str(problem)
    return certificate.warning(at)
