from datetime import timedelta

from tests.emulator.wire import Wire, code
from twilio_environments.emulator.routing import iso

EVENTS = "https://monitor.twilio.com/v1/Events"


def types(sub, **filters: str) -> list[str]:
    return [event["event_type"] for event in sub.wire.get(EVENTS, **filters).json()["events"]]


def test_an_event_says_who_changed_what_from_where(twilio, wire):
    sub = wire.subaccount("before")
    wire.post(wire.accounts(f"/{sub.sid}"), FriendlyName="after")

    event, *_ = sub.wire.get(EVENTS, ResourceSid=sub.sid).json()["events"]

    assert event["event_type"] == "account.updated"
    assert event["event_data"] == {"friendly_name": {"previous": "before", "updated": "after"}}
    assert (event["actor_sid"], event["actor_type"], event["source"]) == (twilio.account_sid, "account", "api")
    assert event["source_ip_address"] == "127.0.0.1"
    assert sub.wire.get(event["url"]).json() == event


def test_every_change_of_accounts_keys_and_tokens_is_an_event_newest_first(wire):
    sub = wire.subaccount()
    key = wire.post(wire.accounts(f"/{sub.sid}/Keys"), FriendlyName="a").json()["sid"]
    wire.post(wire.accounts(f"/{sub.sid}/Keys/{key}"), FriendlyName="b")
    wire.delete(wire.accounts(f"/{sub.sid}/Keys/{key}"))
    sub.wire.post("https://accounts.twilio.com/v1/AuthTokens/Secondary")
    sub.wire.delete("https://accounts.twilio.com/v1/AuthTokens/Secondary")
    token = sub.wire.post("https://accounts.twilio.com/v1/AuthTokens/Secondary").json()["secondary_auth_token"]
    sub.wire.post("https://accounts.twilio.com/v1/AuthTokens/Promote")
    sub.wire = wire.as_(sub.sid, token)

    assert types(sub) == [
        "account-auth-token.promoted",
        "account-auth-token.secondary-created",
        "account-auth-token.secondary-deleted",
        "account-auth-token.secondary-created",
        "account-api-keys.deleted",
        "account-api-keys.updated",
        "account-api-keys.created",
        "account.created",
    ]
    assert token not in sub.wire.get(EVENTS).text


def test_a_change_that_changes_nothing_is_no_event(wire):
    sub = wire.subaccount("same")
    wire.post(wire.accounts(f"/{sub.sid}"), FriendlyName="same")

    assert types(sub) == ["account.created"]


def test_filters_and_inclusive_dates(twilio, wire):
    sub = wire.subaccount()
    start = twilio.clock()
    for _ in range(3):
        twilio.clock.advance(3600)
        sub.wire.post(wire.accounts(f"/{sub.sid}/Keys"))
    keys = sub.wire.get(EVENTS, EventType="account-api-keys.created").json()["events"]
    assert len(keys) == 3

    assert len(types(sub, ResourceSid=keys[0]["resource_sid"])) == 1
    assert len(types(sub, ActorSid=sub.sid)) == 3
    assert types(sub, SourceIpAddress="192.0.2.1") == []
    assert len(types(sub, StartDate=keys[1]["event_date"])) == 2
    assert len(types(sub, EndDate=keys[1]["event_date"])) == 3
    assert len(types(sub, StartDate=iso(start + timedelta(minutes=1)), EndDate=keys[2]["event_date"])) == 1
    assert code(sub.wire.get(EVENTS, StartDate="yesterday")) == (400, 20001)


def test_a_person_in_the_console_is_another_actor(twilio, wire):
    sub, person = wire.subaccount("before"), "US" + "0" * 31 + "1"

    wire.call(
        "POST", wire.accounts(f"/{sub.sid}"), form={"FriendlyName": "after"}, headers={"Emulator-Console-User": person}
    )

    event, *_ = sub.wire.get(EVENTS).json()["events"]
    assert (event["actor_sid"], event["actor_type"], event["source"]) == (person, "user", "web")


def test_accounts_do_not_see_each_others_events(wire):
    sub, other = wire.subaccount("one"), wire.subaccount("two")
    event, *_ = sub.wire.get(EVENTS).json()["events"]

    assert code(other.wire.get(event["url"])) == (404, 20404)
    assert wire.get(EVENTS).json()["events"] == []


def test_whether_the_parent_logs_its_childrens_account_events_is_a_switch(twilio, wire):
    twilio.switches.child_account_events_at_parent = True
    sub = wire.subaccount()

    assert types(sub) == []
    assert [event["resource_sid"] for event in wire.get(EVENTS).json()["events"]] == [sub.sid]


def test_whether_an_event_names_the_key_is_a_switch(twilio, wire):
    sub = wire.subaccount()
    made = sub.wire.post("https://iam.twilio.com/v1/Keys", AccountSid=sub.sid, KeyType="restricted",
                         Policy='{"allow": ["/twilio/iam/api-keys/*"]}').json()  # fmt: skip
    key: Wire = wire.as_(made["sid"], made["secret"])

    def actor_of_a_new_key():
        key.post(wire.accounts(f"/{sub.sid}/Keys"))
        return sub.wire.get(EVENTS).json()["events"][0]["actor_sid"]

    assert actor_of_a_new_key() == sub.sid
    twilio.switches.event_names_key = True
    assert actor_of_a_new_key() == made["sid"]
