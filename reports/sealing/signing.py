"""Puts the seal on a finished file: PAdES B-B, and B-T where an authority says when."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from pyhanko.pdf_utils.generic import ArrayObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimestampRequestError

from reports.errors import BuildFailed
from reports.labels import labels
from reports.sealing import key
from reports.sealing.authority import Authority
from reports.sealing.certificate import Certificate

_FIELD = "Seal"
_METHOD = "sha256"
#: Room for the signature, in hexadecimal digits: with the certificates of an authority it has six
#: to twenty thousand. Said beforehand, so that the authority is asked once and not twice.
_ROOM = 32_768
#: Where nothing is printed: PDF/UA asks of a field on the page that it be part of the text.
_OFF_THE_PAGE = (-2, -2, -2, -2)


@dataclass(frozen=True, slots=True)
class Seal:
    """What is kept of a seal.

    Attributes:
        name: Whose it is.
        certificate: SHA-256 (hex) of the certificate.
        sealed_at: The moment, as the worker knew it (ISO 8601).
        authority: Host that confirmed the moment; empty if none did.
        plain_size: Bytes of the file before; they are the first ones of the sealed file.
        plain_sha256: SHA-256 (hex) of those.
    """

    name: str
    certificate: str
    sealed_at: str
    authority: str
    plain_size: int
    plain_sha256: str


class _Addition(IncrementalPdfFileWriter):
    """What is written behind a file."""

    def _update_meta(self) -> None:
        """Leave the metadata as they are: those of the library claim no conformance."""


def sealed(
    content: bytes, *, with_: Certificate, at: datetime, language: str
) -> tuple[bytes, Seal]:
    """Return a file with the seal of the programme on it, and what is kept of that.

    Args:
        content: The finished file; it stays as it is, and the seal follows it.
        with_: The certificate that is in force.
        at: The moment.
        language: Language in which readers are told of it.

    Raises:
        BuildFailed: ``seal_unusable`` or ``authority_down``, with a sentence for the project team.
        Unusable: If its key cannot be had.
    """
    signer = SimpleSigner.load_pkcs12_data(key.contents(), (), key.passphrase())
    address = settings.SEAL_TIMESTAMP_URL
    host = urlsplit(address).hostname or ""
    addition = _Addition(io.BytesIO(content))
    _add_field(addition, labels(language).seal)
    wanted = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm=_METHOD,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    out = io.BytesIO()
    try:
        PdfSigner(wanted, signer, timestamper=Authority(address) if address else None).sign_pdf(
            addition, output=out, bytes_reserved=_ROOM
        )
    except TimestampRequestError as problem:
        raise BuildFailed("authority_down", host=host, reason=str(problem)[:200]) from problem
    except (SigningError, ValueError) as problem:
        raise BuildFailed("seal_unusable", reason=str(problem)[:200]) from problem
    return out.getvalue(), Seal(
        name=with_.name,
        certificate=with_.sha256,
        sealed_at=at.isoformat(timespec="seconds"),
        authority=host,
        plain_size=len(content),
        plain_sha256=hashlib.sha256(content).hexdigest(),
    )


def _add_field(addition: _Addition, name: str) -> None:
    """Add the field of the seal, which has a name for readers and no place on a page."""
    append_signature_field(addition, SigFieldSpec(_FIELD, readable_field_name=name))
    for reference in addition.root["/AcroForm"]["/Fields"]:
        place = [NumberObject(one) for one in _OFF_THE_PAGE]  # type: ignore[no-untyped-call]
        reference.get_object()["/Rect"] = ArrayObject(place)
        addition.mark_update(reference)
