"""The page of settings follows the settings."""

import pytest
from django.core.management import CommandError, call_command

from profile_workflow.management.commands.settings_reference import Setting, page, read_settings

SOURCE = """
#: Address of the
#: database.
URL = env.str("URL", default=f"sqlite:///{DIR}")
SIZE: int = env.int("SIZE", default=2 * 1024)

HOSTS = env.list("HOSTS", default=[])
# Not for readers.
KEY = env.str("KEY")
EMPTY = env.str("EMPTY", default="").rstrip("/")
"""


@pytest.fixture
def folder(tmp_path):
    for module in ("base", "dev", "test", "production"):
        (tmp_path / f"{module}.py").write_text("")
    return tmp_path


@pytest.mark.unit
def test_every_reading_of_the_environment_is_found():
    assert list(read_settings(SOURCE, "base")) == [
        Setting("URL", "text", "`sqlite:///{DIR}`", "Address of the database.", "base"),
        Setting("SIZE", "whole number", "`2 * 1024`", "Address of the database.", "base"),
        Setting("HOSTS", "list, separated by commas", "none", "", "base"),
        Setting("KEY", "text", None, "", "base"),
        Setting("EMPTY", "text", "empty", "", "base"),
    ]


@pytest.mark.unit
def test_a_setting_without_default_in_production_is_required_there(folder):
    (folder / "base.py").write_text('#: Signs.\nKEY = env.str("KEY", default="")\n')
    (folder / "production.py").write_text('KEY = env.str("KEY")\n')
    assert page(folder).endswith("| `KEY` | text | required on a server | Signs. |\n")


@pytest.mark.unit
def test_a_setting_without_default_anywhere_is_required(folder):
    (folder / "base.py").write_text('KEY = env.str("KEY")\n')
    assert page(folder).endswith("| `KEY` | text | required |  |\n")


@pytest.mark.unit
def test_check_passes_on_the_written_page_and_catches_a_changed_one(tmp_path, settings, capsys):
    (tmp_path / "docs/reference").mkdir(parents=True)
    folder = tmp_path / "config/settings"
    folder.mkdir(parents=True)
    for module in ("base", "dev", "test", "production"):
        (folder / f"{module}.py").write_text("")
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="out of date"):
        call_command("settings_reference", check=True)
    call_command("settings_reference")
    call_command("settings_reference", check=True)
    assert "up to date" in capsys.readouterr().out
    (folder / "base.py").write_text('KEY = env.str("KEY")\n')
    with pytest.raises(CommandError, match="out of date"):
        call_command("settings_reference", check=True)
