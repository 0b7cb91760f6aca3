"""References by logical name: placeholders, and an order in which everything is there before it is named."""

import json
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twilio_environments.settings import SettingsProblem, load
from twilio_environments.settings.references import Name, Reference, References
from twilio_environments.studio import flow_template

SERVICE_SID = "MG" + "0" * 31 + "1"


def read(root, definitions=(), **sections):
    """Load settings; `definitions` are flows by logical name, each a file of its own."""
    flows = {}
    for name, definition in dict(definitions).items():
        (root / f"{name}.json").write_text(json.dumps({"states": definition}))
        flows[name] = {"file": f"{name}.json"}
    data = {"subaccount": {}, "studio_flows": flows} | sections
    handed_over = {f"twilio:{name}": json.dumps(value) for name, value in data.items()}
    return load(handed_over, project="project", stack="stack", root=root)


def test_each_object_comes_after_those_it_refers_to(tmp_path):
    loaded = read(
        tmp_path,
        {"ivr": "${messaging_services.alerts.sid} ${studio_flows.sub.sid}", "sub": "${verify_services.login.sid}"},
        numbers={"support": {"search": {"country": "US"}, "voice_flow": "ivr"}},
        messaging_services={"alerts": {"discard_inbound": True, "senders": {"numbers": ["support"]}}},
        verify_services={"login": {"messaging_configurations": {"US": "alerts", "DE": SERVICE_SID}}},
    )
    assert [str(name) for name in References(loaded).order()] == [
        "messaging_services.alerts",
        "verify_services.login",
        "studio_flows.sub",
        "studio_flows.ivr",
        "numbers.support",
    ]


PLACEHOLDERS = {
    "account.sid": Reference(Name("subaccount", ""), "sid"),
    "environment.name": Reference(text="stack"),
    "values.greeting": Reference(text="Hello"),
    "numbers.named.sid": Reference(Name("numbers", "named"), "sid"),
    "numbers.named.phone_number": Reference(text="+15005550006"),
    "numbers.named.friendly_name": Reference(text="named"),
    "numbers.named.status_callback": Reference(text="https://example.com/"),
    "numbers.named.voice_caller_id_lookup": Reference(text="false"),
    "numbers.found.phone_number": Reference(Name("numbers", "found"), "phone_number"),
    "messaging_services.alerts.sid": Reference(Name("messaging_services", "alerts"), "sid"),
    "messaging_services.alerts.validity_period": Reference(text="36000"),
    "verify_services.login.sid": Reference(Name("verify_services", "login"), "sid"),
    "verify_services.login.code_length": Reference(text="6"),
    "verify_services.login.lookup_enabled": Reference(text="true"),
    "studio_flows.sub.sid": Reference(Name("studio_flows", "sub"), "sid"),
    "studio_flows.sub.webhook_url": Reference(Name("studio_flows", "sub"), "webhook_url"),
}
SECTIONS = {
    "values": {"greeting": "Hello"},
    "numbers": {
        "named": {"phone_number": "+15005550006", "status_callback": "https://example.com/"},
        "found": {"search": {"country": "US"}},
    },
    "messaging_services": {"alerts": {"discard_inbound": True}},
    "verify_services": {"login": {"lookup_enabled": True}},
}


@pytest.mark.parametrize(("placeholder", "expected"), PLACEHOLDERS.items(), ids=PLACEHOLDERS)
def test_a_placeholder_is_known_now_or_names_what_will_know_it(placeholder, expected, tmp_path):
    loaded = read(tmp_path, {"ivr": f"a ${{ {placeholder} }} b", "sub": ""}, **SECTIONS)
    assert References(loaded).placeholder(placeholder) == expected
    assert (Name("studio_flows", "ivr") in References(loaded).order()[-2:]) or expected.target is None


@pytest.mark.parametrize(
    "placeholder",
    [
        "numbers.found.voice_url",  # empty, and an empty text in a flow would be a silent mistake
        "numbers.found.search",
        "numbers.found.adopt",
        "numbers.named.voice_flow",
        "messaging_services.alerts.discard_inbound",
        "messaging_services.alerts.mark",
        "messaging_services.alerts",
        "keys.api.sid",
        "secrets.auth_token",
        "values.absent",
    ],
)
def test_what_is_no_single_value_at_twilio_is_no_placeholder(placeholder, tmp_path):
    with pytest.raises(SettingsProblem, match="unknown placeholder") as caught:
        read(tmp_path, {"ivr": f"${{{placeholder}}}", "sub": ""}, **SECTIONS)
    assert [one.path for one in caught.value.mistakes] == ["studio_flows.ivr.file"]


def test_a_name_in_a_placeholder_is_the_one_that_twilio_has(tmp_path):
    loaded = read(
        tmp_path,
        subaccount={"sid": "AC" + "0" * 31 + "1"},
        messaging_services={"alerts": {"discard_inbound": True}},
    )
    known = References(loaded).placeholder("messaging_services.alerts.friendly_name")
    assert known.text == loaded.friendly_name("messaging_services", "alerts") == "alerts [project/stack]"


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("${values.a}", "A"),
        ("${ values.a }${values.a}", "AA"),
        ("$${values.a}", "${values.a}"),
        ("$$${values.a}", "$${values.a}"),
        ("${{trigger.call.To}}", "${{trigger.call.To}}"),
        ("costs ${{price}} ${values.a}", "costs ${{price}} A"),
        ("{{flow.x}} $ $5 {values.a} $values.a", "{{flow.x}} $ $5 {values.a} $values.a"),
        ("${values.a", "${values.a"),
    ],
)
def test_dollars_are_placeholders_liquid_or_themselves(text, rendered):
    definition = {"states": [{"properties": {"body": text, "count": 1, "on": True, "none": None}}]}
    assert flow_template.placeholders(definition) <= {"values.a"}
    found = flow_template.render(definition, {"values.a": "A"})
    assert found == {"states": [{"properties": {"body": rendered, "count": 1, "on": True, "none": None}}]}


@st.composite
def graphs(draw):
    """Which object names which: numbers name flows; flows name flows, numbers and services; Verify names services."""
    names = [f"n{index}" for index in range(draw(st.integers(1, 4)))]
    some = st.lists(st.sampled_from(names), max_size=3, unique=True)
    maybe = st.none() | st.sampled_from(names)
    return {
        "names": names,
        "voice": {name: draw(maybe) for name in names},
        "sms": {name: draw(maybe) for name in names},
        "searched": {name: draw(st.booleans()) for name in names},
        "verify": {name: draw(some) for name in names},
        "flows": {
            name: [
                (section, target)
                for section in ("numbers", "messaging_services", "verify_services", "studio_flows")
                for target in draw(some if section != "studio_flows" else st.lists(st.sampled_from(names), max_size=1))
            ]
            for name in names
        },
    }


def needs(graph):
    """Say the same in our own words: an object → those that must be there first."""
    found = defaultdict(set)
    for name in graph["names"]:
        found[f"numbers.{name}"] = {
            f"studio_flows.{flow}" for flow in (graph["voice"][name], graph["sms"][name]) if flow is not None
        }
        found[f"verify_services.{name}"] = {f"messaging_services.{target}" for target in graph["verify"][name]}
        found[f"messaging_services.{name}"] = set()
        found[f"studio_flows.{name}"] = {f"{section}.{target}" for section, target in graph["flows"][name]}
    return found


def reachable(found, start):
    seen, rest = set(), list(found[start])
    while rest:
        name = rest.pop()
        if name not in seen:
            seen.add(name)
            rest += found[name]
    return seen


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs())
def test_there_is_an_order_or_a_cycle_and_its_members_are_named(graph, tmp_path):
    found = needs(graph)
    cyclic = {name for name in found if name in reachable(found, name)}
    names = graph["names"]
    sections = {
        "numbers": {
            name: (
                ({"search": {"country": "US"}} if graph["searched"][name] else {"phone_number": f"+1500555000{index}"})
                | ({"voice_flow": graph["voice"][name]} if graph["voice"][name] else {})
                | ({"sms_flow": graph["sms"][name]} if graph["sms"][name] else {})
            )
            for index, name in enumerate(names)
        },
        "messaging_services": {name: {"discard_inbound": True} for name in names},
        "verify_services": {
            name: {
                "messaging_configurations": dict(zip(("US", "CA", "all"), graph["verify"][name], strict=False)),
            }
            for name in names
        },
    }
    definitions = {name: [f"${{{section}.{target}.sid}}" for section, target in graph["flows"][name]] for name in names}
    try:
        order = [str(name) for name in References(read(tmp_path, definitions, **sections)).order()]
    except SettingsProblem as problem:
        (mistake,) = problem.mistakes
        assert cyclic
        assert mistake.path in cyclic
        named = mistake.what.partition("first: ")[2].partition(";")[0].split(" → ")
        assert named[0] == named[-1]
        assert set(named) <= cyclic
        for one, following in pairwise(named):
            assert following in found[one], f"{one} does not need {following}"
    else:
        assert not cyclic
        assert sorted(order) == sorted(found)
        for position, name in enumerate(order):
            assert found[name] <= set(order[:position])
