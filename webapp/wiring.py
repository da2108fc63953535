"""Builds the ports and the rulebook from the settings; opens units of work and readings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from email.utils import parseaddr
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from config import initiatives, notices, workflows
from config.settings import Settings
from webapp import queries, services
from webapp.adapters.caller import WebhookCaller
from webapp.adapters.clocks import DatabaseClock
from webapp.adapters.credentials import Argon2Hasher
from webapp.adapters.dkim import read_signer
from webapp.adapters.documents import ContentChecker
from webapp.adapters.files import FolderFiles
from webapp.adapters.holidays import LibraryHolidays
from webapp.adapters.mailer import SmtpMailer
from webapp.adapters.mailgun import MailgunReports
from webapp.adapters.passkeys import SitePasskeys
from webapp.adapters.renderer import MailRenderer
from webapp.adapters.returned import open_returns
from webapp.adapters.scanner import ClamdScanner
from webapp.adapters.sealing import KeySealer
from webapp.adapters.solver import HighsSolver
from webapp.adapters.suggesting.encoder import Encoder, find_encoder
from webapp.adapters.suggesting.matcher import Sources, TrainedMatcher
from webapp.adapters.task_bus import CeleryBus
from webapp.domain.initiative import parse_initiative
from webapp.domain.notices import parse_notices
from webapp.domain.people import Actor
from webapp.domain.ports import Clock, Matcher
from webapp.domain.rulebook import Limits, Rulebook
from webapp.domain.workflow import parse as parse_workflow
from webapp.services.work import OpenWork, Ports, UnitOfWork, reading


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a process needs to do any work: how to open a session, the ports, the rules."""

    new_session: Callable[[], Session]
    ports: Ports
    rules: Rulebook
    settings: Settings
    matcher: Matcher

    def open_work(self, actor: Actor, clock: Clock | None = None) -> OpenWork:
        """A unit of work for this actor; the clock differs only in tests and the demo's data."""
        ports = replace(self.ports, clock=clock) if clock else self.ports
        return OpenWork(lambda: UnitOfWork(self.new_session(), actor, ports, self.rules))

    def open_reading(self) -> AbstractContextManager[Session]:
        """A session for questions; nothing is kept."""
        return reading(self.new_session())


def build_rules(settings: Settings) -> Rulebook:
    """The rulebook of an installation, read from the data folders."""
    return read_rules(settings.initiative, build_limits(settings))


def read_rules(name: str, limits: Limits) -> Rulebook:
    """The rulebook of an initiative's folder, with these numbers."""
    initiative = parse_initiative(initiatives.load(name))
    table = parse_notices(notices.load())
    parsed = [parse_workflow(workflows.load(key)) for key in workflows.names()]
    return Rulebook(
        limits=limits,
        initiatives={initiative.id: initiative},
        workflows={(workflow.id, workflow.version): workflow for workflow in parsed},
        notices=table,
    )


def build_limits(settings: Settings) -> Limits:
    """The numbers that rules and verbs need."""
    return Limits(
        base_url=settings.base_url.rstrip("/"),
        mail_domain=parseaddr(settings.mail_from)[1].rpartition("@")[2],
        mail_reply_to=settings.mail_reply_to,
        upload_bytes=settings.upload_max_mb * 1024 * 1024,
        uploads_per_proposal=settings.uploads_per_proposal,
        session_idle_hours=settings.session_idle_hours,
        session_absolute_hours=settings.session_absolute_hours,
        outbox_batch=settings.outbox_batch,
        outbox_lease_seconds=settings.outbox_lease_seconds,
        outbox_max_attempts=settings.outbox_max_attempts,
        outbox_first_pause_seconds=settings.outbox_first_pause_seconds,
        outbox_longest_pause_seconds=settings.outbox_longest_pause_seconds,
        shared_mail_domains=settings.shared_mail_domains,
        demo=settings.demo,
        second_factor_required=settings.second_factor == "required",
    )


def build_ports(settings: Settings) -> Ports:
    """The real ports."""
    return Ports(
        clock=DatabaseClock(),
        hasher=Argon2Hasher(quick=settings.demo),
        files=FolderFiles(Path(settings.data_dir) / "files"),
        bus=CeleryBus(settings.redis_url, settings.broker_patience_ms),
        mailer=build_mailer(settings),
        renderer=MailRenderer(settings.languages, settings.default_language),
        documents=ContentChecker(ClamdScanner(settings.scan_url) if settings.scan_url else None),
        holidays=LibraryHolidays(),
        solver=HighsSolver(),
        sealer=KeySealer(settings.secret_key),
        passkeys=SitePasskeys(settings.base_url, "Proposal Desk"),
        signing_key=settings.secret_key,
        caller=WebhookCaller(),
        returned=open_returns(settings.bounces_url),
        report_readers={"mailgun": MailgunReports(settings.bounces_key)} if settings.bounces_key else {},
    )


def build_mailer(settings: Settings) -> SmtpMailer:
    """The mailer, with the domain's key where there is one."""
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]
    key = settings.dkim_key.replace("\\n", "\n").encode()
    return SmtpMailer(
        settings.mail_url,
        settings.mail_from,
        settings.mail_timeout_seconds,
        bounces_to=parseaddr(settings.mail_bounces_to)[1],
        signer=read_signer(domain, settings.dkim_selector, key) if key else None,
    )


def build_matcher(initiative: str, data_dir: str | Path, encoder: Encoder | None) -> TrainedMatcher:
    """What suggests articles; it loads its numbers with the first text."""
    sources = Sources(initiatives.mapping_folder(initiative), Path(data_dir) / "mapping" / initiative)
    return TrainedMatcher(parse_initiative(initiatives.load(initiative)), sources, encoder=encoder)


def engine_options(settings: Settings) -> dict[str, Any]:
    """How every process connects: a bounded pool, no statement or lock that waits for ever, few rows by index.

    Each question is for a page's few rows: a second process of the database's for one of them costs more than it
    saves, and what is read is mostly in memory already.
    """
    return {
        "pool_size": settings.database_pool,
        "max_overflow": settings.database_pool,
        "pool_pre_ping": True,
        "query_cache_size": 2000,  # the product asks more different statements than the 500 that are kept otherwise
        "connect_args": {
            "connect_timeout": 5,
            "options": "-c timezone=UTC -c statement_timeout=30000 -c lock_timeout=10000 "
            "-c idle_in_transaction_session_timeout=60000 -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1",
        },
    }


def know_rooms() -> None:
    """Import every question and every verb, so that what rooms register (tasks, timers, words of letters) is known."""
    for floor in (queries, services):
        for module in walk_packages(floor.__path__, f"{floor.__name__}."):
            import_module(module.name)


def connect(settings: Settings) -> Wiring:
    """A wiring with an engine of its own, for commands and workers."""
    engine = create_engine(settings.database_url, **engine_options(settings))
    return build(settings, partial(Session, engine, expire_on_commit=False))


@contextmanager
def connected(settings: Settings) -> Iterator[Wiring]:
    """A wiring for one command: its connections are closed when the block is left."""
    engine = create_engine(settings.database_url, **engine_options(settings))
    try:
        yield build(settings, partial(Session, engine, expire_on_commit=False))
    finally:
        engine.dispose()


def build(settings: Settings, new_session: Callable[[], Session]) -> Wiring:
    """All of it, for a process that has an engine."""
    know_rooms()
    matcher = build_matcher(settings.initiative, settings.data_dir, find_encoder())
    return Wiring(new_session, build_ports(settings), build_rules(settings), settings, matcher)
