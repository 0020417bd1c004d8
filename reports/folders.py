"""Folders for what is being made: gone with it, or removed later if their process was killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PREFIX = "profile-workflow-made-"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that belongs to this process as long as it lives: the system keeps a lock on it.

    Attributes:
        path: Where it is.
        number: The open folder, on which the lock lies.
    """

    path: Path
    number: int

    @classmethod
    def made(cls) -> Self:
        """Make one."""
        while True:
            path = Path(tempfile.mkdtemp(prefix=_PREFIX))
            with suppress(FileNotFoundError):
                number = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
                fcntl.flock(number, fcntl.LOCK_EX)
                if path.exists():
                    return cls(path, number)
                # Somebody has tidied up before it was locked.
                os.close(number)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.leave()

    def leave(self) -> None:
        """Let go of it and leave it as it is, in a copy of the process that it belongs to."""
        os.close(self.number)


@contextmanager
def folder_for_a_while() -> Iterator[Path]:
    """Make a folder, and remove it in the end."""
    made = Folder.made()
    try:
        yield made.path
    finally:
        made.remove()


def remove_abandoned() -> int:
    """Remove the folders of this account on this machine whose process has gone; say how many."""
    return sum(_is_removed(one) for one in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"))


def _is_removed(path: Path) -> bool:
    try:
        number = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        if os.fstat(number).st_uid != os.getuid():
            return False
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(number)
    return not path.exists()
