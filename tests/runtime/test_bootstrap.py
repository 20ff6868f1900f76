"""The first step of `make run`: an environment with the pinned packages."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal.core.services import bootstrap

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with no packages to install."""
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "requirements-dev.txt").write_text("")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return tmp_path


def test_the_environment_is_made_once_and_again_only_when_the_pins_change(checkout, monkeypatch):
    steps = []
    monkeypatch.setattr(bootstrap, "make_environment", lambda: (checkout / ".venv").mkdir(exist_ok=True))
    monkeypatch.setattr(bootstrap, "install", lambda pins: steps.append(pins.name))
    bootstrap.main("requirements.txt")
    bootstrap.main("requirements.txt")
    assert steps == ["requirements.txt"]
    (checkout / "requirements.txt").write_text("# other\n")
    bootstrap.main("requirements.txt")
    assert steps == ["requirements.txt", "requirements.txt"]


def test_a_python_without_venv_is_told_what_to_install(checkout, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(bootstrap.Trouble) as trouble:
        bootstrap.main("requirements.txt")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert str(trouble.value) == (
        "This Python can't make virtual environments: install that part of it"
        f" (Debian, Ubuntu: `apt install python{version}-venv`) and start again."
    )
    assert not (checkout / ".venv").exists()


def test_a_full_disk_is_told_before_anything_is_made(checkout, monkeypatch):
    usage = SimpleNamespace(free=12 * 1024**2)
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(bootstrap.Trouble) as trouble:
        bootstrap.main("requirements.txt")
    assert str(trouble.value) == (
        f"The disk that holds {checkout} has 12 MB left, and the environment needs up to 1024 MB:"
        " make room first."
    )


def test_an_old_python_goes_on_with_a_newer_one_or_says_what_is_needed(monkeypatch):
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(
        bootstrap.Trouble, match=r"Python 3\.11 or newer is needed, and this is Python 3\.\d+\."
    ):
        bootstrap.find_python()
    ran = []
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/opt/{name}")
    monkeypatch.setattr(bootstrap.os, "execv", lambda path, arguments: ran.append((path, arguments)))
    with pytest.raises(bootstrap.Trouble):
        bootstrap.find_python()
    assert ran[0] == ("/opt/python3.14", ["/opt/python3.14", *sys.argv])


def test_pip_takes_over_where_uv_cannot_be_had(checkout, monkeypatch):
    ran = []
    monkeypatch.setattr(bootstrap, "have_uv", lambda: False)
    monkeypatch.setattr(bootstrap, "run", lambda trouble, *command: ran.append(command))
    bootstrap.install(checkout / "requirements.txt")
    assert ran == [
        (str(bootstrap.PYTHON), "-m", "pip", "install", "-q", "--require-hashes", "-r",
         str(checkout / "requirements.txt")),
    ]  # fmt: skip


def test_it_uses_the_standard_library_alone():
    script = ROOT / "portal" / "core" / "services" / "bootstrap.py"
    done = subprocess.run(
        [sys.executable, "-S", "-I", str(script), "missing.txt"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("The environment can't be made: ")
    assert done.stderr.count("\n") == 1


def test_every_lock_file_carries_hashes_and_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pins = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert pins
        assert [line for line in pins if not line.endswith("\\")] == []
