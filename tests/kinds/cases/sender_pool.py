"""Sender pools as data."""

from hypothesis import strategies as st

from tests.kinds.case import Case, Change, sid
from tests.kinds.operations import Operations
from tests.kinds.strategies import Known, Some, some
from twilio_environments.kinds import sender_pool
from twilio_environments.kinds.sender_pool import SenderPool

_POOL = {"service_sid": sid("MG")}


def declared(index: int, known: Known) -> Some:
    alpha = st.lists(st.sampled_from(["ACME", f"Acme {index}", "A_b-1"]), unique=True, max_size=2)
    return some({"numbers": st.just(list(known.get("numbers", ()))), "alpha_senders": alpha})


CASE = Case(
    sender_pool.KIND,
    _POOL,
    (
        _POOL
        | {
            "phone_numbers": [sid("PN", 2), sid("PN", 1)],
            "short_codes": [sid("SC")],
            "alpha_senders": ["Acme"],
            "channel_senders": [sid("XE")],
        },
    ),
    (
        Change("phone_numbers", [sid("PN", 3), sid("PN", 1)], calls={"POST": 2}, back={"DELETE": 2}),
        Change("short_codes", [sid("SC", 2)], back={"DELETE": 1}),
        Change("alpha_senders", ["Acme 24"], back={"DELETE": 1}),
        Change("channel_senders", [sid("XE", 2)], back={"DELETE": 1}),
    ),
    posts=(0, 5),
    operations=(
        Operations(
            SenderPool,
            "messaging_v1",
            (
                "/v1/Services/{ServiceSid}/PhoneNumbers",
                "/v1/Services/{ServiceSid}/ShortCodes",
                "/v1/Services/{ServiceSid}/AlphaSenders",
                "/v1/Services/{MessagingServiceSid}/ChannelSenders",
                "/v1/Services/{ServiceSid}/DestinationAlphaSenders",
            ),
            covered={
                "phone_number_sid": "phone_numbers, a list of them",
                "short_code_sid": "short_codes, a list of them",
                "alpha_sender": "alpha_senders, a list of them",
                "sid": "channel_senders, a list of them",
                "iso_country_code": "a sender for one country only cannot be declared; alpha_senders are for all",
            },
        ),
    ),
    random=declared,
    account=st.lists(st.sampled_from(["ACME", "Acme 24", "a1"]), unique=True, max_size=2),
)
