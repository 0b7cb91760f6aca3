"""The secret store: its login, and whether what the stack delivers may be written, as far as can be told by looking."""

from __future__ import annotations

from collections.abc import Iterator

from twilio_environments.cli.checks.finding import Finding, failed, passed
from twilio_environments.problems import Problem
from twilio_environments.settings import Settings
from twilio_environments.stores import connect

# Vault answers what a token may do with a path (sys/capabilities-self). AWS has no dry run of a write and no such
# question that needs no permission of its own, so there reading and the owner's mark are all that is looked at.
_ASKED = {
    True: "may be written",
    False: "may be read; AWS cannot be asked whether it may be written",
}


def look(settings: Settings) -> Iterator[Finding]:
    """Yield one line for each document."""
    if settings.secrets is None:
        yield passed("secret store", "none is declared, and none is needed")
        return
    store = connect(settings.secrets.store)
    paths = {settings.document_path()} | {settings.document_path(key.document) for key in settings.keys.values()}
    for path in sorted(paths):
        try:
            store.check(path, settings.owner)
        except Problem as problem:
            yield failed("secret store", problem)
        else:
            yield passed("secret store", f"{path} in {store.address} {_ASKED[settings.secrets.vault is not None]}")
