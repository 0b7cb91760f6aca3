"""Where the credentials of a run come from, and which source it was.

In this order, never mixing two sources:

1. the profile of Twilio's CLI that TWILIO_PROFILE names (`twilio-env --profile` sets it): it was named on purpose;
2. the environment variables, see `credentials.py`;
3. the active profile of Twilio's CLI, which nobody named: it is implied, and production refuses it.

Twilio's CLI keeps profiles in ~/.twilio-cli/config.json as `profiles`: {name: {accountSid, apiKey, apiSecret, region,
edge}}, with `activeProfile` [twilio-cli-core]. Its older form, `projects` with `activeProject`, has the secrets in the
system's keychain, where only that CLI finds them. Unlike the CLI we take no other profile when none is active.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import VARIABLES, Credentials, from_environment

PROFILE = "TWILIO_PROFILE"
_FILE = ".twilio-cli/config.json"
_RENEW = "Create it again: twilio login --profile {name}, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."


@dataclass(frozen=True)
class FoundCredentials:
    """Credentials, and where they were found.

    `source` is for people: "the environment (TWILIO_AUTH_TOKEN)". `implied`: nobody named it for this run. `region` is
    the region of the credentials according to the source, "" if it names none.
    """

    credentials: Credentials
    source: str
    implied: bool = False
    region: str = ""


def find(environ: Mapping[str, str], home: Path | None = None) -> FoundCredentials:
    """Return the credentials of a run, from the first source that exists.

    Raises Problem when there is none, and when the first one is incomplete or malformed: then no later one is tried,
    since it would belong to another account.
    """
    file = (home or Path.home()) / _FILE
    if named := environ.get(PROFILE, "").strip():
        return _of_profile(_profiles(file, needed_by=named), named, "named")
    if any(environ.get(name, "").strip() for name in VARIABLES):
        credentials = from_environment(environ)
        secret = "TWILIO_AUTH_TOKEN" if credentials.kind == "auth_token" else "TWILIO_API_KEY"
        return FoundCredentials(credentials, f"the environment ({secret})")
    config = _profiles(file)
    if active := str(config.get("activeProfile") or "").strip():
        return _of_profile(config, active, "active", implied=True)
    return FoundCredentials(from_environment(environ), "")  # it says what is missing


def _profiles(file: Path, needed_by: str = "") -> Mapping[str, Any]:
    """Return the CLI's configuration, {} if there is none and no profile was named."""
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not needed_by:
            return {}
        raise Problem(
            f"The Twilio CLI profile {needed_by} was named, but there is no ~/{_FILE}.",
            _RENEW.format(name=needed_by),
        ) from None
    except (OSError, ValueError):
        config = None
    if not isinstance(config, dict):
        raise Problem(f"The Twilio CLI's ~/{_FILE} cannot be read.", "Fix it, or set TWILIO_ACCOUNT_SID and a secret.")
    return config


def _of_profile(config: Mapping[str, Any], name: str, how: str, *, implied: bool = False) -> FoundCredentials:
    source = f"the {how} profile {name} of the Twilio CLI"
    known = config.get("profiles")
    profile = known.get(name) if isinstance(known, dict) else None
    if not isinstance(profile, dict):
        older = config.get("projects")
        if isinstance(older, list) and any(isinstance(one, dict) and one.get("id") == name for one in older):
            what = f"{source[0].upper()}{source[1:]} has the older form, whose secret is in the system's keychain."
            raise Problem(what, _RENEW.format(name=name))
        there = ", ".join(sorted(known)) if isinstance(known, dict) and known else "none"
        raise Problem(f"The Twilio CLI has no profile {name}; it has: {there}.", _RENEW.format(name=name))
    sid, key, secret, region = (str(profile.get(one) or "").strip() for one in _FIELDS)
    try:
        # The CLI fills apiKey with the account's SID when it took an Auth Token from the environment.
        credentials = Credentials(account_sid=sid, username=key, password=secret)
    except Problem:
        what = f"{source[0].upper()}{source[1:]} lacks a valid account SID, key SID or secret."
        raise Problem(what, _RENEW.format(name=name)) from None
    return FoundCredentials(credentials, source, implied, region)


_FIELDS = ("accountSid", "apiKey", "apiSecret", "region")
