"""When a credential is rotated: its age, its overlap, and requests to a run, in the words of the stack file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import StringConstraints

from twilio_environments.lifecycle.forms import form
from twilio_environments.secrets.delivery import STORED, UNFINISHED, Delivery
from twilio_environments.secrets.stores.given_up import is_given_up

Duration = Annotated[
    str, StringConstraints(pattern=form(r"^[0-9]{1,5}[smhd]$", "a duration: a number and one of s, m, h and d", "90d"))
]
Clock = Callable[[], datetime]
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d+)([smhd])")
_REQUEST = "TWILIO_ENVIRONMENTS_ROTATE"


def duration(text: str) -> timedelta:
    """Return what `90d`, `12h`, `30m` or `45s` stands for."""
    found = _DURATION.fullmatch(text)
    assert found is not None  # the model has checked it
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def stamp(moment: datetime) -> str:
    """Return a time as it is recorded: ISO 8601 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Return a recorded time."""
    return datetime.fromisoformat(text)


def request(name: str, keys: Sequence[str]) -> dict[str, str]:
    """Return the environment of a run that is to rotate `keys`; `name` tells this rotation from any other."""
    return {_REQUEST: f"{name}={','.join(keys)}"}


def asked_for(key: str, environ: Mapping[str, str]) -> str:
    """Return the name of the rotation of `key` that this run was asked for, "" if it was not."""
    name, _, keys = environ.get(_REQUEST, "").partition("=")
    return name if key in keys.split(",") else ""


def due(
    inputs: Mapping[str, Any], recorded: Mapping[str, Any], now: datetime, remade_for: Sequence[str] = ()
) -> list[str]:
    """Return why a rotation is due, in words; nothing when it is not. `remade_for` are the changes that need one."""
    reasons = []
    if "delivery" in recorded and is_given_up(Delivery.model_validate(recorded["delivery"]).store):
        reasons.append("the store that had its secret was given up, so a new key is created")
    elif (found := recorded.get("secret_status", STORED)) != STORED:
        reasons.append(
            "a rotation was started but not finished, so it is finished now"
            if found == UNFINISHED
            else f"the secret in the store is {found}, so a new key is created"
        )
    reasons += remade_for
    asked = inputs.get("rotation", "")
    if asked and asked != recorded.get("rotated"):
        reasons.append("a rotation was requested")
    every = inputs.get("rotate_every")
    if every and recorded.get("created"):
        age = now - moment(recorded["created"])
        if age >= duration(every):
            reasons.append(f"a rotation is due: the key is {age.days} days old, and rotate_every is {every}")
    return reasons


def ended(recorded: Mapping[str, Any], now: datetime) -> set[str]:
    """Return the old keys whose overlap has ended."""
    return {old["sid"] for old in recorded.get("previous") or [] if moment(old["until"]) <= now}


def previous(recorded: Mapping[str, Any]) -> set[str]:
    """Return the old keys that are still valid."""
    return {old["sid"] for old in recorded.get("previous") or []}
