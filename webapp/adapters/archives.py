"""Unpacks an archive to look at it: what it holds is counted while it comes out, never believed beforehand."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

MEMBERS_AT_MOST = 2000
UNPACKED_AT_MOST = 200 * 1024 * 1024
RATIO_AT_MOST = 100
# A document may hold a table with a picture in it; nothing honest lies deeper.
DEPTH_AT_MOST = 2
NAMED_AT_MOST = 1 << 20
_CHUNK = 1 << 16
_IN_MEMORY = 1 << 22
_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
# Archives that we cannot look into: 7z, RAR, XZ, BZip2.
_SEALED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00", b"BZh")


class _Refused(Exception):
    """What is wrong with the archive, by its code."""


@dataclass(slots=True)
class _Count:
    """What has come out so far, of all archives in one another."""

    packed: int
    members: int = 0
    unpacked: int = 0

    def add(self, size: int) -> None:
        """Stop as soon as it is too much."""
        self.unpacked += size
        if self.unpacked > UNPACKED_AT_MOST:
            raise _Refused("archive_too_large")
        if self.unpacked > RATIO_AT_MOST * max(self.packed, _CHUNK):
            raise _Refused("archive_too_dense")


def find_problem(stream: BinaryIO, part: str, words: bytes) -> str | None:
    """Why an archive is not taken, as a code; None where its `part` says `words` and nothing is too much."""
    try:
        count = _Count(packed=stream.seek(0, 2))
        stream.seek(0)
        _look(stream, count, depth=0)
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive, archive.open(part) as opened:
            return None if words in opened.read(NAMED_AT_MOST) else "content_differs"
    except _Refused as refused:
        return str(refused)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return "content_differs"


def _look(stream: IO[bytes], count: _Count, depth: int) -> None:
    """Unpack every member, and every archive in it."""
    if depth > DEPTH_AT_MOST:
        raise _Refused("archive_nested")
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            count.members += 1
            if count.members > MEMBERS_AT_MOST:
                raise _Refused("archive_too_large")
            with archive.open(member) as opened:
                _unpack(_chunks(opened), count, depth)


def _unpack(chunks: Iterator[bytes], count: _Count, depth: int) -> None:
    first = next(chunks, b"")
    count.add(len(first))
    if first.startswith(_SEALED):
        raise _Refused("archive_nested")
    if first.startswith(_GZIP):
        _inflate(first, chunks, count)
    elif first.startswith(_ZIP):
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as inner:
            inner.write(first)
            for chunk in chunks:
                count.add(len(chunk))
                inner.write(chunk)
            inner.seek(0)
            _look(inner, count, depth + 1)
    else:
        for chunk in chunks:
            count.add(len(chunk))


def _inflate(first: bytes, chunks: Iterator[bytes], count: _Count) -> None:
    inflater = zlib.decompressobj(wbits=31)
    waiting = first
    while waiting and not inflater.eof:
        count.add(len(inflater.decompress(waiting, _CHUNK)))
        waiting = inflater.unconsumed_tail or next(chunks, b"")
    for chunk in chunks:
        count.add(len(chunk))


def _chunks(opened: IO[bytes]) -> Iterator[bytes]:
    while chunk := opened.read(_CHUNK):
        yield chunk
