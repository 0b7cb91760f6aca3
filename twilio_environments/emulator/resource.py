"""A collection of Twilio's REST API as data; the routes to create, list, read, change and delete follow from it.

A module in `resources/` declares one, and importing the package registers it. What a declaration cannot express is a
hook, and a verb unlike any other collection's has a handler of its own.
"""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .events import event
from .fields import Changes, Field, Refuse, assign, created, sent, word
from .routing import Call, Handler, Reply, iso, not_found, owned, page, rfc2822, route
from .state import Row, public

__all__ = ["VERBS", "Limit", "Resource", "resources"]

VERBS = {"create": "POST", "list": "GET", "read": "GET", "update": "POST", "delete": "DELETE"}
_OF_COLLECTION = ("create", "list")
_RFC2822 = ("api", "iam")  # products with dates in this form; the others use ISO 8601


class Limit(NamedTuple):
    """How many rows one collection may have, and the error for one more."""

    maximum: int | Callable[[Call], int]
    refuse: Refuse
    message: str


def _shown(_call: Call, row: Row) -> Row:
    return public(row)


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """One collection: its path, the fields of its rows, and who may do what.

    `path` is the collection's, without the `.json` of v2010. Its parameters, except `account_sid`, are columns of the
    row, under another name if `columns` says so; the last one is the id of a row of `parent`, which must exist and
    takes its children along when it is deleted. `prefix` is that of the SIDs; without one the row's id is the column
    `id`, and the row is kept under its path.
    """

    product: str
    path: str
    table: str
    key: str
    """Name of the array in a listing."""
    prefix: str = ""
    id: str = "sid"
    fields: tuple[Field, ...] = ()
    initial: Mapping[str, Any] = field(default_factory=dict)
    """Initial values of what no parameter sets."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Each link by name: what it appends to the row's address."""
    filters: tuple[str | Field, ...] = ()
    """Parameters that filter a listing by equality: a name for a text, a field for anything else."""
    verbs: tuple[str, ...] = tuple(VERBS)
    permission: str | Mapping[str, str] | None = None
    """What a restricted key needs: the stem to which the verb is added, or each verb's; None: no such key may."""
    event: str | None = None
    """What Monitor calls it; None: it has no events."""
    parent: "Resource | None" = None
    columns: Mapping[str, str] = field(default_factory=dict)
    account: str = "account_sid"
    """Column of the account; private where answers do not name it."""
    limit: Limit | None = None

    guard: Callable[..., None] | None = None
    """`(call, **path parameters)`: raise before anything else; replaces the check that the parent exists."""
    rules: Callable[[Call, Row, Changes | None], None] | None = None
    """Rules across fields: raise, or fill in what follows. Changes are None for a new row."""
    deleting: Callable[[Call, Row], None] | None = None
    """What a deletion does to other rows; if it raises, the row stays."""
    shown: Callable[[Call, Row], Row] = _shown
    """The row as answers show it."""
    by_hand: Mapping[str, Handler] = field(default_factory=dict)
    """Verbs with a handler of their own."""

    def __post_init__(self) -> None:
        _resources.append(self)
        suffix = ".json" if self.product == "api" else ""
        for verb in self.verbs:
            pattern = self.path if verb in _OF_COLLECTION else f"{self.path}/{{{self.id}}}"
            permission = self.permission
            if isinstance(permission, str):
                permission = f"{permission}/{verb}"
            elif permission is not None:
                permission = permission.get(verb)
            handler = self.by_hand.get(verb) or getattr(self, f"_{verb}")
            route(VERBS[verb], self.product, pattern + suffix, permission)(handler)

    # -- for custom handlers and other collections --

    def find(self, call: Call, **ids: str) -> Row:
        """Return the row of these path parameters, in the account acted on; 404/20404 if there is none."""
        above = {name: value for name, value in ids.items() if name != self.id}
        self.enter(call, **above)
        row = owned(call, self.table, ids[self.id] if self.prefix else f"{self.path.format(**above)}/{ids[self.id]}")
        if any(row.get(column) != value for column, value in self._columns(above).items()):
            raise not_found(call)
        return row

    def rows(self, call: Call, **equal: object) -> list[Row]:
        """Return the rows of the account acted on whose columns have these values."""
        return call.state.table(self.table).rows(**{self.account: call.account_sid}, **equal)

    def selected(self, call: Call, **ids: str) -> list[Row]:
        """Return the rows that match a listing's filters."""
        self.enter(call, **ids)
        equal = {}
        for one in self.filters:
            each = one if isinstance(one, Field) else Field(one, word)
            value = call.query.get(each.parameter)
            if value is not None:
                equal[each.name] = each.read(call, each.parameter, value)
        return self.rows(call, **self._columns(ids), **equal)

    def enter(self, call: Call, **ids: str) -> None:
        """Raise what the guard raises, or, without one, ApiError if the parent does not exist."""
        if self.guard is not None:
            self.guard(call, **ids)
        elif self.parent is not None:
            *above, last = self._parameters()
            self.parent.find(call, **{name: ids[name] for name in above}, **{self.parent.id: ids[last]})

    def new(self, call: Call, **ids: str) -> Row:
        """Make the row that the form asks for, not stored yet. Raises ApiError for the first bad parameter."""
        return self.stamped(call, copy.deepcopy(dict(self.initial)) | created(call, self.fields), **ids)

    def stamped(self, call: Call, row: Row, **ids: str) -> Row:
        """Add what Twilio gives every new row: a SID unless it has one, the account, dates, its address and links."""
        if self.prefix:
            row = {"sid": call.state.new_sid(self.prefix)} | row
        address = f"{self.path.format(**ids)}/{row[self.id]}"
        if not self.prefix:
            row["_key"] = address
        row |= self._columns(ids) | dict.fromkeys(("date_created", "date_updated"), self._now(call))
        row[self.account] = call.account_sid
        if self.product == "api":
            row["uri"] = f"{address}.json"
            below = {name: f"{address}/{path}.json" for name, path in self.links.items()}
        else:
            row["url"] = call.base + address
            below = {name: f"{call.base}{address}/{path}" for name, path in self.links.items()}
        if below:
            row["subresource_uris" if self.product == "api" else "links"] = below
        return row

    def insert(self, call: Call, row: Row) -> Reply:
        """Store a new row. 201."""
        call.state.table(self.table).insert(_key(row), row)
        self._log(call, "created", row)
        return Reply(201, self.shown(call, row))

    def put(self, call: Call, row: Row, changes: Changes) -> Reply:
        """Store a changed row. 200; no event if nothing changed."""
        row["date_updated"] = self._now(call)
        call.state.table(self.table).put(_key(row), row)
        if changes:
            self._log(call, "updated", row, public(changes))
        return Reply(200, self.shown(call, row))

    def drop(self, call: Call, row: Row) -> None:
        """Remove a row and everything below it; writes no events."""
        for child in (one for one in _resources if one.parent is self):
            *_, column = child.columns_above()
            for below in call.state.table(child.table).rows(**{column: row[self.id]}):
                child.drop(call, below)
        call.state.table(self.table).delete(_key(row))

    def columns_above(self) -> list[str]:
        """Name the columns that come from the path; the last one is the id of the row's parent."""
        return [self.columns.get(name, name) for name in self._parameters()]

    # -- the verbs --

    def _create(self, call: Call, **ids: str) -> Reply:
        self.enter(call, **ids)
        row = self.new(call, **ids)
        self._check_taken(call, row)
        if self.limit is not None:
            maximum = self.limit.maximum(call) if callable(self.limit.maximum) else self.limit.maximum
            if len(self.rows(call, **self._columns(ids))) >= maximum:
                raise self.limit.refuse(call, self.limit.message)
        if self.rules is not None:
            self.rules(call, row, None)
        return self.insert(call, row)

    def _list(self, call: Call, **ids: str) -> Reply:
        return page(call, [self.shown(call, row) for row in self.selected(call, **ids)], self.key)

    def _read(self, call: Call, **ids: str) -> Reply:
        return Reply(200, self.shown(call, self.find(call, **ids)))

    def _update(self, call: Call, **ids: str) -> Reply:
        row = self.find(call, **ids)
        changes = assign(row, sent(call, (each for each in self.fields if not each.write_once)))
        self._check_taken(call, row, itself=_key(row))
        if self.rules is not None:
            self.rules(call, row, changes)
        return self.put(call, row, changes)

    def _delete(self, call: Call, **ids: str) -> Reply:
        row = self.find(call, **ids)
        if self.deleting is not None:
            self.deleting(call, row)
        self.drop(call, row)
        self._log(call, "deleted", row)
        return Reply(204)

    def _check_taken(self, call: Call, row: Row, *, itself: str | None = None) -> None:
        beside = {column: row[column] for column in self.columns_above()}
        for each in self.fields:
            if each.taken is None or row[each.name] is None or (itself and each.write_once):
                continue
            others = self.rows(call, **beside, **{each.name: row[each.name]})
            if any(_key(other) != itself for other in others):
                raise each.taken(call, row[each.name])

    def _log(self, call: Call, what: str, row: Row, changes: Changes | None = None) -> None:
        if self.event is not None:
            event(call, f"{self.event}.{what}", self.event, row["sid"], changes)

    # -- paths --

    def _parameters(self) -> list[str]:
        return [name for name in re.findall(r"\{(\w+)\}", self.path) if name != "account_sid"]

    def _columns(self, ids: Mapping[str, str]) -> dict[str, str]:
        return dict(zip(self.columns_above(), (ids[name] for name in self._parameters()), strict=True))

    def _now(self, call: Call) -> str:
        return rfc2822(call.now) if self.product in _RFC2822 else iso(call.now)


def _key(row: Row) -> str:
    return str(row.get("_key") or row["sid"])


_resources: list[Resource] = []


def resources() -> list[Resource]:
    """Return every declared collection."""
    return list(_resources)
