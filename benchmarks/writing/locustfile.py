"""What one person does, over and over: write a little, let the page save it."""

import json
import os
import random
import time
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from locust import HttpUser, between, constant, events, task

_FILE = Path(os.environ["BENCHMARK_WRITERS"])
_WRITERS: list[dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
_PAUSES = os.environ["BENCHMARK_PAUSE"] == "yes"
_numbers = count()


class Writer(HttpUser):
    """Somebody whose browser shows the page for writing, behind a proxy that speaks TLS."""

    wait_time = between(1.5, 2.5) if _PAUSES else constant(0)

    def on_start(self) -> None:
        """Become one of the writers."""
        self.me = _WRITERS[next(_numbers)]
        origin = f"https://{urlsplit(self.host).netloc}"
        self.client.headers.update(
            {
                "Accept": "application/json",
                "Cookie": f"sessionid={self.me['session']}; csrftoken={self.me['token']}",
                "Origin": origin,
                "Referer": f"{origin}{self.me['page']}",
                "X-Forwarded-Proto": "https",
            }
        )
        if _PAUSES:
            # People do not all begin with the same stroke of the clock.
            time.sleep(random.uniform(0, 2))  # noqa: S311 - no secret

    @task
    def save(self) -> None:
        """Save a text that is another one than last time, in the form in which the page does."""
        me = self.me
        me["sent"] = f"{me['text']}\n\nOn top of version {me['version']} comes this."
        fields = {
            "csrfmiddlewaretoken": me["token"],
            "text": me["sent"].replace("\n", "\r\n"),
            "searched": "",
            "base_version": str(me["version"]),
        }
        form = {name: (None, value) for name, value in fields.items()}
        with self.client.post(
            me["address"], files=form, name="save", allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"{me['address']} answered {answer.status_code}")
                return
            me["version"], me["confirmed"] = answer.json()["version"], me["sent"]


@events.quitting.add_listener
def _note_what_was_confirmed(**_of_the_event: Any) -> None:
    _FILE.write_text(json.dumps(_WRITERS), encoding="utf-8")
