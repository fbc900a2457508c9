"""Django settings, read from the environment with safe defaults.

Every variable that an operator may set is read here and nowhere else; docs/operations.md lists them.
"""

import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.files.address import store_settings
from yuanba.kernel.group_bots import read_hosts
from yuanba.kernel.mail import mail_settings
from yuanba.kernel.outside import read_services
from yuanba.kernel.quiet import read_quiet_hours
from yuanba.web.backoffice import UNFOLD  # noqa: F401 - read by the theme

PACKAGE = Path(__file__).resolve().parent


def _flag(name: str, *, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def _number(name: str, default: int, *, most: int) -> int:
    """A whole number from 1 to `most`."""
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ImproperlyConfigured(f"{name}: write a number from 1 to {most}, not {text[:40]}")
    return int(text)


def _database(url: str) -> dict[str, Any]:
    try:
        found = dj_database_url.parse(url, conn_max_age=None, conn_health_checks=True)
    except ValueError:
        found = {}
    if found.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        # Not the address itself, which may hold a password.
        raise ImproperlyConfigured(
            "DATABASE_URL: write postgres://user:password@host:5432/name, or leave it out for SQLite"
        )
    return dict(found)


VAR = Path(os.environ.get("YUANBA_VAR", "var")).resolve()


def _secret(name: str) -> str:
    """Read a secret from the environment, or from var/<name>, made on first use and readable by its owner only."""
    if value := os.environ.get(name.upper()):
        return value
    path = VAR / name
    if not path.exists():
        try:
            VAR.mkdir(parents=True, exist_ok=True)
            # Written aside and linked into place: who comes first wins, and none reads half a secret.
            descriptor, aside = tempfile.mkstemp(dir=VAR)
        except OSError as error:
            raise ImproperlyConfigured(f"YUANBA_VAR: {VAR} can't be written: {error.strerror}") from error
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(get_random_secret_key())
        with suppress(FileExistsError):
            os.link(aside, path)
        Path(aside).unlink()
    return path.read_text(encoding="ascii").strip()


def _files(url: str) -> dict[str, Any]:
    try:
        return store_settings(
            url,
            VAR / "files",
            key=os.environ.get("AWS_ACCESS_KEY_ID", ""),
            secret=os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
            token=os.environ.get("AWS_SESSION_TOKEN", ""),
        )
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error


DEBUG = _flag("DEBUG")
SECRET_KEY = _secret("secret_key")
# Personal data are encrypted under this key, never under SECRET_KEY, so that sessions can be
# invalidated without losing what residents entrusted.
PERSONAL_DATA_KEY = _secret("personal_data_key")
PERSONAL_DATA_KEYS_OLD = _list("PERSONAL_DATA_KEYS_OLD")
PORT = _number("PORT", 8000, most=65_535)
WEB_WORKERS = _number("WEB_WORKERS", 2, most=256)
WEB_THREADS = _number("WEB_THREADS", 4, most=256)
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")
BASE_URL = os.environ.get("BASE_URL", f"http://127.0.0.1:{PORT}")
DEMO = _flag("YUANBA_DEMO", default=True)
PLAYBOOK = os.environ.get("YUANBA_PLAYBOOK", "wanzhou")

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # Before the packages whose templates ours take the place of.
    "yuanba.kernel",
    "yuanba.web",
    "yuanba.playbooks",
    "yuanba.places",
    "yuanba.people",
    "yuanba.matters",
    "allauth",
    "allauth.account",
    # Everywhere, for its tables; its services are read from SIGN_IN_WITH and loaded when somebody uses one.
    "allauth.socialaccount",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "yuanba.matters.api.shortcut.ShortcutMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yuanba.people.middleware.IdleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yuanba.people.middleware.ViewerMiddleware",
    "yuanba.people.middleware.SignInStepsMiddleware",
    "yuanba.web.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "yuanba.urls"
WSGI_APPLICATION = "yuanba.wsgi.application"
AUTH_USER_MODEL = "people.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "yuanba.web.context.preferences",
                "yuanba.people.context.account",
                "yuanba.matters.context.district",
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
        },
    }
]

# What a page calls its variables must not leak into components.
COTTON_ISOLATE_BY_DEFAULT = True

DATABASES = {"default": _database(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'yuanba.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # FULL: what was acknowledged also outlives a power cut, not only a killed process.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
        ),
    }
else:
    # Each connection parses and plans a statement once, not at every use: a quarter of the database's work.
    DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=3)
    # A server that is switched off does not refuse; without this a request would hang on it for minutes.
    DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if _flag("YUANBA_TEST"):
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "yuanba.people.signin.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
# By user name failures are counted in the database (people.signin): this one every process counts for itself.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "yuanba.people.signin.SecondFactorAdapter"
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "yuanba 院坝"
SOCIALACCOUNT_ADAPTER = "yuanba.people.outside.adapter.OutsideAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
REQUIRE_SECOND_FACTOR = _flag("REQUIRE_SECOND_FACTOR", default=not DEMO)
# Failures are told of by `username`, attempts by the form's `login`: without one answer to both, no lock binds.
AXES_USERNAME_CALLABLE = "yuanba.people.signin.tried_name"
AXES_USERNAME_FORM_FIELD = "login"
AXES_VERBOSE = False
# Its own pages ask for rights that nobody is given here; people.admin shows the log to whoever runs the system.
AXES_ENABLE_ADMIN = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "yuanba.kernel.addresses.address_of"
AXES_LOCKOUT_TEMPLATE = "people/locked_out.html"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["yuanba.web.formats"]

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": _files(os.environ.get("FILES_URL", "")),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if _flag("DEBUG") or _flag("YUANBA_TEST"):
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
# More than any form takes, so that too many photos meet a form that can say so kindly.
DATA_UPLOAD_MAX_NUMBER_FILES = 60

SECURE_HTTPS = _flag("HTTPS", default=BASE_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_S = 60 * _number("SESSION_IDLE_MINUTES", 30, most=720)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("BEHIND_PROXY") else None
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO and not SECURE_HTTPS
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        # The map's worker is a file of ours; without this line a worker would come under script-src.
        "worker-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
    # The operators' back office is a packaged theme whose widgets need inline styles and eval.
    "EXCLUDE_URL_PREFIXES": ("/backoffice/",),
}

try:
    vars().update(mail_settings(os.environ.get("EMAIL_URL", "")))
except ValueError as _error:
    raise ImproperlyConfigured(str(_error)) from _error
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "yuanba@localhost")
try:
    # Where the district's offices are not called outside the product, unless somebody chose other hours.
    QUIET_HOURS = read_quiet_hours(os.environ.get("QUIET_HOURS", "22:00-07:00"))
    # Hosts beside the services' own that a group bot's address may name.
    NOTICE_HOSTS = read_hosts(_list("NOTICE_HOSTS"))
    SIGN_IN_WITH = read_services(os.environ.get("SIGN_IN_WITH", ""))
except ValueError as _error:
    raise ImproperlyConfigured(str(_error)) from _error
LOG_LEVEL = os.environ.get("LOG_LEVEL", "").strip().upper() or "INFO"
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured(f"LOG_LEVEL: write DEBUG, INFO, WARNING or ERROR, not {LOG_LEVEL[:40]}")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {
        "one line": {"()": "yuanba.kernel.away.OneLine"},
        "no secrets": {"()": "yuanba.kernel.discreet.NoSecrets"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["one line", "no secrets"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
