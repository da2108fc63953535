"""Stand-ins for things outside: a mail server that does as it is told, and templates of its own for the renderer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import ChoiceLoader, DictLoader

from webapp.adapters.renderer import MailRenderer
from webapp.domain.ports import Delivery, OutgoingMail

TAKEN = Delivery("sent", "250 OK")


@dataclass
class FakeMailer:
    """The `Mailer` port: takes every mail, or answers as `answer` says; keeps what it was offered."""

    answer: Callable[[OutgoingMail], Delivery] = lambda mail: TAKEN
    offered: list[OutgoingMail] = field(default_factory=list)

    def send(self, mails: Iterable[OutgoingMail]) -> Iterator[tuple[OutgoingMail, Delivery]]:
        """Each mail with its answer."""
        for mail in mails:
            self.offered.append(mail)
            yield mail, self.answer(mail)

    @property
    def taken(self) -> list[OutgoingMail]:
        """The mails whose answer was 250."""
        return [mail for mail in self.offered if self.answer(mail).outcome == "sent"]


def renderer_with(templates: Mapping[str, str]) -> MailRenderer:
    """The real renderer, which also finds these templates: name of the notice → source."""
    made = MailRenderer(("en", "fr", "ar"), "en")
    environment = made._app.jinja_env
    own = DictLoader({f"email/{name}.html": source for name, source in templates.items()})
    assert environment.loader is not None
    environment.loader = ChoiceLoader([own, environment.loader])
    return made
