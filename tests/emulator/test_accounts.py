import pytest

from tests.emulator.wire import code


def test_a_subaccount_is_made_active_and_owned_by_the_caller(twilio, wire):
    answer = wire.post(wire.accounts(), FriendlyName="staging")

    body = answer.json()
    assert answer.status_code == 201
    assert (body["friendly_name"], body["status"], body["type"]) == ("staging", "active", "Full")
    assert body["owner_account_sid"] == twilio.account_sid
    assert len(body["auth_token"]) == 32
    assert wire.get("https://api.twilio.com" + body["uri"]).json() == body


def test_without_a_name_it_is_named_by_the_time(twilio, wire):
    name = wire.post(wire.accounts()).json()["friendly_name"]

    assert name.startswith(f"SubAccount Created at {twilio.clock():%Y-%m-%d}")
    assert name[-3:] in (" am", " pm")


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_bad_name_is_refused(wire, name):
    assert code(wire.post(wire.accounts(), FriendlyName=name)) == (400, 20002)


def test_names_need_not_be_unique(wire):
    assert wire.subaccount("twin").sid != wire.subaccount("twin").sid


def test_listing_has_the_main_account_too_and_filters_exactly(twilio, wire):
    staging, _ = wire.subaccount("staging"), wire.subaccount("staging-2")
    wire.post(wire.accounts(f"/{staging.sid}"), Status="suspended")

    def listed(**filters: str) -> list[str]:
        return [account["friendly_name"] for account in wire.get(wire.accounts(), **filters).json()["accounts"]]

    assert listed() == ["Main account", "staging", "staging-2"]
    assert listed(FriendlyName="staging") == ["staging"]
    assert listed(FriendlyName="stag") == []
    assert listed(Status="suspended") == ["staging"]
    assert listed(Status="active") == ["Main account", "staging-2"]


def test_a_rename_changes_name_and_date_only(twilio, wire):
    sub = wire.subaccount("before")
    before = wire.get(wire.accounts(f"/{sub.sid}")).json()
    twilio.clock.advance(60)

    after = wire.post(wire.accounts(f"/{sub.sid}"), FriendlyName="after").json()

    assert {name for name in before if before[name] != after[name]} == {"friendly_name", "date_updated"}


class TestStatus:
    @pytest.mark.parametrize(
        ("steps", "expected"),
        [
            (["suspended", "active", "closed"], 200),
            (["closed"], 200),
            (["suspended", "closed"], 200),
            (["closed", "active"], 21479),
            (["closed", "closed"], 21479),
            (["closed", "suspended"], 21479),
            (["gone"], 21475),
            ([""], 21475),
        ],
    )
    def test_the_state_machine(self, wire, steps, expected):
        sub = wire.subaccount()
        *before, last = [wire.post(wire.accounts(f"/{sub.sid}"), Status=status) for status in steps]

        assert [answer.status_code for answer in before] == [200] * len(before)
        assert last.json().get("code", last.status_code) == expected
        if expected == 200:
            assert last.json()["status"] == steps[-1]

    def test_nobody_changes_the_status_of_the_account_that_calls(self, twilio, wire):
        sub = wire.subaccount()

        assert code(wire.post(wire.accounts(f"/{twilio.account_sid}"), Status="suspended")) == (400, 21477)
        assert code(sub.wire.post(wire.accounts(f"/{sub.sid}"), Status="closed")) == (400, 21477)

    def test_children_of_a_suspended_parent_are_suspended_and_stay_as_they_are(self, twilio, wire):
        sub = wire.subaccount()
        main = twilio.state.table("accounts").get(twilio.account_sid)
        twilio.state.table("accounts").put(twilio.account_sid, main | {"status": "suspended"})

        assert code(sub.wire.get(wire.accounts(f"/{sub.sid}"))) == (401, 20003)
        assert code(wire.post(wire.accounts(f"/{sub.sid}"), Status="closed")) == (400, 21476)

    def test_what_twilio_suspended_the_parent_cannot_reactivate(self, twilio, wire):
        sub = wire.subaccount()
        row = twilio.state.table("accounts").get(sub.sid)
        twilio.state.table("accounts").put(sub.sid, row | {"status": "suspended", "_suspended_by_twilio": True})

        assert code(wire.post(wire.accounts(f"/{sub.sid}"), Status="active")) == (400, 21478)

    def test_closing_releases_the_numbers_of_that_account_alone(self, twilio, wire):
        sub, other = wire.subaccount("closing"), wire.subaccount("other")
        numbers = twilio.state.table("incoming_phone_numbers")
        for sid, owner in (("PN1", sub.sid), ("PN2", other.sid), ("PN3", sub.sid)):
            numbers.insert(sid, {"sid": sid, "account_sid": owner})

        wire.post(wire.accounts(f"/{sub.sid}"), Status="closed")

        assert [row["sid"] for row in numbers.rows()] == ["PN2"]

    def test_a_closed_account_stays_listed(self, wire):
        sub = wire.subaccount("closing")
        wire.post(wire.accounts(f"/{sub.sid}"), Status="closed")

        assert [account["sid"] for account in wire.get(wire.accounts(), Status="closed").json()["accounts"]] == [
            sub.sid
        ]

    @pytest.mark.parametrize("status", ["suspended", "closed"])
    @pytest.mark.parametrize("answer", [(401, 20003), (403, 20403)])
    def test_the_accounts_own_credentials_stop_working(self, twilio, wire, status, answer):
        sub = wire.subaccount()
        wire.post(wire.accounts(f"/{sub.sid}"), Status=status)
        twilio.switches.closed_account_answer = answer

        assert code(sub.wire.get(wire.accounts(f"/{sub.sid}"))) == answer
        assert code(sub.wire.get("https://monitor.twilio.com/v1/Events")) == answer

    def test_the_parent_reads_but_changes_nothing_within(self, wire):
        sub = wire.subaccount()
        wire.post(wire.accounts(f"/{sub.sid}"), Status="suspended")

        assert wire.get(wire.accounts(f"/{sub.sid}/Keys")).status_code == 200
        assert code(wire.post(wire.accounts(f"/{sub.sid}/Keys"))) == (403, 20005)


class TestLimits:
    def test_subaccounts_cannot_contain_subaccounts(self, wire):
        assert code(wire.subaccount().wire.post(wire.accounts())) == (400, 21101)

    def test_a_trial_account_has_one_and_closed_ones_do_not_count(self, twilio, wire):
        twilio.switches.trial = True
        only = wire.subaccount("only")

        assert code(wire.post(wire.accounts())) == (400, 21480)
        wire.post(wire.accounts(f"/{only.sid}"), Status="closed")
        assert wire.post(wire.accounts()).status_code == 201

    def test_an_upgraded_account_has_as_many_as_the_switch_says(self, twilio, wire):
        twilio.switches.subaccount_limit = 2
        wire.subaccount()
        wire.subaccount()

        assert code(wire.post(wire.accounts())) == (400, 21480)
