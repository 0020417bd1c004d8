"""The far side of the warm process: jobs come in on a line, each is made by a copy of the process.

A copy that has made a file may stay, with the chapters that it has laid out, and be the process
from which the next file of the same family is made. What it holds no other family ever sees. A
process makes copies of itself only while it has a single thread, so that no lock is copied that
nobody will ever open.

Messages are JSON, one a packet. In: what to make, limits and how long a copy may stay unused, with
four open files: the job, the file to be made, the place for what is told, and the line of the copy.
Out, on the line of the copy: ``begun``, then ``status``, and ``stays`` if it waits for further jobs
there.
"""

import ctypes
import gc
import json
import os
import resource
import select
import shutil
import signal
import socket
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from weasyprint.text import line_break

from reports.apart.making import MAKERS, prepare, tell
from reports.limits import limit_cost
from reports.pdf.chapters import Shelf
from reports.pdf.render import MissingGlyph

EXIT_PROBLEM = 3
_PR_SET_PDEATHSIG = 1
_MESSAGE_BYTES = 4096
_FILES_OF_A_JOB = 4
#: A copy that has grown beyond this does not stay.
_MOST_BYTES_KEPT = 500 * 1024**2
_SECONDS_FOR_THREADS = 1.0
#: Languages whose words can be divided.
_LANGUAGES = ("de", "en", "es", "fr", "it", "pt")
_prctl = ctypes.CDLL(None).prctl


@dataclass(slots=True)
class _Server:
    """A process that waits for jobs.

    Attributes:
        line: Where they come in.
        shelf: What copies inherit; nothing in the first process.
        idle: After so many seconds without a job it ends; 0 for never.
        copies: Process id → line of a copy that is at work or stays.
        woken: Two ends of what wakes the process when a copy has ended.
    """

    line: socket.socket
    shelf: Shelf | None
    idle: float
    copies: dict[int, socket.socket]
    woken: tuple[socket.socket, socket.socket]

    def forget(self) -> None:
        """Close everything, in a copy, which has a line of its own."""
        signal.set_wakeup_fd(-1)
        for one in (self.line, *self.copies.values(), *self.woken):
            one.close()


def begin(line: socket.socket) -> NoReturn:
    """Be the first process: load what every job needs, then serve until the line is closed."""
    prepare()
    gc.collect()
    gc.freeze()
    line.send(b'{"ready": true}')
    _serve(line, None, 0)
    # Whoever started us has gone: nothing of us stays, neither files nor copies.
    shutil.rmtree(Path.home(), ignore_errors=True)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _serve(line: socket.socket, shelf: Shelf | None, idle: float) -> None:
    """Make copies for jobs until the line is closed or nothing has come for too long."""
    server = _Server(line, shelf, idle, {}, socket.socketpair())
    for end in server.woken:
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(server.woken[1].fileno(), warn_on_full_buffer=False)
    while True:
        ready = _wait(server)
        if not ready and idle and not server.copies:
            return
        if server.woken[0].fileno() in ready:
            with suppress(BlockingIOError):
                server.woken[0].recv(_MESSAGE_BYTES)
        _end_abandoned(server, ready)
        _tell_of_ended(server)
        if line.fileno() in ready and not _receive(server):
            return


def _wait(server: _Server) -> set[int]:
    poll = select.poll()
    poll.register(server.line, select.POLLIN)
    poll.register(server.woken[0], select.POLLIN)
    for own in server.copies.values():
        # Not what is said on it, which is for the copy, but that nobody is there any more.
        poll.register(own, select.POLLRDHUP)
    return {number for number, _event in poll.poll(1000 * server.idle or None)}


def _end_abandoned(server: _Server, ready: set[int]) -> None:
    for pid, own in server.copies.items():
        if own.fileno() in ready:
            os.kill(pid, signal.SIGKILL)


def _tell_of_ended(server: _Server) -> None:
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if pid in server.copies:
                own = server.copies.pop(pid)
                with suppress(OSError):
                    _say(own, status=os.waitstatus_to_exitcode(status))
                own.close()


def _say(line: socket.socket, **facts: object) -> None:
    line.send(json.dumps(facts).encode(), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)


def _receive(server: _Server) -> bool:
    """Take one job and make a copy for it; whether there is still somebody on the line."""
    message, files, _flags, _address = socket.recv_fds(server.line, _MESSAGE_BYTES, _FILES_OF_A_JOB)
    if not message:
        return False
    *streams, number = files
    asked = json.loads(message)
    if asked.get("language") in _LANGUAGES:
        # Here and not in the copy: it is loaded once.
        line_break.pyphen.Pyphen(lang=asked["language"])
    own, parent = socket.socket(fileno=number), os.getpid()
    try:
        pid = os.fork()
    except OSError:
        # The machine has no room for one more: that job is told by the end of its line, and those
        # that are being made go on.
        own.close()
        for stream in streams:
            os.close(stream)
        return True
    if not pid:
        _be_a_copy(server, asked, streams, own, parent)
    for stream in streams:
        os.close(stream)
    server.copies[pid] = own
    return True


def _be_a_copy(
    server: _Server, asked: dict[str, Any], streams: list[int], own: socket.socket, parent: int
) -> NoReturn:
    status = 1
    try:
        # Without the process that tells how it went nobody would end this one.
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == parent:
            server.forget()
            _say(own, begun=True)
            for place, stream in enumerate(streams):
                os.dup2(stream, place)
                os.close(stream)
            limit_cost(asked["memory"], asked["cpu"])
            shelf = server.shelf or Shelf()
            status = _make(asked["what"], shelf)
            if status == 0 and asked["idle"]:
                _stay(own, shelf, asked["idle"])
            else:
                # Not left to the process before, which tells of those that were killed: it may be
                # silent.
                _say(own, status=status)
    except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
        traceback.print_exc()
    os._exit(status)


def _make(what: str, shelf: Shelf) -> int:
    """Make the file of the job on standard input; exit status 3 is a problem people can solve."""
    try:
        with open(0, "rb", closefd=False) as given:
            told = given.read().decode()
        content, facts = MAKERS[what](told, shelf)
        with open(1, "wb", closefd=False) as out:
            out.write(content)
    except MissingGlyph as problem:
        point = f"U+{ord(problem.character):04X}" if problem.character else ""
        detail = {"character": problem.character, "code_point": point, "where": problem.where}
        tell(code="missing_glyph", detail=detail)
        return EXIT_PROBLEM
    except (MemoryError, RecursionError) as problem:
        code = "too_big" if isinstance(problem, MemoryError) else "too_deep"
        tell(code=code, detail={})
        return EXIT_PROBLEM
    tell(**facts)
    return 0


def _stay(own: socket.socket, shelf: Shelf, idle: float) -> None:
    """Say that the file is made, and wait for further jobs if that is safe and not too much."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for place in range(3):
        os.dup2(nowhere, place)
    os.close(nowhere)
    _prctl(_PR_SET_PDEATHSIG, 0, 0, 0, 0)
    _say(own, status=0, stays=True)
    if _is_fit(shelf):
        # What lives now is never searched for garbage by copies, so its pages stay shared.
        gc.freeze()
        _serve(own, shelf, idle)


def _is_fit(shelf: Shelf) -> bool:
    """Put away what is not needed; whether copies of what is left are safe and not too large."""
    if shelf.rest():
        gc.unfreeze()
        gc.collect()
    return not has_other_threads() and resident() <= _MOST_BYTES_KEPT


def has_other_threads() -> bool:
    """Whether something runs beside, such as a search for fonts that goes on for some moments."""
    ends = time.monotonic() + _SECONDS_FOR_THREADS
    while len(list(Path("/proc/self/task").iterdir())) > 1:
        if time.monotonic() > ends:
            return True
        time.sleep(_SECONDS_FOR_THREADS / 100)
    return False


def resident() -> int:
    """How many bytes of memory this process fills, those that it shares with others too."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
