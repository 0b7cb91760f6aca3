"""What people change in a stack file on an ordinary day, in as many calls as it takes; and what they may not."""

import pytest

from tests.stacks.stack import Stack


def only_messaging(config):
    """Take what the tests here do not look at out of staging, so that they are quick."""
    for section in ("verify_services", "studio_flows", "keys", "secrets"):
        config.pop(section)
    config["messaging_services"]["marketing"]["discard_inbound"] = True  # its numbers are left without flows
    for number in config["numbers"].values():
        number.pop("voice_flow", None)
        number.pop("sms_flow", None)


def writes(stack):
    """What was changed; a number that is still in the other pool is refused first (21712), if that came first."""
    return [
        f"{call.method} {call.pattern}" for call in stack.twilio.calls if call.method != "GET" and call.status < 400
    ]


def pool(stack, service):
    (sid,) = [row["sid"] for row in stack.rows("messaging_services") if row["friendly_name"].startswith(service)]
    return {row["sid"] for row in stack.rows("messaging_phone_numbers") if row["service_sid"] == sid}


@pytest.fixture(scope="module")
def staging(new_shared_stack) -> Stack:
    stack: Stack = new_shared_stack("staging")
    stack.edit(only_messaging)
    stack.up()
    return stack


def test_numbers_change_places_between_two_pools_in_one_run(staging):
    change_places(staging)


def test_numbers_change_places_between_two_pools_in_a_shared_account(new_stack):
    stack = new_stack("staging")
    stack.edit(only_messaging)
    stack.edit(lambda config: config.update(subaccount={"sid": stack.twilio.account_sid}))
    stack.up()
    change_places(stack)


def change_places(stack):
    def swap(config):
        config["messaging_services"]["alerts"]["senders"]["numbers"] = ["alerts-1", "marketing-1"]
        config["messaging_services"]["marketing"]["senders"]["numbers"] = ["alerts-2"]

    stack.edit(swap)
    stack.twilio.journal.clear()
    stack.up()
    sids = {name: one.get("id") for name, one in stack.resources().items()}
    assert pool(stack, "Acme alerts") == {sids["numbers.alerts-1"], sids["numbers.marketing-1"]}
    assert pool(stack, "Acme marketing") == {sids["numbers.alerts-2"]}
    assert len(writes(stack)) == 4
    stack.expect_no_changes()


def test_a_changed_webhook_is_one_update_with_one_call(staging):
    staging.edit(lambda config: config["numbers"]["office"].update(voice_url="https://staging.acme.example.com/new"))
    assert staging.steps() == {"numbers.office": "update"}
    staging.twilio.journal.clear()
    staging.up()
    assert writes(staging) == ["POST /2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers/{sid}.json"]
    assert {row["voice_url"] for row in staging.rows("incoming_phone_numbers") if row["friendly_name"] == "office"} == {
        "https://staging.acme.example.com/new"
    }


def test_a_number_that_prod_no_longer_declares_is_kept_until_its_release_was_allowed(new_stack):
    stack = new_stack("prod")
    stack.edit(lambda config: config.pop("verify_services"))
    stack.up()
    reason = {"release_numbers": "the office has closed, and its number is printed nowhere any more"}
    stack.twilio.journal.clear()
    was = stack.edit(lambda config: config["numbers"]["office"])
    stack.edit(lambda config: config.update(allow=reason))  # and replaced in the same run, which is a release too
    stack.edit(lambda config: config["numbers"].update(office=was | {"search": None, "phone_number": "+12125550177"}))
    stack.edit(lambda config: config["numbers"]["office"].pop("search"))
    refused = stack.preview(fails=True)
    assert len(refused.errors) == 1, refused
    assert "guard rail release_numbers: a released number may be somebody else's tomorrow" in refused.errors[0]
    assert "An allowance takes effect in the run after the one that records it" in refused.errors[0]
    stack.up(fails=True)
    assert writes(stack) == []
    stack.edit(lambda config: config["numbers"].update(office=was))
    office = stack.edit(lambda config: config["numbers"].pop("office"))
    stack.twilio.journal.clear()
    for allow in ({}, reason):  # also when both are changed at once: the engine goes by what the last run declared
        stack.edit(lambda config, allow=allow: config.update(allow=allow))
        refused = stack.preview(fails=True)
        assert len(refused.errors) == 1, refused
        assert "numbers.office" in refused.errors[0]
        assert "because it is protected" in refused.errors[0]
    stack.up(fails=True)
    assert "DELETE" not in {call.method for call in stack.twilio.calls}
    assert "office" in {row["friendly_name"] for row in stack.rows("incoming_phone_numbers")}

    stack.edit(lambda config: config["numbers"].update(office=office))
    stack.up()
    stack.edit(lambda config: config["numbers"].pop("office"))
    stack.up()
    assert "office" not in {row["friendly_name"] for row in stack.rows("incoming_phone_numbers")}
    stack.preview("--expect-no-changes")


def test_an_account_that_was_suspended_is_resumed_and_changed_in_one_run(staging):
    main = staging.main()
    (own,) = [row["sid"] for row in staging.rows("accounts") if row["sid"] != staging.twilio.account_sid]
    assert main.post(main.accounts(f"/{own}"), Status="suspended").ok
    staging.edit(lambda config: config["numbers"]["office"].update(voice_url="https://staging.acme.example.com/again"))
    staging.pulumi("up", "--yes", "--refresh")
    rows = {row["friendly_name"]: row["voice_url"] for row in staging.rows("incoming_phone_numbers")}
    assert rows["office"] == "https://staging.acme.example.com/again"
    assert [row["status"] for row in staging.rows("accounts") if row["sid"] == own] == ["active"]
    staging.expect_no_changes()


def test_a_number_that_was_moved_next_door_is_not_bought_again_and_comes_back(staging):
    main, numbers = staging.main(), staging.rows("incoming_phone_numbers")
    (office,) = [row for row in numbers if row["friendly_name"] == "office"]
    path = main.accounts(f"/{office['account_sid']}/IncomingPhoneNumbers/{office['sid']}")
    target = staging.twilio.account_sid
    assert main.post(path, AccountSid=target).ok
    staging.twilio.journal.clear()
    refused = staging.pulumi("up", "--yes", "--refresh", fails=True)
    assert f"is not gone: it is in the account {target} ('Main account')" in refused.output
    assert f"Set transfer_from: {target} on the number to bring it back" in refused.output
    assert writes(staging) == []

    staging.edit(lambda config: config["numbers"]["office"].update(transfer_from=target))
    back = staging.pulumi("up", "--yes", "--refresh")
    assert f"is brought here from the account {target}" in back.output
    assert {row["sid"] for row in staging.rows("incoming_phone_numbers")} == {row["sid"] for row in numbers}
    (now,) = [row for row in staging.rows("incoming_phone_numbers") if row["sid"] == office["sid"]]
    assert (now["account_sid"], now["voice_url"]) == (office["account_sid"], office["voice_url"])
    staging.expect_no_changes()


def test_a_service_that_was_registered_meanwhile_is_kept_until_that_was_allowed(staging):
    (alerts,) = [row for row in staging.rows("messaging_services") if row["friendly_name"].startswith("Acme alerts")]
    staging.twilio.state.table("messaging_services").put(alerts["sid"], alerts | {"us_app_to_person_registered": True})
    taken = staging.edit(lambda config: config["messaging_services"].pop("alerts"))
    unknown = staging.up(fails=True)  # nobody has recorded it yet, so the deletion asks
    assert "guard rail delete_registrations" in unknown.output
    assert alerts["sid"] in {row["sid"] for row in staging.rows("messaging_services")}

    staging.edit(lambda config: config["messaging_services"].update(alerts=taken))
    staging.pulumi("up", "--yes", "--skip-preview", "--refresh")
    staging.edit(lambda config: config["messaging_services"].pop("alerts"))
    refused = staging.preview(fails=True)
    assert len(refused.errors) == 1, refused
    assert "messaging_services.alerts: is no longer declared, and its Messaging Service" in refused.errors[0]
    assert "guard rail delete_registrations" in refused.errors[0]
    assert "guard rail delete_registrations" in staging.destroy("--skip-preview", fails=True).output
    assert {row["status"] for row in staging.rows("accounts")} == {"active"}

    staging.edit(lambda config: config["messaging_services"].update(alerts=taken))
    staging.up()
    assert "because it is protected" in staging.destroy(fails=True).output
    staging.edit(lambda config: config["allow"].update(delete_registrations="the campaign has ended for good"))
    staging.up()
    staging.edit(lambda config: config["messaging_services"].pop("alerts"))
    staging.up()
    assert alerts["sid"] not in {row["sid"] for row in staging.rows("messaging_services")}
