import json

import pytest

from tests.emulator.wire import code, sdk

KEYS = "https://iam.twilio.com/v1/Keys"
READ = "/twilio/verify/service/read"


@pytest.fixture
def sub(wire):
    return wire.subaccount()


@pytest.fixture
def v2010(wire, sub):
    return wire.accounts(f"/{sub.sid}/Keys")


def restricted(sub, *permissions: str, **form: str):
    policy = json.dumps({"allow": permissions})
    return sub.wire.post(KEYS, AccountSid=sub.sid, KeyType="restricted", Policy=policy, **form)


def test_the_secret_is_in_the_create_answer_alone(wire, sub, v2010):
    made = wire.post(v2010, FriendlyName="ci")
    sid, secret = made.json()["sid"], made.json()["secret"]

    assert made.status_code == 201
    assert wire.as_(sid, secret).get("https://monitor.twilio.com/v1/Events").status_code == 200
    for answer in (
        wire.get(v2010),
        wire.get(wire.accounts(f"/{sub.sid}/Keys/{sid}")),
        wire.post(wire.accounts(f"/{sub.sid}/Keys/{sid}"), FriendlyName="renamed"),
        sub.wire.get(f"{KEYS}/{sid}"),
        sub.wire.get(KEYS, AccountSid=sub.sid),
    ):
        assert answer.status_code == 200
        assert secret not in answer.text


def test_a_name_left_out_is_null_and_names_are_not_unique(wire, v2010):
    assert wire.post(v2010).json()["friendly_name"] is None
    assert wire.post(v2010, FriendlyName="twin").json()["sid"] != wire.post(v2010, FriendlyName="twin").json()["sid"]


def test_v2010_ignores_key_type_and_policy_and_hands_out_full_access(wire, sub, v2010):
    made = wire.post(v2010, KeyType="restricted", Policy=json.dumps({"allow": [READ]})).json()

    assert sub.wire.get(f"{KEYS}/{made['sid']}").json()["policy"] is None
    assert wire.as_(made["sid"], made["secret"]).get("https://monitor.twilio.com/v1/Events").status_code == 200


def test_a_restricted_key_has_its_policy_when_read_but_not_when_listed(sub):
    made = restricted(sub, READ, FriendlyName="reader")

    assert made.status_code == 201
    assert made.json()["policy"] == {"allow": [READ]}
    assert sub.wire.get(f"{KEYS}/{made.json()['sid']}").json()["policy"] == {"allow": [READ]}
    (listed,) = sub.wire.get(KEYS, AccountSid=sub.sid).json()["keys"]
    assert listed["flags"] == ["rest_api", "signing"]
    assert "policy" not in listed


def test_iam_makes_standard_keys_too(sub):
    body = sub.wire.post(KEYS, AccountSid=sub.sid, FriendlyName="plain").json()

    assert body["policy"] is None
    assert body["secret"]


def test_both_apis_and_signing_keys_show_the_same_objects(wire, sub, v2010):
    sids = {wire.post(v2010).json()["sid"], restricted(sub, READ).json()["sid"]}

    assert {key["sid"] for key in wire.get(v2010).json()["keys"]} == sids
    assert {key["sid"] for key in sub.wire.get(KEYS, AccountSid=sub.sid).json()["keys"]} == sids
    assert {key["sid"] for key in wire.get(wire.accounts(f"/{sub.sid}/SigningKeys")).json()["signing_keys"]} == sids


def test_a_policy_can_be_replaced_and_counts_at_once(wire, sub):
    made = restricted(sub, READ).json()
    key = wire.as_(made["sid"], made["secret"])
    assert code(key.get("https://monitor.twilio.com/v1/Events")) == (403, 70051)

    policy = json.dumps({"allow": ["/twilio/monitor/events/list"]})
    changed = sub.wire.post(f"{KEYS}/{made['sid']}", Policy=policy)

    assert changed.json()["policy"] == {"allow": ["/twilio/monitor/events/list"]}
    assert key.get("https://monitor.twilio.com/v1/Events").status_code == 200


def test_a_deleted_key_is_dead_and_gone(wire, sub, v2010):
    made = wire.post(v2010).json()
    one = wire.accounts(f"/{sub.sid}/Keys/{made['sid']}")

    deleted = wire.delete(one)

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert code(wire.as_(made["sid"], made["secret"]).get("https://monitor.twilio.com/v1/Events")) == (401, 20003)
    assert code(wire.get(one)) == (404, 20404)
    assert code(wire.delete(one)) == (404, 20404)
    assert code(sub.wire.delete(f"{KEYS}/{made['sid']}")) == (404, 20404)


def test_another_accounts_key_is_not_found(wire, sub, v2010):
    made = wire.post(v2010).json()
    other = wire.subaccount("other")

    assert code(other.wire.get(f"{KEYS}/{made['sid']}")) == (404, 20404)
    assert code(wire.get(wire.accounts(f"/{other.sid}/Keys/{made['sid']}"))) == (404, 20404)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"AccountSid": None}, (400, 20001)),
        ({"AccountSid": "AC" + "0" * 32}, (401, 20003)),
        ({"FriendlyName": "x" * 65}, (400, 70001)),
        ({"KeyType": "main"}, (400, 70002)),
        ({"Policy": None}, (400, 70001)),
        ({"Policy": "allow everything"}, (400, 70002)),
        ({"Policy": "[]"}, (400, 70002)),
        ({"Policy": json.dumps({"allow": 1})}, (400, 70002)),
        ({"Policy": json.dumps({"allow": [["nested"]]})}, (400, 70002)),
        ({"Policy": json.dumps({"allow": ["/twilio/everything"]})}, (400, 70002)),
        ({"Policy": json.dumps({"allow": [READ] * 101})}, (400, 70001)),
    ],
)
def test_bad_parameters_are_refused_on_iam(sub, form, expected):
    good = {"AccountSid": sub.sid, "KeyType": "restricted", "Policy": json.dumps({"allow": [READ]})}
    sent = {name: value for name, value in (good | form).items() if value is not None}

    assert code(sub.wire.post(KEYS, **sent)) == expected


def test_a_standard_key_cannot_be_given_a_policy(wire, sub, v2010):
    made = wire.post(v2010).json()

    assert code(sub.wire.post(f"{KEYS}/{made['sid']}", Policy=json.dumps({"allow": [READ]}))) == (400, 70001)


def test_v2010_names_have_at_most_64_characters(wire, v2010):
    assert code(wire.post(v2010, FriendlyName="x" * 65)) == (400, 20002)


def test_the_iam_list_needs_an_account(sub):
    assert code(sub.wire.get(KEYS)) == (400, 20001)


def test_the_number_of_keys_is_limited_by_a_switch(twilio, wire, sub, v2010):
    twilio.switches.key_limit = 2
    wire.post(v2010)
    wire.post(v2010)

    assert code(wire.post(v2010)) == (400, 70151)
    assert wire.subaccount("other").wire.post(KEYS, AccountSid="x").status_code == 401  # its own count is untouched


def test_twilios_own_client_makes_reads_and_revokes_keys(twilio, wire, sub):
    parent, own = sdk(twilio, account=sub.sid), sdk(twilio, *sub.wire.auth)

    standard = parent.api.v2010.account.new_keys.create(friendly_name="standard")
    made = own.iam.v1.new_api_key.create(
        account_sid=sub.sid, friendly_name="restricted", key_type="restricted", policy={"allow": [READ]}
    )

    assert made.sid
    assert standard.sid
    assert own.iam.v1.api_key(made.sid).fetch().policy == {"allow": [READ]}
    assert [key.sid for key in parent.api.v2010.account.keys.list()] == [standard.sid, made.sid]
    assert own.iam.v1.api_key(standard.sid).delete() is True
