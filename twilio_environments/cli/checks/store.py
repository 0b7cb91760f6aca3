"""The secret store: its login, and whether the stack may write its documents, as far as reading can tell."""

from __future__ import annotations

from collections.abc import Iterator

from twilio_environments.cli import pulumi
from twilio_environments.cli.checks.finding import Finding, failed, passed
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import NotOurs, Store, connect
from twilio_environments.settings import Settings


def look(settings: Settings) -> Iterator[Finding]:
    """Yield one line for each document, or one for each command that its login may not run."""
    if settings.secrets is None:
        yield passed("secret store", "none is declared, and none is needed")
        return
    store = connect(settings.secrets.store)
    paths = {settings.document_path()} | {settings.document_path(key.document) for key in settings.keys.values()}
    for path in sorted(paths):
        yield from _document(store, path, settings)


def _document(store: Store, path: str, settings: Settings) -> Iterator[Finding]:
    lacks = store.missing_rights(path)
    for commands, rights in (lacks or {}).items():
        what = f"{path} in {store.address}: the policy of this login does not allow what {commands} needs."
        yield failed("secret store", Problem(what, f"Add to it: {rights}"))
    if lacks and "preview" in lacks:
        return
    try:
        store.check(path, settings.owner)
    except NotOurs as problem:
        if problem.owner not in _recorded_owners(settings.stack, path):
            yield failed("secret store", problem)
            return
        renamed = f"belongs to {problem.owner}, the stack's name before it was renamed"
        yield passed("secret store", f"{path} in {store.address} {renamed}; the next pulumi up updates its mark")
    except Problem as problem:
        yield failed("secret store", problem)
    else:
        if not lacks:
            may = (
                "may be written"
                if lacks is not None
                else "may be read; the store does not say whether it may be written"
            )
            yield passed("secret store", f"{path} in {store.address} {may}")


def _recorded_owners(stack: str, path: str) -> set[str]:
    """Return the owner of the document when the stack last wrote it: `pulumi stack rename` keeps the state."""
    try:
        recorded = pulumi.recorded(stack)
    except Problem:  # another line reports what is wrong with the state
        return set()
    places = (one.outputs.get("delivery") or one.outputs.get("document") or {} for one in recorded)
    return {str(place["owner"]) for place in places if place.get("path") == path}
