"""The session of this process: made once, from the stack's settings and the environment."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping

from twilio_environments import trust
from twilio_environments.guard_rails import NAMED_CREDENTIALS
from twilio_environments.problems import Problem
from twilio_environments.rest import shipped
from twilio_environments.rest.budget import budget_from
from twilio_environments.rest.endpoint import HOME_REGION, Endpoint, endpoint_from
from twilio_environments.rest.progress import silent
from twilio_environments.rest.session import Session
from twilio_environments.rest.sources import PROFILE, FoundCredentials, find

_lock = threading.Lock()
_config: dict[str, str] = {}
_project = ""
_say: Callable[[str], None] = silent
_session: Session | None = None


SETTINGS = ("endpoint", "region", "edge", "concurrency", "production")
"""What a stack may say about Twilio itself: its address, the concurrent calls per account, whether it is production.

Production refuses implied credentials.
"""


def configure(config: Mapping[str, object], *, say: Callable[[str], None] = silent) -> None:
    """Take the SETTINGS that are set, before the first call; the environment overrides them.

    `say` gets progress messages.
    """
    global _config, _say, _session  # noqa: PLW0603  one session per process
    given = {name: str(value) for name, value in config.items() if value}
    trust.declare(production=_is_production(given))
    with _lock:
        _say = say
        if given != _config:
            _config, _session = given, None


def belong_to(project: str) -> None:
    """Take the name of the running project, before the first call; no stack file can override it."""
    global _project  # noqa: PLW0603  as above
    with _lock:
        _project = project


def session() -> Session:
    """Return the session of this process, made on first use; raise Problem for bad credentials or a bad endpoint."""
    global _session  # noqa: PLW0603  as above
    with _lock:
        if _session is None:
            found, endpoint = find(os.environ), endpoint_from(_config, os.environ)
            shipped.refuse(_project, endpoint)
            _require_fitting(found, endpoint, production=_is_production(_config))
            _session = Session(
                found.credentials,
                endpoint,
                source=found.source,
                concurrency=budget_from(_config, os.environ),
                say=_say,
            )
        return _session


def _is_production(config: Mapping[str, str]) -> bool:
    return config.get("production", "").lower() == "true"


def _require_fitting(found: FoundCredentials, endpoint: Endpoint, *, production: bool) -> None:
    """Raise Problem for credentials that this stack must not be run with."""
    if found.implied and production:
        raise NAMED_CREDENTIALS.problem(
            f"This stack is production, and nobody named the credentials: {found.source} would have been used",
            f"Name them for this run with {PROFILE} or --profile, or with TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
        )
    region = endpoint.region or HOME_REGION
    if found.region and found.region != region:
        raise Problem(
            f"The credentials, {found.source}, are for the region {found.region}, and this run uses {region}.",
            "Use a profile for that region, or set twilio:region and twilio:edge: each region has its own keys.",
        )


def use(replacement: Session | None) -> None:
    """Make this the session of the process; None: make a new one at the next use. For tests and commands."""
    global _session  # noqa: PLW0603  as above
    with _lock:
        _session = replacement
