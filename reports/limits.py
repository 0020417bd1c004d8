"""What a process that works on foreign content is given, and takes from itself before it begins."""

import ctypes
import os
import resource
from pathlib import Path

#: Where the modules of such a process are.
ROOT = Path(__file__).resolve().parent.parent
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_FILE_BYTES = 256 * 1024**2
_OPEN_FILES = 96


def bare_environment(folder: Path) -> dict[str, str]:
    """Return only what such a process needs: no secret of the application.

    Args:
        folder: Its home, and where it keeps what it needs meanwhile.
    """
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "TZ": "UTC",
    }


def leave_the_network() -> bool:
    """Move into an empty network namespace; where the system forbids it the fetcher is alone.

    Returns:
        Whether the process has no network any more.
    """
    try:
        library = ctypes.CDLL(None, use_errno=True)
        return bool(library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)
    except (OSError, AttributeError):
        return False


def limit_files() -> None:
    """Bound the size of files and how many are open, for this process and its copies."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_cost(memory: int, cpu: int) -> None:
    """Bound memory (bytes) and processor time (seconds, counted from now) of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))
