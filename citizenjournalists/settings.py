"""The one settings file. Every environment variable is read here, once; README.md lists them.

`DEPLOYMENT` decides how strict the start is: `local` (the default) needs nothing and mails
nobody outside; `production` refuses to start while anything it needs is missing.
"""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from applications import clamd, storing

env = environ.Env()
HERE = (None, "", *storing.HERE)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

DEPLOYMENT = env.str("DEPLOYMENT", "local")
if DEPLOYMENT not in ("local", "production"):
    raise ImproperlyConfigured(f"DEPLOYMENT is “{DEPLOYMENT}”; it must be “local” or “production”.")
PRODUCTION = DEPLOYMENT == "production"


def needed_in_production(name: str, default: str) -> str:
    """Return the variable, or the default where nothing is at stake; fail loudly in production."""
    value = env.str(name, "")
    if PRODUCTION and not value:
        raise ImproperlyConfigured(f"{name} is not set, and production can't start without it.")
    return value or default


def local_secret_key() -> str:
    """Return this checkout's own random key, made on first use and kept under var/."""
    path = VAR_DIR / "secret-key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(64))
        path.chmod(0o600)
    return path.read_text().strip()


def strong(key: str) -> str:
    """Return the key; refuse one that is short, repetitive or a known placeholder."""
    if PRODUCTION and (len(key) < 50 or len(set(key)) < 10 or key.startswith("django-insecure-")):
        raise ImproperlyConfigured(
            "SECRET_KEY is weak. Make one with: python -c 'import secrets; "
            "print(secrets.token_urlsafe(64))'"
        )
    return key


SECRET_KEY = strong(needed_in_production("SECRET_KEY", "") or local_secret_key())
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG must be off in production.")
RATE_LIMITS = env.bool("RATE_LIMITS", True)
if PRODUCTION and not RATE_LIMITS:
    raise ImproperlyConfigured("RATE_LIMITS=off is for load tests; production keeps its limits.")
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", PRODUCTION)
if PRODUCTION and not REQUIRE_SECOND_FACTOR:
    raise ImproperlyConfigured("REQUIRE_SECOND_FACTOR=off is for demos; production asks for both.")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # without it there is no /metrics
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN must be 20 characters or longer.")
SENTRY_DSN = env.str("SENTRY_DSN", "")
if not PRODUCTION and urlsplit(SENTRY_DSN).hostname not in HERE:
    raise ImproperlyConfigured("SENTRY_DSN is elsewhere. Only production may report to others.")
RELEASE = env.str("RELEASE", "") or "unknown"
TRUSTED_PROXY_HOPS = env.int("TRUSTED_PROXY_HOPS", 1 if PRODUCTION else 0)
ALLOWED_HOSTS = needed_in_production("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SITE_URL = needed_in_production("SITE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "citizenjournalists.apps.StaffSite",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "applications",
    "reviews",
    "citizenjournalists.apps.Portal",
]

MIDDLEWARE = [
    "applications.arrival.stamp_arrival",
    "citizenjournalists.logs.log_requests",
    "citizenjournalists.health.answer_probes",
    "django.middleware.security.SecurityMiddleware",
    "citizenjournalists.headers.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # CSRF tokens are masked, lengths blurred
    "citizenjournalists.cleaning.drop_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "citizenjournalists.staffsite.staff_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "citizenjournalists.signin.sessions.keep_within_limits",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "citizenjournalists.urls"
WSGI_APPLICATION = "citizenjournalists.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# When a request arrived -----------------------------------------------------------------------

# Set it only where a proxy of ours writes this header itself, whatever the client sent:
# nginx: proxy_set_header X-Request-Start "t=${msec}"; and TRUSTED_ARRIVAL_HEADER=X-Request-Start
TRUSTED_ARRIVAL_HEADER = env.str("TRUSTED_ARRIVAL_HEADER", "")
ARRIVAL_WAIT_BELIEVED = env.int("ARRIVAL_WAIT_BELIEVED", 60)  # seconds
if not 0 <= ARRIVAL_WAIT_BELIEVED <= 60:
    raise ImproperlyConfigured("ARRIVAL_WAIT_BELIEVED must lie between 0 and 60 seconds.")

# Data -------------------------------------------------------------------------------------

STATEMENT_TIMEOUT = env.int("STATEMENT_TIMEOUT", 600)  # seconds; wsgi.py asks for less
DATABASES = {
    "default": env.db_url_config(
        needed_in_production("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    patience = {
        "statement_timeout": f"{STATEMENT_TIMEOUT}s",
        "lock_timeout": "10s",  # a migration that waits longer would hold everyone up behind it
        "idle_in_transaction_session_timeout": f"{STATEMENT_TIMEOUT * 4}s",
    }
    options = DATABASES["default"].setdefault("OPTIONS", {})
    told = " ".join(f"-c {name}={value}" for name, value in patience.items())
    options["options"] = f"{told} {options.get('options', '')}".strip()  # the URL's own win
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {  # in each process: nothing is lost when it is emptied, and no server has to be up
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
}
MEDIA_ROOT = VAR_DIR / "files"  # never served as a folder: see applications.access
ERASURES = VAR_DIR / "erasures.jsonl"  # outlives the database: see applications.erasures
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": storing.place(env.str("FILES_URL", ""), in_production=PRODUCTION),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 60 * 60 * 24 * 365
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024  # bytes of text in one POST; files do not count
FILE_UPLOAD_HANDLERS = ["applications.uploads.InMemory", "applications.uploads.OnDisk"]
FILE_UPLOAD_PERMISSIONS = 0o600
CLAMAV = clamd.address(env.str("CLAMAV", ""))  # None: files are not checked for viruses

# Celery: the database is the queue, Celery is the legs ----------------------------------------

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or needed_in_production(
    "REDIS_URL", "filesystem://localhost"
)
OVER_A_NETWORK = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "max_retries": 0,  # a request never waits for a broker that is away: the sweep delivers
    "interval_start": 0,
}
if CELERY_BROKER_URL.startswith("filesystem"):
    folders = {name: VAR_DIR / "broker" / name for name in ("queue", "control", "processed")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "control_folder": str(folders["control"]),
        "processed_folder": str(folders["processed"]),
        "store_processed": False,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = OVER_A_NETWORK
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
REHEARSAL = env.bool("REHEARSAL", False)  # let `manage.py rehearse` tell workers the time
CELERY_BEAT_SCHEDULER = "citizenjournalists.beat:LivingScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
EVERY_MINUTE = 60.0
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": EVERY_MINUTE, "options": {"expires": EVERY_MINUTE}}
    for name in (
        "applications.tasks.sweep",
        "applications.tasks.deliver_mail",
        "applications.tasks.scan_files",
        "reviews.tasks.sweep",
        "citizenjournalists.tasks.sweep",
    )
}

# Mail: to files unless a deployment says otherwise ---------------------------------------------

MAIL_DIR = VAR_DIR / "mail"
EMAIL_TIMEOUT = 20  # seconds
MAIL_PROVIDERS = {  # the variables of each, ANYMAIL_POSTMARK_SERVER_TOKEN; the first is needed
    "mailgun": ["API_KEY", "API_URL", "SENDER_DOMAIN", "WEBHOOK_SIGNING_KEY"],
    "postmark": ["SERVER_TOKEN", "API_URL", "MESSAGE_STREAM"],
    "sparkpost": ["API_KEY", "API_URL", "SUBACCOUNT"],
}


def told_of(provider: str, webhook_secret: str) -> dict[str, str | int]:
    """Return Anymail's settings for the mail service; fail loudly where they aren't whole."""
    if provider not in MAIL_PROVIDERS:
        known = ", ".join(MAIL_PROVIDERS)
        raise ImproperlyConfigured(f"MAIL_PROVIDER is “{provider}”; it must be one of: {known}.")
    names = {name: f"{provider.upper()}_{name}" for name in MAIL_PROVIDERS[provider]}
    told = {name: env.str(f"ANYMAIL_{name}", "") for name in names.values()}
    needed = [names[MAIL_PROVIDERS[provider][0]]]
    if webhook_secret:
        needed += [names[name] for name in names if name == "WEBHOOK_SIGNING_KEY"]
        user, _, password = webhook_secret.partition(":")
        if not user or len(password) < 20:
            raise ImproperlyConfigured(
                "ANYMAIL_WEBHOOK_SECRET must be “user:password”, with a password of 20 characters."
            )
    if missing := [f"ANYMAIL_{name}" for name in needed if not told[name]]:
        raise ImproperlyConfigured(f"{', '.join(missing)} is not set, and {provider} needs it.")
    if not PRODUCTION and urlsplit(told[names["API_URL"]]).hostname not in HERE[2:]:
        raise ImproperlyConfigured(
            "MAIL_PROVIDER names a mail service. Only DEPLOYMENT=production may mail people."
        )
    whole = {"WEBHOOK_SECRET": webhook_secret, "REQUESTS_TIMEOUT": EMAIL_TIMEOUT}
    return whole | {name: value for name, value in told.items() if value}


MAIL_PROVIDER = env.str("MAIL_PROVIDER", "")
ANYMAIL_WEBHOOK_SECRET = env.str("ANYMAIL_WEBHOOK_SECRET", "")
ANYMAIL = {}
if MAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
    ANYMAIL = told_of(MAIL_PROVIDER, ANYMAIL_WEBHOOK_SECRET)
else:
    vars().update(
        env.email_url_config(needed_in_production("EMAIL_URL", f"filemail:///{MAIL_DIR}"))
    )
    if not PRODUCTION and EMAIL_HOST not in HERE:  # noqa: F821
        raise ImproperlyConfigured(
            "EMAIL_URL names a mail server elsewhere. Only DEPLOYMENT=production may mail people."
        )
MAIL_REDIRECT_TO = env.str("MAIL_REDIRECT_TO", "")  # rehearsals: every letter goes here instead
if PRODUCTION and MAIL_REDIRECT_TO:
    raise ImproperlyConfigured("MAIL_REDIRECT_TO is for rehearsals; production mails applicants.")
DEFAULT_FROM_EMAIL = needed_in_production("FROM_EMAIL", "Citizen Journalists <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Languages and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("kk", "Қазақша"), ("tg", "Тоҷикӣ"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LOCALE_PATHS = [BASE_DIR / "citizenjournalists" / "locale"]
FORMAT_MODULE_PATH = "citizenjournalists.formats"
USE_TZ = True
TIME_ZONE = "Asia/Almaty"

# Staff sign-in, cookies, transport ---------------------------------------------------------------

LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "admin:index"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "citizenjournalists.signin.adapter.Account"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS, ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True, False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # citizenjournalists.signin.limiting counts instead
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "citizenjournalists.signin.adapter.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half-minutes a telephone's clock may be off
MFA_RECOVERY_CODE_DIGITS = 10
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
OVER_HTTPS = SITE_URL.startswith("https://")
# Names by which a browser keeps other sites, http:// and subdomains from setting our cookies
HOST_PREFIX, SECURE_PREFIX = ("__Host-", "__Secure-") if OVER_HTTPS else ("", "")
SESSION_COOKIE_NAME = f"{HOST_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{HOST_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{HOST_PREFIX}django_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = OVER_HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds from the sign-in, whatever happens
SESSION_IDLE_AGE = 2 * 60 * 60  # seconds without a request
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "applications.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "citizenjournalists.logs.Line"},
        "json": {"()": "citizenjournalists.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", "json" if PRODUCTION else "line"),
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}

SITE_NAME = _("Citizen Journalists")
