"""What a document may load: nothing but what the job brought along."""

from collections.abc import Mapping
from typing import Any

from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "cmp:"


class MemoryFetcher(URLFetcher):  # type: ignore[misc]
    """Serves ``cmp:KEY`` from memory and refuses every other address.

    A subclass, not a function: WeasyPrint takes an exception of a fetcher object as "not
    available" and goes on, so a refused address costs nothing but its picture.
    """

    def __init__(self, resources: Mapping[str, tuple[bytes, str]] | None = None) -> None:
        super().__init__(timeout=1, allowed_protocols=(), allow_redirects=False)
        self.resources = dict(resources or {})
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Return a resource of the job.

        Raises:
            ValueError: For any address that is not ``cmp:`` and a known key.
        """
        key = url.removeprefix(SCHEME)
        if url.startswith(SCHEME) and key in self.resources:
            body, content_type = self.resources[key]
            return URLFetcherResponse(url, body, {"Content-Type": content_type})
        self.refused.append(url[:80])
        raise ValueError("Documents load nothing from outside.")
