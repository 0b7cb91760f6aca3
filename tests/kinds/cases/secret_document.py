"""The secret document as data."""

from hypothesis import strategies as st

from tests.kinds.case import Case, Change, sid
from tests.kinds.strategies import Known, Some, some, together
from twilio_environments.kinds import secret_document

_PROPERTIES = {"properties": {"account_sid": sid("AC")}}


def _random(index: int, known: Known) -> Some:
    return together(st.just({"vault": "STORE", "document": "DOCUMENT"}), some({"auth_token": st.just("auth_token")}))


CASE = Case(
    secret_document.KIND,
    _PROPERTIES,
    (_PROPERTIES | {"auth_token_property": "auth_token"},),
    (
        Change(
            "properties",
            {"account_sid": sid("AC"), "verify_service_sid": sid("VA")},
            calls={},
            back={},
            drift=(),
            reason="a property that is not declared may be another resource's, so it is no drift",
        ),
        Change(
            "auth_token_property",
            "auth_token",
            calls={},
            back={},
            names=("auth_token_property", "auth_token_status"),
            drift=(),
            reason="the Auth Token is in Twilio's answer already, so delivering it takes no call",
        ),
    ),
    posts=(0, 0),
    random=_random,
)
