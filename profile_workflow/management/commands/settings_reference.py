"""Writes the page of the reference that lists every setting, from the settings themselves."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

PAGE = Path("docs/reference/settings.md")
#: Modules in which a setting may be read, the common one first.
MODULES = ("base", "dev", "test", "production")
HEAD = """\
# Settings

Each is read from the environment, in `config/settings/` and nowhere else.
This page is written by `manage.py settings_reference`; do not edit it.

| name | type | default | meaning |
|---|---|---|---|
"""
TYPES = {
    "str": "text",
    "int": "whole number",
    "bool": "true or false",
    "list": "list, separated by commas",
    "email_url": "address",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One reading of the environment: its name, type, default (None: required) and comment."""

    name: str
    type: str
    default: str | None
    meaning: str
    module: str


def read_settings(source: str, module: str) -> Iterator[Setting]:
    """Yield what ``source`` reads from the environment, in the order of its lines.

    A comment that begins with ``#:`` explains all statements below it up to the next blank line.
    """
    lines = source.splitlines()
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in sorted(found, key=lambda node: node.lineno):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env"), attr=kind),
                args=[ast.Constant(value=str(name)), *_],
            ):
                default = next((one.value for one in call.keywords if one.arg == "default"), None)
                meaning = _comment_above(lines, call.lineno - 1)
                yield Setting(name, TYPES.get(kind, kind), _shown(default), meaning, module)


def _comment_above(lines: list[str], index: int) -> str:
    """Return the last block of ``#:`` lines between a statement and the blank line above it."""
    said: list[str] = []
    for line in reversed(lines[:index]):
        text = line.strip()
        if not text or (said and not text.startswith("#:")):
            break
        if text.startswith("#:"):
            said.insert(0, text.removeprefix("#:").strip())
    return " ".join(said)


def _shown(default: ast.expr | None) -> str | None:
    match default:
        case None:
            return None
        case ast.Constant(value=""):
            return "empty"
        case ast.List(elts=[]):
            return "none"
        case ast.Constant(value=str(text)):
            return f"`{text}`"
        case ast.JoinedStr():
            return f"`{ast.unparse(default)[2:-1]}`"
    return f"`{ast.unparse(default)}`"


def all_settings(folder: Path) -> dict[str, list[Setting]]:
    """Return every setting with each place that reads it, the common place first."""
    found: dict[str, list[Setting]] = {}
    for module in MODULES:
        source = (folder / f"{module}.py").read_text(encoding="utf-8")
        for setting in read_settings(source, module):
            found.setdefault(setting.name, []).append(setting)
    return found


def page(folder: Path) -> str:
    """Return the whole page for the settings modules in ``folder``."""
    rows = []
    for name, places in all_settings(folder).items():
        default = places[0].default or "required"
        if any(one.module == "production" and one.default is None for one in places):
            default = "required on a server"
        meaning = next((one.meaning for one in places if one.meaning), "").replace("``", "`")
        rows.append(f"| `{name}` | {places[0].type} | {default} | {meaning} |\n")
    return HEAD + "".join(rows)


class Command(BaseCommand):
    """``manage.py settings_reference [--check]``."""

    requires_system_checks = ()
    help = "Write docs/reference/settings.md; with --check only compare it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare ``--check``."""
        parser.add_argument("--check", action="store_true", help="fail if the page is out of date")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write or compare the page.

        Raises:
            CommandError: If ``--check`` finds the page out of date.
        """
        target = Path(settings.BASE_DIR) / PAGE
        text = page(Path(settings.BASE_DIR) / "config/settings")
        if not options["check"]:
            target.write_text(text, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != text:
            raise CommandError(f"{PAGE} is out of date; run: manage.py settings_reference")
        else:
            self.stdout.write(f"{PAGE} is up to date.")
