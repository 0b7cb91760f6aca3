import pytest

from tests.emulator.sdk import address, example_sid, refusal
from tests.emulator.wire import code, sdk

OAKLAND, NEW_YORK, LONDON = "+15105550100", "+12125550100", "+442079460000"
BERLIN, IRISH_MOBILE, BRITISH_MOBILE, SAO_PAULO = "+493023125000", "+353209100000", "+447700900000", "+551155501000"
BUNDLE = example_sid("BU")


@pytest.fixture
def client(twilio):
    return sdk(twilio)


@pytest.fixture
def numbers(client):
    return client.incoming_phone_numbers


def events(client, sid):
    return [(event.event_type, event.event_data) for event in client.monitor.v1.events.list(resource_sid=sid)]


def test_a_number_bought_without_parameters_has_the_documented_defaults(client, numbers, twilio):
    sid = numbers.create(phone_number=OAKLAND).sid
    number = numbers(sid).fetch()
    assert number.phone_number == OAKLAND
    assert number.friendly_name == "(510) 555-0100"
    assert (number.account_sid, number.status, number.origin, number.type) == (
        twilio.account_sid,
        "in-use",
        "twilio",
        "local",
    )
    assert {number.voice_method, number.sms_method, number.sms_fallback_method, number.status_callback_method} == {
        "POST"
    }
    assert (number.voice_url, number.sms_url, number.voice_caller_id_lookup) == ("", "", False)
    assert events(client, sid) == [("phone-number.created", None)]


def test_the_urls_of_a_number_bought_without_any_are_a_switch(numbers, twilio):
    twilio.switches.number_default_urls = "https://demo.twilio.com/welcome"
    assert numbers.create(phone_number=OAKLAND).voice_url == "https://demo.twilio.com/welcome"


def test_an_area_code_buys_another_number_each_time(numbers):
    bought = [numbers.create(area_code="510").phone_number for _ in range(2)]
    assert len(set(bought)) == 2
    assert all(number.startswith("+1510") for number in bought)


def test_the_types_have_resources_of_their_own(numbers):
    numbers.toll_free.create(phone_number="+18005550100")
    numbers.local.create(phone_number=OAKLAND)
    assert [number.phone_number for number in numbers.toll_free.list()] == ["+18005550100"]
    assert [number.phone_number for number in numbers.local.list()] == [OAKLAND]
    assert numbers.mobile.list() == []
    assert len(numbers.list()) == 2


URL = "https://example.com/hook"
BAD_PARAMETERS = [
    ("a URL without a scheme", {"voice_url": "example.com/voice"}, 21402),
    ("a callback that is no URL", {"status_callback": "ftp://example.com"}, 21402),
    ("a host with an empty label", {"sms_url": "https://a..example.com"}, 21402),
    ("a host that begins with a hyphen", {"sms_url": "https://-bad.example.com"}, 21402),
    ("a host that ends with a hyphen", {"sms_url": "https://x-.example.com"}, 21402),
    ("half a bracket", {"sms_url": "https://[::1/"}, 21402),
    ("a method Twilio does not call with", {"sms_method": "PUT"}, 21403),
    ("a voice fallback without what it falls back from", {"voice_fallback_url": URL}, 21405),
    ("an SMS fallback without what it falls back from", {"sms_fallback_url": URL}, 21406),
    ("caller id lookup is yes or no", {"voice_caller_id_lookup": "maybe"}, 21409),
    ("an application nobody has", {"voice_application_sid": example_sid("AP")}, 21420),
    ("a malformed application", {"sms_application_sid": "AP1"}, 21420),
    ("a name of 65 characters", {"friendly_name": "x" * 65}, 20002),
    ("an unknown emergency status", {"emergency_status": "Sleeping"}, 20001),
    ("an unknown receive mode", {"voice_receive_mode": "telex"}, 20001),
    ("an address of another account", {"address_sid": example_sid("AD")}, 20001),
    ("a malformed trunk", {"trunk_sid": "TK1"}, 20001),
]
BAD_PURCHASES = [
    *BAD_PARAMETERS,
    ("not E.164", {"phone_number": "5105550100"}, 21421),
    ("never Twilio's", {"phone_number": "+15105551234"}, 21422),
    ("SMS to a number that has voice only", {"phone_number": LONDON, "sms_url": URL}, 21407),
    ("no address on file", {"phone_number": IRISH_MOBILE}, 21613),
    ("a bundle is missing", {"phone_number": BRITISH_MOBILE}, 21649),
    ("a malformed bundle", {"phone_number": BRITISH_MOBILE, "bundle_sid": "BU1"}, 21649),
]


@pytest.mark.parametrize(("reason", "parameters", "expected"), BAD_PURCHASES)
def test_a_refused_purchase_has_twilios_code_and_buys_nothing(numbers, reason, parameters, expected):
    assert refusal(lambda: numbers.create(**{"phone_number": OAKLAND, **parameters})) == (400, expected), reason
    assert numbers.list() == []


@pytest.mark.parametrize(("reason", "parameters", "expected"), BAD_PARAMETERS)
def test_a_refused_update_has_twilios_code_and_changes_nothing(numbers, reason, parameters, expected):
    sid = numbers.create(phone_number=OAKLAND, voice_url=URL, friendly_name="desk").sid
    assert refusal(lambda: numbers(sid).update(**{"friendly_name": "new", "voice_url": "", **parameters})) == (
        400,
        expected,
    ), reason
    number = numbers(sid).fetch()
    assert (number.friendly_name, number.voice_url) == ("desk", URL)


@pytest.mark.parametrize(
    ("reason", "area_code", "expected"),
    [("not an area code", "12", 21451), ("letters", "abc", 21451), ("none for sale there", "999", 21452)],
)
def test_an_area_code_can_be_wrong_or_empty(numbers, reason, area_code, expected):
    assert refusal(lambda: numbers.create(area_code=area_code)) == (400, expected), reason


def test_a_purchase_names_a_number_or_an_area_code(numbers):
    assert refusal(numbers.create) == (400, 20001)


def test_a_resource_of_one_type_takes_that_type_and_no_area_code(numbers, wire, twilio):
    assert refusal(lambda: numbers.toll_free.create(phone_number=OAKLAND)) == (400, 21458)
    url = wire.accounts(f"/{twilio.account_sid}/IncomingPhoneNumbers/Local")
    assert code(wire.post(url, AreaCode="510")) == (400, 21457)


def test_a_trial_account_buys_nothing(numbers, twilio):
    twilio.switches.trial = True
    assert refusal(lambda: numbers.create(phone_number=OAKLAND)) == (400, 21404)


def test_countries_get_the_address_they_ask_for(client, numbers):
    abroad = address(client, "FR")
    assert refusal(lambda: numbers.create(phone_number=IRISH_MOBILE)) == (400, 21631)
    numbers.create(phone_number=IRISH_MOBILE, address_sid=abroad)
    assert refusal(lambda: numbers.create(phone_number=BERLIN, address_sid=abroad, bundle_sid=BUNDLE)) == (400, 21615)
    assert refusal(lambda: numbers.create(phone_number=BERLIN, address_sid=address(client, "DE"))) == (400, 21649)
    berlin = numbers.create(phone_number=BERLIN, address_sid=address(client, "DE"), bundle_sid=BUNDLE)
    assert refusal(lambda: numbers(berlin.sid).update(address_sid="")) == (400, 21631)
    assert refusal(lambda: numbers.create(phone_number=SAO_PAULO, address_sid=address(client, "BR"))) == (400, 21613)
    numbers.create(phone_number=SAO_PAULO, address_sid=abroad)


def test_what_is_omitted_stays_and_what_is_empty_is_cleared(client, numbers):
    sid = numbers.create(phone_number=OAKLAND, friendly_name="desk", voice_url=URL, sms_url=URL).sid
    number = numbers(sid).update(sms_url="", voice_method="GET")
    assert (number.friendly_name, number.voice_url, number.voice_method, number.sms_url) == ("desk", URL, "GET", "")
    assert events(client, sid)[0] == (
        "phone-number.updated",
        {"sms_url": {"previous": URL, "updated": ""}, "voice_method": {"previous": "POST", "updated": "GET"}},
    )
    assert numbers(sid).update(friendly_name="").friendly_name == "(510) 555-0100"


def test_an_update_that_changes_nothing_is_no_event(client, numbers):
    sid = numbers.create(phone_number=OAKLAND, voice_url=URL).sid
    numbers(sid).update(voice_url=URL)
    assert [kind for kind, _ in events(client, sid)] == ["phone-number.created"]


def test_trunk_and_voice_application_erase_each_other(client, numbers):
    trunk, application = example_sid("TK"), client.applications.create(friendly_name="app").sid
    sid = numbers.create(phone_number=OAKLAND, trunk_sid=trunk).sid
    number = numbers(sid).update(voice_application_sid=application)
    assert (number.trunk_sid, number.voice_application_sid) == (None, application)
    number = numbers(sid).update(trunk_sid=trunk)
    assert (number.trunk_sid, number.voice_application_sid) == (trunk, None)


def test_a_registered_emergency_address_forbids_the_release(client, numbers):
    sid = numbers.create(phone_number=OAKLAND, emergency_address_sid=address(client, "US")).sid
    assert numbers(sid).fetch().emergency_address_status == "registered"
    assert refusal(lambda: numbers(sid).delete())[0] == 409
    numbers(sid).update(emergency_address_sid="")
    assert numbers(sid).delete()


def test_an_emergency_address_may_not_count_at_purchase(client, numbers, twilio):
    twilio.switches.emergency_address_on_create = False
    number = numbers.create(phone_number=OAKLAND, emergency_address_sid=address(client, "US"))
    assert (number.emergency_address_sid, number.emergency_address_status) == (None, "unregistered")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"phone_number": OAKLAND}, [OAKLAND]),
        ({"phone_number": "510*******"}, [OAKLAND]),
        ({"phone_number": "5550100"}, [OAKLAND, NEW_YORK]),
        ({"friendly_name": "desk"}, [NEW_YORK]),
        ({"friendly_name": "des"}, []),
        ({"beta": True}, []),
        ({"origin": "twilio"}, [OAKLAND, NEW_YORK]),
        ({"origin": "hosted"}, []),
    ],
    ids=str,
)
def test_the_list_is_filtered(numbers, filters, expected):
    numbers.create(phone_number=OAKLAND)
    numbers.create(phone_number=NEW_YORK, friendly_name="desk")
    assert [number.phone_number for number in numbers.list(**filters)] == expected


def test_a_released_number_is_gone_and_comes_back_under_another_sid(client, numbers):
    sid = numbers.create(phone_number=OAKLAND).sid
    assert numbers(sid).delete()
    assert refusal(lambda: numbers(sid).fetch()) == (404, 20404)
    assert refusal(lambda: numbers(sid).delete()) == (404, 20404)
    assert numbers.create(phone_number=OAKLAND).sid != sid
    assert events(client, sid)[0][0] == "phone-number.deleted"


@pytest.mark.parametrize(("answer", "name"), [("update", "new"), ("ignore", "old")])
def test_buying_a_number_one_owns_makes_no_second_one(numbers, twilio, answer, name):
    twilio.switches.buy_owned_number = answer
    first = numbers.create(phone_number=OAKLAND, friendly_name="old")
    again = numbers.create(phone_number=OAKLAND, friendly_name="new")
    assert (again.sid, again.friendly_name, len(numbers.list())) == (first.sid, name, 1)


def test_a_number_of_one_account_cannot_be_bought_by_another(client, numbers):
    numbers.create(phone_number=OAKLAND)
    child = client.api.accounts.create(friendly_name="staging")
    theirs = client.api.accounts(child.sid).incoming_phone_numbers
    assert refusal(lambda: theirs.create(phone_number=OAKLAND)) == (400, 21422)


class TestTransfer:
    @pytest.fixture
    def child(self, client):
        return client.api.accounts.create(friendly_name="staging")

    def test_a_number_moves_to_a_subaccount_and_leaves_its_pool(self, client, numbers, child):
        sid = numbers.create(phone_number=OAKLAND, voice_url=URL, trunk_sid=example_sid("TK")).sid
        pool = client.messaging.v1.services(client.messaging.v1.services.create(friendly_name="pool").sid).phone_numbers
        pool.create(phone_number_sid=sid)
        moved = numbers(sid).update(account_sid=child.sid)
        assert (moved.sid, moved.account_sid, moved.voice_url, moved.trunk_sid) == (sid, child.sid, URL, None)
        assert refusal(lambda: numbers(sid).fetch()) == (404, 20404)
        assert client.api.accounts(child.sid).incoming_phone_numbers(sid).fetch().phone_number == OAKLAND
        assert pool.list() == []

    def test_the_sid_may_change(self, client, numbers, child, twilio):
        twilio.switches.transfer_keeps_sid = False
        sid = numbers.create(phone_number=OAKLAND).sid
        moved = numbers(sid).update(account_sid=child.sid)
        assert moved.sid != sid
        assert moved.uri.endswith(f"/{child.sid}/IncomingPhoneNumbers/{moved.sid}.json")
        assert len(client.api.accounts(child.sid).incoming_phone_numbers.list()) == 1

    def test_the_gaining_account_needs_its_own_address(self, client, numbers, child):
        sid = numbers.create(phone_number=IRISH_MOBILE, address_sid=address(client, "IE")).sid
        assert refusal(lambda: numbers(sid).update(account_sid=child.sid)) == (400, 21613)
        theirs = address(client.api.accounts(child.sid), "IE")
        assert numbers(sid).update(account_sid=child.sid, address_sid=theirs).address_sid == theirs

    @pytest.mark.parametrize(
        ("reason", "target", "expected"),
        [("not a SID", "AC1", 21470), ("no such account", example_sid("AC"), 21471), ("closed", None, 21472)],
    )
    def test_a_transfer_to_nowhere_is_refused(self, client, child, reason, target, expected):
        numbers = client.incoming_phone_numbers
        sid = numbers.create(phone_number=OAKLAND).sid
        client.api.accounts(child.sid).update(status="closed")
        assert refusal(lambda: numbers(sid).update(account_sid=target or child.sid)) == (400, expected), reason

    def test_an_unrelated_account_gains_nothing(self, numbers, twilio, child):
        stranger = twilio.state.table("accounts").get(child.sid) | {"owner_account_sid": example_sid("AC")}
        twilio.state.table("accounts").put(child.sid, stranger)
        sid = numbers.create(phone_number=OAKLAND).sid
        assert refusal(lambda: numbers(sid).update(account_sid=child.sid)) == (400, 21473)

    def test_a_subaccount_may_not_give_a_number_away(self, client, twilio, child):
        theirs = sdk(twilio, child.sid, child.auth_token)
        number = theirs.incoming_phone_numbers.create(phone_number=OAKLAND)
        assert refusal(lambda: number.update(account_sid=twilio.account_sid)) == (400, 21474)


def test_a_number_keeps_its_address_from_being_deleted(client, numbers):
    home = address(client, "IE")
    sid = numbers.create(phone_number=IRISH_MOBILE, address_sid=home).sid
    assert refusal(lambda: client.addresses(home).delete())[0] == 409
    numbers(sid).delete()
    assert client.addresses(home).delete()
    assert client.addresses.list() == []


def test_an_application_is_kept_changed_and_deleted(client):
    sid = client.applications.create(friendly_name="app", voice_url=URL).sid
    assert client.applications(sid).update(sms_url=URL).voice_url == URL
    assert [application.sid for application in client.applications.list(friendly_name="app")] == [sid]
    assert client.applications(sid).delete()
    assert refusal(lambda: client.applications(sid).fetch()) == (404, 20404)
