"""Settings of the test suite; ``DATABASE_URL`` chooses the database under test."""

import atexit
import shutil
import tempfile
from pathlib import Path

from config.settings.base import *

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATA_DIR = Path(tempfile.mkdtemp(prefix="profile-workflow-tests-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
STORAGES["default"]["OPTIONS"]["location"] = str(DATA_DIR / "files")
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if not env.str("DATABASE_URL", default=""):
    DATABASES = {"default": database(f"sqlite:///{DATA_DIR / 'test.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    # A test kills processes, never the machine: what is handed to the system need not be on disk.
    DATABASES["default"]["OPTIONS"]["init_command"] += ";PRAGMA synchronous=OFF"
LOGGING["root"]["level"] = "WARNING"
