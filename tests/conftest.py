"""Fixtures and rules for every test: append-only tables, a browser, parts that may be missing."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation
from django_fsm.signals import pre_transition

from profile_workflow.models import triggers
from profile_workflow.states import Role
from tests import machine, migrated, moulds, shares

# What helps the tests of a room says what it saw too, when it fails.
pytest.register_assert_rewrite(
    *(f"tests.{room}" for room in ("access", "e2e", "engine", "integration", "robustness"))
)

hypothesis.settings.register_profile(
    "house",
    deadline=None,
    # The judge of a change tries the same examples each time; every other run looks for new ones.
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)
hypothesis.settings.load_profile("house")

#: What a marker needs of the machine.
NEEDS: dict[str, machine.Part] = {
    "e2e": machine.CHROMIUM,
    "pdf": machine.PANGO,
    "postgres": machine.POSTGRESQL,
    **machine.FURTHER,
}
TESTS = Path(__file__).parent


#: Fixtures of whoever reads or writes a database.
_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def _same_on_every_database(item: pytest.Item) -> bool:
    """Whether a test asks no database, or only who may open an address.

    For the project team, which comes furthest, every address is asked on every database, as it is
    for all whose pages are looked at on one only (``any_database``).
    """
    if _room(item) == "access":
        return f"[{Role.PROJECT_TEAM}]" not in item.name
    if _room(item) not in ("unit", "architecture"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is None and not fixtures & _DATABASE


def _room(item: pytest.Item) -> str:
    """Return the folder of the tests in which a test stands."""
    return item.path.relative_to(TESTS).parts[0]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark tests before any is chosen; put those that are left into the order of their run."""
    _mark(items)
    yield
    items[:] = shares.shared_out(items, shares.processes())


#: Allocations between two looks for what only points at itself, and how many of these looks come
#: before one at what is older: rarely, for a tenth of the time of a run was spent on looking.
_RARE_COLLECTION = (50_000, 20, 20)


def pytest_collection_finish() -> None:
    """Look no more through what stays to the end: every module, model and test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_RARE_COLLECTION)


def _mark(items: list[pytest.Item]) -> None:
    """Mark what any database shows and what repeats itself; skip what lacks a part here."""
    for item in items:
        by_example = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if by_example or _room(item) in ("access", "engine", "robustness"):
            item.add_marker("repeats")
        if _same_on_every_database(item):
            item.add_marker("any_database")
    lacking = {marker: part for marker, part in NEEDS.items() if not part.is_there()}
    for item in items:
        for marker, part in lacking.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"this machine lacks {part}"))
        if item.get_closest_marker("postgres") and not os.environ.get("TEST_POSTGRES_URL"):
            item.add_marker(pytest.mark.skip(reason="TEST_POSTGRES_URL is not set; use make test"))


_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped; an expected failure is not."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped something where nothing may be skipped."""
    if _skipped and os.environ.get("NOTHING_SKIPPED") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _past_the_triggers(flush: Callable[[Any], None]) -> Callable[[Any], None]:
    """Let SQLite, which flushes with DELETE, empty the append-only tables too."""

    def flush_append_only_tables(case: Any) -> None:
        sqlite = [one for one in connections.all() if one.vendor == "sqlite"]
        for connection in sqlite:
            triggers.remove(connection)
        try:
            flush(case)
        finally:
            for connection in sqlite:
                triggers.install(connection)

    return flush_append_only_tables


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Keep the test database of SQLite in the folder of this run, so that two runs never meet."""
    for one in connections.all():
        chosen = one.settings_dict["TEST"]
        if one.vendor == "sqlite":
            chosen["NAME"] = str(tmp_path_factory.mktemp("database") / "test.db")
        migrated.start_from_it(one.vendor, chosen)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Keep the file that was copied; a file of SQLite goes with the folder of its run."""
    return migrated.is_copied() and connections["default"].vendor == "sqlite"


@pytest.fixture(autouse=True, scope="session")
def _flush_append_only_tables() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        wrapped = _past_the_triggers(TransactionTestCase._fixture_teardown)
        patch.setattr(TransactionTestCase, "_fixture_teardown", wrapped)
        yield


def only_the_lifecycle_moves(**_signal: Any) -> None:
    """Refuse a transition that application code makes anywhere but in the lifecycle."""
    frame = sys._getframe(1)
    while frame.f_globals["__name__"].split(".")[0] in {"django", "django_fsm"}:
        assert frame.f_back is not None
        frame = frame.f_back
    caller = frame.f_globals["__name__"]
    packages = ("config", "profile_workflow", "workflows", "reports")
    if caller != "profile_workflow.services.lifecycle":
        assert caller.split(".")[0] not in packages, f"{caller} makes a transition itself"


def _changes_what_is_tested(item: pytest.Item) -> bool:
    """Whether a test, or a fixture of ours that it asks for, may change how factories work.

    What a plugin asks for tells nothing: pytest-django asks for ``monkeypatch`` in every test.
    """
    info = item._fixtureinfo  # type: ignore[attr-defined]  # nothing public tells who asks for what
    asked = set(info.argnames)
    for found in info.name2fixturedefs.values():
        if found[-1].baseid:  # a folder or a file; a plugin has none
            asked.update(found[-1].argnames)
    return not asked.isdisjoint({"monkeypatch", "settings"})


@pytest.fixture(autouse=True)
def _factories_cast_what_they_made(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let factories write what they wrote before; not where a test changes how they work."""
    has_data = request.node.get_closest_marker("django_db") is not None
    if not has_data or _changes_what_is_tested(request.node):
        yield
        return
    with moulds.opened():
        yield


@pytest.fixture(autouse=True)
def _language_ends_with_the_test() -> Iterator[None]:
    """Keep the language that a request chose from the next test of the same process."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True, scope="session")
def _only_the_lifecycle_moves() -> Iterator[None]:
    pre_transition.connect(only_the_lifecycle_moves)
    yield
    pre_transition.disconnect(only_the_lifecycle_moves)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the machine's own Chromium, which asks nothing of the network."""
    # The browser's driver runs an event loop in the thread of the test, which Django would refuse.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {
        **browser_type_launch_args,
        "executable_path": machine.chromium(),
        "headless": True,
        "args": machine.CHROMIUM_FLAGS,
    }
