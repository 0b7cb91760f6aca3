import json

import pytest

from tests.emulator.sdk import example_sid, refusal
from tests.emulator.wire import code, sdk

URL, OTHER = "https://example.com/hook", "https://example.com/other"
OAKLAND, SECOND = "+15105550100", "+15105550101"
FIELDS = {
    "friendly_name": "phone",
    "api_version": "2008-08-01",
    "voice_url": URL,
    "voice_method": "GET",
    "voice_fallback_url": URL,
    "voice_fallback_method": "GET",
    "voice_caller_id_lookup": True,
    "sms_url": URL,
    "sms_method": "GET",
    "sms_fallback_url": URL,
    "sms_fallback_method": "GET",
    "sms_status_callback": URL,
    "message_status_callback": OTHER,
    "status_callback": URL,
    "status_callback_method": "GET",
    "public_application_connect_enabled": True,
}
CLEARED = {
    name: "POST" if name.endswith("method") else None for name in FIELDS if name.endswith(("url", "method", "callback"))
} | {
    "friendly_name": None,
    "api_version": "2010-04-01",
    "voice_caller_id_lookup": False,
    "public_application_connect_enabled": False,
}


@pytest.fixture
def client(twilio):
    return sdk(twilio)


@pytest.fixture
def applications(client):
    return client.applications


def values(application, names=FIELDS):
    return {name: getattr(application, name) for name in names}


def test_an_application_made_of_nothing_has_a_name_and_the_documented_defaults(applications, twilio):
    application = applications.create()

    assert values(application) == CLEARED | {"friendly_name": application.sid}
    assert application.account_sid == twilio.account_sid
    assert application.uri == f"/2010-04-01/Accounts/{twilio.account_sid}/Applications/{application.sid}.json"


def test_every_field_is_kept_from_creation_and_read_back_alone_and_in_the_listing(applications):
    sid = applications.create(**FIELDS).sid

    assert values(applications(sid).fetch()) == FIELDS
    assert [values(application) for application in applications.list()] == [FIELDS]


def test_every_field_can_be_changed_and_cleared_and_monitor_says_which(applications, client):
    sid = applications.create().sid

    assert values(applications(sid).update(**FIELDS)) == FIELDS
    assert values(applications(sid).update(**dict.fromkeys(FIELDS, ""))) == CLEARED
    cleared, changed, created = client.monitor.v1.events.list(resource_sid=sid)
    assert [event.event_type for event in (created, changed, cleared)] == [
        "application.created",
        "application.updated",
        "application.updated",
    ]
    assert {name: data["updated"] for name, data in changed.event_data.items()} == FIELDS
    assert {name: data["previous"] for name, data in cleared.event_data.items()} == FIELDS


def test_what_is_not_sent_stays_and_a_changeless_update_is_no_event(applications, client):
    sid = applications.create(**FIELDS).sid

    assert values(applications(sid).update(sms_url=URL)) == FIELDS
    assert [event.event_type for event in client.monitor.v1.events.list(resource_sid=sid)] == ["application.created"]


BAD = [
    ("a name of 65 characters", {"friendly_name": "x" * 65}, 20002),
    ("a URL without a scheme", {"voice_url": "example.com"}, 21402),
    ("a callback that is no URL", {"message_status_callback": "hook"}, 21402),
    ("a method Twilio does not call with", {"sms_fallback_method": "PUT"}, 21403),
    ("a lookup is yes or no", {"voice_caller_id_lookup": "maybe"}, 21409),
    ("a door is open or shut", {"public_application_connect_enabled": "maybe"}, 20001),
    ("an API of another year", {"api_version": "2009-01-01"}, 20001),
]


@pytest.mark.parametrize(("reason", "parameters", "expected"), BAD)
def test_what_is_refused(applications, reason, parameters, expected):
    sid = applications.create(**FIELDS).sid

    assert refusal(lambda: applications.create(**parameters)) == (400, expected), reason
    assert refusal(lambda: applications(sid).update(**parameters)) == (400, expected), reason
    assert [values(application) for application in applications.list()] == [FIELDS]


def test_names_need_not_be_unique_and_the_listing_is_narrowed_by_the_exact_one(applications):
    first, second = (applications.create(friendly_name="phone").sid for _ in range(2))
    applications.create(friendly_name="Phone")
    applications.create(friendly_name="phone 2")

    assert [application.sid for application in applications.list(friendly_name="phone")] == [first, second]
    assert applications.list(friendly_name="phon") == []


def test_a_narrowed_listing_stays_narrowed_from_page_to_page(applications):
    wanted = []
    for _ in range(5):
        applications.create(friendly_name="other")
        wanted.append(applications.create(friendly_name="phone").sid)

    assert [application.sid for application in applications.list(friendly_name="phone", page_size=2)] == wanted


def test_accounts_do_not_see_each_others_applications(applications, wire):
    sub = wire.subaccount()
    mine, theirs = applications.create().sid, sub.wire.post(wire.accounts(f"/{sub.sid}/Applications")).json()["sid"]

    assert [application.sid for application in applications.list()] == [mine]
    assert refusal(lambda: applications(theirs).fetch()) == (404, 20404)
    assert refusal(lambda: applications(theirs).update(friendly_name="x")) == (404, 20404)
    assert refusal(lambda: applications(theirs).delete()) == (404, 20404)
    assert wire.get(wire.accounts(f"/{sub.sid}/Applications/{theirs}")).status_code == 200  # the parent's token may


def test_a_standard_key_may_call_them_and_no_restricted_key_may(wire, twilio):
    path = wire.accounts(f"/{twilio.account_sid}/Applications")
    iam = "https://iam.twilio.com/v1/Keys"
    policy = json.dumps({"allow": ["/twilio/phone-numbers/active-numbers/*", "/twilio/messaging/services/*"]})
    standard = wire.post(iam, AccountSid=twilio.account_sid).json()
    restricted = wire.post(iam, AccountSid=twilio.account_sid, KeyType="restricted", Policy=policy).json()

    assert wire.as_(standard["sid"], standard["secret"]).post(path).status_code == 201
    assert code(wire.as_(restricted["sid"], restricted["secret"]).get(path)) == (403, 70051)


def test_an_account_has_a_thousand_applications_at_most(applications, twilio):
    for number in range(1000):
        sid = example_sid("AP", number)
        twilio.state.table("applications").put(sid, {"sid": sid, "account_sid": twilio.account_sid})

    assert refusal(applications.create) == (400, 21301)


# -- deletion --


def made_for_numbers(client):
    """An application, a number that names it for calls and messages, and one that names it for messages alone."""
    application, other = client.applications.create().sid, client.applications.create().sid
    both = client.incoming_phone_numbers.create(
        phone_number=OAKLAND, voice_application_sid=application, sms_application_sid=application, voice_url=URL
    ).sid
    one = client.incoming_phone_numbers.create(
        phone_number=SECOND, voice_application_sid=other, sms_application_sid=application
    ).sid
    return application, other, both, one


def named(client, number):
    found = client.incoming_phone_numbers(number).fetch()
    return found.voice_application_sid, found.sms_application_sid


def test_a_deleted_application_is_gone_and_leaves_its_numbers_without_it(client):
    application, other, both, one = made_for_numbers(client)

    assert client.applications(application).delete()

    assert refusal(lambda: client.applications(application).fetch()) == (404, 20404)
    assert refusal(lambda: client.applications(application).delete()) == (404, 20404)
    assert [left.sid for left in client.applications.list()] == [other]
    assert (named(client, both), named(client, one)) == ((None, None), (other, None))
    assert client.incoming_phone_numbers(both).fetch().voice_url == URL
    assert client.monitor.v1.events.list(resource_sid=application)[0].event_type == "application.deleted"


def test_whether_its_numbers_keep_its_sid_is_a_switch(client, twilio):
    twilio.switches.numbers_keep_deleted_application = True
    application, other, both, one = made_for_numbers(client)

    client.applications(application).delete()

    assert (named(client, both), named(client, one)) == ((application, application), (other, application))


@pytest.mark.parametrize("logged", [True, False])
def test_whether_monitor_has_what_a_deletion_does_to_numbers_is_a_switch(client, twilio, logged):
    twilio.switches.deleted_application_has_number_events = logged
    application, _, _, one = made_for_numbers(client)

    client.applications(application).delete()

    newest, *_ = client.monitor.v1.events.list(resource_sid=one)
    assert newest.event_type == ("phone-number.updated" if logged else "phone-number.created")
    if logged:
        assert newest.event_data == {"sms_application_sid": {"previous": application, "updated": None}}


def test_another_accounts_number_is_left_alone(client, wire, twilio):
    sub = wire.subaccount()
    application = client.applications.create().sid
    number = sub.wire.post(wire.accounts(f"/{sub.sid}/IncomingPhoneNumbers"), PhoneNumber=OAKLAND).json()
    table = twilio.state.table("incoming_phone_numbers")
    table.put(number["sid"], table.get(number["sid"]) | {"voice_application_sid": application})

    client.applications(application).delete()

    assert table.get(number["sid"])["voice_application_sid"] == application


# -- the deprecated name of a callback --


def test_the_two_callbacks_of_messages_are_apart(applications):
    application = applications.create(sms_status_callback=URL)
    assert (application.sms_status_callback, application.message_status_callback) == (URL, None)


def test_whether_the_two_callbacks_of_messages_are_one_is_a_switch(applications, client, twilio):
    twilio.switches.application_status_callbacks_are_one = True
    both = ("sms_status_callback", "message_status_callback")

    application = applications.create(sms_status_callback=URL)
    assert values(application, both) == dict.fromkeys(both, URL)
    assert values(application.update(message_status_callback=OTHER), both) == dict.fromkeys(both, OTHER)
    assert set(client.monitor.v1.events.list(resource_sid=application.sid)[0].event_data) == set(both)
    assert values(application.update(friendly_name="x"), both) == dict.fromkeys(both, OTHER)
    assert values(application.update(sms_status_callback=""), both) == dict.fromkeys(both)
