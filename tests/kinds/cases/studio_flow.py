"""Studio flows as data."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.kinds.case import Case, Change
from tests.kinds.operations import Operations
from tests.kinds.strategies import NAMES, Known, Some, form, some, together
from twilio_environments.kinds import studio_flow
from twilio_environments.kinds.studio_flow import Definition


def flow(greeting: str = "Hello", **more: Any) -> str:
    """A flow's definition as JSON text."""
    trigger = {"name": "Trigger", "type": "trigger", "properties": {"offset": {"x": 0, "y": 0}}}
    say = {"name": "say", "type": "say-play", "properties": {"say": greeting, "loop": 1}}
    return json.dumps(
        {
            "description": "A greeting",
            "initial_state": "Trigger",
            "states": [
                trigger | {"transitions": [{"event": "incomingCall", "next": "say"}, {"event": "incomingMessage"}]},
                say | {"transitions": [{"event": "audioComplete"}]},
            ],
            "flags": {"allow_concurrent_calls": True},
        }
        | more
    )


_FLOW = {"friendly_name": "ivr", "definition": flow()}


def _random(index: int, known: Known) -> Some:
    optional = some({"status": st.sampled_from(["draft", "published"]), "commit_message": st.just("first")})
    return together(st.just({"reviewed": 1000}), optional)  # whatever is edited by hand may be set back


CASE = Case(
    studio_flow.KIND,
    _FLOW,
    (
        {
            "friendly_name": "ivr",
            "definition": flow("${values.greeting}"),
            "placeholders": {"values.greeting": "Welcome"},
            "status": "draft",
            "commit_message": "first",
        },
    ),
    (
        Change("friendly_name", "menu"),
        Change("definition", flow("Goodbye")),
        Change("status", "draft", drift=(), reason="a draft on top of what is published is no change of what runs"),
    ),
    table="studio_flows",
    operations=(Operations(Definition, "studio_v2", ("/v2/Flows", "/v2/Flows/{Sid}")),),
    by_hand={"Definition": _FLOW["definition"], "Status": "draft"},
    random=_random,
    account=form({"FriendlyName": NAMES}, {"Status": st.sampled_from(["published", "published", "draft"])}),
)
