"""The portal's own settings, with the floor pages beside it and its keys apart from everybody's."""

from portal.config import environment as env
from portal.config.settings import *  # noqa: F403
from portal.config.settings import CACHES, DATABASE_OWNER_URL, DATABASES, TEMPLATES

_KEYS = env.text("BENCH_KEYS")

ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
# The floor has no tenancy: it reads as the tables' owner, whom no policy binds.
DATABASES = {
    **DATABASES,
    "floor": {
        **DATABASES["default"],
        **env.database(DATABASE_OWNER_URL),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": False,
    },
}
TEMPLATES = [
    *TEMPLATES,
    {
        "NAME": "floor",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "bench" / "floor" / "templates"],  # noqa: F405
    },
]
FLOOR_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
CACHES = {
    "default": {**CACHES["default"], "KEY_PREFIX": _KEYS},
    "sessions": {**CACHES["sessions"], "KEY_PREFIX": f"{_KEYS}:sessions"},
}
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{_KEYS}:"}
