"""Studio flows: what counts as a change, what somebody's draft is, and reads that lag behind."""

import json
from typing import Any

import pytest

from twilio_environments.kinds.studio_flow import KIND
from twilio_environments.problems import Problem

from .cases.studio_flow import flow
from .world import Resource, World

CONSOLE = {"Emulator-Console-User": "US" + "0" * 31 + "1"}


def declared(world: World, definition: str | None = None, **more: Any) -> Resource:
    return Resource(world, KIND, friendly_name="ivr", definition=definition or flow(), **more)


def console(world: World, resource: Resource, status: str, definition: str) -> int:
    """Somebody saves or publishes in Studio's editor; returns the revision that makes."""
    url = world.address("studio_flows", resource.id)
    form = {"Status": status, "Definition": definition}
    answer = world.wire.call("POST", url, form=form, headers=CONSOLE)
    assert answer.status_code == 200
    return int(answer.json()["revision"])


def moved(definition: str) -> str:
    """The same flow with its widgets elsewhere on the canvas."""
    parsed = json.loads(definition)
    for number, state in enumerate(parsed["states"]):
        state["properties"]["offset"] = {"x": 10 * number, "y": -7}
    return json.dumps(parsed)


def reordered(definition: str) -> str:
    return json.dumps(dict(reversed(json.loads(definition).items())), indent=4)


def with_nulls(definition: str) -> str:
    parsed = json.loads(definition)
    parsed["states"][1]["properties"]["voice"] = None
    return json.dumps(parsed)


SAME = {"whitespace and the order of keys": reordered, "the canvas": moved, "null is left out": with_nulls}
by_same = pytest.mark.parametrize("reason", SAME)


@by_same
def test_what_means_nothing_is_no_difference(world, reason):
    resource = declared(world)
    resource.create()
    resource.declare(friendly_name="ivr", definition=SAME[reason](flow()))
    assert resource.diff() == [], reason


@by_same
def test_what_somebody_publishes_that_means_nothing_is_no_drift(world, reason):
    resource = declared(world)
    resource.create()
    console(world, resource, "published", SAME[reason](flow()))
    assert resource.refreshed_diff() == [], reason


def test_the_order_of_widgets_and_transitions_is_a_difference(world):
    resource = declared(world)
    resource.create()
    parsed = json.loads(flow())
    parsed["states"][0]["transitions"].reverse()  # conditions are tried in their order
    resource.declare(friendly_name="ivr", definition=json.dumps(parsed))
    assert resource.diff() == ["definition"]


def test_a_draft_on_top_of_what_is_published_is_no_change_of_what_runs(world):
    resource = declared(world)
    resource.create()
    console(world, resource, "draft", flow("Work in progress"))
    assert resource.refreshed_diff() == []
    assert resource.refreshed_diff() == [], "and not when its revision is known either"


def test_a_draft_that_is_then_published_is_drift(world):
    resource = declared(world)
    resource.create()
    console(world, resource, "draft", flow("Work in progress"))
    assert resource.refreshed_diff() == []
    console(world, resource, "published", flow("Work in progress"))
    assert resource.refreshed_diff() == ["definition"]
    assert "Work in progress" in resource.recorded["definition"]


def test_what_somebody_published_below_a_newer_draft_is_drift(world):
    resource = declared(world)
    resource.create()
    console(world, resource, "published", flow("Published by hand"))
    console(world, resource, "draft", flow("And going on"))
    assert resource.refreshed_diff() == ["definition"]
    assert "Published by hand" in resource.recorded["definition"]


def test_a_declared_draft_that_somebody_published_is_drift(world):
    resource = declared(world, status="draft")
    resource.create()
    console(world, resource, "published", flow())
    assert resource.refreshed_diff() == ["status"]


def test_an_update_publishes_over_somebodys_draft(world):
    resource = declared(world)
    resource.create()
    console(world, resource, "draft", flow("Work in progress"))
    resource.refresh()
    resource.declare(friendly_name="ivr", definition=flow("Ours"))
    resource.update()
    latest = world.wire.get(world.address("studio_flows", resource.id) + "/Revisions/LatestPublished").json()
    assert latest["definition"]["states"][1]["properties"]["say"] == "Ours"
    assert resource.refreshed_diff() == []


def test_a_revision_that_did_not_move_is_not_fetched(world):
    resource = declared(world)
    resource.create()
    world.twilio.journal.clear()
    assert resource.refreshed_diff() == []
    assert not [call for call in world.twilio.calls if call.pattern == "/v2/Flows/{sid}"]


def test_a_revision_that_moved_is_fetched_once(world):
    resource = declared(world)
    resource.create()
    console(world, resource, "published", flow("By hand"))
    world.twilio.journal.clear()
    resource.refresh()
    assert world.twilio.count("GET", "studio", "/v2/Flows/{sid}") == 1
    world.twilio.journal.clear()
    resource.refresh()
    assert world.twilio.count("GET", "studio", "/v2/Flows/{sid}") == 0


def test_no_change_makes_no_revision(world):
    resource = declared(world)
    resource.create()
    resource.declare(friendly_name="ivr", definition=moved(flow()))
    resource.update()
    assert world.row("studio_flows", resource.id)["revision"] == 1


def test_a_flow_that_reads_do_not_show_yet_is_not_gone(world, switches):
    switches.studio_read_lag = 1
    resource = declared(world)
    resource.create()
    assert resource.diff() == [], "the state is what the POST answered"
    assert resource.refreshed_diff() == []


def test_a_reading_from_before_our_update_is_no_drift(world, switches):
    resource = declared(world)
    resource.create()
    switches.studio_read_lag = 3
    resource.declare(friendly_name="ivr", definition=flow("Goodbye"))
    assert not resource.update().incomplete
    assert resource.diff() == []
    assert resource.refreshed_diff() == [], "revisions only grow, so an older one than ours is a stale reading"
    assert resource.recorded["revision"] == 2


def test_the_commit_message_goes_with_a_change_and_is_none_by_itself(world):
    resource = declared(world, commit_message="first")
    resource.create()
    resource.declare(friendly_name="ivr", definition=flow(), commit_message="second")
    assert resource.diff() == []
    resource.declare(friendly_name="ivr", definition=flow("Goodbye"), commit_message="second")
    resource.update()
    assert world.row("studio_flows", resource.id)["commit_message"] == "second"


def test_placeholders_are_filled_in_and_another_value_is_another_definition(world):
    template = flow("Welcome to ${values.company}, $${not.this}, {{flow.data.name}}")
    resource = declared(world, template, placeholders={"values.company": "Acme"})
    resource.create()
    live = world.row("studio_flows", resource.id)["definition"]
    assert live["states"][1]["properties"]["say"] == "Welcome to Acme, ${not.this}, {{flow.data.name}}"
    assert resource.refreshed_diff() == []
    resource.declare(friendly_name="ivr", definition=template, placeholders={"values.company": "Emca"})
    assert resource.diff() == ["definition"]


def test_a_placeholder_without_a_value_yet_is_a_difference_in_a_preview_and_no_fault(world):
    resource = declared(world)
    resource.create()
    resource.declare(friendly_name="ivr", definition=flow("Welcome to ${values.company}"))
    assert resource.diff() == ["definition"]


def test_a_definition_that_twilio_would_refuse_is_named_at_preview(world):
    broken = json.loads(flow())
    broken["states"][0]["transitions"][0]["next"] = "nowhere"
    resource = declared(world, json.dumps(broken))
    with pytest.raises(Problem, match="nowhere"):
        KIND.check(world.run(), resource.inputs)


def test_a_definition_is_checked_before_what_it_names_exists(world):
    resource = declared(world, flow("Call ${numbers.support.phone_number}"))
    KIND.check(world.run(), resource.inputs)
