"""Settings common to every way of running; only here are they read from the environment."""

import os
from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

#: Where the embedded database, built files and the worker's scratch space live.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))

#: Key of sessions and signatures; a server does not start without one.
SECRET_KEY: str = env.str("SECRET_KEY", default="")
DEBUG: bool = False
#: Names by which the site may be called.
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
#: Origins besides its own from which forms are taken, e.g. that of a proxy.
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

#: Number of proxies in front of the site that add to X-Forwarded-For by whom they were called.
#: Attempts to sign in, links asked for and files to compare are counted by that address; with 0 by
#: that of whoever calls the site itself, which behind a proxy is the same for everybody.
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=0)

#: Every page says “back soon” as long as this is set, e.g. while the database is moved.
MAINTENANCE: bool = env.bool("MAINTENANCE", default=False)

#: Public address of the site, used for every link in mail; never taken from a request.
SITE_URL: str = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "workflows.apps.WorkflowsConfig",
    "reports.apps.ReportsConfig",
    "profile_workflow.apps.ProfileWorkflowConfig",
    "viewflow.workflow",
    "rules",
    "csp",
    "django_htmx",
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

#: Viewflow's tables are not ours: nodes, tasks and processes live in ``workflows``.
VIEWFLOW = {"AUTOREGISTER": False}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.MaintenanceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.WrongMethodMiddleware",
    "config.middleware.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "profile_workflow.web.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "profile_workflow.forms.renderer.Renderer"

_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # Not ``trusted_schema=OFF``: SQLite would then refuse the JSON checks of Django's own columns.
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON",
}


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for a database URL, with the options each kind needs."""
    settings: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = dict(_SQLITE_OPTIONS)
    else:
        settings["CONN_HEALTH_CHECKS"] = True
        settings["CONN_MAX_AGE"] = 60
    return settings


#: ``sqlite:///file`` (embedded) or ``postgres://user:password@host/name`` (grown).
DATABASE_URL: str = env.str("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
DATABASES = {"default": database(DATABASE_URL)}
DATA_DIR.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "profile_workflow.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign_in"
#: Most fields of a form, and most bytes without its files. Quality assurance sends five fields for
#: each check of the template; a text that meets a newer one comes four times, with six bytes for a
#: letter of Arabic. What is larger still gets a page that says so (``config.errors.unreadable``).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024**2
#: A form whose token is too old gives back what was typed.
CSRF_FAILURE_VIEW = "config.errors.open_too_long"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 60 * 60

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("ar", _("Arabic"))]
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "profile_workflow" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files")},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

#: A black-holed mail server must not hang the worker: seconds.
EMAIL_TIMEOUT = 10
#: Mail server, e.g. ``smtp+tls://user:password@host:587``.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
#: Sender of all mail.
DEFAULT_FROM_EMAIL: str = env.str(
    "DEFAULT_FROM_EMAIL", default="Profile Workflow <noreply@localhost>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

#: Executor of effects (mail, PDF): dotted path of a class with ``enqueue``; a distributed engine
#: can take the place of the embedded one.
OUTBOX_EXECUTOR: str = env.str("OUTBOX_EXECUTOR", default="workflows.outbox.DatabaseExecutor")
#: Seconds after which a job whose worker vanished is given to another one.
OUTBOX_LEASE_SECONDS: int = env.int("OUTBOX_LEASE_SECONDS", default=300)
#: Tries before a job is shown as failed and waits for a person.
OUTBOX_MAX_ATTEMPTS: int = env.int("OUTBOX_MAX_ATTEMPTS", default=8)

#: Limits of the isolated process that makes a PDF or a document: bytes of memory, seconds of CPU
#: and of time.
PDF_MEMORY_BYTES: int = env.int("PDF_MEMORY_BYTES", default=2 * 1024**3)
PDF_CPU_SECONDS: int = env.int("PDF_CPU_SECONDS", default=120)
PDF_WALL_SECONDS: int = env.int("PDF_WALL_SECONDS", default=180)
#: Processes that stay with the chapters that they laid out, so that the next file of the same
#: profile is made faster: how many at most (250 MB each for 100 pages, never more than 500 MB; 0
#: for none), and for how many seconds without a job.
PDF_KEPT_REPORTS: int = env.int("PDF_KEPT_REPORTS", default=3)
PDF_KEPT_SECONDS: int = env.int("PDF_KEPT_SECONDS", default=900)
#: How many PDFs a worker makes at once, previews of chapters not counted; each may use that memory.
#: 0 makes them one after the other, between mails.
PDF_BUILDERS: int = env.int("PDF_BUILDERS", default=min(4, os.cpu_count() or 1))

#: File (PEM) with the certificate, and no key, by which published PDFs are sealed; without it none
#: is. For web processes and workers.
SEAL_CERTIFICATE: str = env.str("SEAL_CERTIFICATE", default="")
#: File (PKCS#12) with that certificate and its key. For the workers alone.
SEAL_PKCS12: str = env.str("SEAL_PKCS12", default="")
#: What opens that file. For the workers alone.
SEAL_PASSPHRASE: str = env.str("SEAL_PASSPHRASE", default="")
#: Address of the authority that confirms when a file was sealed (RFC 3161), with name and password
#: if it wants them: ``https://user:password@tsa.example.org/``.
SEAL_TIMESTAMP_URL: str = env.str("SEAL_TIMESTAMP_URL", default="")

SECURE_REFERRER_POLICY = "strict-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

#: Least severe message that is logged.
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            # Tokens of personal links are written down nowhere.
            "()": "profile_workflow.masking.MaskingFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Django's own handlers, which know nothing of tokens, are taken off.
    "loggers": {
        "django": {"handlers": []},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
