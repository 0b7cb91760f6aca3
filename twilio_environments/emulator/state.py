"""What the emulated Twilio remembers: tables of rows in the API's own response shape, written through to SQLite."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

__all__ = ["Row", "State", "Table", "public"]

Row = dict[str, Any]


def public(row: Row) -> Row:
    """Return the row without its private keys, those that begin with an underscore."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


class _Behind(dict[str, tuple[Row | None, int]]):
    """By SID: the row as it was, None if there was none, and how many more reads see it that way."""

    def age(self, sid: str) -> None:
        """Count one read."""
        before, reads = self.pop(sid)
        if reads > 1:
            self[sid] = (before, reads - 1)


class _Request:
    """What one request has written and, if it is a GET, which stale rows it has been shown."""

    def __init__(self, *, stale_reads: bool) -> None:
        self.stale_reads = stale_reads
        self.written: list[tuple[Table, str, Row | None]] = []
        self.shown: dict[tuple[str, str], _Behind] = {}


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


class Table:
    """Rows by SID, in insertion order.

    Rows are plain JSON dicts in the API's response shape; keys that begin with an underscore are private. What comes
    out is a copy: a change takes effect once it is `put`.
    """

    def __init__(self, state: "State", name: str) -> None:
        self._state, self._name = state, name
        self._rows: dict[str, Row] = {}
        self.listings_behind, self.reads_behind = _Behind(), _Behind()

    def insert(self, sid: str, row: Row) -> None:
        """Add a row at the end; ValueError if the SID is taken."""
        with self._state.lock:
            if sid in self._rows:
                raise ValueError(f"{self._name} has a row {sid} already")
            self._write(sid, row)

    def get(self, sid: str) -> Row | None:
        """Return a deep copy of the row, never a stale one."""
        with self._state.lock:
            row = self._rows.get(sid)
            if row is None:
                return None
            copy: Row = json.loads(json.dumps(row))  # several times faster than deepcopy, and every call reads accounts
            return copy

    def seen(self, sid: str) -> Row | None:
        """Return the row as a GET sees it: under a read lag, as it was before."""
        with self._state.lock:
            request = _request.get()
            if sid in self.reads_behind and request is not None and request.stale_reads:
                request.shown[f"one of {self._name}", sid] = self.reads_behind
                return self.reads_behind[sid][0]
            return self.get(sid)

    def put(self, sid: str, row: Row) -> None:
        """Add or replace a row; a replaced row keeps its place."""
        with self._state.lock:
            self._write(sid, row)

    def delete(self, sid: str) -> bool:
        """Remove a row; False if there was none."""
        with self._state.lock:
            if sid not in self._rows:
                return False
            self._note(sid)
            del self._rows[sid]
            self._state.execute("DELETE FROM rows WHERE name = ? AND sid = ?", (self._name, sid))
            return True

    def rows(self, **equal: object) -> list[Row]:
        """Return the rows whose keys equal the given values, in insertion order; do not change nested values.

        Under a listing lag a GET request gets what the listing showed before; everybody else gets the truth.
        """
        with self._state.lock:
            request = _request.get()
            rows = self._rows
            if self.listings_behind and request is not None and request.stale_reads:
                rows = self._as_before(request, equal)
            return [dict(row) for row in rows.values() if _matches(row, equal)]

    def load(self, sid: str, row: Row) -> None:
        """Put back a row that was read from the file."""
        self._rows[sid] = row

    def _write(self, sid: str, row: Row) -> None:
        text = json.dumps(row)  # also refuses at once what is not JSON
        self._note(sid)
        self._rows[sid] = json.loads(text)
        self._state.execute(
            "INSERT INTO rows (name, sid, row) VALUES (?, ?, ?) "
            "ON CONFLICT (name, sid) DO UPDATE SET row = excluded.row",
            (self._name, sid, text),
        )

    def _note(self, sid: str) -> None:
        request = _request.get()
        if request is not None:
            request.written.append((self, sid, self._rows.get(sid)))

    def _as_before(self, request: _Request, equal: Mapping[str, object]) -> dict[str, Row]:
        rows = dict(self._rows)
        for sid, (before, _) in self.listings_behind.items():
            now = rows.get(sid)
            if not any(row is not None and _matches(row, equal) for row in (before, now)):
                continue  # another listing's row
            request.shown[self._name, sid] = self.listings_behind
            if before is None:
                rows.pop(sid, None)
            else:
                rows[sid] = before
        return rows


def _matches(row: Row, equal: Mapping[str, object]) -> bool:
    return all(row.get(name) == value for name, value in equal.items())


class State:
    """All tables. In memory, and in one SQLite file when a path is given; another State on that file reads them back.

    Handlers run one at a time on the server's loop; the lock is for tests that read from their own thread.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._tables: dict[str, Table] = {}
        self._file = sqlite3.connect(file or ":memory:", check_same_thread=False, isolation_level=None)
        if file is not None:
            file.chmod(0o600)  # it holds credentials, if only of an emulated Twilio
        # The operating system keeps what a killed process wrote; only a power cut could lose it, which does not matter.
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS rows "
            "(place INTEGER PRIMARY KEY, name TEXT, sid TEXT, row TEXT, UNIQUE (name, sid))"
        )
        # Release 0.1.0 keyed everything below a Verify service by its address, even what has a SID.
        self._file.execute(
            "UPDATE rows SET sid = json_extract(row, '$.sid'), row = json_remove(row, '$._key') "
            "WHERE name LIKE 'verify_%' AND sid LIKE '/%' AND json_extract(row, '$.sid') IS NOT NULL"
        )
        for name, sid, text in self._file.execute("SELECT name, sid, row FROM rows ORDER BY place"):
            self.table(name).load(sid, json.loads(text))

    def table(self, name: str) -> Table:
        """Return the table of that name; a new one is empty."""
        with self.lock:
            return self._tables.setdefault(name, Table(self, name))

    def new_sid(self, prefix: str) -> str:
        """Make a SID: the prefix and 32 random hexadecimal digits."""
        return prefix + secrets.token_hex(16)

    def clear(self) -> None:
        """Forget every row."""
        with self.lock:
            self._tables.clear()
            self.execute("DELETE FROM rows", ())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def execute(self, statement: str, values: tuple[object, ...]) -> None:
        """Run one statement on the file; it is committed on return."""
        self._file.execute(statement, values)

    @contextmanager
    def request(self, *, stale_reads: bool, lag: int = 0, read_lag: int = 0) -> Iterator[None]:
        """Serve one request within the block; with `stale_reads` its reads may lag.

        Its writes stay invisible to `lag` reads of listings and `read_lag` reads of the object itself.
        """
        request = _Request(stale_reads=stale_reads)
        token = _request.set(request)
        try:
            yield
        finally:
            _request.reset(token)
            for (_, sid), behind in request.shown.items():
                behind.age(sid)
            for table, sid, before in request.written:
                if lag:
                    table.listings_behind.setdefault(sid, (before, lag))
                if read_lag:
                    table.reads_behind.setdefault(sid, (before, read_lag))
