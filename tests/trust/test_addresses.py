"""Every address in a flow counts, whatever the widget, the field and the scheme: for guard rails and for drift."""

import json

import pytest

from tests.settings.stack_file import ACCOUNT, as_pulumi
from twilio_environments.addresses import in_flow, masked
from twilio_environments.drift.review.urls import hosts_in
from twilio_environments.settings import SettingsProblem, load
from twilio_environments.settings.guard_rail_checks import decided_at_run_time

THIEF = "thief.example.net"
WIDGETS = [  # [Twilio Studio: Widget Library]
    ("make-http-request", "url", f"https://{THIEF}/x"),
    ("add-twiml-redirect", "url", f"https://{THIEF}/twiml"),
    ("run-function", "url", f"https://{THIEF}/fn"),
    ("record-call", "recording_status_callback", f"https://{THIEF}/r"),
    ("record-voicemail", "recording_status_callback_url", f"https://{THIEF}/r"),
    ("record-voicemail", "transcription_callback_url", f"https://user:pass@{THIEF}:8443/t"),
    ("fork-stream", "stream_url", f"wss://{THIEF}/media"),
    ("say-play", "play", f"https://{THIEF}/a.mp3"),
    ("gather-input-on-call", "play", f"HTTPS://{THIEF.upper()}./a.mp3"),
    ("enqueue-call", "wait_url", f"https://{THIEF}/wait"),
    ("send-to-flex", "waitUrl", f"https:\\\\{THIEF}/wait"),
    ("send-message", "media_url", f"https://hooks.example.com@{THIEF}/a.png"),
    ("send-message", "media_url", f"//{THIEF}/a.png"),
    ("connect-call-to", "to", f"sip:alice@{THIEF};transport=tls"),
    ("connect-call-to", "to", f"sips:{THIEF}"),
    ("connect-call-to", "to", f"alice@{THIEF}"),
    ("connect-call-to", "sip_endpoint", f"alice:pass@{THIEF}:5061"),
    ("connect-call-to", "sip_endpoint", f"sip:a@hooks.example.com?x=@{THIEF}"),
    ("make-outgoing-call-v2", "to", f"sip:alice@{THIEF}"),
    ("make-outgoing-call-v2", "recording_status_callback", f"{THIEF}/r"),
    ("capture-payments", "status_callback", f"https://{THIEF}\t/r"),
    ("a-widget-to-come", "settings", {"deep": [{"handler": f"https://{THIEF}/"}]}),
    ("a-widget-to-come", "twiml", f"<Response><Dial><Sip>alice@{THIEF}</Sip></Dial></Response>"),
    ("a-widget-to-come", "url", f'{{{{ "https://{THIEF}" }}}}'),
    ("set-variables", "variables", [{"key": "next", "value": f"https://hooks.example.com/?u=https://{THIEF}/"}]),
]


def flow(*widgets):
    states = [
        {"name": f"w{number}", "type": kind, "properties": {field: value}, "transitions": []}
        for number, (kind, field, value) in enumerate(widgets)
    ]
    return {"description": "", "states": states, "initial_state": "w0", "flags": {"allow_concurrent_calls": True}}


def read(root, definition, settings=""):
    (root / "ivr.json").write_text(json.dumps(definition), encoding="utf-8")
    file = "twilio:studio_flows: {ivr: {file: ivr.json}}\n"
    return load(as_pulumi(ACCOUNT + file + settings), project="acme", stack="qa", root=root)


def mistakes(root, definition, settings=""):
    try:
        read(root, definition, settings)
    except SettingsProblem as problem:
        return [one.what for one in problem.mistakes]
    return []


LIMITED = 'twilio:limits: {webhook_hosts: [hooks.example.com, "*.acme.example.com"]}\n'


@pytest.mark.parametrize(("kind", "field", "value"), WIDGETS, ids=lambda one: str(one)[:60])
def test_an_address_that_leads_elsewhere_is_refused_with_widget_field_and_host(tmp_path, kind, field, value):
    said = mistakes(tmp_path, flow((kind, field, value)), LIMITED)
    named = [one for one in said if f'widget "w0", {field}' in one and f"({THIEF}, in the" in one]
    assert len(named) == 1, said
    assert "guard rail webhook_hosts" in named[0]
    assert "pass" not in named[0], "what is not the host may be a secret"
    allowed = mistakes(
        tmp_path, flow((kind, field, value)), f"twilio:limits: {{webhook_hosts: [{THIEF}, hooks.example.com]}}"
    )
    assert [one for one in allowed if "only known when the flow runs" not in one] == []
    assert hosts_in(json.dumps(flow((kind, field, value)))) >= {THIEF}


@pytest.mark.parametrize(
    "value",
    [
        "http://hooks.example.com/x",
        "ws://hooks.example.com/x",
        "https://10.0.0.5/x",
        "http://10.0.0.5",
        "wss://192.168.0.1/",
        "sip:alice@10.0.0.5",
        "sips:pbx.internal",
        "alice@127.0.0.1",
        "https://localhost/",
        "https://[fd00::1]/",
        "https://169.254.169.254/latest",
        "https://0x7f000001/",
    ],
)
@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, field, _ in WIDGETS[:6]])
def test_http_and_private_addresses_are_for_local_stacks(tmp_path, kind, field, value):
    definition = flow((kind, field, value))
    assert mistakes(tmp_path, definition)
    assert mistakes(tmp_path, definition, "twilio:local: true\n") == []


def test_what_a_flow_decides_when_it_runs_is_listed_once(tmp_path):
    definition = flow(
        ("make-http-request", "url", "https://{{flow.data.host}}/x"),
        ("add-twiml-redirect", "url", "{{flow.data.url}}"),
        ("say-play", "play", "https://hooks.example.com:{{flow.data.port}}/"),
        ("connect-call-to", "to", "{{contact.channel.address}}"),
        ("send-message", "body", "Hello {{contact.channel.address}}"),
        ("make-http-request", "url", "https://hooks.example.com/{{flow.data.path}}"),
    )
    listed = "w0.url, w1.url, w2.play, w3.to"
    assert [*decided_at_run_time(read(tmp_path, definition))] == [
        f"studio_flows.ivr decides where it goes at run time, with Liquid, in {listed}."
    ]
    [refused] = mistakes(tmp_path, definition, LIMITED)
    assert refused.startswith(
        "goes to a host that is only known when the flow runs: write the host out "
        '(widget "w0", url; widget "w1", url; widget "w2", play) (guard rail webhook_hosts'
    )
    dials = {"noun": "sip", "to": "{{flow.data.sip}}"}
    definition["states"][3]["properties"] = dials
    assert 'widget "w3", to' in mistakes(tmp_path, definition, LIMITED)[0]


def test_what_people_hear_and_read_and_the_environment_s_own_flow_lead_nowhere_else(tmp_path):
    (tmp_path / "sub.json").write_text(json.dumps(flow(("say-play", "say", "Goodbye."))), encoding="utf-8")
    definition = flow(
        ("say-play", "say", f"Write to help@{THIEF} or see http://{THIEF}/"),
        ("send-message", "body", f"https://{THIEF}/"),
        ("add-twiml-redirect", "url", "${studio_flows.sub.webhook_url}"),
        ("send-message", "from", "${numbers.support.phone_number}"),
        ("make-http-request", "url", "https://${values.host}/x"),
        ("gather-input-on-call", "method", "GET"),
    )
    settings = (
        "twilio:numbers: {support: {phone_number: '+15005550006'}}\ntwilio:values: {host: a.acme.example.com}\n"
        + LIMITED
    )
    (tmp_path / "ivr.json").write_text(json.dumps(definition), encoding="utf-8")
    file = "twilio:studio_flows: {ivr: {file: ivr.json}, sub: {file: sub.json}}\n"
    load(as_pulumi(ACCOUNT + file + settings), project="acme", stack="qa", root=tmp_path)


def test_drift_counts_who_answers_and_not_twilio_itself():
    account = "AC" + "0" * 31 + "2"
    values = {
        "voice_url": f"https://webhooks.twilio.com/v1/Accounts/{account}/Flows/FW1",
        "sms_url": "https://handler.twilio.com/twiml/EH1",
        "status_callback": "https://demo.twilio.com/welcome/voice/",
        "definition": json.dumps(
            flow(("connect-call-to", "sip_endpoint", "a@b.example"), ("run-function", "url", "{{x}}"))
        ),
    }
    assert hosts_in(values) == {
        f"webhooks.twilio.com of {account}",
        "handler.twilio.com/twiml/EH1",
        "b.example",
        "{{x}}",
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:secret@a.example/x", "https://***@a.example/x"),
        ("wss://secret@a.example", "wss://***@a.example"),
        ("sip:me:secret@a.example", "sip:***@a.example"),
        ("sips:me@a.example;x=1", "sips:me@a.example;x=1"),
        ("me:secret@a.example", "***@a.example"),
        (
            '{"url":"ftp://me:secret@a.example","to":"sip:me:secret@b.example"}',
            '{"url":"ftp://***@a.example","to":"sip:***@b.example"}',
        ),
        ("Write to me@a.example at 12:30", "Write to me@a.example at 12:30"),
    ],
)
def test_credentials_in_addresses_are_masked_whatever_the_scheme(text, shown):
    assert masked(text) == shown
    assert masked({"a": [text]}) == {"a": [shown]}


@pytest.mark.parametrize("piece", ["a", "a://", "sip:a:", "@", "a@", "{{", "a.a.", "a:b:", "[", "https://x{{", ":"])
def test_no_text_takes_long(piece):
    text = piece * (200_000 // len(piece))
    list(in_flow(flow(("make-http-request", "url", text), ("set-variables", "value", text))))
    masked(text)
