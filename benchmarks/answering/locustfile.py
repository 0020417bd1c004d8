"""What one person does, over and over: read a section, say something of it, sometimes send it."""

import json
import os
import random
import re
import time
from itertools import count
from pathlib import Path
from typing import Any

from locust import HttpUser, between, constant, events, task

_FILE = Path(os.environ["BENCHMARK_VALIDATORS"])
_VALIDATORS: list[dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
_PAUSES = os.environ["BENCHMARK_PAUSE"] == "yes"
#: After so many sections the whole answer is sent.
_SENT_AFTER = 4
_numbers = count()
#: The mark of what is saved, in the form of a page.
_MARK = re.compile(r'name="base" value="([^"]*)"')


class Validator(HttpUser):
    """Somebody with a link, behind a proxy that speaks TLS."""

    wait_time = between(0.5, 1.5) if _PAUSES else constant(0)

    def on_start(self) -> None:
        """Become one of those who are asked."""
        self.me = _VALIDATORS[next(_numbers)]
        self.turn = 0
        self.client.headers["X-Forwarded-Proto"] = "https"
        if _PAUSES:
            # People do not all begin with the same stroke of the clock.
            time.sleep(random.uniform(0, 2))  # noqa: S311 - no secret

    @task
    def answer(self) -> None:
        """Read the next section and say something of it; after some send the answer."""
        keys = list(self.me["section_pages"])
        key = keys[self.turn % len(keys)]
        self.turn += 1
        seen = self._read(key)
        words = f"In turn {self.turn} this comes to mind: {time.time()}."
        self.me["sent"][key] = words
        form = {"view": "objects", "text": words, "base": seen}
        if self._send("saved", self.me["section_pages"][key], form):
            self.me["confirmed"][key] = words
        if self.turn % _SENT_AFTER == 0:
            seen = self._get("checked", self.me["check"], "")
            self._send("sent", self.me["check"], {"base": seen})

    def _read(self, key: str) -> str:
        seen = self._get("by link", self.me["section_pages"][key], "")
        if _PAUSES:
            self._get("with an account", self.me["account_pages"][key], self.me["session"])
        return seen

    def _get(self, name: str, address: str, session: str) -> str:
        """Open a page; return the mark that its form carries."""
        headers = {"Cookie": f"sessionid={session}"} if session else {}
        with self.client.get(
            address, name=name, headers=headers, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"{address} answered {answer.status_code}")
            mark = _MARK.search(answer.text or "")
            return mark[1] if mark else ""

    def _send(self, name: str, address: str, form: dict[str, str]) -> bool:
        with self.client.post(
            address, data=form, name=name, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"{address} answered {answer.status_code}")
            return answer.status_code == 302


@events.quitting.add_listener
def _note_what_was_confirmed(**_of_the_event: Any) -> None:
    _FILE.write_text(json.dumps(_VALIDATORS), encoding="utf-8")
