"""The warm process: what it keeps, for whom, for how long, and that nothing of it stays behind."""

import ctypes.util
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from reports.apart import serving
from reports.apart.__main__ import look_for_libraries_in_one_place
from reports.errors import BuildFailed
from reports.pdf import press
from reports.pdf.chapters import Shelf
from reports.pdf.isolation import Limits, build
from reports.pdf.press import PRESS
from reports.pdf.render import render
from tests.integration.reports.conftest import LIMITS, plain_job

pytestmark = [pytest.mark.pdf, pytest.mark.slow, pytest.mark.any_database, pytest.mark.repeats]

JOB = plain_job("<h1>A</h1><p>Some words.</p>", "<h1>B</h1><p>Others.</p>")
HEAVY = plain_job("<table>" + "<tr><td>x</td><td>y</td></tr>" * 40_000 + "</table>")


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    if PRESS.kept:
        PRESS.close()
    yield
    PRESS.close()


def group(pid):
    """Return process id → parent of all that live in the group of the warm process."""
    wanted = ["ps", "-eo", "pgid=,pid=,ppid=,stat="]
    out = subprocess.run(wanted, capture_output=True, text=True, check=True)
    found = [line.split() for line in out.stdout.splitlines()]
    return {int(one[1]): int(one[2]) for one in found if int(one[0]) == pid and one[3][0] != "Z"}


def waiting():
    """Return process id → parent of what grew out of the warm process."""
    return {pid: parent for pid, parent in group(PRESS.pid).items() if pid != PRESS.pid}


def until(condition):
    """Wait for something that happens in another process."""
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_the_next_file_of_a_family_comes_from_the_process_that_made_the_last(settings):
    settings.PDF_KEPT_REPORTS = 2
    cold = build(JOB, limits=LIMITS)
    until(lambda: (PRESS.kept, waiting()) == (0, {}))

    files = [build(JOB, limits=LIMITS, family="a")]
    (before,) = waiting()
    files.append(build(JOB, limits=LIMITS, family="a"))
    until(lambda: len(waiting()) == 1)

    assert [file.content for file in files] == [cold.content] * 2
    # It was made from the one before, which has ended since.
    assert list(waiting()) != [before]
    # Another family begins with the first process, and so do other limits.
    build(JOB, limits=LIMITS, family="b")
    build(JOB, limits=replace(LIMITS, cpu_seconds=50), family="b")
    until(lambda: len(waiting()) == 2)
    assert set(waiting().values()) == {PRESS.pid}


def test_a_copy_that_is_ended_leaves_the_one_before():
    build(JOB, limits=LIMITS, family="a")
    (before,) = waiting()

    def kill(_progress):
        for pid, parent in waiting().items():
            if parent == before:
                os.kill(pid, signal.SIGKILL)

    with pytest.raises(BuildFailed, match="stopped from outside"):
        build(HEAVY, limits=LIMITS, family="a", listener=kill)
    with pytest.raises(BuildFailed, match=r"within 0\.3 seconds"):
        build(HEAVY, limits=replace(LIMITS, wall_seconds=0.3), family="a")
    assert list(waiting()) == [before]
    # And one that waits and is killed is not missed.
    os.kill(before, signal.SIGKILL)
    assert build(JOB, limits=LIMITS, family="a").pages == 3
    # Nor the first one.
    os.kill(PRESS.pid, signal.SIGKILL)
    assert build(JOB, limits=LIMITS).pages == 3


def test_an_answer_that_is_lost_costs_no_other_job(monkeypatch):
    """Not one whose process was killed too early, nor one of a first process that is silent."""
    rows = plain_job("<table>" + "<tr><td>x</td><td>y</td></tr>" * 1_500 + "</table>")
    with ThreadPoolExecutor(1) as beside:
        at_work = beside.submit(build, rows, limits=LIMITS)
        until(lambda: PRESS.pid and waiting())
        first = PRESS.pid
        with monkeypatch.context() as early:
            early.setattr(press, "BEGUN", b"what is said of one that began")
            with pytest.raises(BuildFailed, match="stopped from outside"):
                build(JOB, limits=LIMITS)
        assert PRESS.pid == first
        monkeypatch.setattr(press, "_SECONDS_TO_BEGIN", 1)
        os.kill(first, signal.SIGSTOP)
        assert waiting()
        assert build(JOB, limits=LIMITS).pages == 3
        assert PRESS.pid != first
        assert at_work.result().body_pages > 20
    # It is ended with the last job that was made by what grew out of it.
    until(lambda: group(first) == {})
    assert build(JOB, limits=LIMITS).pages == 3


def test_it_begins_without_asking_a_compiler_for_libraries(monkeypatch):
    asked = []

    class Popen(subprocess.Popen):
        def __init__(self, command, *args, **kwargs):
            asked.append(Path(command[0]).name)
            super().__init__(command, *args, **kwargs)

    # They are put back when the test ends.
    for name in ("_findLib_gcc", "_findLib_ld"):
        monkeypatch.setattr(ctypes.util, name, getattr(ctypes.util, name))
    monkeypatch.setattr(subprocess, "Popen", Popen)
    ctypes.util.find_library("no-such-library")
    before, asked[:] = set(asked), []
    look_for_libraries_in_one_place()
    ctypes.util.find_library("no-such-library")

    assert (len(before) > 1, set(asked)) == (True, {"ldconfig"})


def test_a_machine_without_room_for_a_copy_leaves_the_others_alone(monkeypatch):
    def full():
        raise BlockingIOError

    monkeypatch.setattr(serving.os, "fork", full)
    near, line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    told, own = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near, line, told, Path(os.devnull).open("rb") as nothing:
        server = serving._Server(line, None, 0, {}, (near, near))
        with own:
            files = [nothing.fileno()] * 3 + [own.fileno()]
            socket.send_fds(near, [b"{}"], files)
        assert serving._receive(server)
        assert told.recv(1) == b""
        assert server.copies == {}


def test_limits_hold_in_a_copy_of_a_copy():
    tight = Limits(memory_bytes=1024**3, cpu_seconds=1, wall_seconds=60)
    build(JOB, limits=tight, family="a")
    with pytest.raises(BuildFailed, match="within 1 seconds"):
        build(HEAVY, limits=tight, family="a")
    small = Limits(memory_bytes=260 * 1024**2, cpu_seconds=20, wall_seconds=60)
    build(JOB, limits=small, family="a")
    with pytest.raises(BuildFailed) as failure:
        build(plain_job("<p>" + "x" * 60_000_000), limits=small, family="a")
    assert failure.value.code == "too_big"


def test_what_waits_ends_after_some_time_without_a_job(settings):
    settings.PDF_KEPT_SECONDS = 0.2
    build(JOB, limits=LIMITS, family="a")
    until(lambda: waiting() == {})

    assert build(JOB, limits=LIMITS, family="a").pages == 3


@pytest.mark.parametrize("kept", [0, 1])
def test_no_more_wait_than_are_allowed(settings, kept):
    settings.PDF_KEPT_REPORTS = kept
    for family in ("a", "b"):
        build(JOB, limits=LIMITS, family=family)
    until(lambda: len(waiting()) == kept)

    assert PRESS.kept == kept


@pytest.mark.parametrize("reason", ["", "has_other_threads", "resident"])
def test_a_process_that_is_no_good_to_copy_does_not_stay(monkeypatch, reason):
    monkeypatch.setattr(serving, "has_other_threads", lambda: reason == "has_other_threads")
    monkeypatch.setattr(serving, "resident", lambda: 2**30 if reason == "resident" else 2**20)

    assert serving._is_fit(Shelf()) is (reason == "")


# WeasyPrint leaves the file of its colour profile to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*sRGB2014.icc")
def test_a_laid_out_report_holds_no_font_open():
    """The library may have a thread for as long as a font is open."""
    shelf = Shelf()
    render(JOB, shelf=shelf)
    before = shelf.fonts.font_map
    users = serving_ffi_references(before)
    shelf.rest()

    assert users > 1
    assert serving_ffi_references(before) == 1


def serving_ffi_references(thing):
    """How many refer to an object of GLib: the number after the address of its class."""
    from weasyprint.text.ffi import ffi  # noqa: PLC0415

    return ffi.cast("unsigned int *", ffi.cast("char *", thing) + 8)[0]


#: Prints something for a family, tells the group of the warm process, and dies.
DIES = """
import os, signal, sys
from django.conf import settings
settings.configure(PDF_KEPT_REPORTS=1, PDF_KEPT_SECONDS=600)
from reports.pdf.isolation import Limits, build
from reports.pdf.job import Job
from reports.pdf.press import PRESS
build(Job.from_json(sys.stdin.read()), limits=Limits(2 * 1024**3, 60, 60), family="a")
print(PRESS.pid, PRESS.kept, PRESS.folder, flush=True)
if sys.argv[1] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("how", ["killed", "ended"])
def test_nothing_stays_of_a_worker_that_is_gone(how, tmp_path):
    script = tmp_path / "dies.py"
    script.write_text(DIES)
    root = Path(serving.__file__).parents[2]
    out = subprocess.run(
        [sys.executable, str(script), how], input=JOB.to_json(), capture_output=True, text=True,
        env={"PYTHONPATH": str(root), "PATH": os.defpath}, check=how == "ended",
    )  # fmt: skip
    pid, kept, folder = out.stdout.split()

    assert kept == "1"
    until(lambda: group(int(pid)) == {})
    until(lambda: not Path(folder).exists())


def test_a_copy_of_a_worker_begins_anew():
    """Whatever the worker has started is not its copy's to use, nor to end."""
    build(JOB, limits=LIMITS, family="a")
    (kept,) = waiting()
    first = PRESS.pid
    copy = os.fork()
    if not copy:
        made = PRESS.pid is None and PRESS.kept == 0 and build(JOB, limits=LIMITS).pages == 3
        PRESS.close()
        os._exit(0 if made else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 0
    assert (PRESS.pid, list(waiting())) == (first, [kept])
    assert build(JOB, limits=LIMITS, family="a").pages == 3
