"""`manage.py up`, from an empty folder to the last process gone."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from portal.core.services import up
from portal.core.services.errors import ServiceError
from portal.core.services.process import is_alive

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 120


@pytest.fixture
def folder(tmp_path):
    # pytest's own folders are closed to others; the server of a root user would move out of them.
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o755)
    return tmp_path / "var"


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def ask(port, path):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def group_of(pid):
    """The children of a process, theirs too."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = {pid}
    while more := {child for child, parent in parents if parent in found} - found:
        found |= more
    return found - {pid}


@pytest.mark.processes
def test_one_command_serves_the_portal_and_one_signal_ends_it(folder, port):
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | {"PORT": str(port)}
    log = folder.parent / "said"
    with log.open("w") as said:
        run = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--no-demo", "--folder", str(folder)],
            cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_for(lambda: "Ctrl-C stops everything." in log.read_text() or run.poll() is not None)
        assert run.poll() is None, log.read_text()
        assert ask(port, "/healthz") == (200, "alive\n")
        assert ask(port, "/dev/mail/")[0] == 200
        wait_for(lambda: json.loads(ask(port, "/readyz")[1])["ready"])
        children = group_of(run.pid)
    finally:
        run.send_signal(signal.SIGINT)
        code = run.wait(SECONDS)
    assert code == 0
    assert log.read_text().endswith("Stopped.\n")
    assert len(children) >= 6
    assert [pid for pid in children if is_alive(pid)] == []


def test_a_busy_port_is_told_in_one_sentence(capsys, tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "postgres://elsewhere/portal")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert up.main(ROOT, ["--folder", str(tmp_path)]) == 1
    assert capsys.readouterr() == (
        "", f"Port {port} is in use: choose another, as in `make run PORT={port + 1}`.\n",
    )  # fmt: skip


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", ""])
def test_what_is_no_port_is_told(value):
    with pytest.raises(ServiceError, match=f"PORT is '{value}': use a number from 1 to 65535."):
        up.listen(value)


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(capsys, tmp_path):
    (tmp_path / "file").touch()
    assert up.main(ROOT, ["--folder", str(tmp_path / "file" / "var")]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/file/var can't be made: Not a directory.\n"
