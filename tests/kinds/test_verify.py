"""Verify services with what hangs below them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from twilio_environments.kinds.verify_service import KIND, VerifyService
from twilio_environments.problems import Problem

from .case import OTHER_URL, URL
from .world import Resource, World, accepts, sid

NAME = "Acme Login"
MINUTE, HOUR = {"max": 4, "interval": 60}, {"max": 9, "interval": 3600}
LIMIT = {"description": "by address", "buckets": [MINUTE, HOUR]}
HOOK = {"webhook_url": URL, "event_types": ["factor.*"]}


def service(world: World, **parts: Any) -> Resource:
    return Resource(world, KIND, friendly_name=NAME, **parts)


@dataclass(frozen=True)
class Move:
    """A part before and after, and the calls that change it."""

    part: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    calls: Mapping[str, int]
    reason: str


MOVES = (
    Move("rate_limits", {}, {"ip": {}}, {"POST": 1}, "a limit without buckets"),
    Move("rate_limits", {"ip": LIMIT}, {"ip": LIMIT, "user": {}}, {"POST": 1}, "the one that stays is not touched"),
    Move("rate_limits", {"ip": LIMIT, "user": {}}, {"user": {}}, {"DELETE": 1}, "its buckets go with it"),
    Move(
        "rate_limits",
        {"ip": LIMIT},
        {"ip": LIMIT | {"description": "by host"}},
        {"POST": 1},
        "the description alone: equal buckets are not sent",
    ),
    Move(
        "rate_limits",
        {"ip": LIMIT},
        {"ip": LIMIT | {"buckets": [MINUTE | {"max": 5}, HOUR]}},
        {"POST": 2},
        "a bucket of the same interval is changed in its place",
    ),
    Move(
        "rate_limits",
        {"ip": LIMIT},
        {"ip": LIMIT | {"buckets": [{"max": 4, "interval": 61}, HOUR]}},
        {"POST": 2, "DELETE": 1},
        "a bucket of another interval is another one",
    ),
    Move("rate_limits", {"ip": LIMIT}, {"address": LIMIT}, {"DELETE": 1, "POST": 3}, "a unique name is for good"),
    Move("messaging_configurations", {}, {"all": sid("MG")}, {"POST": 1}, "a first one"),
    Move("messaging_configurations", {"US": sid("MG")}, {"US": sid("MG", 2)}, {"POST": 1}, "changed in its place"),
    Move(
        "messaging_configurations",
        {"US": sid("MG")},
        {"CA": sid("MG")},
        {"DELETE": 1, "POST": 1},
        "the country is what it is told apart by",
    ),
    Move("webhooks", {"events": HOOK}, {"events": HOOK | {"webhook_url": OTHER_URL}}, {"POST": 1}, "another URL"),
    Move("webhooks", {"events": HOOK}, {"events": HOOK | {"status": "disabled"}}, {"POST": 1}, "switched off"),
    Move("webhooks", {"events": HOOK}, {"events": HOOK | {"version": "v1"}}, {"POST": 1}, "another format"),
    Move("webhooks", {"events": HOOK}, {"events": HOOK | {"event_types": ["*"]}}, {"POST": 1}, "other events"),
    Move("webhooks", {"events": HOOK}, {"other": HOOK}, {"POST": 1, "DELETE": 1}, "told apart by its name"),
)


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.part}: {move.reason}")
def test_a_part_is_changed_with_the_fewest_calls_and_read_back(world, move: Move):
    resource = service(world, **{move.part: move.before})
    assert not resource.create().incomplete, move.reason
    resource.declare(friendly_name=NAME, **{move.part: move.after})
    assert resource.diff() == [move.part], move.reason
    world.twilio.journal.clear()
    assert not resource.update().incomplete, move.reason
    assert {method: n for method, n in world.methods().items() if method != "GET"} == move.calls, move.reason
    assert resource.diff() == [], move.reason
    assert resource.refreshed_diff() == [], move.reason


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("rate_limits", {"ip": {"buckets": [MINUTE, HOUR]}}, {"ip": {"buckets": [HOUR, MINUTE]}}),
        (
            "webhooks",
            {"a": HOOK | {"event_types": ["factor.*", "challenge.*"]}},
            {"a": HOOK | {"event_types": ["challenge.*", "factor.*", "factor.*"]}},
        ),
    ],
    ids=["buckets", "event types"],
)
def test_an_order_that_means_nothing_is_no_difference(world, part, before, after):
    resource = service(world, **{part: before})
    resource.create()
    resource.declare(friendly_name=NAME, **{part: after})
    assert resource.diff() == []
    assert resource.refreshed_diff() == []


def test_a_part_added_changed_or_removed_by_hand_is_drift_of_that_part_alone(world):
    resource = service(world, rate_limits={"ip": LIMIT}, messaging_configurations={"all": sid("MG")})
    resource.create()
    address = world.address("verify_services", resource.id)
    limit = world.wire.get(f"{address}/RateLimits").json()["rate_limits"][0]["sid"]
    world.wire.post(f"{address}/RateLimits/{limit}/Buckets", Max=1, Interval=5)
    assert resource.refreshed_diff() == ["rate_limits"]
    world.wire.post(f"{address}/Webhooks", FriendlyName="hand", WebhookUrl=URL, EventTypes="*")
    assert resource.refreshed_diff() == ["rate_limits", "webhooks"]
    world.wire.delete(f"{address}/MessagingConfigurations/all")
    assert resource.refreshed_diff() == ["messaging_configurations", "rate_limits", "webhooks"]
    assert not resource.update().incomplete
    assert resource.refreshed_diff() == []


def test_a_part_that_twilio_refuses_leaves_a_recorded_service_that_the_next_run_finishes(world, switches):
    switches.verify_rate_limit_maximum = 1
    resource = service(world, rate_limits={"ip": LIMIT, "user": LIMIT})
    outcome = resource.create()
    assert resource.id
    assert "60207" in " ".join(outcome.incomplete)
    assert "incomplete" in resource.diff()
    with pytest.raises(Problem, match="60207"):
        resource.update()
    switches.verify_rate_limit_maximum = 5
    assert not resource.update().incomplete
    assert resource.diff() == []
    assert resource.refreshed_diff() == []


def test_a_rate_limit_whose_second_bucket_failed_is_completed_and_not_made_again(world, switches):
    switches.verify_bucket_maximum = 1
    resource = service(world, rate_limits={"ip": LIMIT})
    assert "60210" in " ".join(resource.create().incomplete)
    switches.verify_bucket_maximum = 5
    assert not resource.update().incomplete
    assert len(world.twilio.state.table("verify_rate_limits").rows(service_sid=resource.id)) == 1
    assert resource.refreshed_diff() == []


def test_an_issuer_that_is_not_declared_follows_the_friendly_name(world):
    resource = service(world)
    resource.create()
    assert resource.recorded["totp_issuer"] == NAME
    resource.declare(friendly_name="Acme Entry")
    resource.update()
    assert resource.recorded["totp_issuer"] == "Acme Entry"


def test_an_issuer_set_by_hand_is_drift_and_goes_back_to_the_friendly_name(world):
    resource = service(world)
    resource.create()
    world.wire.post(world.address("verify_services", resource.id), **{"Totp.Issuer": "Somebody"})
    assert resource.refreshed_diff() == ["totp_issuer"]
    resource.update()
    assert resource.refreshed_diff() == []
    assert resource.recorded["totp_issuer"] == NAME


@pytest.mark.parametrize(
    ("fields", "allowed", "reason"),
    [
        ({"friendly_name": "Acme 2024"}, True, "four digits"),
        ({"friendly_name": "Acme 20241"}, False, "five digits look like a phone number to Twilio (60200)"),
        ({"friendly_name": "1 2 3 4 5"}, False, "digits count wherever they stand"),
        ({"friendly_name": "Acme, Inc."}, False, "a character that Twilio refuses"),
        ({"friendly_name": "x" * 31}, False, "Twilio's answer says 30"),
        ({"skip_sms_to_landlines": True}, False, "without lookup_enabled Twilio cannot know"),
        ({"rate_limits": {"ip": {"buckets": [MINUTE, MINUTE | {"max": 1}]}}}, False, "one bucket an interval (60211)"),
        ({"rate_limits": {"an ip": {}}}, False, "a blank in a unique name (60209)"),
        ({"messaging_configurations": {"usa": sid("MG")}}, False, "not ISO 3166-1"),
        ({"webhooks": {"a": {"webhook_url": URL, "event_types": []}}}, False, "no event at all"),
        ({"code_length": 3}, False, "Twilio has 4 to 10"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_twilio_would_refuse_is_a_mistake_at_preview(fields, allowed, reason):
    assert accepts(VerifyService, fields) is allowed, reason
