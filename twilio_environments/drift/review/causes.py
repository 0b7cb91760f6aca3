"""Rows grouped by cause: one actor, one closed account, one reason why nothing could be read."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from twilio_environments.drift.model import Cause, Row

_PAUSE = timedelta(hours=1)
"""A longer pause between two events of one actor makes them two causes."""


def grouped(rows: Sequence[Row], *, account_is_gone: bool = False) -> tuple[list[Row], list[Cause]]:
    """Return the rows with their causes' ids, and the causes: the largest first, then by title.

    `account_is_gone`: the account that contains everything is gone.
    """
    groups: list[tuple[str, list[Row]]] = []
    hands: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    others: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if account_is_gone and row.kind in {"missing", "unchecked"}:
            others["The subaccount is closed or deleted, and everything in it is gone."].append(row)
        elif row.attribution:
            hands[row.attribution.actor, row.attribution.source, row.attribution.address].append(row)
        else:
            others[row.text if row.kind == "unchecked" else row.unattributed].append(row)
    for those in hands.values():
        groups += [(_title(one), one) for one in _sessions(those)]
    groups += list(others.items())
    causes = [_cause(title, those) for title, those in groups if those]
    causes.sort(key=lambda cause: (-len(cause.rows), cause.title, cause.id))
    of = {key: cause.id for cause in causes for key in cause.rows}
    return [replace(row, cause=of[row.key]) for row in rows], causes


def _sessions(rows: Iterable[Row]) -> list[list[Row]]:
    sessions: list[list[Row]] = []
    last: datetime | None = None
    for row in sorted(rows, key=_when):
        when = datetime.fromisoformat(_when(row))
        if last is None or when - last > _PAUSE:
            sessions.append([])
        sessions[-1].append(row)
        last = when
    return sessions


def _when(row: Row) -> str:
    assert row.attribution is not None
    return row.attribution.when or "1970-01-01T00:00:00Z"


def _title(rows: Sequence[Row]) -> str:
    attribution = rows[0].attribution
    assert attribution is not None
    fields = {field.name for row in rows for field in row.fields}
    kinds = {row.kind.replace("_", " ") for row in rows if not row.fields}
    return f"{attribution.hand}: {', '.join(sorted(fields) + sorted(kinds))}"


def _cause(title: str, rows: Sequence[Row]) -> Cause:
    keys = tuple(sorted(row.key for row in rows))
    events = sorted((row.attribution for row in rows if row.attribution), key=lambda one: (one.when, one.event_sid))
    id_ = hashlib.sha256("\n".join((title, *keys)).encode()).hexdigest()[:8]
    return Cause(id_, title, keys, events[-1] if events else None, events[0].when if events else "")
