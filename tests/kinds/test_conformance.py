"""What every kind keeps, as one suite over all of them; the cases are in cases.py."""

import pytest

from twilio_environments.emulator import Fault
from twilio_environments.lifecycle.objects import INCOMPLETE
from twilio_environments.lifecycle.values import plain

from .case import Case, Change
from .cases import CASES
from .world import COLLECTIONS, Resource, World

by_kind = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
INPUTS = [(case, number) for case in CASES for number in range(1 + len(case.full))]
by_inputs = pytest.mark.parametrize(
    ("case", "number"),
    INPUTS,
    ids=[f"{case.name}-{'full' if number else 'minimal'}{number}" for case, number in INPUTS],
)
CHANGES = [(case, change) for case in CASES for change in case.changes]
by_change = pytest.mark.parametrize(
    ("case", "change"), CHANGES, ids=[f"{case.name}-{change.name}" for case, change in CHANGES]
)


def declared(world: World, case: Case, number: int = 0) -> Resource:
    return Resource(world, case.kind, **(case.minimal, *case.full)[number])


@by_kind
def test_the_cases_have_every_field_with_a_value_of_its_own_and_a_change_of_it(case: Case):
    table = case.kind.declaration.table()
    fields = {name for name, twilio in table.items() if (twilio.sent or twilio.compared) and not twilio.replaces}
    fields -= {"delivery", "document", "documents", "commit_message"}  # moved and sent by tests of their own kind
    defaults = {name: field.get_default(call_default_factory=True) for name, field in _model_fields(case).items()}
    given = {name for inputs in case.full for name, value in inputs.items() if value != defaults[name]}
    assert fields <= given, "a field that no case declares is not tested"
    once = {"type"}  # a change of it makes another key
    assert fields - once == {change.name for change in case.changes}, "a field that no case changes is not tested"


def _model_fields(case: Case):
    return case.kind.declaration.model_fields


@by_inputs
def test_a_creation_takes_the_fewest_posts_and_the_preview_after_it_is_empty(world, case, number):
    resource = declared(world, case, number)
    outcome = resource.create()
    assert not outcome.incomplete
    assert not outcome.notes
    methods = world.methods()
    assert methods["POST"] == case.posts[number], "one POST for each object, nothing is sent twice"
    assert methods["DELETE"] == 0
    assert resource.diff() == []


@by_inputs
def test_what_the_post_answered_is_what_a_listing_and_a_get_say(world, case, number):
    # The lag keeps the object out of the first listing, so that the first reading is a GET and the second a listing.
    world.twilio.faults.add(Fault("lag", method="POST", path=COLLECTIONS, reads=1))
    resource = declared(world, case, number)
    resource.create()
    answered = plain(resource.recorded)
    assert resource.refresh(), "missing in a listing is not gone"
    assert plain(resource.recorded) == answered, "the object read by GET"
    assert resource.diff() == []
    assert resource.refresh()
    assert plain(resource.recorded) == answered, "the object read from a listing"
    assert resource.diff() == []


@by_inputs
def test_the_state_keeps_what_is_not_twilios_default_and_nothing_is_lost_by_it(world, case, number):
    resource = declared(world, case, number)
    live = resource.create().live
    everything = {**live.values, **live.facts}
    assert {name: plain(resource.recorded[name]) for name in everything} == plain(everything)
    table, fields = case.kind.declaration.table(), _model_fields(case)
    defaults = {name: fields[name].get_default(call_default_factory=True) for name in table if table[name].compared}
    assert not [name for name in resource.state.keys() & defaults.keys() if resource.state[name] == defaults[name]]


@by_inputs
def test_what_a_refresh_records_as_inputs_declares_what_is_there(world, case, number):
    resource = declared(world, case, number)
    resource.create()
    assert resource.refresh()
    resource.inputs = resource.kind.inputs_of(resource.recorded)
    assert resource.diff() == []


@by_inputs
def test_a_check_finds_nothing_wrong_and_changes_nothing(world, case, number):
    resource = declared(world, case, number)
    before = world.events()
    case.kind.check(world.run(), resource.inputs)
    assert world.methods().keys() <= {"GET"}
    assert world.events() == before
    assert world.store.read(world.path) is None


@by_change
def test_a_changed_field_is_named_sent_once_shown_and_cleared_when_it_is_left_out(world, case, change: Change):
    base = {**case.minimal, **change.beside}
    resource = Resource(world, case.kind, **base)
    resource.create()
    for inputs, calls in ((base | {change.name: change.value}, change.calls), (base, change.back)):
        resource.declare(**inputs)
        assert resource.diff() == change.expected, change.reason
        world.twilio.journal.clear()
        assert not resource.update().incomplete, change.reason
        assert _writes(world) == dict(calls), change.reason
        assert resource.diff() == [], change.reason
        assert resource.refreshed_diff() == [], change.reason
    assert resource.refresh()
    default = case.kind.desired(case.kind.read_inputs(resource.inputs))[change.name]
    assert plain(resource.recorded[change.name]) == plain(default), f"left out, {change.name} is its default again"


@by_change
def test_a_field_changed_by_hand_is_drift_of_that_field_alone(world, case, change: Change):
    """Somebody else is another run of ours, with other settings."""
    base = {**case.minimal, **change.beside}
    resource = Resource(world, case.kind, **base)
    resource.create()
    somebody = Resource(world, case.kind, **base | {change.name: change.value})
    somebody.id, somebody.recorded = resource.id, resource.recorded
    somebody.update()
    drift = change.expected if change.drift is None else sorted(change.drift)
    assert resource.refreshed_diff() == drift, change.reason


def _writes(world: World) -> dict[str, int]:
    return {method: count for method, count in world.methods().items() if method != "GET"}


@by_kind
def test_what_was_deleted_behind_our_back_is_read_as_gone_and_can_be_deleted(world, case):
    resource = declared(world, case)
    resource.create()
    if case.name == "senders":
        world.wire.delete(world.address("messaging_services", resource.id))
    elif case.name == "secrets":
        world.store.remove(world.path, "acme/staging", ["account_sid"])
    elif case.name == "subaccount":
        world.parent.post(world.address("subaccount", resource.id), Status="closed")
    else:
        assert world.wire.delete(world.address(case.name, resource.object_id)).status_code == 204
    assert not resource.refresh()
    resource.delete()


@by_kind
def test_deleting_twice_is_success_and_leaves_nothing(world, case):
    resource = declared(world, case)
    resource.create()
    resource.delete()
    resource.delete()
    if case.name != "senders":  # an empty pool is what is left
        assert not resource.refresh()


@by_kind
def test_everything_in_a_subaccount_that_somebody_closed_is_gone(world, case):
    resource = declared(world, case)
    resource.create()
    if case.name == "subaccount":
        world.parent.post(world.address("subaccount", resource.id), Status="closed")
    else:
        world.close()
    assert not resource.refresh()
    resource.delete()


@by_kind
def test_a_second_object_is_read_from_the_listing_that_the_first_one_took(world, case):
    resource = declared(world, case)
    resource.create()
    session = world.run()
    resource.refresh(session)
    world.twilio.journal.clear()
    resource.refresh(session)
    assert world.methods() == {}, "listings are shared by everything in a run"


@by_kind
def test_an_incomplete_object_is_a_difference_until_it_is_complete(world, case):
    resource = declared(world, case)
    resource.create()
    resource.recorded[INCOMPLETE] = ["something is left to do"]
    assert resource.diff() == [INCOMPLETE]
    resource.update()
    assert resource.diff() == []
