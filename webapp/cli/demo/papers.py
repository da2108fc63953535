"""Makes the demonstration's documents: a PDF of plain text, written by hand."""

from __future__ import annotations

import textwrap
import unicodedata
from io import BytesIO

LINE, TOP, LEFT = 15, 780, 56
MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


def make_pdf(title: str, text: str) -> BytesIO:
    """A document of one page; letters of other scripts than Latin are left out."""
    lines = [title, "", *(line for part in text.split("\n") for line in textwrap.wrap(part, 84) or [""])]
    shown = "\n".join(f"({_plain(line)}) Tj T*" for line in lines[:48])
    page = f"BT /F1 11 Tf {LINE} TL {LEFT} {TOP} Td\n{shown}\nET".encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _assemble(objects)


def _assemble(objects: tuple[bytes, ...]) -> BytesIO:
    out = BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    out.seek(0)
    return out


def _plain(line: str) -> str:
    letters = unicodedata.normalize("NFKD", line.translate(MARKS)).encode("ascii", "ignore").decode()
    return letters.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
