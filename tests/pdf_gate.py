"""What every report in PDF has to be: rules that say what is wrong with a file.

Of the words, numbers and links of a report ``tests.pdf_reading`` is asked.
"""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import page as validator
import pikepdf

from reports.context.plain import Material
from reports.limits import ROOT
from reports.pdf import press
from reports.pdf.isolation import Built
from reports.pdf.job import Job
from tests import pdf_reading
from tests.pdf_reading import Reading, compact

CONFORMANCES = ("PDF_A_3A", "PDF_UA_1")
#: Part of the Arabic words that are found by searching the file as a reader's program does.
LEAST_FOUND = 0.8
#: Structure type → elements of the HTML that it stands for, one each.
_STRUCTURE = {
    "/Table": ("table",), "/THead": ("thead",), "/TBody": ("tbody",), "/TR": ("tr",),
    "/TH": ("th",), "/TD": ("td",), "/Caption": ("caption", "figcaption"),
    "/H1": ("h1",), "/H2": ("h2",), "/H3": ("h3",), "/L": ("ul", "ol"), "/LI": ("li",),
    "/Figure": ("svg", "img"), "/Note": (".note",), "/Sect": ("section", "aside"),
}  # fmt: skip
_RELATIONSHIPS = {".csv": "/Data", "profile.json": "/Source", "record.json": "/Supplement"}


class Html(HTMLParser):
    """The HTML of a report: how many elements it has, and the words of its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.headings: list[tuple[int, str]] = []
        self._level = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] += 1
        self.counts.update(f".{one}" for one in (dict(attrs).get("class") or "").split())
        if tag in ("h1", "h2"):
            self._level = int(tag[1])
            self.headings.append((self._level, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h1", "h2"):
            self._level = 0

    def handle_data(self, data: str) -> None:
        if self._level:
            level, words = self.headings[-1]
            self.headings[-1] = level, words + data


@dataclass(frozen=True)
class Printed:
    """A report that was printed: what of, and the file."""

    material: Material
    job: Job
    file: Built

    @cached_property
    def html(self) -> str:
        return self.job.front + "".join(part.html for part in self.job.parts)

    @cached_property
    def reading(self) -> Reading:
        return Reading(io.BytesIO(self.file.content))


def faults_of_conformance(printed: Printed) -> list[Any]:
    """Return what two standards at once are not met in."""
    found = []
    for name in CONFORMANCES:
        profile = getattr(validator.ValidationProfile, name)
        report = validator.validate_pdf_bytes(printed.file.content, profile=profile)
        found += [(name, one.rule_id, one.message) for one in report.failures]
        found += [] if report.is_compliant else [(name, "is not met")]
    return found


def faults_of_syntax(printed: Printed) -> list[str]:
    """Return what another reader of PDF files finds wrong with this one."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(printed.file.content)
        file.flush()
        said = subprocess.run(["qpdf", "--check", file.name], capture_output=True, check=False)
    return [] if said.returncode == 0 else [said.stdout.decode() + said.stderr.decode()]


def elements_of(content: bytes) -> Counter[str]:
    """Return how many pieces of structure a file has, by their type."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return Counter(
            str(one.S)
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/StructElem"
        )


def faults_of_structure(printed: Printed) -> list[str]:
    """Return the types of which the file has more or fewer pieces than the HTML."""
    there, counts = elements_of(printed.file.content), Html(printed.html).counts
    wanted = {kind: sum(counts[one] for one in names) for kind, names in _STRUCTURE.items()}
    wrong = [
        f"{kind}: {there[kind]}, not {number}"
        for kind, number in wanted.items()
        if there[kind] != number
    ]
    paragraphs = there["/P"] + there["/BibEntry"]
    return wrong if paragraphs == counts["p"] else [*wrong, f"/P: {paragraphs}, not {counts['p']}"]


def faults_of_identity(printed: Printed) -> list[str]:
    """Return where the file says something else of itself than it should: language, title."""
    with pikepdf.open(io.BytesIO(printed.file.content)) as pdf:
        root = pdf.Root
        said = {
            "language": str(root.get("/Lang", "")),
            "title": str(pdf.docinfo.get("/Title", "")),
            "shows its title": bool(root.ViewerPreferences.get("/DisplayDocTitle", False)),
            "is tagged": bool(root.MarkInfo.get("/Marked", False)),
            "from the right": root.ViewerPreferences.get("/Direction") == "/R2L",
        }
    wanted = {
        "language": printed.job.language,
        "title": printed.job.title,
        "shows its title": True,
        "is tagged": True,
        "from the right": printed.job.direction == "rtl",
    }
    return [f"{name}: {said[name]!r}" for name in wanted if said[name] != wanted[name]]


def faults_of_outline(printed: Printed) -> list[Any]:
    """Return where the bookmarks differ from the headings, in words, level, order or page."""
    expected = [(level, compact(words)) for level, words in Html(printed.html).headings]
    there = [(one.level, compact(one.title)) for one in printed.reading.bookmarks]
    stands = [one.page for one in printed.reading.headings if one.kind in ("H1", "H2")]
    leads = [one.leads_to for one in printed.reading.bookmarks]
    wrong: list[Any] = [] if there == expected else [(there, expected)]
    return wrong if stands == leads else [*wrong, (leads, stands)]


def faults_of_pictures(printed: Printed) -> list[str]:
    """Return the pictures and charts that nobody can hear described."""
    with pikepdf.open(io.BytesIO(printed.file.content)) as pdf:
        found = [
            str(one.get("/Alt", "")).strip()
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]
    return [f"{len(found)} figures, one without words" for words in found if not words]


def faults_of_attachments(printed: Printed) -> list[Any]:
    """Return where the files that travel with it are others, or say no or a wrong relationship."""
    with pikepdf.open(io.BytesIO(printed.file.content)) as pdf:
        told = {str(one.UF): str(one.AFRelationship) for one in pdf.Root.get("/AF", [])}
        files = {name: one.get_file().read_bytes() for name, one in pdf.attachments.items()}
    wanted = {one.name: one.content.encode() for one in printed.job.attachments}
    kinds = {
        name: next(kind for end, kind in _RELATIONSHIPS.items() if name.endswith(end))
        for name in wanted
    }
    wrong: list[Any] = [] if files == wanted else [sorted(files), sorted(wanted)]
    return wrong if told == kinds else [*wrong, told]


def faults_of_glyphs(printed: Printed) -> list[str]:
    """Return the pages on which a sign is drawn that stands for no letter (``.notdef``)."""
    return [
        f"page {number}"
        for number, pieces in enumerate(printed.reading.texts, 1)
        if any("\ufffd" in words for words in pieces.values())
    ]


def faults_of_searching(printed: Printed) -> list[str]:
    """Return which Arabic words a search does not find, if they are too many."""
    if printed.job.direction != "rtl":
        return []
    out = subprocess.run(
        ["pdftotext", "-", "-"], input=printed.file.content, capture_output=True, check=True
    ).stdout.decode()
    bare = re.sub(r"<[^>]+>", " ", printed.html)
    wanted = set(re.findall(r"[\u0621-\u064a]{3,}", bare))
    lost = {one for one in wanted if one not in out}
    return sorted(lost) if len(lost) > (1 - LEAST_FOUND) * len(wanted) or not wanted else []


def faults_of_words(printed: Printed) -> list[Any]:
    """Return what is lost, or said wrongly, of words, cells, contents, numbers, fonts and links."""
    told = pdf_reading.told(printed.material, printed.job)
    if printed.job.direction == "ltr":
        return list(pdf_reading.problems(printed.reading, told).items())
    found = {
        "words": pdf_reading.lost_arabic(printed.reading, told),
        "lists": pdf_reading.wrong_lists(printed.reading),
        "numbers": pdf_reading.wrong_numbers(printed.reading),
        "fonts": pdf_reading.wrong_fonts(printed.reading),
        "links": pdf_reading.dead_links(printed.reading),
    }
    return [(kind, wrong) for kind, wrong in found.items() if wrong]


RULES: Sequence[Callable[[Printed], list[Any]]] = (
    faults_of_conformance, faults_of_syntax, faults_of_structure, faults_of_identity,
    faults_of_outline, faults_of_pictures, faults_of_attachments, faults_of_glyphs,
    faults_of_searching, faults_of_words,
)  # fmt: skip


def faults_of(printed: Printed) -> dict[str, list[Any]]:
    """Return all that is wrong, by the rule that found it."""
    found = {rule.__name__.removeprefix("faults_of_"): rule(printed) for rule in RULES}
    return {name: wrong for name, wrong in found.items() if wrong}


# Made again somewhere else

#: Tells, after the process of the layout, what it has asked of the network and which files it read.
_WATCHED = """
import json, sys
asked, opened = [], set()
def see(event, given):
    if event == "subprocess.Popen" and given[1][0].rpartition("/")[2] in ("ldconfig", "gcc", "ld"):
        return  # Where the libraries of the layout lie is asked of them.
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "subprocess.", "os.exec")):
        asked.append([event, repr(given)])
    elif event == "open" and isinstance(given[0], str) and given[2] is not None:
        opened.add(given[0])
sys.addaudithook(see)
from reports.pdf.job import Job
from reports.pdf.render import render
made = render(Job.from_json(sys.stdin.read()))
sys.stdout.buffer.write(made.content)
facts = {"front": made.front_pages, "body": made.body_pages, "lengths": made.lengths,
         "warnings": list(made.warnings)}
seen = {"facts": facts, "asked": asked, "opened": sorted(opened)}
json.dump(seen, open(sys.argv[1], "w"))
"""


@dataclass(frozen=True)
class Elsewhere:
    """A file that was made in another place, at another time of day.

    Attributes:
        asked: What of the network, or which program, was asked for.
        opened: The files that were read outside of Python and of the project.
    """

    content: bytes
    facts: dict[str, Any]
    asked: list[Any]
    opened: list[str]


def made_elsewhere(job: Job, folder: Path, root: Path = ROOT) -> Elsewhere:
    """Make a file in another directory, with other hashes, time zone and language.

    ``root`` is where the modules of the process are looked for.
    """
    place, told = folder / "elsewhere", folder / "told.json"
    place.mkdir()
    environment = press.environment(folder) | {
        "PYTHONPATH": str(root),
        "PYTHONHASHSEED": "77",
        "TZ": "Asia/Tokyo",
        "LANG": "C",
    }
    out = subprocess.run(
        [sys.executable, "-c", _WATCHED, str(told)],
        input=job.to_json().encode(), capture_output=True, check=True, cwd=place, env=environment,
    )  # fmt: skip
    seen = json.loads(told.read_text())
    return Elsewhere(
        out.stdout,
        seen["facts"],
        seen["asked"],
        [one for one in seen["opened"] if not os.path.realpath(one).startswith(_own(folder))],
    )


def _own(folder: Path) -> tuple[str, ...]:
    """Return where files lie that may be read: Python's, the project's, those of the process."""
    own = (sys.prefix, sys.base_prefix, ROOT, folder, "/proc")
    return (*map(os.path.realpath, own), "/dev/null", "/etc/mime.types")
