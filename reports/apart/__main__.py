"""The warm process: started once, it makes a copy of itself for each job.

The only argument is the number of an open socket, on which jobs come (``serving``). It leaves the
network and bounds what can be bounded before it imports a large library.
"""

import ctypes
import ctypes.util
import gc
import signal
import socket
import sys

from reports.limits import leave_the_network, limit_files

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
_RARE_COLLECTION = (200_000, 20, 100)


def stand_alone() -> None:
    """Be read by no other process, and look after the copies of copies that have ended."""
    library = ctypes.CDLL(None)
    library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    library.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def look_for_libraries_in_one_place() -> None:
    """Look for the libraries of the engine in the list of the system alone, if it has them.

    Python would also ask a compiler and two linkers for each name that a library has on other
    systems: fifty processes, which take longer than all the rest of the beginning.
    """
    if ctypes.util.find_library("pango-1.0"):
        for name in ("_findLib_gcc", "_findLib_ld"):
            setattr(ctypes.util, name, lambda _library: None)


def main(arguments: list[str]) -> None:
    """Serve until whoever started it has gone."""
    leave_the_network()
    limit_files()
    stand_alone()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A laid-out document is one large web of live objects: searching it for garbage again and
    # again finds little.
    gc.set_threshold(*_RARE_COLLECTION)
    look_for_libraries_in_one_place()
    # Imported here: the limits must hold before a large library reads anything.
    from reports.apart import serving  # noqa: PLC0415

    serving.begin(socket.socket(fileno=int(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
