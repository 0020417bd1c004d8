"""The editor that browsers load: made of the sources beside it, of parts that are pinned."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

EDITOR = Path(__file__).resolve().parents[2] / "profile_workflow" / "editor"


def made_of(folder: Path) -> str:
    """What the editor is made of, as its build writes it into the manifest."""
    sources = sorted((folder / "src").iterdir(), key=lambda file: file.name)
    whole = sha256()
    for file in (*sources, folder / "build.js", folder / "package-lock.json"):
        whole.update(file.read_bytes())
    return whole.hexdigest()


@pytest.mark.unit
def test_the_editor_that_is_served_was_made_of_its_sources():
    manifest = json.loads((EDITOR.parent / "static" / "vendor" / "manifest.json").read_text())
    assert manifest["editor/editor.js"]["made_of"] == made_of(EDITOR), "make editor"


@pytest.mark.unit
def test_another_source_makes_another_editor(tmp_path):
    (tmp_path / "src").mkdir()
    for name in ("src/main.js", "build.js", "package-lock.json"):
        (tmp_path / name).write_text("one")
    before = made_of(tmp_path)
    (tmp_path / "src" / "main.js").write_text("other")
    assert made_of(tmp_path) != before


@pytest.mark.unit
def test_the_parts_of_the_editor_are_pinned_and_named_without_a_host():
    wished = json.loads((EDITOR / "package.json").read_text())
    lock = json.loads((EDITOR / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert all(one["integrity"] for one in packages.values())
    wishes = wished["dependencies"] | wished["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wishes} == wishes
    tiptap = {one["version"] for name, one in packages.items() if "/@tiptap/" in name}
    assert len(tiptap) == 1
