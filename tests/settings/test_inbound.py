"""Which declared handlers are not asked, and which numbers nobody answers, is said; it is no mistake."""

import pytest

from tests.settings.stack_file import ACCOUNT, as_pulumi
from twilio_environments.settings import load
from twilio_environments.settings.inbound import notes

SMS = "sms_url: https://example.com/sms"
NUMBERS = f"""\
twilio:numbers:
  url: {{phone_number: "+15005550006", {SMS}, sms_fallback_url: https://example.com/else}}
  flow: {{search: {{country: US}}, sms_flow: ivr}}
  bare: {{phone_number: "+15005550007"}}
  calls: {{phone_number: "+15005550008", voice_url: https://example.com/voice}}
"""
FLOWS = "twilio:studio_flows: {ivr: {file: flow.json}}\n"
SILENT = "numbers.bare: nobody handles calls or messages."


@pytest.mark.parametrize(
    ("services", "said"),
    [
        ("{}", [SILENT]),
        (
            "{a: {inbound_request_url: https://example.com/, senders: {numbers: [url, flow, calls]}}}",
            [
                (
                    "numbers.url.sms_url, numbers.flow.sms_flow: ignored, because messaging_services.a takes the "
                    "messages to its pool."
                ),
                SILENT,
            ],
        ),
        (
            "{a: {discard_inbound: true, senders: {numbers: [url, bare]}}}",
            ["numbers.url.sms_url: ignored, because messaging_services.a discards the messages to its pool."],
        ),
        (
            (
                "{a: {inbound_request_url: https://example.com/, fallback_url: https://example.com/x, "
                "use_inbound_webhook_on_number: true, senders: {numbers: [url, flow]}}}"
            ),
            [
                (
                    "messaging_services.a.inbound_request_url, messaging_services.a.fallback_url: ignored for "
                    "messages to numbers.url, numbers.flow (use_inbound_webhook_on_number)."
                ),
                SILENT,
            ],
        ),
        ("{a: {use_inbound_webhook_on_number: true, senders: {numbers: [url]}}}", [SILENT]),
        ("{a: {inbound_request_url: https://example.com/, senders: {numbers: [calls, bare]}}}", []),
        ("{a: {inbound_request_url: https://example.com/}}", [SILENT]),
    ],
)
def test_a_handler_that_is_not_asked_is_named_with_the_reason(services, said, tmp_path):
    (tmp_path / "flow.json").write_text('{"states": []}')
    text = ACCOUNT + NUMBERS + FLOWS + f"twilio:messaging_services: {services}\n"
    assert list(notes(load(as_pulumi(text), project="acme", stack="test", root=tmp_path))) == said
