"""Looks at a document's content: is it what its name says, and is it safe to open."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageOps

from webapp.adapters.archives import find_problem
from webapp.adapters.scanner import Scanner, ScannerAway
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
PIXELS_AT_MOST = 60_000_000


class ContentChecker:
    """The `DocumentChecker` port: signatures, the content of archives, and a scanner where one is named."""

    def __init__(self, scanner: Scanner | None = None) -> None:
        self._scanner = scanner

    @property
    def scans(self) -> bool:
        """Whether a scanner looks for harmful content."""
        return self._scanner is not None

    def check(self, name: str, stream: BinaryIO) -> FileVerdict:
        """The verdict on one file; it waits where the scanner does not answer."""
        kind = name.rpartition(".")[2].lower()
        media_type = DOCUMENT_KINDS.get(kind, "application/octet-stream")
        code = _problem(kind, media_type, stream)
        if code is None and self._scanner is not None:
            stream.seek(0)
            try:
                if self._scanner.finds_harm(stream):
                    code = "infected"
            except ScannerAway:
                return FileVerdict(False, media_type, waits=True)
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


def _problem(kind: str, media_type: str, stream: BinaryIO) -> str | None:
    if kind not in DOCUMENT_KINDS:
        return "kind_not_accepted"
    if kind in PARTS:
        return find_problem(stream, *PARTS[kind])
    head = stream.read(16)
    stream.seek(0)
    if not head.startswith(MAGIC[kind]):
        return "content_differs"
    return _image_problem(stream) if media_type.startswith("image/") else None


def _image_problem(stream: BinaryIO) -> str | None:
    try:
        with Image.open(stream) as image:
            if image.width * image.height > PIXELS_AT_MOST:
                return "image_too_large"
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return "content_differs"
    return None
