"""Edits of the stack file that only rename: every object lives on under its SID, and nothing is deleted."""

import pytest

from tests.stacks.stack import Stack

CONFIG = {
    "values": {"greeting": "Hello"},
    "production": False,
    "subaccount": {"friendly_name": "Acme"},
    "secrets": {"aws": {"region": "eu-west-1"}, "document": "acme/twilio"},
    "keys": {"api": {"properties": {"sid": "sid", "secret": "secret"}}},
    "numbers": {
        "support": {"phone_number": "+12125550110", "voice_flow": "ivr", "sms_url": "https://acme.example.com/sms"},
        "sales": {
            "search": {"country": "US"},
            "friendly_name": "Acme sales",
            "sms_url": "https://acme.example.com/sms",
        },
    },
    "messaging_services": {
        "alerts": {
            "friendly_name": "Acme alerts",
            "use_inbound_webhook_on_number": True,
            "senders": {"numbers": ["sales"]},
        }
    },
    "verify_services": {
        "login": {"friendly_name": "Acme Login", "code_length": 7},
        "payment": {"friendly_name": "Acme Pay"},
    },
    "studio_flows": {"ivr": {"file": "studio/ivr.json", "friendly_name": "Acme ivr"}},
}
TABLES = ("incoming_phone_numbers", "messaging_services", "verify_services", "studio_flows", "keys", "accounts")


def objects(stack):
    return {(table, row["sid"]) for table in TABLES for row in stack.rows(table)}


def rename(config, section, old, new):
    config[section] = {new if name == old else name: value for name, value in config[section].items()}


@pytest.fixture(scope="module")
def named(new_shared_stack) -> Stack:
    stack: Stack = new_shared_stack("renamed", "aws", "eu-west-1")
    (stack.folder / "studio" / "ivr.json").write_text(
        (stack.folder / "studio" / "ivr.json").read_text().replace("${messaging_services.alerts.sid}", "x")
    )
    stack.edit(lambda config: config.update(CONFIG))
    stack.up()
    return stack


def test_every_kind_is_renamed_in_one_edit(named):
    before, sids = objects(named), {name: one.get("id") for name, one in named.resources().items()}

    def edit(config):
        rename(config, "verify_services", "login", "signin")
        rename(config, "messaging_services", "alerts", "notices")
        rename(config, "studio_flows", "ivr", "menu")
        rename(config, "numbers", "support", "helpdesk")
        rename(config, "numbers", "sales", "orders")
        rename(config, "keys", "api", "backend")
        config["numbers"]["helpdesk"]["voice_flow"] = "menu"
        config["messaging_services"]["notices"]["senders"] = {"numbers": ["orders"]}

    named.edit(edit)
    preview = named.preview()
    said = (
        f"verify_services.login is now verify_services.signin; the Verify service {sids['verify_services.login']} stays"
    )
    assert said in preview.output
    assert not {"create", "delete", "replace"} & set(named.steps().values()), preview
    named.up()
    assert objects(named) == before
    after = named.resources()
    assert after["verify_services.signin"]["id"] == sids["verify_services.login"]
    assert not {"verify_services.login", "numbers.support", "keys.api"} & after.keys()
    named.expect_no_changes()


def test_two_names_are_swapped(named):
    before, sids = objects(named), {name: one.get("id") for name, one in named.resources().items()}

    def edit(config):
        for section in ("verify_services", "numbers"):
            one, other = config[section]
            config[section] = {one: config[section][other], other: config[section][one]}

    named.edit(edit)
    named.up()
    assert objects(named) == before
    after = named.resources()
    for section in ("verify_services", "numbers"):
        one, other = (name for name in sids if name.startswith(f"{section}."))
        assert (after[one]["id"], after[other]["id"]) == (sids[other], sids[one])
    named.expect_no_changes()


def test_names_move_on_by_one_though_numbers_are_protected(named):
    before, sids = objects(named), {name: one.get("id") for name, one in named.resources().items()}
    names: list[str] = []

    def edit(config):
        names.extend(config["numbers"])
        one, other = config["numbers"].values()
        config["numbers"] = {names[1]: one, "last": other}
        (service,) = config["messaging_services"].values()
        service["senders"] = {"numbers": ["last"]}

    named.edit(edit)
    first, second = (f"numbers.{name}" for name in names)
    named.up()
    assert objects(named) == before
    after = named.resources()
    assert (after[second]["id"], after["numbers.last"]["id"]) == (sids[first], sids[second])
    assert first not in after
    named.expect_no_changes()


def test_a_name_that_is_only_the_logical_one_declares_another_object_and_that_is_said(named):
    named.edit(lambda config: config["verify_services"].update(only={}))
    named.up()
    (sid,) = [row["sid"] for row in named.rows("verify_services") if row["friendly_name"] == "only"]
    named.edit(lambda config: rename(config, "verify_services", "only", "other"))
    said = named.preview().output
    assert f"verify_services.only is no longer declared, so its Verify service {sid} will be deleted" in said
    assert "twilio-env rename verify_services.only NEW --stack renamed" in said
