"""`twilio-env rotate` and `twilio-env rotate-auth-token`: rotations on demand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from twilio_environments.cli import answers, project, pulumi
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.kinds import api_key, secret_document
from twilio_environments.lifecycle.mistakes import unknown_name
from twilio_environments.lifecycle.objects import ACCOUNT
from twilio_environments.problems import Problem
from twilio_environments.rest.sessions import session
from twilio_environments.secrets import schedule, token_rotation
from twilio_environments.secrets.delivery import DocumentReference

Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack, such as prod.")]
_KEYS = f"{api_key.KIND.section}."


def rotate(
    stack: Stack,
    keys: Annotated[list[str] | None, typer.Argument(help="Logical names; default: all keys.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: answers.Json = False,
) -> None:
    """Rotate API keys now: runs a `pulumi up` that targets only these keys."""
    answers.require_answered(as_json=as_json, answered=yes)
    there = _keys(stack)
    known = [key for key, _ in there]
    if not known:
        raise Problem(f"The stack {stack} has no keys.", "Run pulumi up first.")
    for key in keys or []:
        if key not in known:
            raise Problem(f"{key!r} {unknown_name('key', key, known)} (stack {stack}).", "Nothing was changed.")
    chosen = keys or known
    targets = [argument for key, one in there if key in chosen for argument in ("--target", _target(one))]
    rotation = schedule.stamp(datetime.now(UTC))
    arguments = ["up", "--stack", stack, *targets, *(["--yes"] if yes else [])]
    code = pulumi.run(arguments, environ=schedule.request(rotation, chosen), as_json=as_json)
    now = dict(_keys(stack)) if as_json or not code else {}
    done = {key for key, one in now.items() if one.outputs.get("rotated") == rotation}
    if not code and (left := sorted({*chosen} - done)):
        raise Problem(
            f"pulumi up succeeded, and did not rotate {', '.join(left)}.",
            "Look in its output whether the program still declares these keys, and under the same names.",
        )
    if as_json:
        rows = [
            answers.RotatedKey(
                name=key, sid_before=one.sid, sid=now[key].sid if key in now else "", rotated=key in done
            )
            for key, one in there
            if key in chosen
        ]
        answers.Rotate(stack=stack, keys=rows).show()
    raise typer.Exit(code)


def _keys(stack: str) -> list[tuple[str, RecordedObject]]:
    """Return the recorded keys, each with its logical name, or the resource's name in a program of your own."""
    recorded = [one for one in pulumi.recorded(stack) if one.kind is api_key.KIND]
    return [(one.place.removeprefix(_KEYS), one) for one in recorded]


def _target(key: RecordedObject) -> str:
    """Return the target that matches a key's resource, in an environment under its former place too."""
    return f"**{key.place}" if key.place.startswith(_KEYS) else key.urn


def rotate_auth_token(
    stack: Stack,
    promote: Annotated[bool, typer.Option("--promote", help="Second step: promote the new token.")] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Undo the first step: delete the new token.")] = False,
) -> None:
    """Rotate the environment's Auth Token in two steps, so that webhook receivers can accept both tokens in between."""
    if promote and abort:
        raise Problem("--promote and --abort exclude each other.", "Pass only one of them. Nothing was changed.")
    project.opened(stack, Path.cwd())
    delivery = _delivery(stack)
    where = f"{delivery.document.path} in {delivery.document.open().address}"
    if abort:
        token_rotation.abort(session(), delivery)
        print(f"The rotation was aborted: {where} holds the only token.")
    elif promote:
        token_rotation.promote(session(), delivery)
        print(f"The new token is now the account's Auth Token, as {delivery.property_name} in {where}.")
        print("Receivers can drop the old one. Anything else that uses it (CI, scripts) has to read the store again.")
        if delivery.account_sid == session().own.sid:
            print("It replaces the token in TWILIO_AUTH_TOKEN: update that variable before the next run.")
    else:
        token_rotation.begin(session(), delivery)
        print(f"{where} now holds both tokens: {delivery.property_name} and {delivery.secondary}.")
        print("Make every webhook receiver read the store again and accept signatures made with either token.")
        print(f"Then: twilio-env rotate-auth-token --stack {stack} --promote   (or --abort)")


def _delivery(stack: str) -> token_rotation.TokenDelivery:
    found = next((one for one in pulumi.recorded(stack) if one.kind is secret_document.KIND), None)
    if found is None or not found.outputs.get("auth_token_property"):
        raise Problem(
            f"The stack {stack} does not deliver an Auth Token.",
            "Set twilio:secrets auth_token: auth_token in its stack file, then run pulumi up.",
        )
    try:
        document = DocumentReference.model_validate(found.outputs["document"])
    except ValidationError:  # its message would repeat recorded values
        raise Problem(
            f"The document that the stack {stack} recorded has an invalid path.",
            "Correct twilio:secrets in its stack file, then run pulumi up.",
        ) from None
    return token_rotation.TokenDelivery(
        account_sid=str(found.outputs[ACCOUNT]),
        document=document,
        property_name=str(found.outputs["auth_token_property"]),
    )
