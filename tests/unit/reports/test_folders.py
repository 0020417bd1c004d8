"""What a killed process leaves behind is removed, and what a living one uses never is."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from reports import folders
from reports.folders import folder_for_a_while, remove_abandoned

pytestmark = [pytest.mark.unit, pytest.mark.any_database]

KILLED = """
import os, signal
from reports.folders import Folder
made = Folder.made()
(made.path / "job.json").write_text("What is not public yet.")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _own_place(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_folder_of_a_killed_process_is_removed_and_that_of_a_living_one_is_not(tmp_path):
    root = Path(folders.__file__).parents[1]
    environment = {"PYTHONPATH": str(root), "TMPDIR": str(tmp_path), "PATH": os.defpath}
    subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False)
    [left] = tmp_path.iterdir()
    strange = tmp_path / "of-somebody-else"
    strange.mkdir()
    (tmp_path / "profile-workflow-made-link").symlink_to(strange)
    with folder_for_a_while() as own:
        assert remove_abandoned() == 1
        assert not left.exists()
        assert own.stat().st_mode & 0o077 == 0
    assert not own.exists()
    assert strange.exists()


def test_a_folder_that_is_tidied_away_before_it_is_locked_is_made_again(monkeypatch):
    real, made = tempfile.mkdtemp, []

    def tidied(**options):
        made.append(real(**options))
        if len(made) == 1:
            assert remove_abandoned() == 1
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", tidied)
    with folder_for_a_while() as own:
        assert (str(own), own.is_dir(), len(made)) == (made[1], True, 2)
