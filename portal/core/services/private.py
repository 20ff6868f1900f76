"""Files and folders that only their owner may read."""

import os
import secrets
from pathlib import Path

from portal.core.services.errors import ServiceError


def secret(folder: Path, name: str) -> str:
    """The secret kept in ``folder`` under ``name``; made on first use, mode 0600."""
    path = folder / name
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    except PermissionError as error:
        raise ServiceError(
            f"{path} belongs to another user: start as that user, or run `make clean`."
        ) from error
    make_folder(folder)
    value = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(value)
    return value


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Make ``folder`` and its parents.

    :raises ServiceError: when that is not possible.
    """
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(mode)  # whatever the umask
    except OSError as error:
        raise ServiceError(f"{folder} can't be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ServiceError(
            f"{folder} can't be written to by this user: start as its owner, or run `make clean`."
        )
