"""Studio flows (host studio, v2): create, update, validate, read, list, delete, revisions, test users.

Facts: twilio-studio v2 OpenAPI document. Every update makes a revision, even if nothing changed. A read returns the
latest revision, draft or not. Reads right after a write may lag behind it: the switch `studio_read_lag`.
"""

from typing import Any

from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import ApiError, Call, Reply, iso, not_found, page, route
from twilio_environments.emulator.state import Row, public

from .flow_schema import check

_PATH, _WEBHOOKS = "/v2/Flows", "https://webhooks.twilio.com/v1/Accounts"
_REVISIONS, _LAGGING = "studio_revisions", "studio_lagging_reads"
_STATUSES = ("draft", "published")
_NOT_IN_LISTS = ("definition", "valid", "errors", "warnings")
_ONLY_IN_FLOWS = ("warnings", "webhook_url", "links")  # what a flow shows and a revision does not


def _create(call: Call) -> Reply:
    """Add a flow as revision 1. 201."""
    name = call.form.required("FriendlyName")
    status, definition = _status(call), _definition(call)
    row = FLOWS.stamped(
        call,
        {
            "author_sid": call.console_user,  # a user or null: an API credential is not a user
            "friendly_name": name,
            "definition": definition,
            "status": status,
            "revision": 1,
            "commit_message": call.form.get("CommitMessage"),
            "valid": True,
            "errors": [],
            "warnings": [],
            "_test_users": [],
        },
    )
    row |= {"date_updated": None, "webhook_url": f"{_WEBHOOKS}/{row['account_sid']}/Flows/{row['sid']}"}
    _keep_revision(call, row, before=None)
    return FLOWS.insert(call, row)


def _list(call: Call) -> Reply:
    """List the account's flows, without definitions and findings."""
    seen = [row for flow in FLOWS.selected(call) if (row := _as_read(call, flow["sid"], flow))]
    return page(call, [{**row, **dict.fromkeys(_NOT_IN_LISTS)} for row in seen], FLOWS.key)


@route("POST", "studio", _PATH + "/Validate", "/twilio/studio/flows.validate/update")
def validate(call: Call) -> Reply:
    """Check what create would check; a bad definition is an error, never `valid: false`."""
    call.form.required("FriendlyName")
    _status(call)
    _definition(call)
    return Reply(200, {"valid": True})


def _read(call: Call, sid: str) -> Reply:
    """Read the latest revision of one flow."""
    return Reply(200, public(_latest(call, sid)))


def _update(call: Call, sid: str) -> Reply:
    """Make a new revision from what is sent; Status is always required."""
    row = FLOWS.find(call, sid=sid)
    before = dict(row)
    row["status"] = _status(call)
    if "FriendlyName" in call.form:
        row["friendly_name"] = call.form.required("FriendlyName")
    if "Definition" in call.form:
        row["definition"] = _definition(call)
    row |= {
        "revision": row["revision"] + 1,
        "commit_message": call.form.get("CommitMessage"),
        "author_sid": call.console_user,
        "date_updated": iso(call.now),
    }
    _keep_revision(call, row, before=before)
    # Not the definition: it may carry credentials, and Twilio does not say whether the log has it.
    names = ("friendly_name", "status", "revision", "commit_message")
    return FLOWS.put(call, row, {name: (before[name], row[name]) for name in names if before[name] != row[name]})


def _forget_revisions(call: Call, row: Row) -> None:
    revisions = call.state.table(_REVISIONS)
    for revision in revisions.rows(sid=row["sid"]):
        revisions.delete(_revision_key(revision))
    call.state.table(_LAGGING).delete(row["sid"])


@route("GET", "studio", _PATH + "/{sid}/Revisions", "/twilio/studio/flows.revisions/list")
def list_revisions(call: Call, sid: str) -> Reply:
    """List the revisions of one flow, newest first, without definitions and findings."""
    latest = _latest(call, sid)["revision"]
    rows = [row for row in call.state.table(_REVISIONS).rows(sid=sid) if row["revision"] <= latest]
    cleared = {name: None for name in _NOT_IN_LISTS if name not in _ONLY_IN_FLOWS}
    return page(call, [{**row, **cleared} for row in reversed(rows)], "revisions")


@route("GET", "studio", _PATH + "/{sid}/Revisions/{revision}", "/twilio/studio/flows.revisions/read")
def read_revision(call: Call, sid: str, revision: str) -> Reply:
    """Read a revision by number, or LatestPublished or LatestRevision; any other word is 81021."""
    latest = _latest(call, sid)["revision"]
    rows = [row for row in call.state.table(_REVISIONS).rows(sid=sid) if row["revision"] <= latest]
    if revision.isdecimal():
        rows = [row for row in rows if row["revision"] == int(revision)]
    elif revision == "LatestPublished":
        rows = [row for row in rows if row["status"] == "published"]
    elif revision != "LatestRevision":
        raise ApiError(400, 81021, f"Invalid revision {revision}: a number, LatestPublished or LatestRevision")
    if not rows:
        raise not_found(call)
    return Reply(200, rows[-1])


# No permission for test users is known, so no restricted key may use them.
@route("GET", "studio", _PATH + "/{sid}/TestUsers")
def read_test_users(call: Call, sid: str) -> Reply:
    """List who runs drafts."""
    return _test_users(call, FLOWS.find(call, sid=sid))


@route("POST", "studio", _PATH + "/{sid}/TestUsers")
def update_test_users(call: Call, sid: str) -> Reply:
    """Set who runs drafts; an empty value clears the list. Makes no revision."""
    row = FLOWS.find(call, sid=sid)
    if "TestUsers" not in call.form:
        call.form.required("TestUsers")
    row["_test_users"] = [user for user in call.form.all("TestUsers") if user]
    call.state.table(FLOWS.table).put(sid, row)
    return _test_users(call, row)


def _test_users(call: Call, row: Row) -> Reply:
    body = {"sid": row["sid"], "test_users": row["_test_users"], "url": call.base + call.path}
    return Reply(200, body)


def _status(call: Call) -> str:
    status = call.form.required("Status")
    if status not in _STATUSES:
        raise ApiError(400, 20001, f"Status must be one of {', '.join(_STATUSES)}")
    return status


def _definition(call: Call) -> Any:
    definition, problems = check(call.form.required("Definition"), call.switches.flow_definition_byte_limit)
    if problems:
        details = {"errors": problems, "warnings": []}
        raise ApiError(call.switches.validation_status, 81022, "Flow definition validation failed", details)
    return definition


def _revision_key(row: Row) -> str:
    return f"{row['sid']}/{row['revision']}"


def _keep_revision(call: Call, row: Row, *, before: Row | None) -> None:
    """Store the flow's new revision; reads may still show the flow as it was before."""
    revision = {name: value for name, value in public(row).items() if name not in _ONLY_IN_FLOWS}
    revision["url"] = f"{row['url']}/Revisions/{row['revision']}"
    call.state.table(_REVISIONS).insert(_revision_key(row), revision)
    if call.switches.studio_read_lag:
        lagging = {"before": before, "reads": call.switches.studio_read_lag}
        call.state.table(_LAGGING).put(row["sid"], lagging)


def _as_read(call: Call, sid: str, row: Row) -> Row | None:
    """Return a flow as this read sees it, and count the read: while reads lag as it was, None if not there yet."""
    table = call.state.table(_LAGGING)
    lagging = table.get(sid)
    if lagging is None:
        return row
    if lagging["reads"] > 1:
        table.put(sid, {**lagging, "reads": lagging["reads"] - 1})
    else:
        table.delete(sid)
    before: Row | None = lagging["before"]
    return before


def _latest(call: Call, sid: str) -> Row:
    row = _as_read(call, sid, FLOWS.find(call, sid=sid))
    if row is None:
        raise not_found(call)
    return row


FLOWS = Resource(
    product="studio",
    path=_PATH,
    table="studio_flows",
    key="flows",
    prefix="FW",
    links={"test_users": "TestUsers", "revisions": "Revisions", "executions": "Executions"},
    permission="/twilio/studio/flows",
    event="flow",
    deleting=_forget_revisions,
    by_hand={"create": _create, "list": _list, "read": _read, "update": _update},
)
