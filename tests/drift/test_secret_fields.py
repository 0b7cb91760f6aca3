"""A field that the record keeps encrypted is compared in clear, and shown by no face of a review."""

import json
from dataclasses import replace

import pytest

from tests.drift.estate import Estate
from tests.kinds.cases.studio_flow import flow
from twilio_environments.drift.reports.registry import FORMATS
from twilio_environments.drift.review import accept, state
from twilio_environments.drift.review.run import Request, Reviewed, reviewed
from twilio_environments.problems import Problem
from twilio_environments.visible import HIDDEN

KNOWN = {"account_sid", "sid", "service_sid", "mark", "written", "revision", "secret_status", "auth_token_status"}
CANARY = "sesame-42"


def encrypted(value, *, plaintext=True):
    """A value as `pulumi stack export` prints a secret, with --show-secrets or without."""
    text = json.dumps(value)
    return dict([state._SIGNATURE]) | ({"plaintext": text} if plaintext else {"ciphertext": "v1:AAAA:BBBB"})


def exported(estate: Estate, *, plaintext=True):
    """The environment's state with every field of every object secret."""
    resources = []
    for one in estate.recorded():
        sides = {
            side: {
                name: value if name in KNOWN else encrypted(value, plaintext=plaintext)
                for name, value in getattr(one, side).items()
            }
            for side in ("inputs", "outputs")
        }
        resources.append({"urn": one.urn, "type": one.urn.split("::")[2], "id": one.id, **sides})
    return {"deployment": {"resources": resources}}


def review(estate: Estate) -> Reviewed:
    recorded = state.recorded(exported(estate))
    shown = {
        one.urn: {name: value if name in KNOWN else HIDDEN for name, value in one.inputs.items()} for one in recorded
    }
    steps = [
        {"urn": urn, "op": "same", "newState": {"type": urn.split("::")[2], "inputs": inputs}}
        for urn, inputs in shown.items()
    ]
    project = estate.reviewed().project
    now = estate.world.twilio.clock()
    return reviewed(estate.world.run(), Request(project, recorded, state.declared({"steps": steps}), now))


def test_what_is_encrypted_and_the_same_is_no_finding(estate):
    found = review(estate).review
    assert (found.rows, found.notes) == ((), ())


def test_what_differs_is_named_and_shown_by_no_face(estate):
    url = f"https://{CANARY}.example.net/x"
    estate.post(estate.url("numbers.office"), VoiceUrl=url, FriendlyName=CANARY)
    estate.post(estate.url("messaging_services.alerts"), InboundRequestUrl=url, FriendlyName=CANARY)
    estate.post(estate.url("messaging_services.marketing"), FriendlyName=CANARY)
    estate.post(estate.url("verify_services.login"), FriendlyName="sesame-x")
    definition = json.dumps(json.loads(flow(f"{CANARY} {url}", description=url)))
    estate.post(estate.url("studio_flows.ivr"), Definition=definition, Status="published", FriendlyName=CANARY)
    limits = f"https://verify.twilio.com/v2/Services/{estate.sid('verify_services.login')}/RateLimits"
    estate.post(limits, UniqueName="sesame-43", Description=CANARY)
    estate.post(
        f"{estate.world.address('messaging_services', estate.sid('messaging_services.alerts'))}/AlphaSenders",
        AlphaSender="SESAME",
    )

    result = review(estate)

    named = {(row.place, field.name) for row in result.review.rows for field in row.fields}
    assert named == {
        ("numbers.office", "voice_url"),
        ("numbers.office", "friendly_name"),
        ("messaging_services.alerts", "inbound_request_url"),
        ("messaging_services.alerts", "friendly_name"),
        ("messaging_services.alerts.senders", "alpha_senders"),
        ("messaging_services.marketing", "friendly_name"),
        ("verify_services.login", "friendly_name"),
        ("verify_services.login", "totp_issuer"),
        ("verify_services.login", "rate_limits"),
        ("studio_flows.ivr", "definition"),
        ("studio_flows.ivr", "friendly_name"),
    }
    shown = {
        value for row in result.review.rows for one in row.fields for value in (one.desired, one.recorded, one.live)
    }
    assert shown == {HIDDEN}
    for name, render in FORMATS.items():
        text = render(result.review)
        assert "sesame" not in text.lower(), name
        assert "Support hotline" not in text, name
        assert "webhook_host" in text, name
    for finding in result.findings:
        if finding.fields and "definition" not in {field.name for field in finding.fields}:
            with pytest.raises(Problem, match=r"is a secret, and a stack file contains none"):
                accept.edits(result.project, replace(finding, fields=finding.fields[:1]))


def test_why_something_could_not_be_read_is_told_without_a_secret(estate, monkeypatch):
    def unreadable(*_, **__):
        raise Problem("'Support hotline' at hooks.acme.example.com cannot be read.", "Look at 'Support hotline'.")

    monkeypatch.setattr(type(estate.objects["numbers.support"].kind), "read", unreadable)
    rows = {row.place: row.text for row in review(estate).review.rows}
    assert "Support hotline" not in rows["numbers.support"]
    assert "hooks.acme" not in rows["numbers.office"]


def test_a_record_that_was_not_decrypted_is_not_taken_for_what_it_says(estate):
    export = exported(estate, plaintext=False)
    assert state.holds_secrets(export)
    assert not state.holds_secrets(
        {
            "deployment": {
                "resources": [
                    {"urn": "u", "type": "pulumi:providers:x", "inputs": {"a": encrypted("b")}},
                ]
            }
        }
    )
    with pytest.raises(Problem, match="has a secret in its state that was not decrypted"):
        state.recorded(export)
