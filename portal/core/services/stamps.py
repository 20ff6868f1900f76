"""Work that is skipped while nothing that it depends on has changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


class Stamps:
    """One small file per piece of work: the state in which it was last done."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_current(self, name: str, state: str) -> bool:
        path = self._folder / name
        return path.exists() and path.read_text() == state

    def write(self, name: str, state: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_text(state)

    def drop(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)


def fingerprint(paths: Iterable[Path]) -> str:
    """A digest of the names and contents of these files, and of all files in these folders."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                digest.update(f"{file}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
