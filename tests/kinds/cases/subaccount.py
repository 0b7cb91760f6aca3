"""The subaccount as data."""

from hypothesis import strategies as st

from tests.kinds.case import MARK, Case, Change
from tests.kinds.operations import Operations
from tests.kinds.strategies import Known, Some
from twilio_environments.kinds import subaccount
from twilio_environments.kinds.subaccount import Subaccount


def _random(index: int, known: Known) -> Some:
    return st.sampled_from([{"friendly_name": "Acme random"}, {}, {"sid": "ACCOUNT"}])


CASE = Case(
    subaccount.KIND,
    {"friendly_name": f"Acme {MARK}"},
    ({"friendly_name": f"Acme {MARK}", "status": "suspended"},),
    (Change("friendly_name", f"Acme Europe {MARK}"), Change("status", "suspended")),
    posts=(1, 2),
    table="accounts",
    operations=(
        Operations(
            Subaccount,
            "api_v2010",
            ("/2010-04-01/Accounts.json", "/2010-04-01/Accounts/{Sid}.json"),
            not_taken={
                ("status", "closed"): "closing is for good, so it is what `pulumi destroy` does, with twilio:allow"
            },
        ),
    ),
    random=_random,
)
