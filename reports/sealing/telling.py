"""What is told of the seal of a file that was sent, on the page of its fingerprint.

The file is gone by then. What its seal said travels in the address, signed by us, so that nobody
can have the page say it of another file.
"""

from collections.abc import Mapping
from typing import IO

from django.core import signing

from reports.models import Build, Publication
from reports.sealing.reading import Reading, Verdict, read_seal

_SALT = "reports.sealing"
#: For how long the page repeats it, in seconds.
_REPEATED_FOR = 24 * 60 * 60


def known_seals() -> Mapping[str, str]:
    """Return SHA-256 (hex) of each certificate that has sealed a file → whose it is."""
    sealed = Build.objects.filter(kind=Build.Kind.PUBLICATION).exclude(seal={})
    pairs = sealed.order_by().values_list("seal__certificate", "seal__name").distinct()
    return dict(pairs)


def word_of(file: IO[bytes] | None, sha256: str) -> str:
    """Return, signed, what the seal of a file says; nothing if it bears none.

    Args:
        file: The file; None if it holds no mark of a seal.
        sha256: Its fingerprint (hex). What was published is known by that alone.
    """
    if file is None or Publication.objects.filter(pdf_sha256=sha256).exists():
        return ""
    found = read_seal(file, known_seals())
    return signing.dumps([sha256, found.verdict.value, found.name], salt=_SALT)


def repeated(word: str, sha256: str) -> Reading | None:
    """Return what the seal of a file said; None if we did not say so, or of another file."""
    try:
        of, verdict, name = signing.loads(word, salt=_SALT, max_age=_REPEATED_FOR)
    except signing.BadSignature:
        return None
    return Reading(Verdict(verdict), name) if of == sha256 else None
