"""The laws that a reader of single files would not see broken, each with holes it must catch."""

import ast
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from django.apps import apps
from django_fsm import FSMField

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "profile_workflow", "workflows", "reports")
LIFECYCLE = "profile_workflow/services/lifecycle.py"
TOP_LEVEL = {
    ".ci", ".gitignore", "benchmarks", "CHANGELOG.md", "config", "CONTRIBUTING.md", "docs",
    "LICENSE", "Makefile", "manage.py", "profile_workflow", "pyproject.toml", "README.md",
    "reports", "requirements", "SECURITY.md", "tests", "workflows",
}  # fmt: skip
#: The oldest releases without a known hole that matters here.
FLOORS = {"django": (5, 2, 19), "weasyprint": (70, 0), "pillow": (13, 0), "nh3": (0, 3, 8)}

Checker = Callable[[str, str], list[str]]


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the repository: those git knows, and those it would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def in_packages(name: str, suffix: str) -> bool:
    return (
        name.split("/", maxsplit=1)[0] in PACKAGES
        and name.endswith(suffix)
        and "/migrations/" not in name
    )


def calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


@cache
def documents() -> frozenset[str]:
    """Names of the models whose state a machine guards."""
    return frozenset(
        model.__name__
        for model in apps.get_models()
        if any(isinstance(field, FSMField) for field in model._meta.fields)
    )


@cache
def moves() -> frozenset[str]:
    """Names of moves that nothing else could be called."""
    names = {
        transition.name
        for model in apps.get_models()
        if model.__name__ in documents()
        for transition in model().get_all_state_transitions()
    }
    return frozenset(name for name in names if "_" in name)


def writes_of_state(name: str, source: str) -> list[str]:
    """Calls that put a state into a document without a move."""
    makers = {"create", "get_or_create", "update_or_create", "acreate"}
    problems = []
    for call in calls(source):
        if "state" not in {keyword.arg for keyword in call.keywords}:
            continue
        match call.func:
            case ast.Attribute(attr="update"):
                # The lifecycle writes what its moves have given; the rows of the outbox have a
                # state of their own, which no machine guards.
                guilty = name != LIFECYCLE and not name.startswith("workflows/outbox")
            case ast.Name(id=called) | ast.Attribute(attr=called) if called in documents():
                guilty = True
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=owner)), attr=attr):
                guilty = attr in makers and owner in documents()
            case _:
                guilty = False
        if guilty:
            problems.append(f"{name}:{call.lineno} writes a state")
    return problems


def calls_of_moves(name: str, source: str) -> list[str]:
    """Calls of a transition anywhere but in the lifecycle."""
    if name == LIFECYCLE:
        return []
    return [
        f"{name}:{call.lineno} makes the move {call.func.attr}"
        for call in calls(source)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in moves()
        and not call.args
        and not call.keywords
    ]


def raw_input(name: str, source: str) -> list[str]:
    """Input taken past a form."""
    found = re.finditer(
        r"\brequest\.(POST|GET|FILES)(\[|\.getlist\()|\brequest\.POST\.get\(", source
    )
    return [f"{name}: {match.group()} goes past a form" for match in found]


def inline_code(name: str, source: str) -> list[str]:
    """Script and style inside a template, which the content policy would refuse."""
    patterns = {
        r"<script(?![^>]*\bsrc=)": "an inline script",
        r"<style\b": "an inline style sheet",
        r"\sstyle\s*=": "a style attribute",
        r"\son[a-z]+\s*=": "an event attribute",
        r"javascript:": "a script address",
    }
    # What stands in a tag of a template never reaches a browser as it is.
    sent = re.sub(r"\{%.*?%\}", "", source)
    return [
        f"{name}: {what}"
        for pattern, what in patterns.items()
        if re.search(pattern, sent, re.IGNORECASE)
    ]


def settings_elsewhere(name: str, source: str) -> list[str]:
    """The environment read outside the settings."""
    if name.startswith("config/"):
        return []
    return [
        f"{name}: reads {match.group(1)}"
        for match in re.finditer(r"\bos\.(environ\.get\(|environ\[\"(?!.*= )|getenv)", source)
    ]


def hidden_clock(name: str, source: str) -> list[str]:
    """A rule or a service that looks at the clock itself."""
    judged = ("services", "queries", "requirements", "rules", "machines", "calendars")
    if not name.startswith(tuple(f"profile_workflow/{one}" for one in judged)):
        return []
    return [
        f"{name}:{call.lineno} looks at the clock"
        for call in calls(source)
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"now", "localdate", "today"}
    ]


def other_days(name: str, source: str) -> list[str]:
    """A role judged on a day that is not ``role_day``'s, e.g. that of a reader's zone."""
    given = r"(?:\bon=|\.active\()[\w.]+\.(?:date|localdate|today)\("
    return [f"{name}: {found.group()}" for found in re.finditer(given, source)]


def other_locks(name: str, source: str) -> list[str]:
    """A profile locked past ``services.locking``, which says the moment of what is done."""
    if name == "profile_workflow/services/locking.py":
        return []
    return [
        f"{name}: {found.group()}"
        for found in re.finditer(r"\bProfile\.objects\b[^\n]*\.select_for_update\(", source)
    ]


def foreign_addresses(name: str, source: str) -> list[str]:
    """Where packages come from, or a folder of the machine this was written on."""
    patterns = [
        r"--(?:extra-)?index-url\b",
        r'"resolved":\s*"https?:',
        r"\bregistry\s*=\s*\"?https?:",
        re.escape(str(ROOT)) + r"\b",
    ]
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() fails where there is none
    if len(home) > 1:
        patterns.append(re.escape(home) + "/")
    return [f"{name}: {pattern}" for pattern in patterns if re.search(pattern, source)]


@dataclass(frozen=True)
class Law:
    """A check of one file's text, the files it holds for, and holes it must catch."""

    check: Checker
    holds_for: Callable[[str], bool]
    holes: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return self.check.__name__


def is_code(name: str) -> bool:
    return in_packages(name, ".py")


def is_template(name: str) -> bool:
    # A page for print is read by no browser and may carry what only a print engine understands.
    return in_packages(name, ".html") and "/templates/" in name


LAWS = [
    Law(
        writes_of_state,
        is_code,
        (
            ("workflows/engine/moves.py", 'Profile.objects.filter(pk=1).update(state="published")'),
            ("profile_workflow/services/x.py", 'Section(profile=profile, state="accepted")'),
            ("profile_workflow/services/x.py", 'models.Section(state="accepted")'),
            ("workflows/demo/x.py", 'Profile.objects.create(city=city, state="published")'),
        ),
    ),
    Law(
        calls_of_moves,
        is_code,
        (
            ("workflows/engine/moves.py", "profile.pass_qa()"),
            ("profile_workflow/views/x.py", "self.profile.begin_drafting()"),
        ),
    ),
    Law(
        raw_input,
        is_code,
        (
            ("profile_workflow/views/x.py", 'reason = request.POST["reason"]'),
            ("profile_workflow/views/x.py", 'reason = self.request.POST.get("reason")'),
            ("workflows/views.py", 'names = request.POST.getlist("sections")'),
        ),
    ),
    Law(
        inline_code,
        is_template,
        (
            ("profile_workflow/templates/x.html", "<script>alert(1)</script>"),
            ("profile_workflow/templates/x.html", '<p style="color: red">'),
            ("profile_workflow/templates/x.html", '<button onclick="go()">'),
            ("profile_workflow/templates/x.html", "<style>p { color: red }</style>"),
            ("profile_workflow/templates/x.html", '<a href="javascript:go()">'),
        ),
    ),
    Law(
        settings_elsewhere,
        is_code,
        (
            ("reports/pdf.py", 'limit = os.environ.get("PDF_LIMIT")'),
            ("workflows/outbox.py", 'lease = int(os.environ["LEASE"])'),
            ("workflows/outbox.py", 'lease = int(os.getenv("LEASE"))'),
        ),
    ),
    Law(
        hidden_clock,
        is_code,
        (
            ("profile_workflow/services/x.py", "at = timezone.now()"),
            ("profile_workflow/requirements.py", "late = due < timezone.localdate()"),
        ),
    ),
    Law(
        other_days,
        is_code,
        (
            ("workflows/views/x.py", "is_project_team(user, on=timezone.localdate())"),
            ("workflows/effects/moves.py", "whose_turn(tasks, on=event.at.date())"),
            ("profile_workflow/queries/x.py", "Assignment.objects.active(at.date())"),
        ),
    ),
    Law(
        other_locks,
        is_code,
        (("reports/x.py", "profile = Profile.objects.select_for_update().get(pk=1)"),),
    ),
    Law(
        foreign_addresses,
        lambda name: not name.endswith((".png", ".woff2", ".ttf", ".otf", ".mo")),
        (
            ("requirements/base.txt", "--index" + "-url https://packages.example"),
            ("package-lock.json", '"resolved"' + ': "https://packages.example/a.tgz"'),
            (".npmrc", "registry" + "=https://packages.example"),
            ("docs/how-to/operate.md", f"cd {ROOT} && make run"),
        ),
    ),
]


def found_by(law: Law) -> list[str]:
    problems = []
    for name in filter(law.holds_for, tracked()):
        problems += law.check(name, (ROOT / name).read_text(encoding="utf-8", errors="replace"))
    return problems


@pytest.mark.unit
@pytest.mark.parametrize("law", LAWS, ids=str)
def test_law_holds(law):
    assert found_by(law) == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("law", "name", "source"),
    [(law, *hole) for law in LAWS for hole in law.holes],
    ids=lambda value: str(value) if isinstance(value, Law) else None,
)
def test_law_catches_a_planted_hole(law, name, source):
    assert law.holds_for(name)
    assert law.check(name, source) != []


@pytest.mark.unit
def test_laws_know_what_they_guard():
    assert documents() == {
        "Profile", "Section", "Comment", "DataItem", "InputRequest", "ReviewInvitation", "SignOff"
    }  # fmt: skip
    assert {"pass_qa", "begin_drafting", "object_to"} <= moves()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("module", "allowed"),
    [("workflows.engine.moves", False), ("profile_workflow.services.lifecycle", True)],
)
def test_a_transition_outside_the_lifecycle_stops_its_test(module, allowed):
    section = apps.get_model("profile_workflow", "Section")()
    refusal = contextlib.nullcontext() if allowed else pytest.raises(AssertionError, match=module)
    with refusal:
        exec("section.begin()", {"__name__": module, "section": section})  # noqa: S102 - as that module
    assert (section.state == "drafting") is allowed


def strangers(names: set[str]) -> set[str]:
    return names ^ TOP_LEVEL


@pytest.mark.unit
def test_top_level_names_are_the_agreed_ones():
    assert strangers({name.split("/")[0] for name in tracked()}) == set()


@pytest.mark.unit
@pytest.mark.parametrize("names", [TOP_LEVEL | {"helpers.py"}, TOP_LEVEL - {"LICENSE"}])
def test_a_stray_or_lost_top_level_name_is_seen(names):
    assert strangers(set(names)) != set()


def below_floor(pins: str) -> list[str]:
    versions = dict(re.findall(r"^([a-z0-9-]+)==([0-9.]+)", pins, re.MULTILINE))
    return [
        name
        for name, floor in FLOORS.items()
        if tuple(map(int, versions.get(name, "0").split("."))) < floor
    ]


@pytest.mark.unit
def test_no_pin_is_older_than_its_security_floor():
    assert below_floor((ROOT / "requirements/base.txt").read_text()) == []


@pytest.mark.unit
def test_an_old_or_missing_pin_is_seen():
    assert below_floor("django==5.2.8\nweasyprint==70.0\npillow==13.0.0") == ["django", "nh3"]


@pytest.mark.unit
def test_everything_installed_is_pinned_exactly():
    for name in ("base", "dev", "postgres"):
        lines = (ROOT / f"requirements/{name}.txt").read_text().splitlines()
        pins = [line for line in lines if line and not line.lstrip().startswith("#")]
        assert [line for line in pins if not re.fullmatch(r"[a-z0-9-]+==\S+", line)] == []


def contracts() -> list[dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


@pytest.mark.unit
@pytest.mark.parametrize("package", ["profile_workflow", "workflows", "reports"])
def test_every_room_of_a_package_has_its_floor(package):
    contract = next(one for one in contracts() if one["id"] == package)
    assert contract["type"] == "layers"
    assert contract["exhaustive"] is True


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.integration
def test_imports_point_one_way():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


#: Folders of the packages that hold no code of ours.
_NOT_CODE = ("static", "templates", "fixtures", "content", "locale", "editor")


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("profile_workflow/helpers.py", '"""Odds and ends."""\n', "profile_workflow.helpers"),
        (
            "profile_workflow/states.py",
            "import workflows\n",
            "profile_workflow.states -> workflows",
        ),
        ("reports/labels.py", "import viewflow\n", "viewflow"),
    ],
)
def test_a_stray_room_or_an_import_against_the_grain_is_seen(tmp_path, name, source, said):
    for package in PACKAGES:
        ignore = shutil.ignore_patterns(*_NOT_CODE)
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / name).open("a") as module:
        module.write(source)
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert said in result.stdout


def ruff_codes(source: str) -> set[str]:
    command = [
        Path(sys.executable).with_name("ruff"), "check", "--output-format=json", "--no-cache",
        "--stdin-filename=profile_workflow/services/sample.py", "-",
    ]  # fmt: skip
    result = subprocess.run(
        command, cwd=ROOT, input=source, check=False, capture_output=True, text=True
    )
    return {problem["code"] for problem in json.loads(result.stdout)}


@pytest.mark.unit
def test_style_wants_docstrings_types_and_simple_functions():
    branches = "".join(
        f"    if value == {number}:\n        return {number}\n" for number in range(9)
    )
    bad = f"import datetime\n\n\ndef choose(value):\n{branches}    return datetime.datetime.now()\n"
    good = '"""A room."""\n\n\ndef one() -> int:\n    """Return one."""\n    return 1\n'
    assert {"D100", "D103", "ANN001", "ANN201", "C901", "DTZ005"} <= ruff_codes(bad)
    assert ruff_codes(good) == set()


def vendored() -> list[Path]:
    """Folders with files that others wrote."""
    return sorted(
        {ROOT / name.split("/vendor/")[0] / "vendor" for name in tracked() if "/vendor/" in name}
    )


def unexplained(folder: Path) -> list[str]:
    """Files of a folder that its manifest does not name with origin, licence and content."""
    manifest = folder / "manifest.json"
    entries = json.loads(manifest.read_text()) if manifest.exists() else {}
    problems = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path != manifest):
        entry = entries.get(file.relative_to(folder).as_posix(), {})
        if not all(entry.get(key) for key in ("name", "version", "licence")):
            problems.append(f"{file.name}: no name, version or licence")
        elif entry.get("sha256") != sha256(file.read_bytes()).hexdigest():
            problems.append(f"{file.name}: not the file that was taken")
    return problems


@pytest.mark.unit
def test_every_vendored_file_is_explained():
    assert [problem for folder in vendored() for problem in unexplained(folder)] == []


@pytest.mark.unit
def test_an_unexplained_or_changed_vendored_file_is_seen(tmp_path):
    (tmp_path / "a.js").write_text("changed")
    assert unexplained(tmp_path) == ["a.js: no name, version or licence"]
    entry = {"name": "a", "version": "1", "licence": "MIT", "sha256": sha256(b"taken").hexdigest()}
    (tmp_path / "manifest.json").write_text(json.dumps({"a.js": entry}))
    assert unexplained(tmp_path) == ["a.js: not the file that was taken"]
    (tmp_path / "a.js").write_text("taken")
    assert unexplained(tmp_path) == []
