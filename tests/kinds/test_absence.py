"""Nothing is called gone because a reading lagged behind, or because other credentials do not find it."""

import pytest

from tests.emulator.wire import Wire
from twilio_environments.emulator import Fault
from twilio_environments.lifecycle.absence import SEEN_BY, seeing
from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session

from .case import Case
from .cases import CASES, LISTED
from .cases.subaccount import CASE as SUBACCOUNT
from .test_one_object import named
from .world import COLLECTIONS, Resource, World

by_kind = pytest.mark.parametrize("case", LISTED, ids=lambda case: case.name)
in_an_account = pytest.mark.parametrize(
    "case", [case for case in CASES if case is not SUBACCOUNT], ids=lambda case: case.name
)
of_twilio = [case for case in CASES if case.name != "secrets"]  # a document is the store's


def made(world: World, case: Case) -> Resource:
    resource = Resource(world, case.kind, **case.minimal, adopt=True)
    resource.create()
    return resource


def lagging(world: World, reads: int) -> None:
    """From now on what is made cannot be read by itself for so many GETs, and is listed all the same."""
    world.twilio.faults.add(Fault("read_lag", method="POST", path=COLLECTIONS, reads=reads, times=1))


@by_kind
@pytest.mark.parametrize("reads", [1, 5])
def test_what_is_listed_and_cannot_be_read_yet_is_found_and_not_made_again(world, case, reads):
    lagging(world, reads)
    resource = made(world, case)
    world.twilio.journal.clear()
    again = made(world, case)
    assert again.object_id == resource.object_id
    assert world.methods()["POST"] == 0
    assert named(world, case, resource.inputs["friendly_name"]) == [resource.object_id]


@by_kind
@pytest.mark.parametrize("reads", [1, 5])
def test_what_is_listed_and_cannot_be_read_yet_is_not_gone(world, case, reads):
    lagging(world, reads)
    resource = made(world, case)
    if case.kind.section not in {"subaccount", "verify_services"}:  # these are read by GETs anyway
        resource.recorded["friendly_name"] = "as it was before"  # so that the listing alone does not do
    assert resource.refresh()
    assert resource.object_id in named(world, case, str(case.minimal["friendly_name"]))


@pytest.mark.parametrize(
    "case", [case for case in LISTED if case.name != "studio_flows"], ids=lambda case: case.name
)  # the listing has a flow's revision, and one that did not move needs no GET
def test_what_stays_listed_and_unreadable_is_a_problem_and_neither_gone_nor_made_again(world, case):
    lagging(world, 1000)
    resource = made(world, case)
    resource.recorded["friendly_name"] = "as it was before"
    before = world.events()
    with pytest.raises(Problem, match="lists the"):
        resource.refresh()
    if case.name != "keys":  # whose secret in the store opens it: that is a better proof
        with pytest.raises(Problem, match="lists the"):
            made(world, case)
    assert world.events() == before


@by_kind
def test_what_neither_has_is_gone_without_waiting(world, case):
    resource = made(world, case)
    world.twilio.state.table(case.table).delete(resource.object_id)
    session = world.run()
    waited: list[float] = []
    session.wait = waited.append
    assert not resource.refresh(session)
    assert sum(waited) == 0


def test_a_pool_whose_service_cannot_be_read_yet_is_not_gone(world):
    pool = next(case for case in CASES if case.name == "senders")
    lagging(world, 9)
    sid = world.wire.post(world.address("messaging_services"), FriendlyName="new").json()["sid"]
    resource = Resource(world, pool.kind, service_sid=sid)
    resource.create()
    assert resource.refresh()


@pytest.mark.parametrize("case", [case for case in CASES if case is not SUBACCOUNT], ids=lambda case: case.name)
def test_what_is_in_an_account_that_cannot_be_read_yet_is_not_gone(world, case):
    world.twilio.faults.add(Fault("read_lag", method="POST", path="/Accounts/AC", reads=3, times=1))
    resource = made(world, case)
    table = world.twilio.state.table("accounts")
    row = table.get(world.account_sid)
    table.reads_behind[world.account_sid] = (None, 3)
    assert row
    assert resource.refresh()
    table.reads_behind[world.account_sid] = (None, 1000)
    for act in (resource.refresh, resource.delete):
        with pytest.raises(Problem, match=f"lists the account {world.account_sid}"):
            act()


# -- other credentials -------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger(world) -> Session:
    """A run with the credentials of another main account, to whom none of this belongs."""
    sid = Wire(world.twilio).subaccount("Emca").sid
    row = world.row("accounts", sid)
    world.twilio.state.table("accounts").put(sid, row | {"owner_account_sid": sid})
    endpoint = Endpoint(url=world.twilio.endpoint)
    return Session(Credentials(sid, sid, row["auth_token"]), endpoint, sleep=lambda _: None)


@pytest.mark.parametrize("case", of_twilio, ids=lambda case: case.name)
@pytest.mark.parametrize("recorded", ["now", "by a release that did not say who saw it"])
def test_what_another_main_account_does_not_find_is_neither_gone_nor_deleted(world, case, stranger, recorded):
    resource = made(world, case)
    if recorded != "now":
        del resource.recorded[SEEN_BY]
    for act in (resource.refresh, resource.delete):
        with pytest.raises(Problem, match=r"was last seen with|cannot be determined") as caught:
            act(stranger)
        assert "Run with the credentials of" in caught.value.remedy
    assert resource.refresh(), "those who made it find it"
    assert resource.diff() == [], "and its secret is where it was"


@in_an_account
def test_what_lived_in_the_credentials_own_account_is_not_gone_for_those_of_another(world, case, stranger):
    if case.name in {"senders", "secrets"}:
        return  # their parts are seeded into the subaccount
    resource = Resource(world, case.kind, **case.minimal, adopt=True)
    resource.inputs.pop("account_sid")
    resource.create()
    with pytest.raises(Problem, match="was last seen with"):
        resource.refresh(stranger)
    assert resource.refresh()


@in_an_account
def test_an_account_that_twilio_has_deleted_is_gone_with_all_it_had(world, case):
    resource = made(world, case)
    world.close()
    world.twilio.state.table("accounts").delete(world.account_sid)  # as Twilio does 30 days later
    assert not resource.refresh()
    resource.delete()


def test_what_was_last_seen_in_another_region_is_not_gone_in_this_one(world):
    case = next(case for case in CASES if case.name == "messaging_services")
    resource = made(world, case)
    ireland = Endpoint(url=world.twilio.endpoint, region="ie1", edge="dublin")
    credentials = Credentials(world.twilio.account_sid, world.twilio.account_sid, world.twilio.auth_token)
    resource.recorded[SEEN_BY] = seeing(Session(credentials, ireland))
    assert resource.recorded[SEEN_BY] == f"{world.twilio.account_sid} in ie1"
    world.wire.delete(world.address("messaging_services", resource.id))
    for act in (resource.refresh, resource.delete):
        with pytest.raises(Problem, match=r"the account AC\w+ in ie1"):
            act()
