"""Files that are only compared: hashed while they come in, and gone when they have been."""

import hashlib
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

#: Largest file that is compared; far above that nothing more of a request is read.
MOST_BYTES = 100 * 1024**2
_GIVE_UP_AT = 4 * MOST_BYTES
_PDF = b"%PDF-"
#: What a sealed PDF holds somewhere, and the largest one whose seal is read.
_SEALED = b"/ByteRange"
_MOST_SEALED_BYTES = 50 * 1024**2


class HashedFile(UploadedFile):  # type: ignore[type-arg]
    """What is known of a file after it has passed: of its content the fingerprint.

    Attributes:
        sha256: SHA-256 (hex); empty if the file was not hashed.
        sealed: The file without a name, if it seems to bear a seal that is to be read.
    """

    def __init__(
        self, name: str, size: int, *, sha256: str, sealed: IO[bytes] | None = None
    ) -> None:
        super().__init__(file=BytesIO(), name=name, size=size)
        self.sha256 = sha256
        self.sealed = sealed

    def close(self) -> None:
        """Forget the file."""
        if self.sealed is not None:
            self.sealed.close()
        super().close()


class HashingHandler(FileUploadHandler):
    """Hashes each chunk of a file and drops it, unless the seal of the file is to be read."""

    def __init__(
        self, request: HttpRequest, *, idle: bool = False, reads_seals: bool = False
    ) -> None:
        """Begin.

        Args:
            request: What the file comes with.
            idle: Whether to let the file pass unread, because too many have come.
            reads_seals: Whether a file is held back, without a name, until its seal was read.
        """
        super().__init__(request)
        self._idle = idle
        self._reads_seals = reads_seals and not idle
        self._held: IO[bytes] | None = None
        self._total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start a fingerprint of its own for each file."""
        super().new_file(*args, **kwargs)
        self._hash = hashlib.sha256()
        self._size = 0
        self._begins = b""
        self._last = b""
        self._is_sealed = False
        self._let_go()
        # Closed by the handler, or with the file that it becomes.
        self._held = TemporaryFile() if self._reads_seals else None  # noqa: SIM115

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
        self._hold(raw_data)

    def _hold(self, raw_data: bytes) -> None:
        if self._held is None:
            return
        if self._size > _MOST_SEALED_BYTES or not self._begins.startswith(_PDF[: self._size]):
            self._let_go()
            return
        self._held.write(raw_data)
        self._is_sealed = self._is_sealed or _SEALED in self._last + raw_data
        self._last = raw_data[-len(_SEALED) :]

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()
        self._held = None

    def file_complete(self, file_size: int) -> HashedFile:
        """Return what is known of the file."""
        was_hashed = not self._idle and self._size <= MOST_BYTES
        if not self._is_sealed:
            self._let_go()
        sealed, self._held = self._held, None
        return HashedFile(
            self.file_name or "",
            file_size,
            sha256=self._hash.hexdigest() if was_hashed else "",
            sealed=sealed,
        )

    def upload_interrupted(self) -> None:
        """Forget a file of which nothing more comes."""
        self._let_go()
