"""Settings of the server that is measured: those of production, static files beside the run."""

from config.settings.production import *  # noqa: F403, TID251 - this is a module of settings too

STATIC_ROOT = env.str("BENCHMARK_STATIC_ROOT")  # noqa: F405
# Names as in production; nobody fetches the files, so they are not compressed (most of a minute).
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
