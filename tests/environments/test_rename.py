"""A declared object under another logical name: every text that named it, nothing of the object, all or nothing."""

import json
import os
import signal
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from tests.kinds.cases.studio_flow import flow
from twilio_environments.cli import project as projects
from twilio_environments.cli import pulumi
from twilio_environments.cli.main import app
from twilio_environments.drift.review import state
from twilio_environments.environments.rename import NewName, renamed
from twilio_environments.problems import Problem
from twilio_environments.settings import load

SOURCE = """\
# Where Acme tries releases.
config:
  twilio:subaccount: {friendly_name: Acme staging}
  twilio:secrets: {aws: {region: eu-west-1}}
  twilio:keys:
    api: {} # the gateway's
    billing-job: {properties: {sid: billing_sid, secret: billing_secret}}
  twilio:numbers:
    support: # the hotline
      phone_number: "+12125550110"
      voice_flow: &menu ivr # nights, too
      sms_flow: *menu
    sales: {phone_number: "+12125550111", voice_flow: ivr, sms_url: "https://a.example.com/sms"}
  twilio:messaging_services:
    alerts:
      use_inbound_webhook_on_number: true
      senders:
        numbers:
          - support # the first
          - sales
    office: {friendly_name: "Acme office", discard_inbound: true, senders: {alpha_senders: [alerts]}}
  twilio:verify_services:
    login:
      # who signs in
      messaging_configurations: {US: alerts, all: office} # by country
  twilio:studio_flows:
    ivr: {file: studio/ivr.json, friendly_name: ivr}
    late: {file: ./studio/ivr.json}
# Behind it.
"""
FLOW = json.dumps(
    json.loads(
        flow("${messaging_services.alerts.sid}, $${messaging_services.alerts.sid}, ${ numbers.support.phone_number }")
    ),
    indent=2,
)
MS = "MG" + "0" * 31 + "1"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    (tmp_path / "Pulumi.staging.yaml").write_text(SOURCE)
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio/ivr.json").write_text(FLOW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pulumi, "stacks", lambda _project: [])  # none is recorded
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["rename", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def changed(before: str, after: str) -> dict[str, str]:
    old, new = before.splitlines(), after.splitlines()
    assert len(old) == len(new)
    return {one: other for one, other in zip(old, new, strict=True) if one != other}


def texts(project: Path) -> dict[str, str]:
    """What the project's files say, but for what a kill has left beside them."""
    return {str(path.relative_to(project)): path.read_text() for path in sorted(project.rglob("[!.]*.*"))}


def declared(project: Path):
    config = yaml.safe_load((project / "Pulumi.staging.yaml").read_text())["config"]
    return load(config, project="acme", stack="staging", root=project)


CASES = {
    "a Messaging Service": (
        ("messaging_services.alerts", "notices"),
        {
            "    alerts:": "    notices:",
            "      messaging_configurations: {US: alerts, all: office} # by country": (
                "      messaging_configurations: {US: notices, all: office} # by country"
            ),
        },
        ["      friendly_name: alerts"],
    ),
    "a number": (
        ("numbers.sales", "numbers.orders"),
        {
            '    sales: {phone_number: "+12125550111", voice_flow: ivr, sms_url: "https://a.example.com/sms"}': (
                '    orders: {phone_number: "+12125550111", voice_flow: ivr, sms_url: https://a.example.com/sms, '
                "friendly_name: sales}"
            ),
            "          - sales": "          - orders",
        },
        [],
    ),
    "a flow that has a name of its own": (
        ("studio_flows.ivr", "menu"),
        {
            "      voice_flow: &menu ivr # nights, too": "      voice_flow: &menu menu # nights, too",
            '    sales: {phone_number: "+12125550111", voice_flow: ivr, sms_url: "https://a.example.com/sms"}': (
                '    sales: {phone_number: "+12125550111", voice_flow: menu, sms_url: "https://a.example.com/sms"}'
            ),
            "    ivr: {file: studio/ivr.json, friendly_name: ivr}": (
                "    menu: {file: studio/ivr.json, friendly_name: ivr}"
            ),
        },
        [],
    ),
    "a key": (
        ("keys.api", "gateway"),
        {
            "    api: {} # the gateway's": (
                "    gateway: {friendly_name: api, properties: {sid: api_key, secret: api_secret}} # the gateway's"
            )
        },
        [],
    ),
    "a key that has its properties": (
        ("keys.billing-job", "billing"),
        {
            "    billing-job: {properties: {sid: billing_sid, secret: billing_secret}}": (
                "    billing: {properties: {sid: billing_sid, secret: billing_secret}, friendly_name: billing-job}"
            )
        },
        [],
    ),
    "what YAML takes for something else": (
        ("verify_services.login", "yes"),
        {"    login:": '    "yes":'},
        ["      friendly_name: login"],
    ),
}


@pytest.mark.parametrize(("arguments", "lines", "added"), CASES.values(), ids=CASES.keys())
def test_the_lines_that_name_it_change_and_what_its_name_alone_said_is_written_out(project, arguments, lines, added):
    before = declared(project)
    run(*arguments, "--stack", "staging", "--yes")
    text = (project / "Pulumi.staging.yaml").read_text()
    assert (
        changed(SOURCE, "".join(one for one in text.splitlines(keepends=True) if one.strip("\n") not in added)) == lines
    )
    after = declared(project)
    (section, old), new = arguments[0].split("."), arguments[1].rpartition(".")[2]
    assert after.friendly_name(section, new) == before.friendly_name(section, old)
    if section == "keys":
        assert after.key_properties(new) == before.key_properties(old)


def test_a_placeholder_changes_and_no_other_byte_of_a_flow_file(project):
    path = project / "studio/ivr.json"
    path.write_bytes(b"\xef\xbb\xbf" + FLOW.replace("\n", "\r\n").encode())
    run("messaging_services.alerts", "notices", "--stack", "staging", "--yes")
    run("numbers.support", "helpdesk", "--stack", "staging", "--yes")
    assert FLOW.count("messaging_services.alerts.") == 2
    wanted = FLOW.replace("messaging_services.alerts.", "messaging_services.notices.", 1)  # the other one is literal
    wanted = wanted.replace("${ numbers.support.", "${ numbers.helpdesk.")
    assert path.read_bytes().decode("utf-8-sig") == wanted.replace("\n", "\r\n")


def test_there_and_back_again_only_says_what_was_implied(project):
    run("messaging_services.alerts", "notices", "--stack", "staging", "--yes")
    run("messaging_services.notices", "alerts", "--stack", "staging", "--yes")
    text = (project / "Pulumi.staging.yaml").read_text()
    assert text.replace("      friendly_name: alerts\n", "") == SOURCE
    assert (project / "studio/ivr.json").read_text() == FLOW


def test_what_consumers_have_to_be_told_is_said(project):
    (project / "drift-ignore.yaml").write_text(
        "- {place: verify_services.login, reason: until the audit ends, owner: ops, expires: 2030-01-01}\n"
    )
    said = run("verify_services.login", "signin", "--stack", "staging", "--yes")
    assert "staging/twilio says verify_service_sid_signin instead of verify_service_sid_login" in said
    assert "drift-ignore.yaml: the rule for verify_services.login does not match verify_services.signin" in said
    assert "instead of" not in run("keys.api", "gateway", "--stack", "staging", "--yes")


REFUSED = {
    "an unknown one": (("verify_services.logn", "signin"), "not declared in Pulumi.staging.yaml; did you mean login?"),
    "an unknown section": (("verify.login", "signin"), "is not the place of a declared object"),
    "a part": (("verify_services.login.webhooks", "x"), "is not the place of a declared object"),
    "a taken name": (("numbers.sales", "support"), "numbers.support is already declared in Pulumi.staging.yaml"),
    "the same name": (("numbers.sales", "sales"), "numbers.sales is already declared in Pulumi.staging.yaml"),
    "no name": (("numbers.sales", "24h"), "is not a name: a letter"),
    "another section": (("numbers.sales", "keys.sales"), "is in another section"),
    "a name that something has": (("messaging_services.office", "x_y"), "mistake"),
    "no such stack": (("numbers.sales", "orders", "--stack", "nowhere"), "Pulumi.nowhere.yaml cannot be read"),
    "what is no mapping": (("verify_services.text", "other", "--stack", "wrong"), "mistake"),
    "a stack with mistakes": (("numbers.sales", "orders", "--stack", "wrong"), "mistake"),
    "a file of two stacks": (
        ("messaging_services.alerts", "notices"),
        (
            r"(?s)ivr.json is shared with other, where messaging_services.alerts is declared too.*"
            r"messaging_services.alerts notices --stack staging --stack other"
        ),
    ),
}


@pytest.mark.parametrize(("arguments", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_nothing_is_written_when_it_is_refused(arguments, why, project):
    clash = SOURCE.replace("    alerts:\n", "    x-y:\n", 1).replace("US: alerts", "US: x-y")
    if why == "mistake" and len(arguments) == 2:
        (project / "Pulumi.staging.yaml").write_text(clash)
        (project / "studio/ivr.json").write_text(FLOW.replace("messaging_services.alerts", "messaging_services.x-y"))
    (project / "Pulumi.wrong.yaml").write_text(
        "config: {twilio:subaccount: {}, twilio:numbers: {sales: {}}, twilio:verify_services: {text: x}}\n"
    )
    (project / "Pulumi.other.yaml").write_text(SOURCE)
    before = texts(project)
    with pytest.raises(Problem, match=why):
        run(*arguments, *(() if "--stack" in arguments else ("--stack", "staging")), "--yes")
    assert texts(project) == before


def test_nothing_is_written_when_nobody_says_yes(project):
    before = texts(project)
    assert "+    orders: " in run("numbers.sales", "orders", "--stack", "staging")
    assert texts(project) == before


def test_stacks_that_share_a_flow_file_are_renamed_together(project):
    (project / "Pulumi.other.yaml").write_text(SOURCE.replace("Acme staging", "Acme other"))
    run("messaging_services.alerts", "notices", "--stack", "staging", "--stack", "other", "--yes")
    one, other = ((project / f"Pulumi.{stack}.yaml").read_text() for stack in ("staging", "other"))
    assert other == one.replace("Acme staging", "Acme other")
    assert "    notices:\n" in one


@pytest.mark.parametrize("stacks", [("staging",), ("staging", "other")])
def test_a_kill_between_two_files_is_mended_by_the_same_command(project, stacks, monkeypatch):
    for stack in stacks[1:]:
        (project / f"Pulumi.{stack}.yaml").write_text(SOURCE)
    arguments = ["messaging_services.alerts", "notices", "--yes", *(f"--stack={stack}" for stack in stacks)]
    before = texts(project)
    run(*arguments)
    whole = texts(project)
    for files in range(len(stacks) + 1):
        for name, text in before.items():
            (project / name).write_text(text)
        assert _killed_after(files, arguments)
        assert texts(project) not in (before, whole) or files == 0
        run(*arguments)
        assert texts(project) == whole
    with pytest.raises(Problem, match="There is nothing left to rename"):
        run(*arguments)


def _killed_after(files: int, arguments: list[str]) -> bool:
    """Run the command in a process that is killed when it has replaced so many files, and is about to go on."""
    child = os.fork()
    if child == 0:
        replace = Path.replace
        done: list[Path] = []

        def counted(self: Path, target: Path) -> Path:
            if len(done) == files:
                os.kill(os.getpid(), signal.SIGKILL)
            done.append(target)
            return replace(self, target)

        Path.replace = counted  # type: ignore[method-assign,assignment]
        CliRunner().invoke(app, ["rename", *arguments])
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def recorded(section: str, type_: str, name: str, **inputs):
    urn = f"urn:pulumi:staging::acme::pulumi-python:dynamic/twilio:{type_}::{section}.{name}"
    kind = f"pulumi-python:dynamic/twilio:{type_}"
    return {"urn": urn, "type": kind, "id": MS, "inputs": inputs, "outputs": inputs | {"sid": MS}}


def plan(project: Path, old: str, new: str, *resources):
    record = state.recorded({"deployment": {"resources": resources}})
    return renamed(projects.of_stack("staging", project), NewName.of(old, new), record)


def test_what_belongs_to_a_resource_is_recorded_anew_before_it(project):
    service = recorded("messaging_services", "MessagingService", "alerts")
    pool = recorded("messaging_services", "SenderPool", "alerts.senders")
    other = recorded("messaging_services", "MessagingService", "alerts2")
    found = plan(project, "messaging_services.alerts", "notices", service, other, pool)
    assert list(found.resources.items()) == [
        (pool["urn"], "messaging_services.notices.senders"),
        (service["urn"], "messaging_services.notices"),
    ]


def test_a_name_that_is_recorded_still_is_taken(project):
    there = [recorded("verify_services", "VerifyService", name) for name in ("login", "signin")]
    with pytest.raises(Problem, match=f"verify_services.signin is already recorded, as {MS}"):
        plan(project, "verify_services.login", "signin", *there)


@pytest.mark.parametrize("properties", [{}, {"properties": {"sid": "own_sid", "secret": "own_secret"}}])
def test_what_was_renamed_by_hand_gets_back_what_its_name_alone_said(project, properties):
    path = project / "Pulumi.staging.yaml"
    path.write_text(SOURCE.replace("    api: {}", f"    gateway: {json.dumps(properties)}"))
    delivery = {"sid_property": "api_key", "secret_property": "api_secret"}
    key = recorded(
        "keys", "ApiKey", "api", friendly_name="api [acme/staging]", mark="[acme/staging]", delivery=delivery
    )
    found = plan(project, "keys.api", "gateway", key)
    assert found.resources == {key["urn"]: "keys.gateway"}
    assert found.stack_file
    entry = yaml.safe_load(found.stack_file.text)["config"]["twilio:keys"]["gateway"]
    assert entry == {"properties": {"sid": "api_key", "secret": "api_secret"}} | properties | {"friendly_name": "api"}
