"""Names of files as people's systems, or somebody with a grudge, send them."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from tests.browsing import Browser
from tests.factories import make_call, make_person
from tests.pages.filling import begin
from webapp.models.proposals import Document
from webapp.wiring import Wiring


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("合作意向书 第1版.pdf", "合作意向书 第1版.pdf"),
        ("خطاب النوايا.pdf", "خطاب النوايا.pdf"),
        ("a\x00b.pdf", "a_b.pdf"),
        ("invoice\u202efdp.exe.pdf", "invoice_fdp.exe.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\letters\\one.pdf", "one.pdf"),
        ("n" * 5000 + ".pdf", "n" * 196 + ".pdf"),
    ],
)
def test_names(browse: Browser, wired: Wiring, sent: str, kept: str) -> None:
    visitor = browse(make_person(wired))
    page = f"/proposals/{begin(visitor, make_call(wired).code)}/documents"
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + sent.replace("\\", "\\\\").encode()
    body += b'"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\n%%EOF\r\n--b--\r\n'
    answer = visitor.post(page, None, input_stream=io.BytesIO(body), content_length=len(body), content_type=MULTIPART)
    assert answer.status_code == 303
    with wired.open_reading() as session:
        assert session.scalars(select(Document.name)).all() == [kept]


MULTIPART = "multipart/form-data; boundary=b"


@pytest.mark.usefixtures("data_dir")
def test_a_name_that_is_not_in_utf_8_is_told_as_such(
    browse: Browser, wired: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = browse(make_person(wired))
    page = f"/proposals/{begin(visitor, make_call(wired).code)}/documents"
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="\xe9t\xe9.pdf"\r\n\r\n%PDF-1.4\r\n--b--\r\n'
    monkeypatch.setitem(visitor.client.application.config, "WTF_CSRF_ENABLED", True)
    answer = visitor.client.post(page, input_stream=io.BytesIO(body), content_length=len(body), content_type=MULTIPART)
    assert answer.status_code == 400
    assert "give the file another name" in answer.text
