"""Which lines and branches of the product the tests reach.

Given to pytest by ``PYTEST_PLUGINS``, which every process of a run (``-n``) reads before it
imports anything of the product. SlipCover costs a tenth of the time of a run, where a tracer takes
nearly as long as the tests themselves; its own plugin for pytest cannot be used with
``--import-mode=importlib``, for it takes ``tests`` for a module without a folder.

Commands that tests start as processes are not measured.
"""

import json
import os
import tempfile
from pathlib import Path

import pytest
import slipcover

#: Percent of lines and branches below which a run fails.
ENOUGH = 95
SOURCE = ["profile_workflow", "workflows", "reports", "config"]
#: The frame of the processes that make files inherits nothing, the measuring included; it is
#: tested by what they make (tests/integration/reports).
OMITTED = [
    "*/migrations/*",
    "*/static/*",
    "*/config/asgi.py",
    "*/config/wsgi.py",
    "*/config/settings/*",
    "*/reports/apart/*",
]
#: What no test can reach; the last is the empty body of a transition.
EXCLUDED = ["if TYPE_CHECKING:", "raise NotImplementedError", "@overload", r"def .*: \.\.\.$"]

#: The folder where the processes of a run leave what they saw.
_VARIABLE = "COVERED_IN"
#: Whether this process runs tests, not only hands them out.
_RUNS_TESTS = "PYTEST_XDIST_WORKER" in os.environ


class _Worker:
    """Measures what one process of a run reaches."""

    def __init__(self) -> None:
        self._seen = slipcover.Slipcover(branch=True, omit=OMITTED, exclude_also=EXCLUDED)
        matcher = slipcover.FileMatcher(sources=SOURCE, omit=OMITTED)
        slipcover.ImportManager(self._seen, matcher).__enter__()

    def pytest_sessionfinish(self) -> None:
        """Leave what this process saw for the one that joins it."""
        own = Path(os.environ[_VARIABLE]) / f"{os.getpid()}.json"
        own.write_text(json.dumps(self._seen.get_coverage()))


class _Judge:
    """Joins what the processes of a run saw, prints it and judges it."""

    def __init__(self) -> None:
        os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="covered-")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that reached too little; what no process imported counts as not reached."""
        everything = slipcover.Slipcover(
            branch=True, source=SOURCE, omit=OMITTED, exclude_also=EXCLUDED
        )
        joined = everything.get_coverage()
        for seen in Path(os.environ[_VARIABLE]).glob("*.json"):
            slipcover.merge_coverage(joined, json.loads(seen.read_text()))
        slipcover.print_coverage(joined, skip_covered=True, missing_width=60)
        percent = joined["summary"]["percent_covered"]
        print(f"Reached: {percent:.1f} % of lines and branches; {ENOUGH} % are asked for.")
        if percent < ENOUGH and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_configure(config: pytest.Config) -> None:
    """Register what has been measuring since this module was imported."""
    config.pluginmanager.register(_PART)


_PART = _Worker() if _RUNS_TESTS else _Judge()
