"""The check of documents: what archives hold is counted as it comes out, and a scanner's word is heard."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from tests.adapters.clamd import HARM, clamd, closed_port
from webapp.adapters import archives
from webapp.adapters.documents import ContentChecker
from webapp.adapters.scanner import ClamdScanner, ScannerAway

PART = ("[Content_Types].xml", b"wordprocessingml.document.main+xml")
EMBEDDED = ("word/document.xml", b"<w:document/>")


def packed(*members: tuple[str, bytes], stored: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def nested(depth: int) -> bytes:
    inner = packed(EMBEDDED)
    for level in range(depth):
        inner = packed((f"level{level}.zip", inner))
    return inner


def code(content: bytes, name: str = "plan.docx") -> str | None:
    return ContentChecker().check(name, io.BytesIO(content)).code


def test_an_honest_document_with_a_table_in_it_is_taken() -> None:
    table = packed(("xl/workbook.xml", b"<workbook/>"), ("xl/media/picture.png", b"\x89PNG" * 50))
    assert code(packed(PART, EMBEDDED, ("word/embeddings/table.xlsx", table))) is None
    assert code(packed(PART, ("word/media/drawing.emz", gzip.compress(b"drawing" * 100)))) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (packed(PART, ("word/a.xml", b"0" * 30_000_000)), "archive_too_dense"),
        (packed(PART, ("word/a.emz", gzip.compress(b"0" * 30_000_000))), "archive_too_dense"),
        (packed(PART, ("word/a.zip", packed(("b.xml", b"0" * 30_000_000)))), "archive_too_dense"),
        (packed(PART, ("a.zip", nested(3))), "archive_nested"),
        (packed(PART, ("a.bin", b"7z\xbc\xaf\x27\x1c" + b"0" * 20)), "archive_nested"),
        (packed(PART, *((f"{number}.xml", b"") for number in range(2001))), "archive_too_large"),
        (packed(("[Content_Types].xml", b"spreadsheetml.sheet.main+xml")), "content_differs"),
        (packed(EMBEDDED), "content_differs"),
        (packed(PART)[:-30], "content_differs"),
        (b"PK\x03\x04", "content_differs"),
    ],
    ids=[
        "dense",
        "dense in gzip",
        "dense within",
        "deep",
        "sealed",
        "many",
        "other kind",
        "no kind",
        "cut",
        "head only",
    ],
)
def test_what_is_not_taken(content: bytes, said: str) -> None:
    assert code(content) == said


def test_a_size_that_is_declared_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory says 10 bytes; what comes out decides."""
    monkeypatch.setattr(archives, "UNPACKED_AT_MOST", 1_000_000)
    content = bytearray(packed(PART, ("a.xml", bytes(range(256)) * 12_000), stored=True))
    assert code(bytes(content)) == "archive_too_large"
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.rfind(signature)
        content[place + offset : place + offset + 4] = (10).to_bytes(4, "little")
    assert code(bytes(content)) == "content_differs"


@pytest.mark.parametrize("over", ["tcp", "unix"])
def test_a_scanner_says_what_it_finds(tmp_path: Path, over: str) -> None:
    with clamd(tmp_path / "clamd.ctl" if over == "unix" else None) as (url, server):
        checker = ContentChecker(ClamdScanner(url))
        assert checker.scans and not ContentChecker().scans
        fine = checker.check("letter.pdf", io.BytesIO(b"%PDF-1.7 " + b"a" * 200_000))
        harmful = checker.check("letter.pdf", io.BytesIO(b"%PDF-1.7 " + HARM))
        assert (fine.accepted, fine.waits) == (True, False)
        assert (harmful.accepted, harmful.code) == (False, "infected")
        assert server.heard[0] == b"%PDF-1.7 " + b"a" * 200_000  # the whole file, and no more
        assert checker.check("letter.pdf", io.BytesIO(b"MZ")).code == "content_differs"
        assert len(server.heard) == 2  # what is refused already is not sent


def test_without_a_verdict_the_document_waits() -> None:
    away = ContentChecker(ClamdScanner(f"tcp://127.0.0.1:{closed_port()}", timeout_seconds=2))
    verdict = away.check("letter.pdf", io.BytesIO(b"%PDF-1.7"))
    assert (verdict.accepted, verdict.code, verdict.waits) == (False, None, True)


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK? \0"])
def test_an_answer_that_is_no_verdict_is_none(answer: bytes) -> None:
    with clamd(answer=answer) as (url, _server), pytest.raises(ScannerAway):
        ClamdScanner(url).finds_harm(io.BytesIO(b"text"))
