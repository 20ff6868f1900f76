"""Make the virtual environment and install the pinned packages, when they changed.

Run as a file by the Makefile with whatever Python there is: it uses the standard library only, and no syntax
that an old Python could not read far enough to be told that it is too old.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parent.parent.parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
SPACE_NEEDED = 1024 * 1024 * 1024
THIS_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


class Trouble(Exception):
    """One sentence for the person at the terminal."""


def main(requirements: str) -> None:
    """Bring the environment to what the file ``requirements`` pins."""
    find_python()
    pins = ROOT / requirements
    stamp = ENVIRONMENT / f"installed-{pins.stem}"
    state = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == state:
        return
    check_space()
    make_environment()
    install(pins)
    stamp.write_text(state)


def find_python() -> None:
    """Go on with a newer Python of this machine where this one is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_NAMES:
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, *sys.argv])  # noqa: S606
    raise Trouble(f"Python 3.11 or newer is needed, and this is Python {THIS_PYTHON}.")


def check_space() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < SPACE_NEEDED:
        raise Trouble(
            f"The disk that holds {ROOT} has {free // 1024**2} MB left, and the environment needs"
            f" up to {SPACE_NEEDED // 1024**2} MB: make room first."
        )


def make_environment() -> None:
    if PYTHON.exists() and works("-c", "import pip"):
        return
    try:
        import ensurepip  # noqa: F401  Debian packs these two apart
        import venv  # noqa: F401
    except ImportError:
        raise Trouble(
            "This Python can't make virtual environments: install that part of it"
            f" (Debian, Ubuntu: `apt install python{THIS_PYTHON}-venv`) and start again."
        ) from None
    print("Making the environment in .venv.", flush=True)
    run("The environment can't be made", sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT))


def install(pins: Path) -> None:
    """Install with uv, which takes a fraction of the time, or with pip where uv can't be had."""
    print(f"Installing the packages of {pins.name}.", flush=True)
    hashed = ("--require-hashes", "-r", str(pins))
    if have_uv() and works("-m", "uv", "pip", "install", "--python", str(PYTHON), *hashed, env=uv_settings()):
        return
    run("The packages can't be installed", str(PYTHON), "-m", "pip", "install", "-q", *hashed)


def have_uv() -> bool:
    """Install uv as pinned for development; whether that worked."""
    if works("-c", "import uv"):
        return True
    pins = (ROOT / "requirements-dev.txt").read_text()
    pin = re.search(r"^uv==.*\n(?:[ ]+.*\n)*", pins, re.MULTILINE)
    if not pin:
        return False
    only_uv = ENVIRONMENT / "uv.txt"
    only_uv.write_text(pin.group(0))
    return works("-m", "pip", "install", "--require-hashes", "-r", str(only_uv))


def uv_settings() -> dict[str, str]:
    """uv doesn't read pip's configuration: hand it the indexes and folders that pip would use.

    Like pip it may then take a package from any of them; the hashes say which file is the right one.
    """
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    configured = dict(re.findall(r"^\S+\.([a-z-]+)='(.*)'$", listed.stdout.decode(), re.MULTILINE))
    settings = {"UV_INDEX_STRATEGY": "unsafe-best-match", **os.environ}
    for option, variable in (
        ("index-url", "UV_DEFAULT_INDEX"),
        ("extra-index-url", "UV_INDEX"),
        ("find-links", "UV_FIND_LINKS"),
        ("cert", "SSL_CERT_FILE"),
    ):
        if option in configured:
            settings.setdefault(variable, configured[option].replace("\\n", " ").strip())
    return settings


def works(*arguments: str, env: dict[str, str] | None = None) -> bool:
    """Run the environment's Python quietly; whether it succeeded."""
    done = subprocess.run(
        [str(PYTHON), *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def run(trouble: str, *command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stdout.decode(errors="replace").splitlines() if line.strip()]
        raise Trouble(f"{trouble}: {lines[-1] if lines else 'no reason given'}")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(f"The environment can't be made: {error}.")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
