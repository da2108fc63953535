"""Looks at a document's content: is it what its name says, and is it safe to open."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from webapp.domain.ports import FileVerdict
from webapp.domain.proposals import DOCUMENT_KINDS

MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
# The part that names the kind of a package, and what must be in it.
PARTS = {
    "docx": ("[Content_Types].xml", b"wordprocessingml.document.main+xml"),
    "xlsx": ("[Content_Types].xml", b"spreadsheetml.sheet.main+xml"),
    "odt": ("mimetype", b"application/vnd.oasis.opendocument.text"),
    "ods": ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
}
MEMBERS_AT_MOST = 2000
UNPACKED_AT_MOST = 200 * 1024 * 1024
RATIO_AT_MOST = 100


class ContentChecker:
    """The `DocumentChecker` port by signatures and by the directory of an archive."""

    def check(self, name: str, stream: BinaryIO) -> FileVerdict:
        """The verdict on one file."""
        kind = name.rpartition(".")[2].lower()
        media_type = DOCUMENT_KINDS.get(kind, "application/octet-stream")
        if kind not in DOCUMENT_KINDS:
            return FileVerdict(False, media_type, "kind_not_accepted")
        head = stream.read(16)
        stream.seek(0)
        if kind in MAGIC:
            fits = head.startswith(MAGIC[kind])
            return FileVerdict(fits, media_type, None if fits else "content_differs")
        code = _archive_problem(kind, stream)
        return FileVerdict(code is None, media_type, code)


def _archive_problem(kind: str, stream: BinaryIO) -> str | None:
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            packed = sum(member.compress_size for member in members) or 1
            if len(members) > MEMBERS_AT_MOST or unpacked > UNPACKED_AT_MOST:
                return "archive_too_large"
            if unpacked / packed > RATIO_AT_MOST:
                return "archive_too_dense"
            part, words = PARTS[kind]
            with archive.open(part) as opened:
                return None if words in opened.read(1 << 20) else "content_differs"
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        return "content_differs"
