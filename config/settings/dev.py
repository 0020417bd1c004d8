"""Settings of ``make run``: embedded database, mail kept as files."""

from config.settings.base import *

#: The site as people see it, its pages of errors too; set, it shows where the code failed instead.
DEBUG = env.bool("DEBUG", default=False)
WHITENOISE_USE_FINDERS = True
SECRET_KEY = SECRET_KEY or "only-for-a-machine-of-your-own-never-for-a-server"
ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

if not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
