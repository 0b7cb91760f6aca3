"""How fields are declared: one form for what Twilio, Pulumi and a model say, and defaults that are left out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from twilio_environments.kinds.messaging_service import MessagingService
from twilio_environments.kinds.sender_pool import OtherSenders
from twilio_environments.lifecycle.declaration import minimal_values
from twilio_environments.lifecycle.values import plain, unordered

from .case import Case
from .cases import CASES
from .world import through_pulumi

by_kind = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.mark.parametrize(
    ("value", "expected", "reason"),
    [
        (None, "", "Twilio answers null where it was sent an empty text"),
        (36000.0, 36000, "Pulumi hands over every number as a float"),
        (0.5, 0.5, "a fraction stays one"),
        (True, True, "a switch is no number"),
        ({"a": None, "b": (1.0,)}, {"a": "", "b": [1]}, "whatever it stands in"),
        (
            OtherSenders(alpha_senders=["Acme"]),
            {"short_codes": [], "alpha_senders": ["Acme"], "channel_senders": []},
            "a model says what a mapping says",
        ),
    ],
)
def test_a_value_has_one_form_wherever_it_comes_from(value, expected, reason):
    assert plain(value) == expected, reason
    assert type(plain(value)) is type(expected), reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(JSON)
def test_that_form_is_its_own_form(value):
    assert plain(plain(value)) == plain(value)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=3), st.integers(-(2**53), 2**53) | st.booleans() | st.text(), max_size=4))
def test_pulumis_state_changes_nothing_but_the_type_of_numbers(value):
    assert plain(through_pulumi(value)) == plain(value)


@settings(deadline=None)
@given(st.none() | st.lists(st.text(max_size=3)), st.randoms(use_true_random=False))
def test_the_order_of_what_has_none_is_no_difference(items, turn):
    other = list(items or [])
    turn.shuffle(other)
    assert unordered(other) == unordered(items)


@by_kind
def test_what_is_default_is_left_out_and_comes_back(case: Case):
    for inputs in (case.minimal, *case.full):
        model = case.kind.declaration
        given_ = {"delivery": _DELIVERY, "document": _DOCUMENT}
        declared = model.model_validate(
            {**inputs, **{name: given_[name] for name in given_ if name in model.model_fields}}
        )
        minimal = declared.minimal()
        assert model.model_validate(minimal) == declared
        assert model.model_validate(minimal).minimal() == minimal
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        assert minimal.keys() <= inputs.keys() | required | set(given_), "a default is never written out"


_DOCUMENT = {"store": {"aws": {}}, "path": "a/b", "owner": "acme/staging"}
_DELIVERY = _DOCUMENT | {"sid_property": "api_key", "secret_property": "api_secret"}


@by_kind
def test_every_field_says_what_it_is_for_to_an_editor(case: Case):
    schema = case.kind.declaration.model_json_schema()
    assert "mark" not in schema["properties"], "the program sets it, people do not"
    assert schema["additionalProperties"] is False


@by_kind
def test_nothing_unknown_is_accepted(case: Case):
    with pytest.raises(ValidationError, match="extra_forbidden"):
        case.kind.declaration.model_validate({**case.minimal, "nonsense": 1})


def test_live_values_need_not_be_valid_to_be_recorded():
    live = {"friendly_name": "alerts", "validity_period": 0, "usecase": "undeclared", "inbound_request_url": None}
    assert minimal_values(MessagingService, live) == {"friendly_name": "alerts", "validity_period": 0}


def test_every_declared_field_is_sent_and_nothing_else():
    declared = MessagingService.model_validate({"friendly_name": "alerts", "discard_inbound": True, "senders": {}})
    sent = declared.parameters()
    assert sent["status_callback"] == "", "an empty text clears it"
    assert sent["sticky_sender"] is True, "a default is sent too: leaving it out would keep what is there"
    assert sent.keys().isdisjoint({"senders", "discard_inbound", "adopt", "mark"})
    assert declared.parameters({"usecase"}) == {"usecase": "undeclared"}
