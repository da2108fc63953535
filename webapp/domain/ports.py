"""The ports: what services and tasks ask of things outside, each filled by a file in adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO, Protocol

from webapp.domain.bounces import Report
from webapp.domain.evidence import Judged, Reason
from webapp.domain.routing import Problem, Solution
from webapp.domain.webhooks import Called


class Clock(Protocol):
    """Tells the time once for each unit of work; in production it is the database's."""

    def now(self) -> datetime | None:
        """The time to work at, aware and in UTC; None asks the database."""
        ...


class Holidays(Protocol):
    """Knows the public holidays of countries (R50)."""

    def days(self, code: str, year: int) -> frozenset[date]:
        """The holidays of a country, by its code, from the year before to two years after."""
        ...


class PasswordHasher(Protocol):
    """Hashes and checks passwords (argon2id)."""

    def hash(self, password: str) -> str:
        """The hash to store."""
        ...

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; takes as long when there is no stored hash."""
        ...

    def is_stale(self, stored: str) -> bool:
        """Whether the hash was made with weaker settings than today's."""
        ...


class Sealer(Protocol):
    """Seals small secrets that have to be read again, with a key derived from the application's own."""

    def seal(self, plain: bytes, about: str) -> bytes:
        """The sealed bytes; they open only together with the same `about`."""
        ...

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed; raises ValueError where the key or `about` is another."""
        ...


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey as the browser made it: its id, its public half, how often it has signed."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class Passkeys(Protocol):
    """Asks a browser for passkeys and checks what it answers (WebAuthn). Options are JSON text."""

    @property
    def is_offered(self) -> bool:
        """Whether the site has a name: passkeys belong to a name, never to a number."""
        ...

    def ask_to_make(self, person_id: int, name: str, known: Iterable[bytes], challenge: bytes) -> str:
        """Options for making a passkey, other than those that are known."""
        ...

    def ask_to_sign(self, known: Iterable[bytes], challenge: bytes) -> str:
        """Options for signing the challenge with one of the known passkeys."""
        ...

    def read_made(self, answer: str, challenge: bytes) -> NewPasskey | None:
        """The passkey that the browser made; None where the answer does not fit."""
        ...

    def credential_id(self, answer: str) -> bytes | None:
        """Which passkey the answer claims to be signed with."""
        ...

    def read_signed(self, answer: str, challenge: bytes, passkey: NewPasskey) -> int | None:
        """How often the passkey has signed by now; None where the signature does not fit."""
        ...


class Files(Protocol):
    """Keeps bytes by their SHA-256."""

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Store all of the stream; returns (sha256 hex, size in bytes)."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """Open what was stored; raises FileNotFoundError."""
        ...

    def list_old(self, before: datetime) -> Iterator[str]:
        """The hashes of what was last stored before then."""
        ...

    def remove_old(self, sha256: str, before: datetime) -> bool:
        """Remove bytes, unless they were stored again since then; whether they are gone."""
        ...


class TaskBus(Protocol):
    """Nudges the workers after a commit; losing a nudge loses nothing (`reliability.md` §1)."""

    def nudge(self, task: str, *args: int) -> None:
        """Have the task sent, by its name; never raises, never waits."""
        ...


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail ready to go."""

    message_id: str
    sent_at: datetime
    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a mail, and the server's words.

    `outcome`: "sent" (250); "later" (not taken now); "refused" (no to the recipient, for good);
    "rejected" (no to the mail, for good); "lost" (it may have been taken, the reply never came);
    "unreachable" (it was not offered at all: the server does not answer or does not let us in).
    """

    outcome: str
    reply: str


class Mailer(Protocol):
    """Sends mails over one connection for a batch."""

    def send(self, mails: Iterable[OutgoingMail]) -> Iterator[tuple[OutgoingMail, Delivery]]:
        """Each mail with its delivery, as soon as it is known and before the next is asked for."""
        ...


class ReturnedMails(Protocol):
    """The mailbox in which mail servers leave what did not arrive."""

    def each(self, look: Callable[[bytes], None], limit: int) -> None:
        """Show up to `limit` mails that were not looked at, each until `look` comes back."""
        ...


class ReportReader(Protocol):
    """Reads what a provider reports of mails."""

    def __call__(self, body: bytes, now: datetime) -> list[Report] | None:
        """The reports in a body; None for what the provider did not sign."""
        ...


class Caller(Protocol):
    """Calls the webhooks of other systems, at public addresses alone."""

    def call(self, url: str, headers: Mapping[str, str], body: bytes) -> Called:
        """Post the body, once; never raises for what the other side does."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words: subject without the reference, and both bodies."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the secretariat says instead of a template's sentences, and the variables that it may say (R57)."""

    texts: Mapping[str, str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a template in one language: its key, the product's own words, its placeholders."""

    key: str
    text: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unfit:
    """Words that cannot be used: for which sentence, a code, and what in them is the matter."""

    key: str
    code: str
    what: str


class Renderer(Protocol):
    """Makes the words of notices from their templates, in a person's language and zone (R55)."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that letters are written in."""
        ...

    def sentence(
        self, template: str, language: str, zone: str, values: Mapping[str, object], own: OwnWords | None = None
    ) -> str:
        """The subject alone, as one line of text."""
        ...

    def letter(
        self, template: str, language: str, zone: str, values: Mapping[str, object], own: OwnWords | None = None
    ) -> Letter:
        """Subject, text and HTML with its styles at the elements; with the secretariat's own words where there are."""
        ...

    def sentences(self, template: str, language: str) -> tuple[Sentence, ...]:
        """What the template says, sentence by sentence, with variables written as `{{ name }}`."""
        ...

    def judge(self, template: str, language: str, own: OwnWords) -> tuple[Unfit, ...]:
        """Which of the words cannot be used in this template: unknown variables, more than text."""
        ...

    def variables(self, template: str) -> frozenset[str]:
        """The variables that a template says in any of its branches. Raises LookupError where a part of it lacks."""
        ...

    def untranslated(self, language: str) -> tuple[str, ...]:
        """What the language's catalogue lacks, as sentences for who looks after it."""
        ...


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What the check of a document found: accepted, a code saying why not, or that it must be asked again later."""

    accepted: bool
    media_type: str
    code: str | None = None
    waits: bool = False


class DocumentChecker(Protocol):
    """Looks at a file's content: type, archive limits, scanning where configured."""

    @property
    def scans(self) -> bool:
        """Whether files are scanned for harmful content."""
        ...

    def check(self, name: str, stream: BinaryIO) -> FileVerdict:
        """The verdict on one file."""
        ...

    def strip(self, media_type: str, stream: BinaryIO) -> BinaryIO | None:
        """An image without its metadata; None for what is no image."""
        ...


class Solver(Protocol):
    """Solves assignment problems to the proven optimum (R36)."""

    def solve(self, problem: Problem) -> Solution:
        """The most seats filled, then the most points, then the seed's choice; the same every time."""
        ...


class Matcher(Protocol):
    """Judges which articles texts speak to, offline and at once (R18, R19)."""

    @property
    def with_encoder(self) -> bool:
        """Whether the sentence encoder takes part; without it, phrases and words alone count."""
        ...

    @property
    def card(self) -> Mapping[str, object]:
        """What the model in use was made of, and how good it was found to be."""
        ...

    def limit(self, name: str) -> float:
        """A limit measured in training: `unsupported` or `strong`."""
        ...

    def judge(self, texts: Sequence[tuple[str, str]]) -> list[Judged]:
        """What the model makes of each text, a title and what follows it."""
        ...

    def explain(self, text: str, articles: Sequence[int]) -> list[tuple[Reason, ...]]:
        """For each article the words of the text that speak for it; taken out, they lower the score."""
        ...
