import pytest

from tests.emulator.sdk import address, example_sid, refusal
from tests.emulator.wire import code, sdk

URL = "https://example.com/hook"
OAKLAND, LONDON = "+15105550100", "+442079460000"


@pytest.fixture
def client(twilio):
    return sdk(twilio)


@pytest.fixture
def services(client):
    return client.messaging.v1.services


@pytest.fixture
def service(services):
    return services(services.create(friendly_name="alerts").sid)


@pytest.fixture
def number(client):
    return client.incoming_phone_numbers.create(phone_number=OAKLAND).sid


def pool_owner(client):
    services = client.messaging.v1.services
    return services(services.create(friendly_name="pool").sid)


def events(client, sid):
    return [(event.event_type, event.event_data) for event in client.monitor.v1.events.list(resource_sid=sid)]


def test_a_service_made_with_a_name_alone_has_the_documented_defaults(services, twilio):
    service = services(services.create(friendly_name="alerts").sid).fetch()
    assert (service.account_sid, service.friendly_name) == (twilio.account_sid, "alerts")
    assert (service.inbound_request_url, service.fallback_url, service.status_callback) == (None, None, None)
    assert (service.inbound_method, service.validity_period, service.scan_message_content) == ("POST", 36000, "inherit")
    assert (service.usecase, service.use_inbound_webhook_on_number) == ("undeclared", False)


@pytest.mark.parametrize("default", [True, False])
def test_the_default_of_the_unsettled_booleans_is_a_switch(services, twilio, default):
    twilio.switches.messaging_boolean_default = default
    service = services.create(friendly_name="alerts")
    flags = {service.sticky_sender, service.mms_converter, service.smart_encoding, service.area_code_geomatch}
    assert flags == {default}


def test_every_field_can_be_changed_and_cleared(client, services):
    sid = services.create(friendly_name="alerts", inbound_request_url=URL, sticky_sender=True, validity_period=60).sid
    wanted = {
        "friendly_name": "news",
        "inbound_method": "GET",
        "fallback_url": URL,
        "fallback_method": "GET",
        "status_callback": URL,
        "sticky_sender": False,
        "mms_converter": False,
        "smart_encoding": False,
        "scan_message_content": "disable",
        "fallback_to_long_code": False,
        "area_code_geomatch": False,
        "validity_period": 120,
        "synchronous_validation": True,
        "usecase": "marketing",
        "use_inbound_webhook_on_number": True,
    }
    service = services(sid).update(inbound_request_url="", **wanted)
    assert {name: getattr(service, name) for name in wanted} == wanted
    assert service.inbound_request_url is None
    kind, data = events(client, sid)[0]
    assert kind == "copilot-application.updated"
    assert set(data) == {*wanted, "inbound_request_url"}
    assert data["validity_period"] == {"previous": 60, "updated": 120}


BAD = [
    ("a name of 65 characters", {"friendly_name": "x" * 65}, 20002),
    ("a URL without a scheme", {"inbound_request_url": "example.com"}, 20001),
    ("a method Twilio does not call with", {"inbound_method": "PUT"}, 20001),
    ("longer than ten hours", {"validity_period": 36001}, 20001),
    ("no time at all", {"validity_period": 0}, 20001),
    ("an unknown use case", {"usecase": "spam"}, 21713),
    ("an unknown way to scan", {"scan_message_content": "twice"}, 20001),
    ("a boolean is yes or no", {"sticky_sender": "maybe"}, 20001),
]


@pytest.mark.parametrize(("reason", "parameters", "expected"), BAD)
def test_a_bad_value_is_refused_and_nothing_kept(services, reason, parameters, expected):
    assert refusal(lambda: services.create(**{"friendly_name": "alerts", **parameters})) == (400, expected), reason
    assert services.list() == []


def test_a_service_needs_a_name(wire):
    assert code(wire.post("https://messaging.twilio.com/v1/Services")) == (400, 20001)


def test_a_deleted_service_is_gone_and_its_number_stays(client, services, service, number):
    service.phone_numbers.create(phone_number_sid=number)
    sid = service.fetch().sid
    assert service.delete()
    assert refusal(service.fetch) == (404, 20404)
    assert refusal(service.delete) == (404, 20404)
    assert services.list() == []
    assert client.incoming_phone_numbers(number).fetch().phone_number == OAKLAND
    assert (
        services(services.create(friendly_name="next").sid).phone_numbers.create(phone_number_sid=number).sid == number
    )
    assert events(client, sid)[0][0] == "copilot-application.deleted"


@pytest.mark.parametrize("status", [200, 201])
def test_a_number_joins_the_pool_with_either_status(service, number, twilio, status):
    twilio.switches.pool_add_status = status
    answer = service.phone_numbers.create_with_http_info(phone_number_sid=number)
    assert answer.status_code == status
    member = service.phone_numbers(number).fetch()
    assert (member.sid, member.phone_number, member.country_code) == (number, OAKLAND, "US")
    assert member.capabilities == ["Voice", "SMS", "MMS"]


def test_pool_changes_are_events_of_the_pool(client, service, number):
    service.phone_numbers.create(phone_number_sid=number)
    service.phone_numbers(number).delete()
    assert [kind for kind, _ in events(client, service.fetch().sid)] == [
        "copilot-number-pool.deleted",
        "copilot-number-pool.created",
        "copilot-application.created",
    ]


def test_a_number_is_in_one_service_once(services, service, number):
    service.phone_numbers.create(phone_number_sid=number)
    assert refusal(lambda: service.phone_numbers.create(phone_number_sid=number)) == (409, 21710)
    other = services(services.create(friendly_name="other").sid)
    assert refusal(lambda: other.phone_numbers.create(phone_number_sid=number)) == (409, 21712)
    assert service.phone_numbers(number).delete()
    assert other.phone_numbers.create(phone_number_sid=number).sid == number


def test_a_released_number_is_not_in_the_pool_any_more(client, service, number):
    service.phone_numbers.create(phone_number_sid=number)
    client.incoming_phone_numbers(number).delete()
    assert service.phone_numbers.list() == []
    assert refusal(lambda: service.phone_numbers(number).fetch()) == (404, 20404)


def test_a_closed_account_leaves_no_number_in_its_pools(client, twilio):
    child = client.api.accounts.create(friendly_name="staging")
    theirs = sdk(twilio, child.sid, child.auth_token)
    service = pool_owner(theirs)
    sid = theirs.incoming_phone_numbers.create(phone_number=OAKLAND).sid
    service.phone_numbers.create(phone_number_sid=sid)
    client.api.accounts(child.sid).update(status="closed")
    mine = pool_owner(client)
    again = client.incoming_phone_numbers.create(phone_number=OAKLAND).sid
    assert mine.phone_numbers.create(phone_number_sid=again).sid == again


def test_a_sender_must_be_one(client, service):
    london = client.incoming_phone_numbers
    assert refusal(lambda: service.phone_numbers.create(phone_number_sid=example_sid("PN"))) == (400, 21421)
    assert refusal(lambda: service.short_codes.create(short_code_sid=example_sid("SC"))) == (400, 21421)
    assert refusal(lambda: service.channel_senders.create(sid="XE1")) == (400, 21421)
    home = address(client, "GB")
    sid = london.create(phone_number=LONDON, address_sid=home, bundle_sid=example_sid("BU")).sid
    assert refusal(lambda: service.phone_numbers.create(phone_number_sid=sid)) == (400, 21715)


def test_a_pool_takes_four_hundred_numbers_and_short_codes(service, number, twilio):
    codes = twilio.state.table("short_codes")
    for place in range(400):
        sid = example_sid("SC", place)
        codes.insert(sid, {"sid": sid, "account_sid": twilio.account_sid, "short_code": str(10000 + place)})
        service.short_codes.create(short_code_sid=sid)
    assert refusal(lambda: service.phone_numbers.create(phone_number_sid=number)) == (400, 21714)
    assert service.short_codes(example_sid("SC", 7)).fetch().short_code == "10007"
    assert len(service.short_codes.list()) == 400


def test_what_is_not_in_the_pool_cannot_be_taken_out(service, number):
    assert refusal(lambda: service.phone_numbers(number).delete()) == (404, 21711)


def test_a_pool_needs_its_service(services, number):
    missing = services(example_sid("MG"))
    assert refusal(lambda: missing.phone_numbers.create(phone_number_sid=number)) == (404, 21701)
    assert refusal(lambda: services("MG1").phone_numbers.create(phone_number_sid=number)) == (400, 21705)


@pytest.mark.parametrize(
    ("reason", "sender", "expected"),
    [
        ("twelve characters", "TwelveLetter", 21709),
        ("digits only", "12345", 21709),
        ("a dot", "owl.bank", 21709),
        ("there already", "Owl Bank", 21710),
    ],
)
def test_an_alpha_sender_follows_the_rules_of_its_name(service, reason, sender, expected):
    service.alpha_senders.create(alpha_sender="Owl Bank")
    status, code = refusal(lambda: service.alpha_senders.create(alpha_sender=sender))
    assert code == expected, reason
    assert status == (409 if expected == 21710 else 400)


def test_alpha_senders_are_kept_and_removed(service):
    sid = service.alpha_senders.create(alpha_sender="A-1_b+c&d").sid
    assert service.alpha_senders(sid).fetch().alpha_sender == "A-1_b+c&d"
    assert service.alpha_senders(sid).delete()
    assert service.alpha_senders.list() == []


def test_destination_alpha_senders_are_listed_by_country(service):
    service.destination_alpha_senders.create(alpha_sender="Owl")
    service.destination_alpha_senders.create(alpha_sender="Owl", iso_country_code="FR")
    french = service.destination_alpha_senders.list(iso_country_code="FR")
    assert [(sender.alpha_sender, sender.iso_country_code) for sender in french] == [("Owl", "FR")]
    assert len(service.destination_alpha_senders.list()) == 2
    senders = service.destination_alpha_senders
    assert refusal(lambda: senders.create(alpha_sender="Owl", iso_country_code="FR")) == (409, 21710)
    assert refusal(lambda: senders.create(alpha_sender="Owl", iso_country_code="France")) == (400, 20001)


def test_a_channel_sender_is_believed_and_shown_as_far_as_it_is_known(service, twilio):
    known, unknown = example_sid("XE", 1), example_sid("XE", 2)
    details = {"sender": "whatsapp:+15105550100", "sender_type": "WhatsApp", "country_code": "US"}
    twilio.state.table("channel_senders").insert(known, details)
    for sid in (known, unknown):
        assert service.channel_senders.create(sid=sid).messaging_service_sid == service.fetch().sid
    senders = {sender.sid: sender.sender for sender in service.channel_senders.list()}
    assert senders == {known: "whatsapp:+15105550100", unknown: None}
    assert refusal(lambda: service.channel_senders.create(sid=known)) == (409, 21710)
    assert service.channel_senders(known).delete()


def campaign(service, **changed):
    fields = {
        "brand_registration_sid": example_sid("BN"),
        "description": "Tells customers of Acme when their order leaves the house.",
        "message_flow": "Customers tick a box on acme.example.com when they order, and can untick it at any time.",
        "message_samples": ["Your order 17 is on its way.", "Your order 17 arrives today."],
        "us_app_to_person_usecase": "CUSTOMER_CARE",
        "has_embedded_links": False,
        "has_embedded_phone": False,
    }
    return service.us_app_to_person.create(**fields | changed)


def test_a_campaign_is_kept_and_registers_its_service_once_it_is_verified(service, services, twilio):
    assert service.us_app_to_person.list() == []
    assert refusal(lambda: service.us_app_to_person(example_sid("QE")).fetch()) == (404, 20404)
    made = campaign(service)
    assert made.campaign_status == "PENDING"
    assert [one.sid for one in service.us_app_to_person.list()] == [made.sid]
    assert service.us_app_to_person(made.sid).fetch().brand_registration_sid == example_sid("BN")
    assert not service.fetch().us_app_to_person_registered
    table = twilio.state.table("campaigns")
    table.put(made.sid, table.get(made.sid) | {"campaign_status": "VERIFIED"})
    assert service.fetch().us_app_to_person_registered
    assert [one.us_app_to_person_registered for one in services.list()] == [True]
    assert service.us_app_to_person(made.sid).delete()
    assert not service.fetch().us_app_to_person_registered


@pytest.mark.parametrize(
    ("reason", "changed", "code"),
    [
        ("no brand", {"brand_registration_sid": "BN1"}, 21717),
        ("no description", {"description": ""}, 21727),
        ("a description that says little", {"description": "messages"}, 21728),
        ("one sample", {"message_samples": ["Your order 17 is on its way."]}, 21727),
        ("a sample that says little", {"message_samples": ["Hi", "Your order 17 is on its way."]}, 21728),
    ],
)
def test_a_campaign_says_what_it_is_for(service, reason, changed, code):
    assert refusal(lambda: campaign(service, **changed)) == (400, code), reason
    assert service.us_app_to_person.list() == []


def test_a_service_has_one_campaign_which_goes_with_it_or_keeps_it(service, twilio):
    campaign(service)
    assert refusal(lambda: campaign(service)) == (409, 20409)
    twilio.switches.service_with_campaign_deletes = False
    assert refusal(service.delete) == (409, 20409)
    twilio.switches.service_with_campaign_deletes = True
    assert service.delete()
    assert twilio.state.table("campaigns").rows() == []


def test_services_of_other_accounts_are_not_found(client, service, twilio):
    child = client.api.accounts.create(friendly_name="staging")
    theirs = sdk(twilio, child.sid, child.auth_token)
    sid = service.fetch().sid
    assert refusal(lambda: theirs.messaging.v1.services(sid).fetch()) == (404, 20404)
    assert theirs.messaging.v1.services.list() == []
