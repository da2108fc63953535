"""A file store that keeps bytes by their SHA-256 in a folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
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
        place.parent.mkdir(exist_ok=True)
        Path(part.name).replace(place)
        return digest.hexdigest(), size

    def open(self, sha256: str) -> BinaryIO:
        """Open what was stored; raises FileNotFoundError."""
        return self._place(sha256).open("rb")

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
            raise FileNotFoundError(sha256)
        return self._folder / sha256[:2] / sha256[2:]
