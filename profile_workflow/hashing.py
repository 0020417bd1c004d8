"""Files that are only compared: hashed while they come in, kept nowhere, opened by nothing."""

import hashlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

#: Largest file that is compared; far above that nothing more of a request is read.
MOST_BYTES = 100 * 1024**2
_GIVE_UP_AT = 4 * MOST_BYTES
_PDF = b"%PDF-"


class HashedFile(UploadedFile):  # type: ignore[type-arg]
    """What is known of a file after it has passed: nothing of its content but the fingerprint.

    Attributes:
        sha256: SHA-256 (hex); empty if the file was not hashed.
        is_pdf: Whether it begins as a PDF does.
    """

    def __init__(self, name: str, size: int, *, sha256: str, is_pdf: bool) -> None:
        super().__init__(file=BytesIO(), name=name, size=size)
        self.sha256 = sha256
        self.is_pdf = is_pdf


class HashingHandler(FileUploadHandler):
    """Hashes each chunk of a file and drops it."""

    def __init__(self, request: HttpRequest, *, idle: bool = False) -> None:
        """Begin.

        Args:
            request: What the file comes with.
            idle: Whether to let the file pass unread, because too many have come.
        """
        super().__init__(request)
        self._idle = idle
        self._total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start a fingerprint of its own for each file."""
        super().new_file(*args, **kwargs)
        self._hash = hashlib.sha256()
        self._size = 0
        self._begins = b""

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> None:
        """Take a chunk into the fingerprint.

        Raises:
            StopUpload: If there is no end of it.
        """
        self._size += len(raw_data)
        self._total += len(raw_data)
        if self._total > _GIVE_UP_AT:
            raise StopUpload(connection_reset=True)
        if self._idle or self._size > MOST_BYTES:
            return
        if len(self._begins) < len(_PDF):
            self._begins += raw_data[: len(_PDF)]
        self._hash.update(raw_data)

    def file_complete(self, file_size: int) -> HashedFile:
        """Return what is known of the file."""
        was_hashed = not self._idle and self._size <= MOST_BYTES
        return HashedFile(
            self.file_name or "",
            file_size,
            sha256=self._hash.hexdigest() if was_hashed else "",
            is_pdf=self._begins.startswith(_PDF),
        )
