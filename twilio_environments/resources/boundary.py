"""What crosses between Pulumi and the adapter: inert texts, secrets that stay secret, one kind of failure.

Whatever somebody typed at Twilio is recorded in inert form (`visible.inert`), since Pulumi prints line breaks and
control characters as they are, and a CI runner obeys what it reads; the adapter itself sees the originals again.

Pulumi passes secrets in clear text and marks what comes back under the same name. So the program says which inputs are
secret (`SECRETS`); outputs that are derived from them are marked here, and no outgoing message contains their values.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

import pulumi
from pulumi.dynamic import CheckResult, CreateResult, ReadResult, UpdateResult
from pulumi.runtime import rpc

from twilio_environments.lifecycle.objects import INCOMPLETE
from twilio_environments.problems import Problem
from twilio_environments.resources import host
from twilio_environments.secret_texts import forms_of, without
from twilio_environments.visible import inert, original, visible

SECRETS = "secret_inputs"
"""The input that names the secret inputs."""
Operation = TypeVar("Operation", bound=Callable[..., Any])


class _Hidden(threading.local):
    """Values that no message of this thread's operation may contain."""

    forms: tuple[str, ...] = ()


_hidden = _Hidden()


def crossing(operation: Operation) -> Operation:
    """Wrap one of the adapter's operations for Pulumi: see the module. Raise only host.HostError."""

    @wraps(operation)
    def crossed(adapter: Any, *arguments: Any) -> Any:
        # The program's declarations are as typed; everything else has been through here.
        declared = arguments[-1] if operation.__name__ == "check" else None
        given = [one if one is declared else original(one) for one in arguments]
        before = _hidden.forms
        _hidden.forms = forms_of(_secrets(given))
        try:
            result = operation(adapter, *given)
            return _outward(adapter, result)
        except (Problem, host.HostError) as problem:
            raise host.HostError(told(problem)) from None
        except Exception as error:  # noqa: BLE001 - a traceback would be all that the user sees, and may hold a secret
            fault = f"{type(error).__name__} at {_where(error)}"
            raise host.HostError(f"A fault in twilio-environments itself: {fault}. Please report it.") from None
        finally:
            _hidden.forms = before

    return cast("Operation", crossed)


def told(message: object) -> str:
    """Return a message that is safe to send: on one line, without the values of secrets."""
    return visible(without(message, _hidden.forms))


def secret_names(inputs: Mapping[str, Any]) -> pulumi.Output[list[str] | None] | None:
    """Return which of a resource's inputs are secret, as an input; None if none can be."""
    outputs = {name: pulumi.Output.from_input(value) for name, value in inputs.items() if _holds_output(value)}

    async def names() -> list[str] | None:
        return [name for name, output in sorted(outputs.items()) if await output.is_secret()] or None

    return pulumi.Output.from_input(names()) if outputs else None


def _holds_output(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_output, value.values()))
    return any(map(_holds_output, value)) if isinstance(value, list | tuple) else isinstance(value, pulumi.Output)


def _outward(adapter: Any, result: Any) -> Any:
    if isinstance(result, CheckResult):
        result.inputs = inert(result.inputs)
        for failure in result.failures:
            failure.reason = told(failure.reason)
    if isinstance(result, ReadResult):
        result.inputs = _recorded(adapter, result.inputs)
    if isinstance(result, CreateResult | UpdateResult | ReadResult):
        result.outs = _recorded(adapter, result.outs)
    return result


def _recorded(adapter: Any, values: Mapping[str, Any] | None) -> dict[str, Any]:
    kept: dict[str, Any] = inert(values or {})
    if INCOMPLETE in kept:
        kept[INCOMPLETE] = [told(sentence) for sentence in kept[INCOMPLETE]]
    for name, sources in adapter.kind.derived.items():
        if name in kept and {*sources, name} & set(kept.get(SECRETS) or ()):
            kept[name] = rpc.wrap_rpc_secret(kept[name])
    return kept


def _secrets(given: list[Any]) -> Iterator[Any]:
    """Yield the values of the inputs that are secret, out of all arguments of an operation."""
    sides = [one for one in given if isinstance(one, Mapping)]
    names = {name for side in sides for name in side.get(SECRETS) or ()}
    yield from (side[name] for side in sides for name in names if name in side)


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def known_of(inputs: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Split off values that are unknown in a preview; a mapping keeps its known items."""
    known: dict[str, Any] = {}
    unknown = set()
    for name, value in inputs.items():
        if isinstance(value, Mapping):
            items = {key: item for key, item in value.items() if not _holds_unknown(item)}
            if len(items) < len(value):
                unknown.add(name)
            known[name] = items
        elif _holds_unknown(value):
            unknown.add(name)
        elif name != "__provider":
            known[name] = value
    return known, unknown


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds_unknown(item) for item in value)
    return isinstance(value, pulumi.output.Unknown)
