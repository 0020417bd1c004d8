"""Settings of the benchmarks: those of the tests, another database, the baselines' tables."""

import os
from pathlib import Path

from config.settings.test import *  # noqa: F403, TID251 - this is a module of settings too

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.baseline.apps.BaselineConfig"]  # noqa: F405

_DATABASE = DATABASES["default"]  # noqa: F405
_NAME = f"benchmark_{os.getpid()}"
if _DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    _NAME = str(Path(str(_DATABASE["NAME"])).with_name(f"{_NAME}.sqlite3"))
    # A commit waits for the disk, as in earnest.
    _DATABASE["OPTIONS"]["init_command"] += ";PRAGMA synchronous=FULL"
# Tables are made as the models are now, at once; running every migration takes ten times as long.
_DATABASE["TEST"] = {"NAME": _NAME, "MIGRATE": False}
