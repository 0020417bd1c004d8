"""Reads the seals of a file that a stranger sent: the file on standard input, JSON on output.

It knows nothing of the application, has no network and little memory and time; whatever a file
does to it, it does to nobody else.
"""

import hashlib
import io
import json
import logging
import sys
from typing import Any

from reports.limits import leave_the_network, limit_cost, limit_files

#: Most signatures of a file that are looked at.
_MOST = 4


def _seals() -> list[dict[str, Any]]:
    # Imported here: the limits must hold before a library reads anything.
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    reader = PdfFileReader(io.BytesIO(sys.stdin.buffer.read()))
    # Nobody is trusted here: whose the certificate is, is told by its fingerprint.
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    found = []
    for one in reader.embedded_regular_signatures[:_MOST]:
        status = validate_pdf_signature(one, context)
        is_whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        found.append(
            {
                "certificate": hashlib.sha256(one.signer_cert.dump()).hexdigest(),
                "intact": bool(status.intact and status.valid and is_whole),
            }
        )
    return found


def main(arguments: list[str]) -> int:
    """Read one file; arguments are the limits: bytes of memory and seconds of CPU.

    Writes ``[{"certificate": SHA-256 (hex), "intact": bool}]``; a file that cannot be read ends the
    process with an error.
    """
    memory, cpu = (int(argument) for argument in arguments)
    leave_the_network()
    limit_files()
    limit_cost(memory, cpu)
    logging.disable(logging.CRITICAL)
    json.dump(_seals(), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
