"""Whether Studio accepts a flow definition: shape, names, transitions, widget types.

Facts: Twilio's draft-07 schemas under schemas.twilio.com/studio as third parties describe them, and error 81022, whose
text names schema mismatches, duplicate widget names and transitions to unknown widgets. The wording and the
paths of single failures are our own, modelled on the SDK's `details`.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

__all__ = ["Problems", "check"]

Problems = list[dict[str, str]]

_STATES_MAXIMUM = 1000
# Documented widgets; the legacy chat, sync and task widgets are left out because their names are not published.
_TYPES = frozenset(
    {
        "trigger",
        "send-message",
        "send-and-wait-for-reply",
        "say-play",
        "gather-input-on-call",
        "connect-call-to",
        "enqueue-call",
        "record-call",
        "record-voicemail",
        "fork-stream",
        "capture-payments",
        "make-http-request",
        "make-outgoing-call-v1",
        "make-outgoing-call-v2",
        "run-function",
        "run-function-v2",
        "run-subflow",
        "send-to-flex",
        "set-variables",
        "split-based-on",
        "add-twiml-redirect",
        "connect-virtual-agent",
        "connect-virtual-agent-v2",
    }
)
# Properties that a widget cannot work without; the full schemas require more.
_REQUIRED_PROPERTIES = {
    "make-http-request": ("method", "url"),
    "run-function": ("url",),
    "run-subflow": ("flow_sid", "flow_revision"),
    "split-based-on": ("input",),
    "add-twiml-redirect": ("url",),
}
_KINDS: dict[type, str] = {str: "string", list: "array", dict: "object", bool: "boolean"}


def check(text: str, byte_limit: int) -> tuple[Any, Problems]:
    """Parse and check a definition; return it with every problem found, each a message and a property_path."""
    size = len(text.encode())
    if size > byte_limit:
        return None, [_problem(f"definition is too large: {size} bytes, the maximum is {byte_limit}", "#/")]
    try:
        definition = json.loads(text)
    except ValueError:
        return None, [_problem("definition is not valid JSON", "#/")]
    if not isinstance(definition, dict):
        return None, [_problem("definition must be an object", "#/")]
    return definition, [_problem(message, path) for message, path in _definition(definition)]


def _problem(message: str, path: str) -> dict[str, str]:
    return {"message": message, "property_path": path}


Found = Iterator[tuple[str, str]]  # message, path


def _need(holder: dict[str, Any], path: str, **kinds: type) -> Found:
    """Find properties that are missing, of the wrong kind, or empty strings."""
    for name, kind in kinds.items():
        if name not in holder:
            yield f"required property '{name}' is missing", path
        elif not isinstance(holder[name], kind):
            yield f"must be of type {_KINDS[kind]}", f"{path}/{name}"
        elif holder[name] == "":
            yield "must not be empty", f"{path}/{name}"


def _definition(definition: dict[str, Any]) -> Found:
    yield from _need(definition, "#", initial_state=str, states=list)
    if not isinstance(definition.get("description", ""), str):
        yield "must be of type string", "#/description"
    if "flags" in definition:
        flags = definition["flags"]
        if isinstance(flags, dict):
            yield from _need(flags, "#/flags", allow_concurrent_calls=bool)
        else:
            yield "must be of type object", "#/flags"
    states = definition.get("states")
    if not isinstance(states, list):
        return
    if not 1 <= len(states) <= _STATES_MAXIMUM:
        yield f"must have between 1 and {_STATES_MAXIMUM} states, has {len(states)}", "#/states"
    names = Counter(state["name"] for state in states if isinstance(state, dict) and isinstance(state.get("name"), str))
    initial = definition.get("initial_state")
    if isinstance(initial, str) and initial and initial not in names:
        yield f"initial state '{initial}' is not a state of the flow", "#/initial_state"
    for index, state in enumerate(states):
        yield from _state(state, f"#/states/{index}", names)


def _state(state: object, path: str, names: Counter[str]) -> Found:
    if not isinstance(state, dict):
        yield "must be of type object", path
        return
    yield from _need(state, path, name=str, type=str, properties=dict, transitions=list)
    name, widget = state.get("name"), state.get("type")
    if isinstance(name, str) and names[name] > 1:
        yield f"widget name '{name}' is not unique", f"{path}/name"
    if isinstance(widget, str) and widget and widget not in _TYPES:
        yield f"widget type '{widget}' is unknown", f"{path}/type"
    properties = state.get("properties")
    if isinstance(properties, dict) and isinstance(widget, str):
        for required in _REQUIRED_PROPERTIES.get(widget, ()):
            if required not in properties:
                yield f"required property '{required}' is missing", f"{path}/properties"
    transitions = state.get("transitions")
    for index, transition in enumerate(transitions if isinstance(transitions, list) else ()):
        yield from _transition(transition, f"{path}/transitions/{index}", names)


def _transition(transition: object, path: str, names: Counter[str]) -> Found:
    if not isinstance(transition, dict):
        yield "must be of type object", path
        return
    yield from _need(transition, path, event=str)
    following = transition.get("next")
    if following is not None and following not in names:
        yield f"transition to unknown widget '{following}'", f"{path}/next"
    conditions = transition.get("conditions", [])
    if not isinstance(conditions, list):
        yield "must be of type array", f"{path}/conditions"
        return
    for index, condition in enumerate(conditions):
        place = f"{path}/conditions/{index}"
        if isinstance(condition, dict):
            yield from _need(condition, place, friendly_name=str, arguments=list, type=str, value=str)
        else:
            yield "must be of type object", place
