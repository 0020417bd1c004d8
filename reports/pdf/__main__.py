"""The PDF process: a job as JSON on standard input, the file on standard output.

It gives itself limits before it reads anything, and leaves the network. JSON lines on standard
error tell how far it has come (``stage``) and, the last one, how it went; exit status 3 means a
problem that a person can solve.
"""

import ctypes
import gc
import json
import resource
import sys

EXIT_PROBLEM = 3
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_FILE_BYTES = 256 * 1024**2
_OPEN_FILES = 96
_RARE_COLLECTION = (200_000, 20, 100)


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


def limit(memory: int, cpu: int) -> None:
    """Bound memory (bytes), processor time (seconds), file size and open files."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(**facts: object) -> None:
    sys.stderr.write("\n" + json.dumps(facts) + "\n")
    sys.stderr.flush()


def _make() -> int:
    # A laid-out document is one large web of live objects: searching it for garbage again and
    # again finds little.
    gc.set_threshold(*_RARE_COLLECTION)
    # Imported here: the limits must hold before a large library reads anything.
    from reports.pdf.job import Job  # noqa: PLC0415
    from reports.pdf.render import MissingGlyph, render  # noqa: PLC0415

    try:
        file = render(Job.from_json(sys.stdin.buffer.read().decode()), tell=_say)
    except MissingGlyph as problem:
        point = f"U+{ord(problem.character):04X}" if problem.character else ""
        detail = {"character": problem.character, "code_point": point, "where": problem.where}
        _say(code="missing_glyph", detail=detail)
        return EXIT_PROBLEM
    except (MemoryError, RecursionError) as problem:
        code = "too_big" if isinstance(problem, MemoryError) else "too_deep"
        _say(code=code, detail={})
        return EXIT_PROBLEM
    sys.stdout.buffer.write(file.content)
    sys.stdout.buffer.flush()
    _say(
        front=file.front_pages,
        body=file.body_pages,
        lengths=file.lengths,
        warnings=list(file.warnings),
    )
    return 0


def main(arguments: list[str]) -> int:
    """Run one job; arguments are the limits: bytes of memory and seconds of CPU."""
    memory, cpu = (int(argument) for argument in arguments)
    leave_the_network()
    limit(memory, cpu)
    return _make()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
