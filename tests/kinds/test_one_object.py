"""One object per declaration, whatever went wrong: found before it is made, and never made twice."""

import pytest

from twilio_environments.emulator import Fault
from twilio_environments.lifecycle.objects import ACCOUNT
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import OutcomeUnknown

from .case import Case
from .cases import LISTED
from .world import COLLECTIONS, MARK, Resource, World

by_kind = pytest.mark.parametrize("case", LISTED, ids=lambda case: case.name)
WITHOUT_KEYS = [case for case in LISTED if case.name != "keys"]  # a key's secret cannot be had a second time
by_kind_without_keys = pytest.mark.parametrize("case", WITHOUT_KEYS, ids=lambda case: case.name)


def named(world: World, case: Case, name: str) -> list[str]:
    """The SIDs of everything of this kind and name."""
    return [row["sid"] for row in world.twilio.state.table(case.table).rows(friendly_name=name)]


def declared(world: World, case: Case, **more: object) -> Resource:
    return Resource(world, case.kind, **case.minimal, **more)


def by_hand(world: World, case: Case, **more: object) -> str:
    """Make the declared object, and forget that we did."""
    resource = declared(world, case, **more)
    resource.create()
    world.twilio.journal.clear()
    return resource.object_id


@by_kind
def test_an_object_of_ours_that_is_there_already_is_taken_over_without_a_post_and_said_aloud(world, case):
    was = by_hand(world, case, adopt=True)
    resource = declared(world, case, adopt=True)
    outcome = resource.create()
    assert resource.object_id == was
    assert "POST" not in world.methods(), "nothing is made, and nothing is sent that is so already"
    assert len(outcome.notes) == 1
    assert was in outcome.notes[0]
    assert resource.diff() == []


@pytest.mark.parametrize(
    "case", [case for case in LISTED if case.name != "verify_services"], ids=lambda case: case.name
)
def test_the_stacks_mark_at_the_end_of_the_name_proves_it_ours(world, case):
    name = f"something {MARK}"
    resource = Resource(world, case.kind, **case.minimal | {"friendly_name": name})
    resource.create()
    again = Resource(world, case.kind, **case.minimal | {"friendly_name": name, "mark": MARK})
    again.create()
    assert again.object_id == resource.object_id
    assert named(world, case, name) == [resource.object_id]


@by_kind_without_keys
def test_what_is_taken_over_is_brought_to_what_is_declared(world, case):
    by_hand(world, case)
    resource = Resource(world, case.kind, **case.full[0], adopt=True)
    assert not resource.create().incomplete
    assert resource.diff() == []
    assert resource.refreshed_diff() == []


@by_kind
def test_a_strangers_object_of_that_name_is_a_problem_that_says_how_to_take_it_over(world, case):
    was = by_hand(world, case)
    before = world.events()
    with pytest.raises(Problem) as caught:
        declared(world, case).create()
    assert was in caught.value.what
    assert ("adopt: true" in caught.value.remedy) == (case.name != "keys"), "a key's secret cannot be taken over"
    assert "friendly_name" in caught.value.remedy
    assert world.events() == before
    assert world.methods().keys() <= {"GET"}


@pytest.mark.parametrize(
    "case", [case for case in WITHOUT_KEYS if case.name != "numbers"], ids=lambda case: case.name
)  # no two numbers are the same
@pytest.mark.parametrize("adopt", [False, True])
def test_two_of_one_name_are_a_problem_that_names_both_even_when_they_may_be_taken_over(world, case, adopt):
    first = Resource(world, case.kind, **case.minimal | {"friendly_name": "another name"})
    second = declared(world, case)
    for resource in (first, second):
        resource.create()
    first.declare(**case.minimal)
    first.update()
    before = world.events()
    with pytest.raises(Problem) as caught:
        declared(world, case, adopt=adopt).create()
    assert first.id in caught.value.what
    assert second.id in caught.value.what
    assert world.events() == before


LOST = {
    "the connection broke after the commit": Fault("reset_after", method="POST", path=COLLECTIONS, times=1),
    "a server error after the commit": Fault("status_after", method="POST", path=COLLECTIONS, status=500, times=1),
    "half an answer": Fault("truncate", method="POST", path=COLLECTIONS, times=1),
    "a proxy's page for an answer": Fault("html", method="POST", path=COLLECTIONS, times=1),
    "an empty answer": Fault("empty", method="POST", path=COLLECTIONS, times=1),
}


def fresh(fault: Fault) -> Fault:
    return Fault(fault.action, method=fault.method, path=fault.path, status=fault.status, times=fault.times)


@by_kind_without_keys
@pytest.mark.parametrize("reason", LOST)
def test_an_object_whose_answer_was_lost_is_found_and_not_made_again(world, case, reason):
    world.twilio.faults.add(fresh(LOST[reason]))
    resource = declared(world, case)
    outcome = resource.create()
    assert named(world, case, resource.inputs["friendly_name"]) == [resource.id], reason
    assert world.methods()["POST"] == 1, reason
    assert any(resource.id in note for note in outcome.notes), reason
    assert resource.diff() == [], reason
    assert resource.refreshed_diff() == [], reason


@by_kind_without_keys
def test_an_object_whose_answer_was_lost_and_that_no_listing_shows_yet_is_found_by_the_next_run(world, case):
    world.twilio.faults.add(Fault("lag", method="POST", path=COLLECTIONS, reads=7, times=1))
    world.twilio.faults.add(fresh(LOST["the connection broke after the commit"]))
    resource = declared(world, case, adopt=True)
    with pytest.raises(OutcomeUnknown, match="Run again"):
        resource.create()
    (world.parent if case.name == "subaccount" else world.wire).get(world.address(case.name))
    resource.create()
    assert named(world, case, resource.inputs["friendly_name"]) == [resource.id]


@by_kind
def test_an_object_that_twilio_refused_for_its_rate_limit_is_made_once(world, case):
    world.twilio.faults.add(Fault("status", method="POST", path=COLLECTIONS, status=429, times=2))
    resource = declared(world, case)
    assert not resource.create().notes
    assert named(world, case, resource.inputs["friendly_name"]) == [resource.object_id]


@by_kind
def test_a_refusal_is_final_and_leaves_nothing(world, case):
    world.twilio.faults.add(Fault("status", method="POST", path=COLLECTIONS, status=400, code=20001))
    with pytest.raises(Problem, match="20001"):
        declared(world, case).create()
    assert world.methods()["POST"] == 1
    assert named(world, case, str(case.minimal["friendly_name"])) == []


@by_kind
def test_a_listing_that_fails_is_no_proof_that_there_is_nothing(world, case):
    world.twilio.faults.add(Fault("status", method="GET", path=COLLECTIONS, status=500))
    with pytest.raises(Problem):
        declared(world, case, adopt=True).create()
    assert "POST" not in world.methods(), "without a listing nothing is made"


@by_kind
def test_what_twilio_has_and_cannot_say_is_not_read_as_gone(world, case):
    resource = declared(world, case)
    resource.create()
    world.twilio.faults.add(Fault("html", method="GET"))
    with pytest.raises(Problem):
        resource.refresh()


@by_kind_without_keys
def test_what_could_not_be_finished_is_recorded_and_finished_by_the_next_run(world, case):
    by_hand(world, case)
    world.twilio.faults.add(Fault("status", method="POST", status=400, code=20001, times=1))
    resource = Resource(world, case.kind, **case.full[0], adopt=True)
    outcome = resource.create()
    assert resource.id
    assert "20001" in " ".join(outcome.incomplete)
    assert "incomplete" in resource.diff()
    assert not resource.update().incomplete
    assert resource.diff() == []
    assert resource.refreshed_diff() == []


@by_kind_without_keys
def test_an_update_that_failed_leaves_what_is_recorded_and_is_done_by_the_next_run(world, case):
    resource = declared(world, case)
    resource.create()
    resource.declare(**case.full[0])
    world.twilio.faults.add(Fault("status", method="POST", status=500, times=1))
    with pytest.raises(Problem):
        resource.update()
    assert not resource.update().incomplete
    assert resource.refreshed_diff() == []


@by_kind
def test_another_account_is_another_object(world, case):
    if case.name == "subaccount":
        return  # it is in no account
    resource = declared(world, case)
    resource.create()
    resource.inputs[ACCOUNT] = world.twilio.account_sid
    assert resource.difference().replaces == [ACCOUNT]


@by_kind
def test_an_object_made_anew_in_the_run_that_deleted_it_is_another_one(world, case):
    resource = declared(world, case, adopt=True)
    resource.create()
    was, session = resource.object_id, world.run()
    assert resource.refresh(session)  # the listing of this run has it
    resource.delete(session)
    resource.create(session)
    assert resource.object_id != was
    assert resource.refresh()


@by_kind_without_keys
def test_a_name_that_an_object_gave_up_in_this_run_is_free_for_another_one(world, case):
    if case.name == "numbers":
        return  # a number is told apart by itself
    first, session = declared(world, case, adopt=True), world.run()
    first.create()
    assert first.refresh(session)  # the listing of this run has it under its old name
    first.declare(**case.minimal | {"friendly_name": "another name"}, adopt=True)
    first.update(session)
    second = declared(world, case, adopt=True)
    second.create(session)
    assert second.id != first.id, "two resources of one object would fight over it, and delete it twice"
