"""Several people at once: each in a thread with a connection of its own, on a real database."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

from profile_workflow.errors import DomainError
from profile_workflow.models import Profile
from profile_workflow.services.log import broken_links
from tests import factories
from workflows.invariants import violations


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do everything at the same moment; return what each returned or raised."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        try:
            start.wait()
            results[number] = acts[number]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def whole(profile: Profile) -> None:
    profile = factories.fresh(profile)
    assert violations(profile) == []
    assert list(broken_links(profile)) == []


def only_domain_errors(results: Sequence[Any]) -> None:
    strange = [
        one for one in results if isinstance(one, Exception) and not isinstance(one, DomainError)
    ]
    assert strange == []


def mover(document: Any, name: str, by: Any, **details: Any) -> Callable[[], Any]:
    return lambda: factories.move(document, name, by, **details)
