import pytest

from tests.emulator.wire import code

SECONDARY = "https://accounts.twilio.com/v1/AuthTokens/Secondary"
PROMOTE = "https://accounts.twilio.com/v1/AuthTokens/Promote"
EVENTS = "https://monitor.twilio.com/v1/Events"


@pytest.fixture
def sub(wire):
    return wire.subaccount()


def test_between_make_and_promote_both_tokens_authenticate(wire, sub):
    second = sub.wire.post(SECONDARY)
    assert second.status_code == 201
    new = wire.as_(sub.sid, second.json()["secondary_auth_token"])
    assert (sub.wire.get(EVENTS).status_code, new.get(EVENTS).status_code) == (200, 200)

    promoted = new.post(PROMOTE)

    assert promoted.json()["auth_token"] == new.auth[1]
    assert new.get(EVENTS).status_code == 200
    assert code(sub.wire.get(EVENTS)) == (401, 20003)
    assert wire.get(wire.accounts(f"/{sub.sid}")).json()["auth_token"] == new.auth[1]


def test_a_pending_secondary_blocks_the_next(sub):
    sub.wire.post(SECONDARY)
    again = sub.wire.post(SECONDARY)

    assert code(again) == (400, 70002)
    assert again.json()["message"] == "secondaryAuthToken already exists on account"


def test_a_dropped_secondary_is_dead_and_makes_room(wire, sub):
    second = wire.as_(sub.sid, sub.wire.post(SECONDARY).json()["secondary_auth_token"])

    assert sub.wire.delete(SECONDARY).status_code == 204
    assert code(second.get(EVENTS)) == (401, 20003)
    assert sub.wire.post(SECONDARY).status_code == 201


def test_without_a_secondary_there_is_nothing_to_drop_or_promote(sub):
    assert code(sub.wire.delete(SECONDARY)) == (404, 20404)
    assert code(sub.wire.post(PROMOTE)) == (404, 20404)


def test_no_account_payload_shows_the_secondary(wire, sub):
    secret = sub.wire.post(SECONDARY).json()["secondary_auth_token"]

    assert secret not in wire.get(wire.accounts(f"/{sub.sid}")).text


def test_the_main_accounts_token_can_be_rotated_and_is_followed(twilio, wire):
    old = twilio.auth_token
    wire.post(SECONDARY)
    wire.post(PROMOTE)

    assert twilio.auth_token != old
    assert code(wire.as_(twilio.account_sid, old).get(EVENTS)) == (401, 20003)
