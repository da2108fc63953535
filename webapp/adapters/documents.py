"""Looks at a document's content: is it what its name says, and is it safe to open."""

from __future__ import annotations

import io
import zipfile
from typing import BinaryIO

from PIL import Image, ImageOps

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
PIXELS_AT_MOST = 60_000_000


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
            code = None if head.startswith(MAGIC[kind]) else "content_differs"
            if code is None and media_type.startswith("image/"):
                code = _image_problem(stream)
            return FileVerdict(code is None, media_type, code)
        code = _archive_problem(kind, stream)
        return FileVerdict(code is None, media_type, code)

    def strip(self, media_type: str, stream: BinaryIO) -> BinaryIO | None:
        """An image without its metadata (place, camera, time), turned as it was meant; None for the rest."""
        if not media_type.startswith("image/"):
            return None
        cleaned = io.BytesIO()
        with Image.open(stream) as image:
            plain = ImageOps.exif_transpose(image)
            plain.info = {}
            plain.save(cleaned, format=image.format or "PNG")
        cleaned.seek(0)
        return cleaned


def _image_problem(stream: BinaryIO) -> str | None:
    try:
        with Image.open(stream) as image:
            if image.width * image.height > PIXELS_AT_MOST:
                return "image_too_large"
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return "content_differs"
    return None


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
