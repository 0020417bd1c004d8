"""The near side of the warm process: starts it, hands it jobs, keeps what stays, ends all of it.

There is one first process for each process that prints, started with the first job. It and
everything that grew out of it ends when the socket to it is closed: by ``close``, or by the
system if whoever holds it dies. One that does not answer any more is replaced; what is being made
from it goes on, and it is ended afterwards.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from reports.errors import BuildFailed
from reports.folders import Folder
from reports.limits import ROOT, bare_environment

_FONTS = ROOT / "reports" / "static" / "reports" / "fonts"
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir><config></config></fontconfig>
"""
_MESSAGE_BYTES = 4096
#: The first thing that a copy says.
BEGUN = b'{"begun": true}'
_SECONDS_TO_LOAD, _SECONDS_TO_BEGIN = 60.0, 60.0
_SECONDS_TO_END = 5.0
#: A process may end between the look whether it is there and the job that it is given.
_MOST_ATTEMPTS = 3


def environment(folder: Path) -> dict[str, str]:
    """Only what the process needs: no secret of the application, no font of the machine."""
    config = folder / "fonts.conf"
    config.write_text(_FONTCONFIG.format(fonts=_FONTS, cache=folder / "font-cache"))
    return {**bare_environment(folder), "FONTCONFIG_FILE": str(config)}


@dataclass(frozen=True, slots=True)
class Order:
    """A job for the warm process.

    Attributes:
        streams: Numbers of three open files: the job, the file to be made, what is told.
        memory: Bytes allowed.
        cpu: Seconds of processor time allowed.
        family: What it may share laid-out chapters with; nothing if empty.
        idle: How many seconds it may wait for the next job of the family; 0 for not at all.
        what: What is to be made: ``pdf``, ``word`` or ``ebook``.
        language: BCP 47 code of the language in which words are divided, if they are.
    """

    streams: tuple[int, int, int]
    memory: int
    cpu: int
    family: str
    idle: float
    what: str = "pdf"
    language: str = ""


@dataclass(slots=True, eq=False)
class _First:
    """A first process, and how many jobs are made by what grew out of it.

    Attributes:
        line: Our end of where it waits for jobs; once that is closed, all of them end.
        is_left: Whether it is ended as soon as none is made.
    """

    process: subprocess.Popen[bytes]
    folder: Folder
    line: socket.socket
    users: int = 0
    is_left: bool = False

    def end(self) -> None:
        """End it with everything that grew out of it, and wait for that."""
        self.line.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(0 if self.is_left else _SECONDS_TO_END)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.folder.remove()


@dataclass(slots=True, eq=False)
class _Line:
    """A process that waits for jobs, and how many are being made from it."""

    end: socket.socket
    first: _First
    users: int = 0
    is_left: bool = False

    def is_open(self) -> bool:
        """Whether somebody waits there; who has something to say has ended."""
        poll = select.poll()
        poll.register(self.end, select.POLLIN)
        return not poll.poll(0)

    def leave(self) -> None:
        """End the process when nothing is made from it any more."""
        self.is_left = True
        if not self.users:
            self.end.close()


class _NoAnswer(Exception):
    """No copy was made for a job.

    Attributes:
        is_silent: Whether nothing was said in time; else the line was closed.
    """

    def __init__(self, *, is_silent: bool) -> None:
        super().__init__()
        self.is_silent = is_silent


class Run:
    """A job that is being made."""

    def __init__(
        self, press: "Press", order: Order, line: _Line, end: socket.socket, said: bytes
    ) -> None:
        self._press, self._order, self._line, self._end = press, order, line, end
        self._stays = False
        self.status: int | None = None
        if said != BEGUN:
            # It was ended before it could begin.
            self._hear(said)

    def wait(self, seconds: float) -> int | None:
        """Wait for its end at most so long.

        Returns:
            Exit status, the negative number of a signal, or ``None`` if it is still at work.
        """
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        if self.status is None and poll.poll(1000 * seconds):
            self._hear(self._end.recv(_MESSAGE_BYTES))
        return self.status

    def _hear(self, message: bytes) -> None:
        said: dict[str, Any] = json.loads(message) if message else {}
        self.status = int(said.get("status", -signal.SIGKILL))
        self._stays = bool(said.get("stays"))

    def finish(self) -> None:
        """Let go of the process, ended if it has not ended; what stays is kept for the next."""
        if self.status is None:
            with suppress(OSError):
                self._end.shutdown(socket.SHUT_WR)
            self.wait(_SECONDS_TO_END)
        self._press.take_back(
            self._line, self._end if self._stays else None, family=_key(self._order)
        )
        if not self._stays:
            self._end.close()


def _key(order: Order) -> str:
    """Name the processes that may make a job: a copy cannot have more than it was made with."""
    return f"{order.family}/{order.memory}/{order.cpu}" if order.family else ""


def _send(order: Order, line: _Line) -> tuple[socket.socket, bytes]:
    """Hand over a job; return our end of the line to its copy, and what was said there first.

    Whoever waits at a line may end before it takes what was sent.

    Raises:
        _NoAnswer: If no copy was made.
    """
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    asked = {
        "what": order.what,
        "memory": order.memory,
        "cpu": order.cpu,
        "idle": order.idle,
        "language": order.language,
    }
    near.settimeout(_SECONDS_TO_BEGIN)
    is_silent = False
    try:
        with far:
            files = [*order.streams, far.fileno()]
            socket.send_fds(line.end, [json.dumps(asked).encode()], files)
        if said := near.recv(_MESSAGE_BYTES):
            return near, said
    except TimeoutError:
        is_silent = True
    except OSError:
        pass
    near.close()
    raise _NoAnswer(is_silent=is_silent)


class Press:
    """The warm process of this process, and the lines to what grew out of it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._most_kept = 0
        self._first: _Line | None = None
        self._left: list[_First] = []
        self._kept: OrderedDict[str, _Line] = OrderedDict()

    @property
    def pid(self) -> int | None:
        """Process id of the warm process, which is that of its group too."""
        return self._first.first.process.pid if self._first else None

    @property
    def folder(self) -> Path | None:
        """Where the warm process keeps what it needs."""
        return self._first.first.folder.path if self._first else None

    @property
    def kept(self) -> int:
        """How many processes wait with what they have laid out."""
        return len(self._kept)

    def start(self, order: Order, *, most_kept: int) -> Run:
        """Begin a job.

        Args:
            order: The job.
            most_kept: How many processes may wait for further jobs.

        Raises:
            BuildFailed: If no process can be started.
        """
        for _attempt in range(_MOST_ATTEMPTS):
            with self._lock:
                self._most_kept = most_kept
                line = self._line_for(_key(order))
                line.users += 1
                line.first.users += 1
            try:
                return Run(self, order, line, *_send(order, line))
            except _NoAnswer as lost:
                with self._lock:
                    self._lose(line, is_silent=lost.is_silent)
                    self._let_go(line)
        raise BuildFailed("crashed", reason="no answer")

    def take_back(self, line: _Line, stays: socket.socket | None, *, family: str) -> None:
        """Note that a job has ended, and keep the process that stays in place of the one before."""
        with self._lock:
            if stays is not None and not line.first.is_left:
                if family in self._kept:
                    self._kept.pop(family).leave()
                self._kept[family] = _Line(stays, line.first)
                while len(self._kept) > self._most_kept:
                    self._kept.popitem(last=False)[1].leave()
            elif stays is not None:
                stays.close()
            self._let_go(line)

    def close(self) -> None:
        """End all of it and wait for that."""
        with self._lock:
            self._end_all()

    def forget(self) -> None:
        """Begin anew in a copy of this process, to which nothing of all this belongs."""
        for line in (self._first, *self._kept.values()):
            if line is not None:
                line.end.close()
        for first in (*([self._first.first] if self._first else ()), *self._left):
            first.line.close()
            first.folder.leave()
            # It is no child of ours: nobody here may wait for it.
            first.process.returncode = 0
        self.__init__()  # type: ignore[misc]

    def _line_for(self, family: str) -> _Line:
        line = self._kept.get(family)
        if line is not None and line.is_open():
            self._kept.move_to_end(family)
            return line
        if line is not None:
            self._kept.pop(family).leave()
        if self._first is None or not self._first.is_open():
            self._end_first()
            self._first = self._begin()
        return self._first

    def _lose(self, line: _Line, *, is_silent: bool) -> None:
        """Do without a process that did not answer.

        A first process that has ended took all with it that grew out of it. One that is silent is
        left alone until the jobs have ended that are made by what grew out of it.
        """
        for family, kept in list(self._kept.items()):
            if kept is line:
                self._kept.pop(family).leave()
        if line is not self._first:
            return
        if not line.is_open():
            self._end_first()
        elif is_silent:
            self._leave_first()

    def _let_go(self, line: _Line) -> None:
        """Note that a job is no longer made from a process, and end what was left because of it."""
        line.users -= 1
        if line.is_left:
            line.leave()
        line.first.users -= 1
        if line.first in self._left and not line.first.users:
            self._left.remove(line.first)
            line.first.end()

    def _begin(self) -> _Line:
        folder = Folder.made()
        told = folder.path / "told.txt"
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far, told.open("wb") as err:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
                [sys.executable, "-m", "reports.apart", str(far.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=err,
                cwd=folder.path,
                env=environment(folder.path),
                pass_fds=(far.fileno(),),
                start_new_session=True,
            )
        first = _First(process, folder, near)
        near.settimeout(_SECONDS_TO_LOAD)
        with suppress(TimeoutError):
            if near.recv(_MESSAGE_BYTES):
                near.settimeout(None)
                return _Line(near, first)
        lines = told.read_text(errors="replace").splitlines()
        first.end()
        raise BuildFailed("crashed", reason=lines[-1][:200] if lines else "no answer")

    def _leave_first(self) -> None:
        """Have the next job begin another first process; the former ends with its last job."""
        assert self._first is not None
        former = self._first.first
        for family, kept in list(self._kept.items()):
            if kept.first is former:
                self._kept.pop(family).leave()
        self._first = None
        former.is_left = True
        self._left.append(former)

    def _end_first(self) -> None:
        """End the first process with all that grew out of it, whoever waits for that."""
        if self._first is None:
            return
        former = self._first.first
        for line in (*self._kept.values(), self._first):
            line.is_left = True
            line.end.close()
        self._kept.clear()
        self._first = None
        former.end()

    def _end_all(self) -> None:
        self._end_first()
        for left in self._left:
            left.end()
        self._left.clear()


PRESS = Press()
atexit.register(PRESS.close)
os.register_at_fork(after_in_child=PRESS.forget)
