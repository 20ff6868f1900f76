"""The web server, the same under `make run` and in the image; gunicorn reads this file by its name.

WEB_CONCURRENCY in the environment sets the number of processes (gunicorn's own variable).
"""

import os
from io import StringIO
from pathlib import Path

from portal.config import environment

wsgi_app = "portal.config.wsgi"
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# Development follows edits; otherwise the code is read once and the processes share it.
reload = environment.flag("DEBUG")
preload_app = not reload
graceful_timeout = 10
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"
# Its place in the home folder would be shared by every gunicorn of the user.
control_socket_disable = True
# Heartbeats on a disk can stall with that disk.
_memory = Path("/dev/shm")  # noqa: S108  gunicorn opens a nameless file there
worker_tmp_dir = str(_memory) if _memory.is_dir() else None


def on_starting(server: object) -> None:
    """Refuse to serve as a database role that the row policies don't bind."""
    import django  # the settings are read only when a server really starts
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
    django.setup()
    call_command("check", tags=["database"], databases=["default"], stdout=StringIO())
