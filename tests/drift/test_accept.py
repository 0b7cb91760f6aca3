"""Accepting: the stack file says what Twilio has, nothing else in it moves, and then nothing differs any more."""

import json

import pytest
from typer.testing import CliRunner

from tests.drift.estate import PERSON, Estate
from tests.files.full_disk import room_for
from tests.kinds.world import sid
from twilio_environments.cli import drift as cli_drift
from twilio_environments.cli.main import app
from twilio_environments.drift.review import accept
from twilio_environments.drift.review.project import difference
from twilio_environments.problems import Problem

HOOK = "https://hooks.acme.example.com"


def accepted(estate, *selectors):
    """The lines that accepting takes away and adds."""
    result = estate.reviewed()
    chosen = [finding for selector in selectors for finding in accept.selected(result.findings, selector)]
    edits = [edit for finding in chosen for edit in accept.edits(result.project, finding)]
    file = result.project.accepted(edits)
    patch = difference(result.project.file, file).splitlines()[2:]
    return [line for line in patch if line[0] in "+-"], file


CASES = {
    "a webhook is replaced": (
        "numbers.office",
        {"VoiceUrl": f"{HOOK}/else"},
        [
            "-      voice_url: https://hooks.acme.example.com/voice",
            "+      voice_url: https://hooks.acme.example.com/else",
        ],
    ),
    "a field that is the default again is not declared any more": (
        "numbers.office",
        {"VoiceFallbackUrl": ""},
        ["-      voice_fallback_url: https://fallback.acme.example.com/voice"],
    ),
    "a webhook takes the place of a flow": (
        "numbers.support",
        {"VoiceUrl": f"{HOOK}/else"},
        ["-      voice_flow: ivr # the menu", "+      voice_url: https://hooks.acme.example.com/else"],
    ),
    "a boolean that was left out is declared": (
        "messaging_services.marketing",
        {"StickySender": "false"},
        ["+      sticky_sender: false"],
    ),
    "a name keeps the quotes that it needs": (
        "numbers.support",
        {"FriendlyName": "Help: desk # 1"},
        ["-      friendly_name: Support hotline", '+      friendly_name: "Help: desk # 1"'],
    ),
    "a name that is the logical one is not declared": (
        "numbers.support",
        {"FriendlyName": "support"},
        ["-      friendly_name: Support hotline"],
    ),
    "the stack's mark is not declared": (
        "keys.api",
        {"FriendlyName": "bot [acme/staging]"},
        ["-    api: {} # standard", "+    api: {friendly_name: bot} # standard"],
    ),
}


@pytest.mark.parametrize(("place", "form", "lines"), CASES.values(), ids=CASES.keys())
def test_the_stack_file_says_it_and_nothing_differs_any_more(estate, place, form, lines):
    estate.post(estate.url(place), PERSON, **form)

    changed, file = accepted(estate, place)

    assert changed == lines
    rebuilt = Estate(estate.world, file.text, estate.root)  # takes over what is there, and changes nothing
    assert rebuilt.review().rows == ()


def test_a_flow_of_this_stack_is_named_and_not_its_url(estate):
    flow = estate.objects["studio_flows.autoreply"].recorded["webhook_url"]
    estate.post(estate.url("numbers.office"), VoiceUrl=flow)

    changed, _ = accepted(estate, "numbers.office.voice_url")

    assert changed == ["-      voice_url: https://hooks.acme.example.com/voice", "+      voice_flow: autoreply"]


def test_a_number_in_the_pool_is_named_by_its_logical_name(estate):
    service = f"https://messaging.twilio.com/v1/Services/{estate.sid('messaging_services.alerts')}"
    estate.post(f"{service}/PhoneNumbers", PhoneNumberSid=estate.sid("numbers.office"))
    estate.post(f"{service}/AlphaSenders", AlphaSender="ACME 2")

    changed, _ = accepted(estate, "messaging_services.alerts.senders")

    assert sorted(changed) == [
        '+        alpha_senders: [ACME, "ACME 2"]',
        "+        numbers: [alerts-1, office]",
        "-        alpha_senders: [ACME]",
        "-        numbers: [alerts-1]",
    ]


def test_what_hangs_below_a_verify_service_is_changed_where_it_stands(estate):
    service = f"https://verify.twilio.com/v2/Services/{estate.sid('verify_services.login')}"
    wire = estate.world.wire
    (hook,) = wire.get(f"{service}/Webhooks").json()["webhooks"]
    estate.post(f"{service}/Webhooks/{hook['sid']}", Status="disabled")
    estate.post(
        f"{service}/MessagingConfigurations",
        Country="GB",
        MessagingServiceSid=estate.sid("messaging_services.marketing"),
    )

    changed, _ = accepted(estate, "verify_services.login")

    assert changed == ["+        GB: marketing", "+          status: disabled"]


def test_a_policy_loses_a_line_and_keeps_the_comments_of_the_others(estate):
    url = f"https://iam.twilio.com/v1/Keys/{estate.sid('keys.reporting')}"
    estate.post(url, Policy=json.dumps({"allow": ["/twilio/messaging/services/list"]}))

    changed, file = accepted(estate, "keys.reporting.policy")

    assert changed == ["-        - /twilio/messaging/services/read"]
    assert "/twilio/messaging/services/list # both" in file.text


def test_what_nobody_declared_is_adopted(estate):
    flow = estate.objects["studio_flows.ivr"].recorded["webhook_url"]
    made = estate.post(
        estate.world.address("numbers"), PhoneNumber="+14155550177", FriendlyName="Billing line", VoiceUrl=flow
    )

    changed, _ = accepted(estate, f"numbers.{made['sid']}")

    assert changed == [
        "+    billing-line:",
        "+      adopt: true",
        '+      phone_number: "+14155550177"',
        '+      friendly_name: "Billing line"',
        "+      voice_flow: ivr",
    ]


def test_an_adopted_verify_service_brings_its_parts(estate):
    made = estate.post(estate.world.address("verify_services"), FriendlyName="Else")
    estate.post(f"https://verify.twilio.com/v2/Services/{made['sid']}/RateLimits", UniqueName="ip", Description="x")

    changed, _ = accepted(estate, f"verify_services.{made['sid']}")

    assert changed[:3] == ["+    else:", "+      adopt: true", "+      friendly_name: Else"]
    assert "+      rate_limits:" in changed


def test_what_is_gone_leaves_the_file_with_what_refers_to_it(estate):
    estate.delete(estate.url("numbers.alerts-1"))

    changed, _ = accepted(estate, "numbers.alerts-1")

    assert accepted(estate, "numbers.alerts-1", "messaging_services.alerts.senders")[0] == changed
    assert changed == [
        '-    alerts-1: {phone_number: "+14155550102"}',
        "-        numbers: [alerts-1]",
        "+        numbers: []",
    ]


def test_each_of_two_findings_at_one_place_is_accepted_by_the_command_that_it_shows(estate):
    estate.post(estate.url("numbers.alerts-1"), SmsUrl=f"{HOOK}/sms")

    changed, shadowed = (row.remedy.accept for row in sorted(estate.review().rows, key=lambda row: row.kind))

    assert changed.command.endswith("--accept changed:numbers.alerts-1")
    assert any(line in changed.patch for line in accepted(estate, "changed:numbers.alerts-1")[0])
    assert not shadowed.possible, "it is not declared, so there is nothing to take out"


def test_a_flow_is_accepted_into_its_file(estate):
    estate.post(estate.url("studio_flows.ivr"), Status="published", Definition=json.dumps(_edited(estate)))

    remedy = next(row for row in estate.review().rows if row.place == "studio_flows.ivr").remedy

    assert (remedy.accept.possible, remedy.accept.command) == (True, "twilio-env flows pull --stack staging ivr")
    assert "(reviewed: 2)" in remedy.revert.text, "or the guard rail refuses it"
    with pytest.raises(Problem, match="flows pull"):
        accepted(estate, "studio_flows.ivr")


REFUSED = {
    "a webhook that a stack file may not have": (
        lambda estate: estate.post(estate.url("numbers.office"), VoiceUrl="http://10.0.0.1/x"),
        "numbers.office",
        "not https",
    ),
    "a name without the mark that proves whose it is": (
        lambda estate: estate.post(estate.url("keys.api"), FriendlyName="mine"),
        "keys.api",
        "has to end with",
    ),
    "a secret that was replaced": (
        lambda estate: estate.write(estate.world.path, {"api_secret": "0" * 32}),
        "keys.api",
        "stack file does not declare this",
    ),
    "a sender that nobody declared": (
        lambda estate: estate.post(
            f"https://messaging.twilio.com/v1/Services/{estate.sid('messaging_services.alerts')}/PhoneNumbers",
            PhoneNumberSid=estate.post(estate.world.address("numbers"), PhoneNumber="+14155550177")["sid"],
        ),
        "messaging_services.alerts.senders",
        "Declare it first",
    ),
}


def _edited(estate):
    definition = estate.world.wire.get(estate.url("studio_flows.ivr")).json()["definition"]
    definition["states"][1]["properties"]["say"] = "else"
    return definition


@pytest.mark.parametrize(("act", "place", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_no_stack_file_can_say_is_refused_and_shown_so_in_the_review(estate, act, place, why):
    act(estate)

    with pytest.raises(Problem, match=why):
        accepted(estate, place)
    step = next(row for row in estate.review().rows if row.place == place).remedy.accept
    assert not step.possible
    assert why in step.text


def test_a_selector_that_fits_nothing_is_refused(estate):
    with pytest.raises(Problem, match=r"Nothing differs at 'numbers\.office'"):
        accepted(estate, "numbers.office")


@pytest.mark.parametrize(("answer", "meanwhile", "written"), [("y", "", True), ("n", "", False), ("y", "# x", False)])
def test_the_change_is_shown_and_written_only_after_a_yes_and_over_nobodys_edit(
    estate, monkeypatch, answer, meanwhile, written
):
    path = estate.root / estate.file.name
    path.write_text(estate.text + meanwhile, encoding="utf-8")
    estate.post(estate.url("numbers.office"), VoiceUrl=f"{HOOK}/else")
    monkeypatch.setattr(cli_drift, "review", lambda *_, **__: estate.reviewed())

    said = CliRunner().invoke(app, ["drift", "--stack", "staging", "--accept", "numbers.office"], input=f"{answer}\n")

    assert f"+      voice_url: {HOOK}/else" in said.output.splitlines()
    assert "Write this to Pulumi.staging.yaml?" in said.output
    assert (said.exit_code == 0) == written
    changed = estate.text.replace(f"{HOOK}/voice", f"{HOOK}/else") if written else estate.text + meanwhile
    assert path.read_text(encoding="utf-8") == changed


def test_on_a_full_disk_the_stack_file_stays_as_it_was(estate, monkeypatch):
    path = estate.root / estate.file.name
    path.write_text(estate.text, encoding="utf-8")
    estate.post(estate.url("numbers.office"), VoiceUrl=f"{HOOK}/else")
    monkeypatch.setattr(cli_drift, "review", lambda *_, **__: estate.reviewed())
    arguments = ["drift", "--stack", "staging", "--accept", "numbers.office", "--yes"]
    with room_for(100):
        said = CliRunner().invoke(app, arguments)
    assert "File too large. Nothing was changed. Make room" in str(said.exception)
    assert path.read_text(encoding="utf-8") == estate.text
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert f"{HOOK}/else" in path.read_text(encoding="utf-8")


REVERTS = {
    "a change": (lambda e: e.post(e.url("numbers.office"), VoiceUrl=HOOK), "numbers.office", (False, False)),
    "a number that is gone": (lambda e: e.delete(e.url("numbers.office")), "numbers.office", (False, True)),
    "a service that is gone": (
        lambda e: e.delete(e.url("messaging_services.marketing")),
        "messaging_services.marketing",
        (False, False),
    ),
    "an account that is closed": (lambda e: e.world.close(), "subaccount", (True, True)),
}


@pytest.mark.parametrize(("act", "place", "flags"), REVERTS.values(), ids=REVERTS.keys())
def test_reverting_says_what_it_buys_and_replaces(estate, act, place, flags):
    act(estate)

    step = next(row for row in estate.review().rows if row.place == place).remedy.revert

    assert (step.replaces, step.buys) == flags
    assert step.command.startswith("pulumi up --refresh --stack staging")
    assert (f"::{place}" in step.command) == (place != "subaccount")
    assert sid("AC") not in step.command
