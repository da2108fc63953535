"""How many statements each page sends to the database, written down apart from the code: a page, a line.

Page(who opens it, how many statements, what the parts of its address name). Who and what are called as in
`tests/pages/subjects.py`; a part that is no name there stands as it is. A number that rises wants a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


class Page:
    """Who opens the page, how many statements that sends, and what its address names."""

    def __init__(
        self, who: str, statements: int, *, status: int = 200, headers: Mapping[str, str] | None = None, **parts: str
    ) -> None:
        self.who, self.statements, self.status = who, statements, status
        self.headers, self.parts = dict(headers or {}), parts

    def path(self, rule: str, names: Mapping[str, str]) -> str:
        """The page's address."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: names.get(self.parts[part[1]], self.parts[part[1]]), rule)

    def __repr__(self) -> str:
        return f"status {self.status}, {self.statements} statements"


PREVIEW = {"X-Preview": "1"}
PAGES: dict[str, Page] = {
    "/": Page("public", 3),
    "/accessibility": Page("public", 0),
    "/account": Page("owner", 4),
    "/account/address": Page("owner", 3),
    "/account/address/<token>": Page("moving", 4, token="address"),
    "/account/address/back/<token>": Page("public", 1, token="back"),
    "/account/data": Page("owner", 4),
    "/account/data.json": Page("owner", 38),
    "/account/data/erase": Page("owner", 6),
    "/account/password": Page("owner", 3),
    "/account/reviewing": Page("reviewer 0", 5),
    "/account/security": Page("owner", 6),
    "/account/security/code-app": Page("adding", 4),
    "/account/security/passkeys": Page("owner", 3),
    "/account/security/recovery-codes": Page("owner", 5),
    "/account/step-up": Page("owner", 5),
    "/alerts": Page("owner", 4),
    "/alerts/count": Page("owner", 3),
    "/alerts/mails": Page("owner", 6),
    "/calls": Page("public", 1),
    "/calls/<code>": Page("public", 1, code="call"),
    "/collaborations/<token>": Page("public", 2, token="colleague"),
    "/confirm": Page("owner", 3),
    "/confirm/<token>": Page("public", 2, token="confirm"),
    "/consultations/<token>": Page("public", 10, token="consultation"),
    "/desk": Page("secretary", 4),
    "/desk/audit": Page("secretary", 6),
    "/desk/audit/roots/<day>": Page("secretary", 3, day="day"),
    "/desk/calls": Page("secretary", 4),
    "/desk/calls/<code>": Page("secretary", 4, code="call"),
    "/desk/calls/<code>/change": Page("secretary", 5, code="call"),
    "/desk/calls/<code>/close": Page("secretary", 4, code="call"),
    "/desk/calls/<code>/open": Page("secretary", 4, code="call"),
    "/desk/calls/<code>/unseal": Page("secretary", 4, code="sealed"),
    "/desk/calls/new": Page("secretary", 4),
    "/desk/decisions": Page("secretary", 5),
    "/desk/messages": Page("secretary", 4),
    "/desk/messages/<int:message_id>": Page("secretary", 4, status=404, message_id="1"),
    "/desk/messages/new": Page("secretary", 4),
    "/desk/notices": Page("secretary", 4),
    "/desk/notices/<template>/<language>": Page("secretary", 5, template="proposal_returned", language="fr"),
    "/desk/notices/<template>/<language>/letter": Page("secretary", 3, template="proposal_returned", language="fr"),
    "/desk/notices/rehearsal": Page("secretary", 3),
    "/desk/notices/rehearsal/letter": Page("secretary", 3, status=404),
    "/desk/organisations": Page("secretary", 4),
    "/desk/outbox": Page("secretary", 7),
    "/desk/outbox.csv": Page("secretary", 3),
    "/desk/outbox/<int:row_id>": Page("secretary", 4, row_id="mail"),
    "/desk/webhooks": Page("administrator", 4),
    "/desk/webhooks/<int:webhook_id>": Page("administrator", 5, status=404, webhook_id="1"),
    "/desk/partners": Page("secretary", 7),
    "/desk/people": Page("secretary", 6),
    "/desk/people/<int:person_id>": Page("secretary", 7, person_id="person"),
    "/desk/people/<int:person_id>/erase": Page("secretary", 8, person_id="person"),
    "/desk/people/invite": Page("secretary", 4),
    "/desk/proposals": Page("secretary", 4),
    "/desk/proposals/<reference>": Page("secretary", 13, reference="screening"),
    "/desk/proposals/<reference>/decision": Page("secretary", 15, reference="drafted"),
    "/desk/proposals/<reference>/decision/confirm": Page("second", 17, reference="drafted"),
    "/desk/proposals/<reference>/decision/release": Page("second", 17, reference="drafted"),
    "/desk/proposals/<reference>/endorsements": Page("secretary", 10, reference="asked"),
    "/desk/proposals/<reference>/endorsements/<code>/reopen": Page("secretary", 10, reference="lapsed", code="KE"),
    "/desk/proposals/<reference>/endorsements/<code>/replace": Page("secretary", 9, reference="asked", code="KE"),
    "/desk/proposals/<reference>/endorsements/<code>/signatory": Page("secretary", 10, reference="returned", code="KE"),
    "/desk/proposals/<reference>/history": Page("secretary", 9, reference="screening"),
    "/desk/proposals/<reference>/move/<move_id>": Page("secretary", 8, reference="ineligible", move_id="reopen"),
    "/desk/proposals/<reference>/panel": Page("secretary", 13, reference="review"),
    "/desk/proposals/<reference>/panel/add/<int:person_id>": Page(
        "secretary", 13, reference="review", person_id="spare"
    ),
    "/desk/proposals/<reference>/panel/conflict/<int:person_id>": Page(
        "secretary", 13, reference="review", person_id="spare"
    ),
    "/desk/proposals/<reference>/panel/why/<int:person_id>": Page(
        "secretary", 11, reference="review", person_id="spare"
    ),
    "/desk/proposals/<reference>/panel/release": Page("secretary", 13, reference="proposed"),
    "/desk/proposals/<reference>/panel/remove/<public_id>": Page(
        "secretary", 13, reference="review", public_id="invited"
    ),
    "/desk/proposals/<reference>/preview": Page("secretary", 7, headers=PREVIEW, reference="screening"),
    "/desk/proposals/<reference>/screening": Page("secretary", 12, reference="screening"),
    "/desk/proposals/<reference>/screening/ineligible": Page("secretary", 8, reference="screening"),
    "/desk/proposals/<reference>/screening/pass": Page("secretary", 8, reference="screening"),
    "/desk/proposals/<reference>/screening/return": Page("secretary", 8, reference="screening"),
    "/desk/proposals/<reference>/suggestions": Page("secretary", 12, reference="review"),
    "/desk/proposals/<reference>/suggestions/<int:number>/set-aside": Page(
        "secretary", 11, reference="review", number="suggestion"
    ),
    "/desk/proposals/<reference>/versions/<int:older>/<int:newer>": Page(
        "secretary", 5, reference="screening", older="1", newer="2"
    ),
    "/desk/workflow": Page("secretary", 4),
    "/desk/workflow/rehearsal": Page("secretary", 3),
    "/documents/<public_id>": Page("owner", 4, public_id="document"),
    "/endorsements": Page("KE", 6),
    "/endorsements/<reference>/<code>": Page("KE", 16, reference="asked", code="KE"),
    "/endorsements/<reference>/<code>/answer/<word>": Page("KE", 16, reference="asked", code="KE", word="endorse"),
    "/endorsements/<reference>/<code>/ask": Page("KE", 16, reference="asked", code="KE"),
    "/endorsements/<reference>/<code>/changes": Page("KE", 16, reference="asked", code="KE"),
    "/endorsements/<reference>/<code>/consult": Page("KE", 16, reference="asked", code="KE"),
    "/endorsements/<reference>/<code>/extend": Page("KE", 16, reference="consulted", code="KE"),
    "/endorsements/<reference>/<code>/proposal": Page("KE", 20, reference="asked", code="KE"),
    "/endorsements/<reference>/<code>/withdraw": Page("CN", 16, reference="asked", code="CN"),
    "/healthz": Page("public", 0),
    "/erased": Page("public", 0),
    "/help": Page("public", 0),
    "/initiative": Page("public", 0),
    "/invitations/<token>": Page("public", 3, token="invitations"),
    "/kept/<token>": Page("owner", 4, token="kept"),
    "/letters": Page("public", 0),
    "/letters/<code>": Page("public", 1, code="letter"),
    "/metrics": Page("public", 2),
    "/partners": Page("public", 1),
    "/partners/<code>": Page("public", 1, code="KE"),
    "/partners/<code>/deputies/<int:seat_id>": Page("KE", 8, code="KE", seat_id="deputy"),
    "/partners/<code>/desk": Page("KE", 8, code="KE"),
    "/partners/<code>/organisations": Page("KE", 5, code="KE"),
    "/partners/<code>/organisations/<int:organisation_id>": Page("KE", 5, status=404, code="KE", organisation_id="0"),
    "/partners/<code>/path": Page("KE", 9, code="KE"),
    "/password/<token>": Page("public", 2, token="password"),
    "/password/forgotten": Page("public", 0),
    "/password/sent": Page("public", 0),
    "/privacy": Page("public", 0),
    "/proposals": Page("owner", 4),
    "/proposals/<reference>": Page("owner", 23, reference="draft"),
    "/proposals/<reference>/adjustments": Page("owner", 6, reference="adjusting"),
    "/proposals/<reference>/appeal": Page("owner", 7, reference="declined"),
    "/proposals/<reference>/articles": Page("owner", 10, reference="draft"),
    "/proposals/<reference>/articles/answers": Page("owner", 5, reference="draft"),
    "/proposals/<reference>/changes": Page("owner", 6, reference="asked"),
    "/proposals/<reference>/check": Page("owner", 15, reference="draft"),
    "/proposals/<reference>/collaborators": Page("owner", 7, reference="draft"),
    "/proposals/<reference>/collaborators/<int:person_id>/hand-over": Page(
        "owner", 6, reference="draft", person_id="editor"
    ),
    "/proposals/<reference>/conditions/<int:number>": Page("owner", 7, reference="conditions", number="1"),
    "/proposals/<reference>/decision": Page("owner", 10, reference="declined"),
    "/proposals/<reference>/delete": Page("owner", 4, reference="draft"),
    "/proposals/<reference>/documents": Page("owner", 8, reference="draft"),
    "/proposals/<reference>/endorsements": Page("owner", 5, reference="asked"),
    "/proposals/<reference>/endorsements/<code>/questions": Page("owner", 6, reference="questioned", code="KE"),
    "/proposals/<reference>/lists/<kind>/<int:number>": Page(
        "owner", 5, reference="draft", kind="milestones", number="1"
    ),
    "/proposals/<reference>/lists/<kind>/<int:number>/remove": Page(
        "owner", 5, reference="draft", kind="milestones", number="1"
    ),
    "/proposals/<reference>/mapping": Page("owner", 11, reference="screening"),
    "/proposals/<reference>/organisations/new": Page("owner", 6, reference="draft"),
    "/proposals/<reference>/questions": Page("owner", 5, reference="screening"),
    "/proposals/<reference>/questions/<int:clarification_id>": Page(
        "owner", 5, reference="screening", clarification_id="question"
    ),
    "/proposals/<reference>/questions/ask": Page("secretary", 5, reference="screening"),
    "/proposals/<reference>/read": Page("owner", 8, reference="draft"),
    "/proposals/<reference>/results": Page("owner", 7, reference="draft"),
    "/proposals/<reference>/reviews": Page("secretary", 11, reference="review"),
    "/proposals/<reference>/reviews/<label>": Page("reviewer 0", 8, reference="review", label="label"),
    "/proposals/<reference>/sections/<section>": Page("owner", 5, reference="draft", section="basics"),
    "/proposals/<reference>/submitted": Page("owner", 5, reference="screening"),
    "/proposals/<reference>/withdraw": Page("owner", 4, reference="screening"),
    "/proposals/new": Page("owner", 5),
    "/readyz": Page("public", 2),
    "/receipts": Page("public", 0),
    "/receipts/<reference>/<sha256>": Page("public", 1, reference="screening", sha256="hash"),
    "/register": Page("public", 2),
    "/register.csv": Page("public", 1),
    "/register.json": Page("public", 1),
    "/register/<reference>": Page("public", 2, reference="published"),
    "/register/coverage": Page("public", 1),
    "/register/data-dictionary": Page("public", 0),
    "/register/feed.atom": Page("public", 1),
    "/reviews": Page("reviewer 0", 5),
    "/reviews/<public_id>": Page("reviewer 1", 9, public_id="accepted"),
    "/reviews/<public_id>/conflict": Page("reviewer 2", 5, public_id="invited"),
    "/reviews/<public_id>/decline": Page("reviewer 2", 5, public_id="invited"),
    "/reviews/<public_id>/preview": Page("reviewer 1", 8, headers=PREVIEW, public_id="accepted"),
    "/reviews/<public_id>/send": Page("reviewer 0", 5, public_id="sent"),
    "/reviews/<public_id>/step-back": Page("reviewer 1", 5, public_id="accepted"),
    "/reviews/<public_id>/suggest": Page("reviewer 1", 7, public_id="accepted"),
    "/robots.txt": Page("public", 0),
    "/sign-offs/<token>": Page("public", 0, status=404, token="none"),
    "/sign-in": Page("public", 0),
    "/sign-in/second": Page("waiting", 4),
    "/sign-up": Page("public", 0),
    "/sign-up/sent": Page("public", 0),
    "/unsubscribe/<token>": Page("public", 0, token="mute"),
}
