"""``manage.py up``: the whole portal from one terminal."""

import argparse
import errno
import hashlib
import http.client
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from portal.core.services.embedded import Embedded
from portal.core.services.errors import ServiceError
from portal.core.services.private import make_folder
from portal.core.services.process import Program, last_lines
from portal.core.services.stamps import Stamps, fingerprint
from portal.core.services.supervisor import Stopped, Supervisor

_ADDRESS = "127.0.0.1"
_DEFAULT_PORT = 8000
_WORKER = ("worker", "--without-gossip", "--without-mingle")


def main(root: Path, arguments: list[str]) -> int:
    """Run the portal of the checkout ``root`` until somebody stops it; the exit code."""
    parser = argparse.ArgumentParser(prog="manage.py up", description="Run the whole portal here.")
    parser.add_argument("--folder", type=Path, default=root / "var", help="where everything is kept")
    parser.add_argument("--no-demo", action="store_true", help="start empty")
    parser.add_argument("--with-parent", action="store_true", help="stop when the parent process is gone")
    options = parser.parse_args(arguments)
    var = options.folder.resolve()
    try:
        _Up(root, var, os.environ).run(demo=not options.no_demo, with_parent=options.with_parent)
    except Stopped:
        _say("Stopped.")
        return 0
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        print(f"The disk that holds {var} is full: make room, then start again.", file=sys.stderr)
        return 1
    return 0


def listen(value: str) -> socket.socket:
    """A socket that listens on the port ``value`` of this machine.

    :raises ServiceError: when that is no port, or it is taken.
    """
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise ServiceError(f"PORT is {value!r}: use a number from 1 to 65535.")
    try:
        return socket.create_server((_ADDRESS, int(value)), backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServiceError(
                f"Port {value} is in use: choose another, as in `make run PORT={int(value) % 65535 + 1}`."
            ) from error
        raise ServiceError(f"Port {value} can't be used: {error.strerror}.") from error


class _Up:
    def __init__(self, root: Path, var: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._var = var
        self._port = environ.get("PORT", str(_DEFAULT_PORT))
        self._host = environ.get("BASE_HOST", "localhost")
        self._embedded = Embedded(self._var, environ)
        self._stamps = Stamps(self._var / "stamps")
        self._mail = socket.create_server((_ADDRESS, 0)) if "SMTP_URL" not in environ else None
        self._environment = {**environ, **self._embedded.environment(), **self._folders(environ)}

    def run(self, *, demo: bool, with_parent: bool) -> None:
        self._embedded.check_space()
        lock = self._embedded.lock()
        parent = os.getppid()
        with (
            listen(self._port) as web,
            Supervisor(
                say=_say,
                inherit=(lock.descriptor,),
                gone=lambda: with_parent and os.getppid() != parent,
            ) as supervisor,
        ):
            _say("Starting the servers.")
            if self._embedded.start(supervisor):
                self._stamps.drop("demo")
            self._set_up(supervisor)
            if demo:
                self._fill_demo(supervisor)
            self._start_portal(supervisor, web)
            self._welcome()
            supervisor.watch()

    def _set_up(self, supervisor: Supervisor) -> None:
        self._once(supervisor, "translations", [self._root / "portal" / "locale"], "translations", "compile")
        _say("Bringing the database up to date.")
        self._manage(supervisor, "migrate", "--no-input")
        if not self._debug:
            static = [
                self._root / "portal" / "static",
                self._root / "portal" / "config" / "settings.py",
                self._root / "requirements.txt",
                Path(self._environment["STATIC_ROOT"]) / "staticfiles.json",
            ]
            self._once(supervisor, "static", static, "collectstatic", "--no-input", "--clear")

    def _fill_demo(self, supervisor: Supervisor) -> None:
        address = hashlib.sha256(self._environment["DATABASE_URL"].encode()).hexdigest()
        if not self._stamps.is_current("demo", address):
            _say("Filling the demo; this happens once.")
            self._manage(supervisor, "seed_demo")
            self._people.unlink(missing_ok=True)
            self._manage(supervisor, "seed_demo", "--list", log=self._people)
            self._stamps.write("demo", address)

    def _start_portal(self, supervisor: Supervisor, web: socket.socket) -> None:
        if self._mail:
            supervisor.start(self._mail_catcher(self._mail))
        for name, arguments in (
            ("Worker", (*_WORKER, "--concurrency", "2", "--exclude-queues", "prompt")),
            ("Prompt", (*_WORKER, "--pool", "solo", "--queues", "prompt", "--hostname", "prompt@%h")),
            ("Beat", ("beat", "--schedule", str(self._var / "run" / "beat"), "--pidfile", "")),
        ):
            celery = ("-m", "celery", "-q", "-A", "portal.config", *arguments)
            supervisor.start(self._python(name, *celery, log=self._log(name)))
        supervisor.start(self._web(web), ready=self._answers)

    def _web(self, listener: socket.socket) -> Program:
        number = listener.fileno()
        return self._python("Web server", "-m", "gunicorn", "--bind", f"fd://{number}", pass_fds=(number,))

    def _mail_catcher(self, listener: socket.socket) -> Program:
        return self._python(
            "Mail catcher", "-m", "portal.core.mailcatcher",
            "--socket", str(listener.fileno()), "--folder", self._environment["MAILBOX_DIR"],
            log=self._log("mail"), pass_fds=(listener.fileno(),),
        )  # fmt: skip

    def _once(self, supervisor: Supervisor, stamp: str, files: list[Path], *arguments: str) -> None:
        """Run a management command unless its sources and its results, ``files``, are as it left them."""
        if not self._stamps.is_current(stamp, fingerprint(files)):
            self._manage(supervisor, *arguments)
            self._stamps.write(stamp, fingerprint(files))

    def _manage(self, supervisor: Supervisor, *arguments: str, log: Path | None = None) -> None:
        log = log or self._log("setup")
        code = supervisor.run(self._python("Setup", str(self._root / "manage.py"), *arguments, log=log))
        if code:
            raise ServiceError(
                f"`manage.py {' '.join(arguments)}` failed. The end of {log}:\n{last_lines(log, 12)}"
            )

    def _python(
        self, name: str, *arguments: str, log: Path | None = None, pass_fds: tuple[int, ...] = ()
    ) -> Program:
        return Program(
            name=name,
            argv=(sys.executable, *arguments),
            environment=self._environment,
            folder=self._root,
            log=log,
            pass_fds=pass_fds,
        )

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(_ADDRESS, int(self._port), timeout=1.0)
        try:
            connection.request("GET", "/healthz", headers={"Host": self._host})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _welcome(self) -> None:
        _say(f"\nThe portal is at http://{self._host}:{self._port}/\n")
        with suppress(FileNotFoundError):
            _say(self._people.read_text().rstrip() + "\n")
        if self._mail:
            _say(f"Mail that it sends is kept at http://{self._host}:{self._port}/dev/mail/")
        _say(f"The logs are in {self._var / 'log'}. Ctrl-C stops everything.")

    def _log(self, name: str) -> Path:
        return self._var / "log" / f"{name.lower()}.log"

    def _folders(self, environ: Mapping[str, str]) -> dict[str, str]:
        added = {
            "PORT": self._port,
            "FILES_DIR": environ.get("FILES_DIR", str(self._var / "files")),
            "STATIC_ROOT": environ.get("STATIC_ROOT", str(self._var / "static")),
        }
        if self._mail:
            added["SMTP_URL"] = f"smtp://{_ADDRESS}:{self._mail.getsockname()[1]}"
            added["MAILBOX_DIR"] = environ.get("MAILBOX_DIR", str(self._var / "mail"))
            make_folder(Path(added["MAILBOX_DIR"]))
        make_folder(Path(added["FILES_DIR"]))
        return added

    @property
    def _debug(self) -> bool:
        return self._environment.get("DEBUG", "").lower() in {"1", "true", "yes", "on"}

    @property
    def _people(self) -> Path:
        return self._var / "stamps" / "people"


def _say(text: str) -> None:
    print(text, flush=True)
