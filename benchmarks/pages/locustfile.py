"""What one person does, over and over: open a page of his, read, open the next one."""

import json
import os
import random
from itertools import count
from pathlib import Path

from locust import HttpUser, between, constant, task

_PEOPLE = json.loads(Path(os.environ["BENCHMARK_PEOPLE"]).read_text(encoding="utf-8"))
_numbers = count()


class Person(HttpUser):
    """Signed in, behind a proxy that speaks TLS with the browser."""

    wait_time = between(0.5, 1.5) if os.environ["BENCHMARK_PAUSE"] == "yes" else constant(0)

    def on_start(self) -> None:
        """Become one of the people; fewer people than users share."""
        number = next(_numbers)
        self.me = _PEOPLE[number % len(_PEOPLE)]
        self.chance = random.Random(number)  # noqa: S311 - the same at every run
        self.client.headers["X-Forwarded-Proto"] = "https"
        self.client.headers["Cookie"] = f"sessionid={self.me['cookie']}"

    @task
    def open_a_page(self) -> None:
        """Open one of the pages that are there for this person, each as often as the others."""
        name = self.chance.choice(list(self.me["pages"]))
        address = self.chance.choice(self.me["pages"][name])
        with self.client.get(
            address, name=name, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"{address} answered {answer.status_code}")
