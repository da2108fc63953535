"""A proposal through its pages: drafted, saved in any state, checked, submitted once, withdrawn; others see nothing."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.browsing import Browser, Visitor
from tests.factories import make_call, make_person
from tests.pages.filling import begin, example, fill, pdf, send
from tests.post import run_outbox
from webapp.adapters.clocks import SetClock
from webapp.domain.people import SYSTEM
from webapp.models.calls import Call, CallArticle
from webapp.models.initiative import ArticleRow
from webapp.models.proposals import Document, Proposal, ProposalArticle, ProposalSection, ProposalVersion
from webapp.wiring import Wiring

UGLY = [
    "",
    "x" * 7000,
    "\x00nul",
    "a\x07b",
    "<script>alert(1)</script>",
    "\u202eevil",
    "😀" * 10,
    "{{ 7*7 }}",
    "' OR 1=1",
]


@pytest.fixture
def call(wired: Wiring) -> str:
    made = make_call(wired)
    with wired.open_work(SYSTEM) as work:
        held = set(work.session.scalars(select(CallArticle.article_id).where(CallArticle.call_id == made.id)))
        articles = set(work.session.scalars(select(ArticleRow.id)))
        work.session.add_all(CallArticle(call_id=made.id, article_id=one) for one in articles - held)
    return made.code


@pytest.fixture
def applicant(browse: Browser, wired: Wiring) -> Visitor:
    return browse(make_person(wired))


def one(wired: Wiring, question: Any) -> Any:
    with wired.open_reading() as session:
        return session.scalars(question).one()


@pytest.mark.rule("R4", "R9", "R10", "R14", "R16")
def test_from_a_draft_to_the_receipt(applicant: Visitor, browse: Browser, wired: Wiring, call: str) -> None:
    reference = begin(applicant, call)
    fill(applicant, wired, reference, example())
    assert applicant.post(f"/proposals/{reference}/documents", {"files": pdf()}).status_code == 303
    run_outbox(wired)
    assert "is missing or needs" not in applicant.get(f"/proposals/{reference}/check").text
    form = {"form_key": "once-and-only-once"}
    for _press in range(2):  # a second press has no second effect
        assert applicant.post(f"/proposals/{reference}/submit", form).location.endswith("/submitted")
    with wired.open_reading() as session:
        (version,) = session.execute(select(ProposalVersion.number, ProposalVersion.sha256, ProposalVersion.content))
    assert (version.number, len(version.content["documents"])) == (1, 1)
    assert one(wired, select(Proposal.stage)) == "screening"
    mails = run_outbox(wired)
    assert any(version.sha256 in mail.text for mail in mails)
    assert applicant.get(f"/proposals/{reference}").status_code == 200
    assert applicant.get(f"/proposals/{reference}/read").status_code == 200
    assert applicant.get(f"/proposals/{reference}/sections/basics").status_code == 403


@pytest.mark.rule("R9")
def test_every_problem_is_listed_with_its_link(applicant: Visitor, call: str) -> None:
    reference = begin(applicant, call)
    page = applicant.get(f"/proposals/{reference}/check")
    assert f"/proposals/{reference}/sections/basics#title" in page.text
    assert applicant.post(f"/proposals/{reference}/submit", {"form_key": "k"}).status_code == 422


@pytest.mark.rule("R9")
def test_the_key_of_another_form_submits_nothing(applicant: Visitor, call: str) -> None:
    reference = applicant.post("/proposals/new", {"call": call, "form_key": "of-the-draft"}).location.split("/")[-1]
    refused = applicant.post(f"/proposals/{reference}/submit", {"form_key": "of-the-draft"})
    assert refused.status_code == 409


@pytest.mark.rule("R5")
@pytest.mark.parametrize("text", UGLY)
@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("basics", ("title", "summary", "sector", "language")),
        ("partners", ("lead_partner", "lead_organisation", "lead_contact_name", "lead_contact_email")),
        ("plan", ("objectives", "activities", "starts_on-day", "ends_on-year")),
        ("budget", ("currency",)),
        ("safeguards", ("inclusion", "environment", "personal_data", "security", "artificial_intelligence")),
        ("declarations", ("accurate", "publish_budget")),
    ],
)
def test_ugly_sections(applicant: Visitor, call: str, section: str, fields: tuple[str, ...], text: str) -> None:
    reference = begin(applicant, call)
    path = f"/proposals/{reference}/sections/{section}"
    answer = applicant.post(path, {**dict.fromkeys(fields, text), "base_version": "0"})
    assert answer.status_code in (303, 422)
    assert "<script>alert" not in answer.text
    assert applicant.get(path).status_code == 200
    assert applicant.get(f"/proposals/{reference}").status_code == 200
    assert applicant.get(f"/proposals/{reference}/check").status_code == 200


@pytest.mark.rule("R5")
@pytest.mark.parametrize("text", UGLY)
@pytest.mark.parametrize("kind", ["participants", "city-pairs", "milestones", "lines", "sources"])
def test_ugly_entries(applicant: Visitor, call: str, kind: str, text: str) -> None:
    reference = begin(applicant, call)
    path = f"/proposals/{reference}/lists/{kind}/0"
    names = (
        "partner",
        "organisation",
        "role",
        "title",
        "amount",
        "description",
        "name",
        "due_on-day",
        "city_a",
        "kind",
    )
    assert applicant.post(path, {**dict.fromkeys(names, text), "base_version": "0"}).status_code == 303
    assert applicant.get(f"/proposals/{reference}/lists/{kind}/1").status_code == 200
    assert applicant.get(f"/proposals/{reference}/check").status_code == 200
    assert applicant.get(f"/proposals/{reference}/read").status_code == 200


@pytest.mark.parametrize("text", UGLY)
def test_ugly_articles(applicant: Visitor, wired: Wiring, call: str, text: str) -> None:
    reference = begin(applicant, call)
    path = f"/proposals/{reference}/articles"
    assert applicant.post(path, {"primary": text, "articles": [text, "1", "99"], "base_version": "0"}).status_code in (
        303,
        422,
    )
    assert applicant.get(path).status_code == 200
    send(applicant, path, {"primary": "12", "articles": ["1", "12"]})
    answers = dict.fromkeys(("j-12", "q-12-anything", "j-99", "q-1-anything"), text)
    assert applicant.post(f"{path}/answers", {**answers, "base_version": "9"}).status_code in (303, 409, 422)
    assert applicant.get(f"/proposals/{reference}/results").status_code == 200


def test_a_letter_in_a_number_is_kept_as_typed(applicant: Visitor, call: str) -> None:
    reference = begin(applicant, call)
    send(applicant, f"/proposals/{reference}/sections/budget", {"currency": "USD"})
    path = f"/proposals/{reference}/lists/lines/0"
    answer = applicant.post(path, {"amount": "12o0", "description": "Masts", "base_version": "1"})
    shown = applicant.get(answer.location).text
    assert 'value="12o0"' in shown and 'value="Masts"' in shown


@pytest.mark.rule("R6")
def test_two_editors_lose_nothing(applicant: Visitor, call: str) -> None:
    reference = begin(applicant, call)
    path = f"/proposals/{reference}/sections/basics"
    send(applicant, path, {"title": "The first title"})
    answer = applicant.post(path, {"title": "The other title", "base_version": "0"})
    assert answer.status_code == 409
    assert "The first title" in answer.text and "The other title" in answer.text
    quiet = applicant.post(path, {"title": "Again", "base_version": "0"}, headers={"X-Autosave": "1"})
    assert quiet.status_code == 409
    kept = applicant.post(path, {"title": "Agreed", "base_version": "1"}, headers={"X-Autosave": "1"})
    assert kept.get_json()["version"] == 2


@pytest.mark.rule("R2")
def test_nobody_else_knows_of_a_draft(applicant: Visitor, browse: Browser, wired: Wiring, call: str) -> None:
    reference = begin(applicant, call)
    stranger = browse(make_person(wired))
    for path in ("", "/read", "/check", "/sections/basics", "/articles", "/documents", "/delete", "/withdraw"):
        assert stranger.get(f"/proposals/{reference}{path}").status_code == 404
    assert stranger.post(f"/proposals/{reference}/submit").status_code == 404
    mistyped = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    answer = stranger.get(f"/proposals/{mistyped}")
    assert answer.status_code == 404 and "typing error" in answer.text


@pytest.mark.rule("R16")
def test_unmapping_keeps_answers_aside(applicant: Visitor, wired: Wiring, call: str) -> None:
    reference = begin(applicant, call)
    path = f"/proposals/{reference}/articles"
    send(applicant, path, {"primary": "3", "articles": ["3", "6"]})
    send(applicant, f"{path}/answers", {"q-6-saving_method": "By meters"})
    send(applicant, path, {"articles": ["3"]})
    assert "By meters" not in applicant.get(f"{path}/answers").text
    send(applicant, path, {"primary": "3", "articles": ["3", "6"]})
    assert "By meters" in applicant.get(f"{path}/answers").text
    with wired.open_reading() as session:
        assert session.scalars(select(func.count()).select_from(ProposalArticle)).one() == 2


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"wordprocessingml.document.main+xml")
        archive.writestr("word/document.xml", b"0" * 30_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "state"),
    [
        ("letter.pdf", b"%PDF-1.7 hello", "accepted"),
        ("letter.pdf", b"MZ program", "refused"),
        ("bomb.docx", _bomb(), "refused"),
        ("empty.docx", b"PK\x03\x04broken", "refused"),
        ("picture.png", b"\x89PNG\r\n\x1a\nbroken", "refused"),
    ],
)
def test_documents_are_checked(
    applicant: Visitor, wired: Wiring, call: str, name: str, content: bytes, state: str
) -> None:
    reference = begin(applicant, call)
    answer = applicant.post(f"/proposals/{reference}/documents", {"files": (io.BytesIO(content), name)})
    assert answer.status_code == 303
    run_outbox(wired)
    assert one(wired, select(Document.state)) == state


@pytest.mark.parametrize(
    ("name", "content"), [("run.exe", b"MZ"), ("nothing.pdf", b""), ("large.pdf", b"%PDF-" + b"0" * (11 << 20))]
)
def test_files_that_are_not_taken(applicant: Visitor, call: str, name: str, content: bytes) -> None:
    reference = begin(applicant, call)
    # Written by hand: the client would keep a large body in a temporary file that it never closes.
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    answer = applicant.client.post(
        f"/proposals/{reference}/documents",
        data=head + content + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 422
    assert name in answer.text


def test_a_document_follows_its_proposals_policy(applicant: Visitor, browse: Browser, wired: Wiring, call: str) -> None:
    reference = begin(applicant, call)
    applicant.post(f"/proposals/{reference}/documents", {"files": pdf()})
    run_outbox(wired)
    public_id = one(wired, select(Document.public_id))
    answer = applicant.get(f"/documents/{public_id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    answer.close()
    assert browse(make_person(wired)).get(f"/documents/{public_id}").status_code == 404


@pytest.mark.rule("R12")
def test_the_grace_period(applicant: Visitor, wired: Wiring, call: str, clock: SetClock) -> None:
    reference = begin(applicant, call)
    fill(applicant, wired, reference, example())
    with wired.open_work(SYSTEM) as work:
        work.session.scalars(select(Call)).one().closes_at = clock.at
    clock.at += timedelta(minutes=16)
    assert applicant.post(f"/proposals/{reference}/submit", {"form_key": "a"}).status_code == 409
    clock.at -= timedelta(minutes=2)
    assert applicant.post(f"/proposals/{reference}/submit", {"form_key": "b"}).status_code == 303


def test_withdrawing_and_deleting(applicant: Visitor, wired: Wiring, call: str) -> None:
    reference = begin(applicant, call)
    assert applicant.get(f"/proposals/{reference}/delete").status_code == 200
    assert applicant.post(f"/proposals/{reference}/delete").status_code == 303
    assert applicant.get(f"/proposals/{reference}").status_code == 404
    other = begin(applicant, call)
    assert other != reference
    fill(applicant, wired, other, example())
    applicant.post(f"/proposals/{other}/submit", {"form_key": "k"})
    revision = one(wired, select(Proposal.revision))
    assert applicant.get(f"/proposals/{other}/withdraw").status_code == 200
    assert applicant.post(f"/proposals/{other}/withdraw", {"revision": revision}).status_code == 303
    assert one(wired, select(Proposal.stage)) == "withdrawn"


@pytest.mark.rule("R13")
def test_a_colleague_joins(applicant: Visitor, browse: Browser, wired: Wiring, call: str) -> None:
    reference = begin(applicant, call)
    colleague = make_person(wired)
    form = {"email": colleague.email, "role": "reader"}
    assert applicant.post(f"/proposals/{reference}/collaborators", form).status_code == 303
    mail = next(mail for mail in run_outbox(wired) if mail.to == colleague.email)
    link = mail.links[0].removeprefix("http://localhost")
    theirs = browse(colleague)
    assert theirs.get(f"/proposals/{reference}").status_code == 404
    assert theirs.post(link).location.endswith(reference)
    assert theirs.get(f"/proposals/{reference}").status_code == 200
    assert theirs.get(f"/proposals/{reference}/sections/basics").status_code == 403  # a reader only reads
    assert browse(make_person(wired)).post(link).status_code in (403, 409)


def test_forged_fields_are_not_taken(applicant: Visitor, wired: Wiring, call: str) -> None:
    reference = begin(applicant, call)
    send(applicant, f"/proposals/{reference}/sections/basics", {"title": "Mine", "owner_id": "1", "stage": "published"})
    assert one(wired, select(Proposal.stage)) == "draft"
    assert "owner_id" not in one(wired, select(ProposalSection.content))
