"""What hangs below an object, for a kind that says nothing of it but its fields."""

from typing import Annotated, Any

import pytest

from tests.kinds.world import Resource
from twilio_environments.emulator import Fault
from twilio_environments.lifecycle.declaration import Declaration, Declared
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.parts import Part, parts_of
from twilio_environments.problems import Problem

EVERY = "https://hooks.acme.example.com/every"
OTHER = "https://hooks.acme.example.com/other"


class Bucket(Declared):
    interval: int
    """Seconds."""
    max: int
    """Of what is counted."""


class Limit(Declared):
    unique_name: str
    """Its name."""
    description: str = ""
    """What it is for."""
    every: Annotated[list[Bucket], Part(key="interval", collection="buckets")] = []
    """How many in which time."""


class Hook(Declared):
    webhook_url: str
    """Where to."""
    event_types: list[str] = ["*"]
    """Which."""


class Desk(Declaration):
    friendly_name: str
    """Its name."""
    limits: Annotated[
        list[Limit], Part(key="unique_name", collection="rate_limits", there_already=frozenset({60208}))
    ] = []
    """Its limits."""
    webhooks: Annotated[dict[str, Hook], Part(key="friendly_name")] = {}
    """By name."""


class DeskKind(ListedKind[Desk]):
    noun = "desk"
    section = "desks"
    path = "verify.v2.services"
    prefix = "VA"
    declaration = Desk
    facts = {"sid": str}
    bears_mark = False


KIND = DeskKind()
LIMITS: list[dict[str, Any]] = [{"unique_name": "ip", "every": [{"interval": 60, "max": 4}]}, {"unique_name": "user"}]


def desk(world, **fields) -> Resource:
    return Resource(world, KIND, friendly_name="Acme", **fields)


def test_the_parts_of_a_kind_are_its_fields():
    assert {name: (part.collection, part.model, part.is_list) for name, part in parts_of(Desk).items()} == {
        "limits": ("rate_limits", Limit, True),
        "webhooks": ("webhooks", Hook, False),
    }
    assert parts_of(Limit)["every"].model is Bucket
    assert parts_of(Hook) == parts_of(None) == {}


def test_a_kind_that_only_declares_its_parts_has_them_made_changed_removed_and_read(world):
    resource = desk(world, limits=LIMITS, webhooks={"all": {"webhook_url": EVERY}})
    assert not resource.create().incomplete
    assert world.methods()["POST"] == 5
    assert not [call for call in world.twilio.calls if call.method == "GET" and resource.id in call.path], "just made"
    assert resource.refreshed_diff() == []
    resource.declare(
        friendly_name="Acme Desk",
        limits=[LIMITS[0] | {"every": [{"interval": 60, "max": 5}, {"interval": 3600, "max": 9}]}],
        webhooks={"all": {"webhook_url": OTHER}, "new": {"webhook_url": EVERY, "event_types": ["factor.created"]}},
    )
    assert resource.diff() == ["friendly_name", "limits", "webhooks"]
    world.twilio.journal.clear()
    assert not resource.update().incomplete
    writes = [(call.method, call.path.rpartition("/v2/Services/")[2].split("/")[1:]) for call in world.twilio.calls]
    assert [(method, path[::2]) for method, path in writes if method != "GET"][:3] == [
        ("POST", []),
        ("DELETE", ["RateLimits"]),
        ("POST", ["RateLimits"]),
    ], "the object itself, then what is gone, then what differs"
    assert resource.refreshed_diff() == []


def test_one_that_is_gone_while_its_own_parts_are_read_is_gone(world):
    resource = desk(world, limits=LIMITS)
    resource.create()
    world.twilio.faults.add(Fault("status", method="GET", path="/Buckets$", status=404, code=20404, times=1))
    assert resource.refreshed_diff() == ["limits"]
    assert [one["unique_name"] for one in resource.recorded["limits"]] in (["ip"], ["user"])
    assert resource.refreshed_diff() == []


def test_one_that_is_there_and_not_yet_listed_is_made_no_second_time(world):
    resource = desk(world)
    resource.create()
    session = world.run()
    resource.refresh(session)
    world.wire.post(f"{world.address('verify_services', resource.id)}/RateLimits", UniqueName="ip")
    resource.declare(friendly_name="Acme", limits=LIMITS[:1])
    with pytest.raises(Problem, match="already has 'ip' in rate_limits, but its listing does not show it yet"):
        resource.update(session)
    assert not resource.update().incomplete
    assert resource.refreshed_diff() == []
