"""Settings, from the environment only. ``.env.example`` documents each variable."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent.parent

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
BASE_HOST = env.text("BASE_HOST", "localhost").lower()
DEFAULT_TENANT = env.text("DEFAULT_TENANT", "")
HTTPS = env.flag("HTTPS")
PORT = env.number("PORT", 8000)
PUBLIC_PORT = env.text("PUBLIC_PORT", "" if HTTPS else str(PORT))
ALLOWED_HOSTS = [BASE_HOST, f".{BASE_HOST}", *env.words("EXTRA_HOSTS")]
ROOT_URLCONF = "portal.config.urls"
WSGI_APPLICATION = "portal.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal.core",
    "portal.identity",
    "plans",
    "entitlements",
    "notifications",
    "notifications.webhooks",
    "knowledge.search",
    "knowledge.solutions",
    "knowledge.releases",
    "knowledge.critical",
    "incidents",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "portal.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.core.middleware.ContentSecurityMiddleware",
    "portal.identity.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.identity.middleware.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.identity.middleware.ReaderMiddleware",
    "portal.identity.middleware.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "portal.core.middleware.RefusalMiddleware",
]

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                ("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", _LOADERS)])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
                "portal.identity.context.reader",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.core.templatetags.ui",
            ],
        },
    }
]

# Long lists only: see docs/decisions/0009-rows-through-jinja.md.
TEMPLATES.append(
    {
        "NAME": "rows",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "rows"],
        "OPTIONS": {"environment": "portal.core.ui.rows.environment"},
    }
)

# The app role is bound by the row policies; the owner role owns the tables and migrates.
DATABASE_URL = env.text("DATABASE_URL")
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", DATABASE_URL)
DATABASE_ROLE = env.text("DATABASE_ROLE", "app")
DATABASES = {
    "default": {
        **env.database(DATABASE_OWNER_URL if DATABASE_ROLE == "owner" else DATABASE_URL),
        "CONN_MAX_AGE": env.number("DATABASE_CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        # Prepared statements (see portal.core.prepared), and the checks of foreign keys, are planned once a
        # connection and not at every use. Whatever tables are small by then, the plan has to suit them when
        # they have grown: an index costs hardly more than the table itself, as on any disk of today.
        "OPTIONS": {
            "options": f"-c statement_timeout={env.number('STATEMENT_TIMEOUT_MS', 15000)}"
            " -c plan_cache_mode=force_generic_plan -c random_page_cost=1.1"
        }
        if DATABASE_ROLE == "app"
        else {},
        "TEST": {"NAME": env.text("TEST_DATABASE_NAME", "test_portal")},
    }
}

REDIS_URL = env.text("REDIS_URL")
_CACHE = {"BACKEND": "portal.core.cache.OptionalRedisCache", "LOCATION": REDIS_URL}
CACHES = {
    "default": {
        **_CACHE,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"counters": ["allauth", "limit:", "throttle:"]},
    },
    # What could not be deleted while Redis was away, such as the session of somebody who signed out, is
    # forgotten after a minute; the database has the truth.
    "sessions": {**_CACHE, "KEY_PREFIX": "portal:sessions", "OPTIONS": {"longest": 60}},
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

CELERY_BROKER_URL = env.text("BROKER_URL", REDIS_URL)

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["portal.identity.backends.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.identity.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one counts when it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("BEHIND_PROXY") else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Support portal"

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("it", _("Italian")),
    ("nl", _("Dutch")),
    ("sv", _("Swedish")),
    ("ko", _("Korean")),
]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
FILES_DIR = Path(env.text("FILES_DIR", BASE_DIR / "var" / "files"))
MAILBOX_DIR = env.text("MAILBOX_DIR", "")
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "portal.core.ui.storage.BundledStaticFilesStorage"
)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR},
    },
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
# Files of releases lie beside the attachments, or in the storage of this class: see docs/operations.md.
if RELEASES_STORAGE := env.text("RELEASES_STORAGE", ""):
    STORAGES["releases"] = {"BACKEND": RELEASES_STORAGE, "OPTIONS": env.mapping("RELEASES_STORAGE_OPTIONS")}
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_USE_FINDERS = DEBUG

MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024
MAX_RELEASE_FILE_BYTES = env.number("MAX_RELEASE_FILE_MB", 4096) * 1024 * 1024
DOWNLOADS_AT_ONCE = env.number("DOWNLOADS_AT_ONCE", 3)
RELEASE_PART_BYTES = 8 * 1024 * 1024  # files go up, and lie, in parts of this size
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "portal.core.uploads.StopAtLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

_SMTP = env.smtp(env.text("SMTP_URL", "smtp://localhost:25"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _SMTP["host"]
EMAIL_PORT = _SMTP["port"]
EMAIL_HOST_USER = _SMTP["user"]
EMAIL_HOST_PASSWORD = _SMTP["password"]
EMAIL_USE_SSL = _SMTP["ssl"]
EMAIL_USE_TLS = env.flag("SMTP_STARTTLS")
EMAIL_TIMEOUT = 10
WEBHOOKS_ALLOW_LOCAL = env.flag("WEBHOOKS_ALLOW_LOCAL")
WEBHOOKS_PER_ACCOUNT = env.number("WEBHOOKS_PER_ACCOUNT", 5)
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"support@{BASE_HOST}")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_SSL_REDIRECT = False  # the proxy in front redirects; health checks speak plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.identity.views.errors.csrf_failure"
FORM_RENDERER = "portal.core.ui.forms.FormRenderer"
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.identity.api.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.identity.api.HasPerson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.core.wire.BoundedJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "portal.core.wire.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "portal.core.openapi.Operation",
    "EXCEPTION_HANDLER": "portal.core.api.problem_handler",
    "DEFAULT_THROTTLE_CLASSES": ["portal.identity.api.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": env.text("API_RATE", "600/min")},
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Support portal API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "IncidentState": "incidents.enums.State",
        "IncidentKind": "incidents.enums.Kind",
        "ContractState": "entitlements.enums.ContractState",
        "InstallationKind": "entitlements.enums.InstallationKind",
        "DecisionReason": "entitlements.enums.Reason",
        "ReleaseKind": "knowledge.releases.enums.Kind",
        "ReleaseState": "knowledge.releases.enums.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.core.openapi.document_errors",
    ],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}

if not HTTPS and not DEBUG and BASE_HOST not in {"localhost", "127.0.0.1"} and not env.flag("ALLOW_HTTP"):
    raise ImproperlyConfigured(
        "BASE_HOST is public but HTTPS is off: set HTTPS=1, or ALLOW_HTTP=1 for a closed network."
    )
