"""Settings of the server that is measured: those of production, static files beside the run."""

from config.settings.production import *  # noqa: F403, TID251 - this is a module of settings too

STATIC_ROOT = env.str("BENCHMARK_STATIC_ROOT")  # noqa: F405
# Names as in production; what a file weighs compressed is reckoned, so that nobody waits most of a
# minute until all of them are.
if not env.bool("BENCHMARK_COMPRESSED", default=False):  # noqa: F405
    STORAGES["staticfiles"] = {  # noqa: F405
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    }
# Part of a site is looked at by a program that cannot say it has come through a proxy.
SECURE_SSL_REDIRECT = env.bool("BENCHMARK_HTTPS", default=True)  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
