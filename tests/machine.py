"""What a machine offers beyond Python: optional parts, what they are for, how to get them."""

import ctypes.util
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

#: The one without windows comes first: it asks a third less of the machine.
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
#: What a started browser is told: no window, nothing asked of the network by itself.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    # Nobody watches the screen: no process of its own that puts layers together.
    "--disable-gpu-compositing",
    "--in-process-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Part:
    """An optional part of the system, looked for when asked."""

    name: str
    needed_for: str
    debian: str
    is_there: Callable[[], bool]

    def __str__(self) -> str:
        remedy = f"apt-get install {self.debian}"
        return f"{self.name}, needed for {self.needed_for}; get it with: {remedy}"


def chromium() -> str | None:
    """Return the path of a Chromium; ``CHROMIUM`` in the environment comes first."""
    names = (os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES)
    return next(filter(None, map(shutil.which, filter(None, names))), None)


def postgres_binaries() -> Path | None:
    """Return the folder with PostgreSQL's server programs, the newest release first."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: float(folder.parent.name),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    found = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((one for one in found if (one / "initdb").exists()), None)


def given_postgres() -> str | None:
    """Return the URL of a PostgreSQL that the environment names; tests make a database in it."""
    named = (os.environ.get(name, "") for name in ("TEST_POSTGRES_URL", "DATABASE_URL"))
    return next((url for url in named if url.startswith("postgres")), None)


def has_postgres() -> bool:
    """Whether tests can reach a PostgreSQL: a given one, or one they start themselves."""
    reachable = given_postgres() or postgres_binaries()
    return bool(reachable) and importlib.util.find_spec("psycopg") is not None


def _has_library(*names: str) -> bool:
    return all(ctypes.util.find_library(name) for name in names)


CHROMIUM = Part(
    "Chromium",
    "tests in a browser",
    "chromium-headless-shell fonts-noto-core",
    lambda: chromium() is not None,
)
POSTGRESQL = Part("a PostgreSQL server", "tests on PostgreSQL", "postgresql", has_postgres)
PANGO = Part(
    "Pango",
    "every PDF",
    "libpango-1.0-0 libpangoft2-1.0-0 fontconfig-config",
    lambda: _has_library("pango-1.0", "pangoft2-1.0"),
)
HARFBUZZ_SUBSET = Part(
    "HarfBuzz's subsetter",
    "PDFs that are written fast and are the same bytes each time (without it five times slower)",
    "libharfbuzz-subset0",
    lambda: _has_library("harfbuzz-subset"),
)
PDF_TOOLS = Part(
    "the PDF readers pdftotext and qpdf",
    "tests that read a PDF back",
    "poppler-utils qpdf",
    lambda: all(map(shutil.which, ("pdftotext", "qpdf"))),
)
GETTEXT = Part(
    "gettext", "collecting words to be translated", "gettext", lambda: bool(shutil.which("msgfmt"))
)

LIBREOFFICE = Part(
    "LibreOffice",
    "opening Word files in another program than ours",
    "libreoffice-writer",
    lambda: bool(shutil.which("soffice")),
)
EPUBCHECK = Part(
    "EPUBCheck",
    "judging e-books by another program than ours",
    "epubcheck",
    lambda: bool(shutil.which("epubcheck")),
)

#: Marker → what is not among the parts that must be there: hundreds of MB for a few tests, which a
#: run without them leaves out.
FURTHER = {"libreoffice": LIBREOFFICE, "epubcheck": EPUBCHECK}

PARTS = (PANGO, HARFBUZZ_SUBSET, POSTGRESQL, CHROMIUM, PDF_TOOLS, GETTEXT)


def missing() -> list[Part]:
    """Return the parts this machine does not have."""
    return [part for part in PARTS if not part.is_there()]


def main() -> int:
    """Print what is missing; never a failure, since everything named here is optional."""
    for part in missing():
        print(f"    not on this machine: {part}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
