"""Whose an object is, by its name; and by which properties consumers find secrets."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_environments.settings import Settings, SettingsProblem, load
from twilio_environments.settings.references import References

SID = "AC" + "0" * 31 + "1"
NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,100}", fullmatch=True)


def read(root, *, project="project", stack="stack", **sections):
    (root / "flow.json").write_text("{}")
    handed_over = {f"twilio:{name}": json.dumps(value) for name, value in ({"subaccount": {}} | sections).items()}
    return load(handed_over, project=project, stack=stack, root=root)


def bound(project, stack):
    return Settings.model_validate({"subaccount": {}, "project": project, "stack": stack})


@given(project=NAMES, stack=NAMES, other=st.tuples(NAMES, NAMES))
def test_a_mark_is_short_repeatable_and_this_stacks_alone(project, stack, other):
    mark = bound(project, stack).mark
    assert len(mark) <= 32
    assert mark == bound(project, stack).mark
    assert mark[0] + mark[-1] == "[]"
    if other != (project, stack):
        assert mark != bound(other[0], other[1]).mark


@pytest.mark.parametrize(
    ("project", "stack", "mark"),
    [
        ("acme", "prod", "[acme/prod]"),
        ("a" * 15, "b" * 14, f"[{'a' * 15}/{'b' * 14}]"),
        ("a" * 16, "b" * 14, "[bbbbbbbbbbbbbb~258651da]"),
        ("acme", "b" * 40, "[bbbbbbbbbbbbbbbbbbbb~bb9449ba]"),
    ],
)
def test_a_mark_is_the_same_in_every_release(project, stack, mark):
    assert bound(project, stack).mark == mark


SECTIONS = {
    "secrets": {"vault": {}},
    "keys": {"one": {}, "other": {"friendly_name": "Other"}},
    "numbers": {"one": {"phone_number": "+15005550006"}, "other": {"search": {"country": "US"}, "adopt": True}},
    "messaging_services": {"one": {"discard_inbound": True}, "other": {"discard_inbound": True, "adopt": True}},
    "verify_services": {"one": {}, "other": {"friendly_name": "Other", "adopt": True}},
    "studio_flows": {"one": {"file": "flow.json"}, "other": {"file": "flow.json", "adopt": True}},
}


@pytest.mark.parametrize(
    ("subaccount", "section", "one", "other"),
    [
        ({}, "keys", "one [project/stack]", "Other [project/stack]"),
        ({}, "numbers", "one", "other"),
        ({}, "messaging_services", "one", "other"),
        ({}, "verify_services", "one", "Other"),
        ({}, "studio_flows", "one", "other"),
        ({"sid": SID}, "keys", "one [project/stack]", "Other [project/stack]"),
        ({"sid": SID}, "numbers", "one [project/stack]", "other"),
        ({"sid": SID}, "messaging_services", "one [project/stack]", "other"),
        ({"sid": SID}, "verify_services", "one", "Other"),  # no room for a mark, see the kind
        ({"sid": SID}, "studio_flows", "one [project/stack]", "other"),
    ],
)
def test_names_carry_the_mark_where_it_proves_something(subaccount, section, one, other, tmp_path):
    settings = read(tmp_path, subaccount=subaccount, **SECTIONS)
    assert settings.friendly_name(section, "one") == one
    assert settings.friendly_name(section, "other") == other
    assert settings.shares_account == bool(subaccount)


def test_the_subaccount_is_called_after_the_stack_and_marked(tmp_path):
    assert read(tmp_path).subaccount_name == "stack [project/stack]"
    assert read(tmp_path, subaccount={"friendly_name": "Acme"}).subaccount_name == "Acme [project/stack]"


def test_the_same_logical_name_in_two_sections_is_two_objects(tmp_path):
    assert str(References(read(tmp_path, **SECTIONS)).order()).count("'one'") == 5


@pytest.mark.parametrize(
    ("shape", "properties", "carried"),
    [
        ("default", ("ci_bot_key", "ci_bot_secret"), {"account_sid", "phone_number_alerts_1"}),
        (
            "environment_variables",
            ("TWILIO_CI_BOT_KEY", "TWILIO_CI_BOT_SECRET"),
            {"TWILIO_ACCOUNT_SID", "TWILIO_PHONE_NUMBER_ALERTS_1"},
        ),
        ("aws_managed", ("apiKeySid", "apiKeySecret"), {"accountSid", "phoneNumberAlerts1"}),
    ],
)
def test_properties_are_named_by_the_shape(shape, properties, carried, tmp_path):
    settings = read(
        tmp_path,
        secrets={"aws": {}, "shape": shape},
        keys={"ci-bot": {"document": "stack/ci"}},
        numbers={"alerts-1": {"phone_number": "+15005550006"}},
    )
    named = settings.key_properties("ci-bot")
    assert (named.sid, named.secret) == properties
    assert set(settings.document_properties()) == carried


def test_documents_are_below_the_stacks_name_unless_declared(tmp_path):
    settings = read(tmp_path, secrets={"vault": {}}, keys={"a": {}, "b": {"document": "x/y"}})
    assert settings.document_path() == settings.document_path(settings.keys["a"].document) == "stack/twilio"
    assert settings.document_path(settings.keys["b"].document) == "x/y"
    assert read(tmp_path, secrets={"vault": {}, "document": "x/y"}).document_path() == "x/y"


@pytest.mark.parametrize("stack", ["prod", "acme-prod", "production", "eu_live", "Prod.eu"])
def test_a_name_that_speaks_of_production_asks_for_a_word_on_it(stack, tmp_path):
    with pytest.raises(SettingsProblem) as caught:
        read(tmp_path, stack=stack)
    assert [one.path for one in caught.value.mistakes] == ["production"]
    for said in (True, False):
        assert read(tmp_path, stack=stack, production=said).production is said


@pytest.mark.parametrize("stack", ["staging", "produce", "preproduction", "olive"])
def test_other_names_do_not(stack, tmp_path):
    assert read(tmp_path, stack=stack).production is None


def test_numbers_may_share_a_name_and_an_adopted_one_may_have_none(tmp_path):
    same = {"friendly_name": "Support", "adopt": True}
    numbers = {"one": {"phone_number": "+15005550006", **same}, "other": {"phone_number": "+15005550007", **same}}
    nameless = {"phone_number": "+15005550008", "friendly_name": "", "adopt": True}
    settings = read(tmp_path, subaccount={"sid": SID}, numbers=numbers | {"nameless": nameless})
    assert [settings.friendly_name("numbers", name) for name in settings.numbers] == ["Support", "Support", ""]
