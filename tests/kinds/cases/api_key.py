"""API keys as data."""

from hypothesis import strategies as st

from tests.kinds.case import MARK, Case, Change
from tests.kinds.operations import Operations
from tests.kinds.strategies import NAMES, Known, Some, form, some, together
from twilio_environments.kinds import api_key
from twilio_environments.kinds.api_key import ApiKey

_KEYS = "/2010-04-01/Accounts/{AccountSid}/Keys"
_COVERED = {
    "account_sid": "the subaccount of the environment",
    "key_type": "type; `standard` is made by the other API",
}
READ_SERVICES, LIST_SERVICES = "/twilio/messaging/services/read", "/twilio/messaging/services/list"
_KEY = {"friendly_name": f"api {MARK}"}


def _random(index: int, known: Known) -> Some:
    standard = some({"rotate_every": st.sampled_from(["30d", "90d"]), "overlap": st.just("1h")})
    restricted = st.sampled_from([[LIST_SERVICES], [READ_SERVICES, LIST_SERVICES]]).map(
        lambda policy: {"type": "restricted", "policy": policy}
    )
    return together(standard | restricted, some({"document": st.just(f"DOCUMENT/{index}")}))


CASE = Case(
    api_key.KIND,
    _KEY,
    (_KEY | {"type": "restricted", "policy": [READ_SERVICES, LIST_SERVICES]},),
    (
        Change("friendly_name", f"web {MARK}"),
        Change(
            "policy",
            [READ_SERVICES, LIST_SERVICES],
            {"type": "restricted", "policy": [READ_SERVICES]},
            reason="a policy is replaced on the living key, through IAM, and read back",
        ),
    ),
    table="keys",
    operations=(
        Operations(ApiKey, "api_v2010", (f"{_KEYS}.json", f"{_KEYS}/{{Sid}}.json")),
        Operations(ApiKey, "iam_v1", ("/v1/Keys", "/v1/Keys/{Sid}"), covered=_COVERED),
    ),
    random=_random,
    account=form({"FriendlyName": NAMES}, {}),
)
