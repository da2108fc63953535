"""Clears away the bytes of files that no document and no version holds any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice

from sqlalchemy import select

from webapp.models.proposals import Document
from webapp.queries.proposals.holding import is_held
from webapp.services.work import OpenWork, UnitOfWork

# So long bytes may stand without a row: an upload stores them first, and a restored backup too.
ALONE = timedelta(hours=24)
AT_ONCE = 500


def clear_files(open_work: Callable[[], OpenWork], *, seconds: float) -> int:
    """Remove what nobody holds, some at a time, for at most so many seconds; returns how many files went.

    Bytes are kept by their hash, so that one file may serve many documents: it goes with the last. What is
    stored again while this runs stays.
    """
    ends, removed = time.monotonic() + seconds, 0
    with open_work() as work:
        files, before = work.ports.files, work.now - ALONE
    for some in _batches(files.list_old(before)):
        with open_work() as work:
            held = _held(work, some)
        removed += sum(files.remove_old(sha256, before) for sha256 in some if sha256 not in held)
        if time.monotonic() > ends:
            break
    return removed


def _batches(names: Iterator[str]) -> Iterator[tuple[str, ...]]:
    while some := tuple(islice(names, AT_ONCE)):
        yield some


def _held(work: UnitOfWork, hashes: Sequence[str]) -> set[str]:
    return set(work.session.scalars(select(Document.sha256).where(Document.sha256.in_(hashes), is_held())))
