"""Phone numbers: chosen once, bought by name, configured, released."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from twilio_environments.emulator import Fault
from twilio_environments.kinds.phone_number import PhoneNumber, PhoneNumberKind
from twilio_environments.problems import Problem
from twilio_environments.resources.phone_number import PhoneNumberProvider
from twilio_environments.rest.sessions import use

from .case import OTHER_URL, URL
from .cases.phone_number import CASE as NUMBERS
from .world import Resource, accepts, sid

BUY = r"/IncomingPhoneNumbers\.json$"
SAN_FRANCISCO = {"country": "US", "area_code": 415}
TEN = SAN_FRANCISCO | {"contains": "+1415555010"}  # as many numbers as there are last digits
NUMBER = "+14155550100"
PLAIN = NUMBERS.minimal


@pytest.fixture
def kind() -> PhoneNumberKind:
    """A kind that has chosen no number yet."""
    return PhoneNumberKind()


def searched(world, kind, search=TEN, name="support", **more) -> Resource:
    return Resource(world, kind, search=search, friendly_name=name, **more)


def owned(world) -> list[str]:
    rows = world.twilio.state.table("incoming_phone_numbers").rows(account_sid=world.account_sid)
    return [row["phone_number"] for row in rows if row["phone_number"].startswith("+1415")]


def test_an_explicit_number_is_bought_without_a_search(world, kind):
    number = Resource(world, kind, **PLAIN)
    number.create()
    assert owned(world) == [NUMBER]
    assert not any("AvailablePhoneNumbers" in call.path for call in world.twilio.calls)


def test_a_searched_number_is_bought_by_name_and_searched_for_only_once(world, kind):
    number = searched(world, kind)
    number.create()
    assert owned(world) == [number.recorded["phone_number"]]
    assert number.diff() == []
    assert number.refreshed_diff() == []
    world.twilio.journal.clear()
    assert searched(world, kind, adopt=True).create().live.id == number.id, "found by its friendly name"
    assert not any("AvailablePhoneNumbers" in call.path for call in world.twilio.calls)


def test_a_refresh_of_a_searched_number_records_the_search_and_not_what_it_found(world, kind):
    number = searched(world, kind)
    number.create()
    number.refresh()
    inputs = kind.inputs_of(number.recorded)
    assert inputs["search"]["area_code"] == 415
    assert "phone_number" not in inputs


def test_equal_searches_at_the_same_time_never_share_a_number(world, kind):
    for last in range(6):
        world.wire.post(world.address("numbers"), PhoneNumber=f"+1415555010{last}")
    session = world.run()
    four = [searched(world, kind, name=f"number {n}") for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda number: number.create(session), four))
    assert not [outcome.incomplete for outcome in outcomes if outcome.incomplete]
    assert {number.recorded["phone_number"] for number in four} == {f"+1415555010{last}" for last in (6, 7, 8, 9)}
    assert len({number.id for number in four}) == 4


def test_a_number_that_somebody_else_was_faster_to_buy_gives_way_to_the_next_one(world, kind):
    world.twilio.faults.add(Fault("status", method="POST", path=BUY, status=400, code=21422, times=2))
    number = searched(world, kind)
    number.create()
    assert owned(world) == [number.recorded["phone_number"]]
    assert world.methods()["POST"] == 3


def test_a_search_whose_numbers_are_always_gone_ends(world, kind):
    world.twilio.faults.add(Fault("status", method="POST", path=BUY, status=400, code=21422))
    with pytest.raises(Problem, match="somebody else bought each") as caught:
        searched(world, kind).create()
    assert "widen the search" in caught.value.remedy
    assert owned(world) == []


def test_an_explicit_number_that_is_not_for_sale_is_no_search(world, kind):
    world.twilio.faults.add(Fault("status", method="POST", path=BUY, status=400, code=21422))
    with pytest.raises(Problem, match="21422"):
        Resource(world, kind, **PLAIN).create()
    assert world.methods()["POST"] == 1


def test_a_search_that_finds_nothing_says_what_it_looked_for(world, kind):
    with pytest.raises(Problem, match="415") as caught:
        searched(world, kind, SAN_FRANCISCO | {"contains": "999999"}).create()
    assert "Widen the search" in caught.value.remedy


def test_another_search_is_another_number_and_the_old_one_makes_room_first(world, kind):
    number = searched(world, kind)
    number.create()
    number.declare(search=SAN_FRANCISCO | {"contains": "+1415555011"}, friendly_name="support")
    difference = number.difference()
    assert difference.replaces == ["search"]
    # Before that, the creation would find the old number by its friendly name, and it would be released after.
    assert difference.delete_first
    was, session = number.id, world.run()
    number.delete(session)
    number.create(session)
    assert number.id != was
    assert owned(world) == [number.recorded["phone_number"]]


def test_an_explicit_number_is_bought_before_the_one_it_replaces_is_released(world, kind):
    number = Resource(world, kind, **PLAIN)
    number.create()
    number.declare(**{**PLAIN, "phone_number": "+14155550101"})
    assert number.difference().replaces == ["phone_number"]
    assert not number.difference().delete_first
    number.create()
    assert owned(world) == [NUMBER, "+14155550101"]


def test_the_number_that_a_search_found_can_be_declared_by_itself(world, kind):
    number = searched(world, kind)
    number.create()
    number.declare(phone_number=number.recorded["phone_number"], friendly_name="support")
    assert number.diff() == []


def test_a_number_with_an_emergency_address_is_released_after_the_address_is_taken_off(world, kind):
    address = {"emergency_status": "Active", "emergency_address_sid": sid("AD")}
    number = Resource(world, kind, **PLAIN, **address)
    number.create()
    assert world.wire.delete(world.address("numbers", number.id)).status_code == 409, "as Twilio has it"
    number.delete()
    assert owned(world) == []


def test_a_release_takes_one_call(world, kind):
    number = Resource(world, kind, **PLAIN)
    number.create()
    world.twilio.journal.clear()
    number.delete()
    methods = world.methods()
    assert (methods["POST"], methods["DELETE"]) == (0, 1)


def test_an_emergency_address_that_the_purchase_does_not_take_is_registered_right_after_it(world, kind, switches):
    switches.emergency_address_on_create = False
    address = {"emergency_status": "Active", "emergency_address_sid": sid("AD")}
    number = Resource(world, kind, **PLAIN, **address)
    assert not number.create().incomplete
    assert world.methods()["POST"] == 2
    assert number.refreshed_diff() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("voice_application_sid", "trunk_sid"), ("trunk_sid", "voice_application_sid")],
    ids=["application-to-trunk", "trunk-to-application"],
)
def test_a_trunk_and_a_voice_application_take_over_from_each_other_in_one_call(world, kind, first, second):
    values = {"voice_application_sid": sid("AP"), "trunk_sid": sid("TK")}
    number = Resource(world, kind, **PLAIN, **{first: values[first]})
    number.create()
    number.declare(**PLAIN, **{second: values[second]})
    assert number.diff() == ["trunk_sid", "voice_application_sid"]
    world.twilio.journal.clear()
    assert not number.update().incomplete
    assert world.methods()["POST"] == 1
    assert number.refreshed_diff() == []
    assert (number.recorded[first], number.recorded[second]) == ("", values[second])


def test_urls_that_twilio_fills_in_are_cleared_because_they_are_not_declared(world, kind, switches):
    switches.number_default_urls = "https://demo.twilio.com/welcome/voice/"
    world.wire.post(world.address("numbers"), PhoneNumber=NUMBER)
    bought = Resource(world, kind, phone_number="+14155550101", friendly_name="bought")
    adopted = Resource(world, kind, phone_number=NUMBER, friendly_name="adopted", adopt=True)
    for number in (bought, adopted):
        assert not number.create().incomplete
        assert (number.recorded["voice_url"], number.recorded["sms_url"]) == ("", "")
        assert number.refreshed_diff() == []


@pytest.mark.parametrize(
    ("search", "says"),
    [
        (
            {"country": "DE", "type": "toll_free"},
            "Twilio sells no toll_free numbers in DE. Search for one of its types there: local, mobile.",
        ),
        (
            {"country": "IE", "type": "local"},
            "Twilio sells no local numbers in IE. Search for one of its types there: mobile.",
        ),
        ({"country": "ZZ", "type": "mobile"}, "Twilio sells no phone numbers in ZZ."),
        ({"country": "CA", "type": "mobile"}, "Twilio sells no mobile numbers in CA."),
        ({"country": "IE", "type": "mobile"}, ""),
        ({"country": "US", "area_code": 999}, ""),  # a matter of the stock, which changes
    ],
    ids=str,
)
def test_what_twilio_sells_nowhere_in_a_country_is_said_in_the_preview_by_one_get(world, search, says):
    use(world.run())
    try:
        refused = [
            failure.reason
            for name in ("support", "sales")
            for failure in PhoneNumberProvider().check({}, {"search": search, "friendly_name": name}).failures
        ]
    finally:
        use(None)
    assert [says in one for one in refused] == ([True, True] if says else [])
    reads = [call.path for call in world.twilio.calls if "AvailablePhoneNumbers" in call.path]
    assert len(reads) == (2 if search["country"] == "ZZ" else 1), "an answer is shared, an error is asked for again"
    assert all(path.endswith(f"/AvailablePhoneNumbers/{search['country']}.json") for path in reads)


def test_a_number_that_is_there_needs_no_type_that_is_sold_still(world, kind):
    number = searched(world, kind, TEN | {"type": "local"}, adopt=True)
    number.create()
    session = world.run()
    account = session.account(world.account_sid)
    asked = number.inputs | {"search": {"country": "US", "type": "national"}}
    kind.check_creation(session, account, asked)
    with pytest.raises(Problem, match="Twilio sells no national numbers in US"):
        kind.check_creation(session, None, asked)


def test_what_is_not_known_yet_is_not_judged(world, kind):
    session = world.run()
    world.twilio.journal.clear()
    for inputs in ({}, {"friendly_name": "a"}, {"search": {"type": "toll_free"}}, {"phone_number": NUMBER}):
        kind.check_creation(session, None, inputs)
    assert not world.methods()


@pytest.mark.parametrize("capability", ["voice", "sms", "mms", "fax"])
def test_a_filter_that_only_demands_cannot_leave_out(capability):
    for search, allowed in ((True, True), (False, False)):
        fields = {"search": SAN_FRANCISCO | {f"{capability}_enabled": search}}
        assert accepts(PhoneNumber, fields) is allowed


@pytest.mark.parametrize(
    "more",
    [
        {"sms_enabled": False},  # a stack of an earlier version has it recorded
        {"beta": True},
        {"exclude_all_address_required": False},
    ],
    ids=str,
)
def test_a_filter_that_filters_nothing_may_come_and_go_without_another_number(world, kind, more):
    number = searched(world, kind)
    number.create()
    number.recorded["search"] |= more
    assert number.diff() == []
    number.recorded["search"] |= {"beta": False}
    assert number.diff() == ["search"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "neither a number nor a search"),
        ({"phone_number": NUMBER, "search": SAN_FRANCISCO}, "both a number and a search"),
        ({"phone_number": "415 555 0100"}, "not E.164"),
        (
            {"phone_number": NUMBER, "voice_url": URL, "voice_application_sid": sid("AP")},
            "an application shadows a URL",
        ),
        ({"phone_number": NUMBER, "trunk_sid": sid("TK"), "voice_application_sid": sid("AP")}, "they erase each other"),
        ({"phone_number": NUMBER, "voice_flow": "ivr", "voice_url": URL}, "a flow is a URL"),
        ({"phone_number": NUMBER, "sms_flow": "ivr", "sms_application_sid": sid("AP")}, "a flow is a URL"),
        ({"phone_number": NUMBER, "voice_fallback_url": OTHER_URL}, "Twilio: 21405"),
        ({"phone_number": NUMBER, "sms_fallback_url": OTHER_URL}, "Twilio: 21406"),
        ({"phone_number": NUMBER, "emergency_address_sid": sid("AD")}, "an address of an inactive service"),
        ({"search": {"country": "GB", "area_code": 415}}, "area codes are North American"),
        ({"search": {"country": "US", "type": "mobile"}}, "Twilio has no such numbers"),
        ({"search": {"country": "US", "in_rate_center": "DENVER"}}, "Twilio wants in_lata beside it"),
        ({"search": {"country": "usa"}}, "not ISO 3166-1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_twilio_would_refuse_or_ignore_is_a_mistake_at_preview(fields, reason):
    assert not accepts(PhoneNumber, fields), reason
