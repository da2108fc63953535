"""A file store that keeps bytes by their SHA-256 in a folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 16


class FolderFiles:
    """The `Files` port on a folder: `ab/cdef…`, written beside and moved, so never half there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Store all of the stream; returns (sha256 hex, size in bytes)."""
        self._folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as part:
            try:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    part.write(chunk)
                part.flush()
                os.fsync(part.fileno())
            except BaseException:
                Path(part.name).unlink()
                raise
        place = self._place(digest.hexdigest())
        with locked(self._folder, fcntl.LOCK_SH):
            place.parent.mkdir(exist_ok=True)
            Path(part.name).replace(place)
        return digest.hexdigest(), size

    def open(self, sha256: str) -> BinaryIO:
        """Open what was stored; raises FileNotFoundError."""
        return self._place(sha256).open("rb")

    def list_old(self, before: datetime) -> Iterator[str]:
        """The hashes of what was stored, and not stored again, before then; parts left by a crash are removed."""
        for part in self._folder.glob("tmp*"):
            if _is_older(part, before):
                part.unlink(missing_ok=True)
        for path in self._folder.glob("??/*"):
            name = path.parent.name + path.name
            if len(name) == 64 and _is_older(path, before):
                yield name

    def remove_old(self, sha256: str, before: datetime) -> bool:
        """Remove bytes, unless they were stored again since then or are being saved; whether they are gone."""
        place = self._place(sha256)
        try:
            with locked(self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
                if not _is_older(place, before):
                    return False
                place.unlink(missing_ok=True)
        except BlockingIOError:
            return False
        return True

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
            raise FileNotFoundError(sha256)
        return self._folder / sha256[:2] / sha256[2:]


@contextmanager
def locked(folder: Path, how: int) -> Iterator[None]:
    """Hold the folder's lock: storing and saving share it, removing has it alone, in whatever process."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, how)
        yield
    finally:
        os.close(held)


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
