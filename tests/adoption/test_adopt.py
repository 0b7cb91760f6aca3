"""`twilio-env adopt` as it is typed: what it writes, what it leaves out and why, and what it refuses to do."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.adoption.accounts import MESSAGING, STUDIO, VERIFY, Built, Description, build
from tests.adoption.conftest import new_session
from tests.emulator.wire import Wire
from tests.files.full_disk import room_for
from tests.kinds.cases.studio_flow import flow
from tests.kinds.world import sid
from twilio_environments.cli import answers
from twilio_environments.cli.main import app
from twilio_environments.problems import Problem
from twilio_environments.rest import sessions
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session

EMPTY = Description((), (), (), (), ())
HOOK = "https://hooks.acme.example.com"
FILE = """\
# yaml-language-server: $schema=docs/stack-file.schema.json
# The account 'Acme, since 2012', as twilio-env adopt found it. Each object is taken over as it is, with adopt: true,
# which has to stay: without it the stack would look for an object with its own mark in the name.
config:
  twilio:production: true
  twilio:subaccount:
    sid: {account}
  twilio:numbers:
    number-415-555-0100: # {billing}
      adopt: true
      phone_number: "+14155550100"
      friendly_name: "(415) 555-0100"
      voice_url: https://hooks.acme.example.com/voice
      voice_fallback_url: https://hooks.acme.example.com/else
    support: # {support}
      adopt: true
      phone_number: "+14155550101"
      friendly_name: Support
      voice_flow: main-menu
    support-0102: # {other}
      adopt: true
      phone_number: "+14155550102"
      friendly_name: Support
      voice_application: application-1
      sms_method: GET
  twilio:applications:
    application-1: # {application}
      adopt: true
      friendly_name: "Application 1"
  twilio:messaging_services:
    alerts: # {alerts}
      adopt: true
      friendly_name: "Alerts ☎"
      discard_inbound: true # Twilio discards incoming messages
      senders:
        numbers: [number-415-555-0100, support]
        alpha_senders: [ACME]
  twilio:verify_services:
    login: # {login}
      adopt: true
      friendly_name: Login
      rate_limits:
        end-user-ip:
          buckets: [{{max: 4, interval: 60}}]
      messaging_configurations:
        US: alerts
  twilio:studio_flows:
    main-menu: # {menu}
      adopt: true
      friendly_name: "Main menu"
      file: studio/prod/main-menu.json
    voicemail: # {voicemail}
      adopt: true
      friendly_name: Voicemail
      file: studio/prod/voicemail.json # names studio_flows.main-menu by SID: each needs the other first
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def adopt(account: str, *more: str) -> str:
    return run("adopt", "--account", account, "--stack", "prod", *more)


@pytest.fixture
def empty(twilio) -> Built:
    return build(twilio, EMPTY)


@pytest.fixture
def acme(empty) -> tuple[Built, dict[str, str]]:
    post, base = empty.post, f"{empty.base}/IncomingPhoneNumbers.json"
    menu = post("flows", STUDIO, {"FriendlyName": "Main menu", "Status": "draft", "Definition": flow()})
    mail = flow(description=f"{menu} of {empty.sid}")
    voicemail = post("flows", STUDIO, {"FriendlyName": "Voicemail", "Status": "published", "Definition": mail})
    hook = f"https://webhooks.twilio.com/v1/Accounts/{empty.sid}/Flows/{menu}"
    billing = {"VoiceUrl": f"{HOOK}/voice", "VoiceFallbackUrl": f"{HOOK}/else"}
    other = {"FriendlyName": "Support", "VoiceApplicationSid": sid("AP"), "SmsMethod": "GET"}
    empty.applications(other)
    made = {
        "account": empty.sid,
        "application": sid("AP"),
        "menu": menu,
        "voicemail": voicemail,
        "billing": post("numbers", base, {"PhoneNumber": "+14155550100", **billing}),
        "support": post("numbers", base, {"PhoneNumber": "+14155550101", "FriendlyName": "Support", "VoiceUrl": hook}),
        "other": post("numbers", base, {"PhoneNumber": "+14155550102", **other}),
        "alerts": post("services", MESSAGING, {"FriendlyName": "Alerts ☎"}),
        "login": post("verify", VERIFY, {"FriendlyName": "Login"}),
    }
    pool, wire = f"{MESSAGING}/{made['alerts']}", empty.account.wire
    wire.post(f"{pool}/PhoneNumbers", PhoneNumberSid=made["billing"])
    wire.post(f"{pool}/PhoneNumbers", PhoneNumberSid=made["support"])
    wire.post(f"{pool}/AlphaSenders", AlphaSender="ACME")
    login = f"{VERIFY}/{made['login']}"
    wire.post(f"{login}/MessagingConfigurations", Country="US", MessagingServiceSid=made["alerts"])
    limit = wire.post(f"{login}/RateLimits", UniqueName="end-user-ip").json()["sid"]
    wire.post(f"{login}/RateLimits/{limit}/Buckets", Max="4", Interval="60")
    said = "Call {{flow.variables.x}} or " + f"+14155550101; {voicemail} sends with {made['alerts']}"
    wire.post(f"{STUDIO}/{menu}", Status="published", Definition=flow(said))
    return empty, made


def test_a_program_is_told_what_was_written_what_stays_and_what_is_next(acme, project):
    built, _ = acme
    told = answers.Adopt.model_validate_json(adopt(built.sid, "--json"))
    assert (told.stack, told.files[0]) == ("prod", "Pulumi.prod.yaml")
    assert all((project / file).is_file() for file in told.files)
    assert {"studio_flows.menu", "verify_services.login"} & set(told.places) or told.places
    assert told.next == ["pulumi stack init prod", "pulumi preview --stack prod", "pulumi up --stack prod"]


def test_the_file_has_names_instead_of_sids_and_nothing_that_is_default(acme, project):
    built, made = acme
    built.twilio.journal.clear()

    said = adopt(built.sid)

    assert (project / "Pulumi.prod.yaml").read_text() == FILE.format(**made)
    assert built.writes() == []
    menu = json.loads((project / "studio/prod/main-menu.json").read_text())
    assert menu["states"][1]["properties"]["say"] == (
        "Call {{flow.variables.x}} or ${numbers.support.phone_number}; ${studio_flows.voicemail.sid} "
        "sends with ${messaging_services.alerts.sid}"
    )
    assert menu["states"][0]["properties"]["offset"] == {"x": 0, "y": 0}, "the layout is kept"
    voicemail = json.loads((project / "studio/prod/voicemail.json").read_text())
    assert voicemail["description"] == f"{made['menu']} of ${{account.sid}}"
    objects = "3 phone numbers, 1 TwiML application, 1 Messaging Service, 1 Verify service, 2 Studio flows"
    assert f"takes over {objects}." in said
    assert "Cannot" not in said


def test_a_number_that_nobody_answers_for_a_service_that_leaves_it_the_messages_is_said_and_kept(empty, project):
    numbers = [
        _number(PhoneNumber=f"+1415555010{last}", FriendlyName=name, **form)(empty)
        for last, name, form in ((0, "silent", {}), (1, "asked", {"SmsUrl": f"{HOOK}/sms"}))
    ]
    service = empty.post("services", MESSAGING, {"FriendlyName": "Alerts", "UseInboundWebhookOnNumber": "true"})
    for number in numbers:
        empty.account.wire.post(f"{MESSAGING}/{service}/PhoneNumbers", PhoneNumberSid=number)

    said = adopt(empty.sid)

    assert "takes over 2 phone numbers, 1 Messaging Service." in said
    written = (project / "Pulumi.prod.yaml").read_text()
    assert "discard_inbound: true # those to silent reach nobody at Twilio" in written
    assert "numbers: [asked, silent]" in written


def _number(**form: str):
    def act(built: Built) -> str:
        built.applications(form)
        return built.post("numbers", f"{built.base}/IncomingPhoneNumbers.json", {"PhoneNumber": "+14155550100", **form})

    return act


def _altered(table: str, section: str, **fields):
    def act(built: Built) -> str:
        made = _number()(built) if section == "numbers" else built.post(section, MESSAGING, {"FriendlyName": "Alerts"})
        rows = built.twilio.state.table(table)
        rows.put(made, dict(rows.get(made) or {}) | fields)
        return made

    return act


LEFT = {
    "a key": (
        lambda built: built.post("keys", f"{built.base}/Keys.json", {"FriendlyName": "agency"}),
        "is shown only once",
    ),
    "a hosted number": (_altered("incoming_phone_numbers", "numbers", origin="hosted"), "hosted number"),
    "a campaign": (_altered("messaging_services", "services", us_app_to_person_registered=True), "people vet it"),
    "a webhook over http": (_number(VoiceUrl="http://hooks.acme.example.com/"), "voice_url: is not https"),
    "a url beside an application": (
        _number(VoiceUrl=HOOK, VoiceApplicationSid=sid("AP")),
        "has voice_url and voice_application",
    ),
    "a fallback alone": (
        _number(SmsFallbackUrl=HOOK, SmsApplicationSid=sid("AP")),
        "has sms_fallback_url without sms_url",
    ),
    "a name that is too long": (
        lambda built: built.post("flows", STUDIO, {"FriendlyName": "x" * 65, "Status": "draft", "Definition": flow()}),
        "friendly_name: is too long",
    ),
    "two of one name": (
        lambda built: min(built.post("services", MESSAGING, {"FriendlyName": "Alerts"}) for _ in range(2)),
        "it is identified by its name, but 2 are called 'Alerts'",
    ),
    "what another stack made": (
        lambda built: built.post("services", MESSAGING, {"FriendlyName": "Alerts [acme/dev]"}),
        "The mark [acme/dev] says",
    ),
}


@pytest.mark.parametrize(("act", "why"), LEFT.values(), ids=LEFT.keys())
def test_what_cannot_be_taken_over_is_listed_with_the_reason(act, why, empty, project):
    made = act(empty)

    said = adopt(empty.sid)

    line = next(line for line in said.splitlines() if made in line and why in line)
    assert line.startswith("  "), said
    assert line.strip() in (project / "Pulumi.prod.yaml").read_text(), "who reviews the file reads it too"


def test_the_pool_is_left_alone_when_a_number_of_it_is(empty, project):
    number = _number(VoiceUrl="http://old.example.com")(empty)
    service = empty.post("services", MESSAGING, {"FriendlyName": "Alerts"})
    empty.account.wire.post(f"{MESSAGING}/{service}/PhoneNumbers", PhoneNumberSid=number)

    said = adopt(empty.sid)

    assert f"sender pool of the Messaging Service 'Alerts' ({service}): its numbers {number} are not in" in said
    assert "senders:" not in (project / "Pulumi.prod.yaml").read_text()


def test_of_the_main_account_the_others_are_listed(empty, project):
    gone = Wire(empty.twilio).subaccount("Old").sid
    Wire(empty.twilio).post(Wire(empty.twilio).accounts(f"/{gone}"), Status="closed")

    said = adopt(empty.twilio.account_sid)

    assert f"subaccount 'Old' ({gone}): it is closed and cannot be reopened" in said
    assert f"twilio-env adopt --account {empty.sid} --stack NAME" in said


def test_an_account_with_nothing_in_it_is_said_to_be_so(empty, project):
    assert "an account that contains nothing" in adopt(empty.sid)
    assert f"sid: {empty.sid}" in (project / "Pulumi.prod.yaml").read_text()


def refused(*arguments: str) -> Problem:
    with pytest.raises(Problem) as caught:
        run(*arguments)
    return caught.value


def test_no_such_account(twilio, project):
    problem = refused("adopt", "--account", sid("AC", 9), "--stack", "prod")
    assert problem.what.startswith(f"These credentials do not reach the account {sid('AC', 9)}: ")
    assert "20404" in problem.what
    assert not (project / "Pulumi.prod.yaml").exists()
    assert "--account does not have the form AC" in str(refused("adopt", "--account", "prod", "--stack", "prod"))


def test_a_closed_account(empty, project):
    Wire(empty.twilio).post(Wire(empty.twilio).accounts(f"/{empty.sid}"), Status="closed")
    assert "is closed" in str(refused("adopt", "--account", empty.sid, "--stack", "prod"))


def _by_key(built: Built, account: str, policy: list[str] | None = None) -> None:
    """Act as an API key of the account from now on."""
    wire = Wire(built.twilio) if account == built.twilio.account_sid else built.account.wire
    form = {"FriendlyName": "ci"}
    if policy is not None:
        form |= {"AccountSid": account, "KeyType": "restricted", "Policy": json.dumps({"allow": policy})}
        made = wire.post("https://iam.twilio.com/v1/Keys", **form).json()
    else:
        made = wire.post(f"https://api.twilio.com/2010-04-01/Accounts/{account}/Keys.json", **form).json()
    credentials = Credentials(account, made["sid"], made["secret"])
    sessions.use(Session(credentials, Endpoint(url=built.twilio.endpoint)))


def test_no_permission(empty, project):
    _by_key(empty, empty.twilio.account_sid)
    assert "no API key can" in str(refused("adopt", "--account", empty.sid, "--stack", "prod"))
    _by_key(empty, empty.sid, ["/twilio/messaging/services/create"])
    assert f"Nothing in {empty.sid} can be read: " in str(refused("adopt", "--account", empty.sid, "--stack", "prod"))
    assert not (project / "Pulumi.prod.yaml").exists()


def test_what_may_not_be_read_is_said_and_the_rest_is_taken_over(acme, project):
    built, _ = acme
    _by_key(built, built.sid)

    said = adopt(built.sid)

    assert "3 phone numbers, 1 TwiML application, 1 Messaging Service, 1 Verify service, 2 Studio flows" in said
    assert "every API key: could not be read: " in said


def test_a_stack_file_that_is_there_is_never_replaced_unasked(acme, project):
    built, made = acme
    path = project / "Pulumi.prod.yaml"
    path.write_text("encryptionsalt: v1:salt # Pulumi's\nconfig:\n  aws:region: eu-west-1\n  twilio:subaccount: {}\n")

    problem = refused("adopt", "--account", built.sid, "--stack", "prod")

    assert problem.what == "Pulumi.prod.yaml exists already."
    assert "--force" in problem.remedy
    assert "aws:region" in path.read_text()
    adopt(built.sid, "--force")
    text = path.read_text()
    assert text == FILE.format(**made) + "  aws:region: eu-west-1\nencryptionsalt: v1:salt\n"


def test_what_pulumi_wrote_into_an_empty_one_stays(empty, project):
    path = project / "Pulumi.prod.yaml"
    path.write_text("encryptionsalt: v1:salt\n")
    adopt(empty.sid)
    assert path.read_text().endswith("encryptionsalt: v1:salt\n")


def test_a_flow_file_that_is_there_is_never_replaced_unasked(acme, project):
    built, _ = acme
    there = project / "studio/prod/main-menu.json"
    there.parent.mkdir(parents=True)
    there.write_text("{}")

    assert refused("adopt", "--account", built.sid, "--stack", "prod").what == (
        "studio/prod/main-menu.json exists already."
    )
    assert not (project / "Pulumi.prod.yaml").exists()
    assert there.read_text() == "{}"
    sessions.use(new_session(built.twilio))
    adopt(built.sid, "--force")
    assert "states" in there.read_text()


def test_on_a_full_disk_neither_the_flow_files_nor_the_stack_file_are_there(acme, project):
    with room_for(1_000):
        said = str(refused("adopt", "--account", acme[0].sid, "--stack", "prod"))
    assert "Pulumi.prod.yaml cannot be written: File too large. Nothing was changed. Make room" in said
    assert [path.name for path in project.rglob("*") if path.is_file()] == ["Pulumi.yaml"]


def test_a_link_out_of_the_project_is_not_followed(acme, project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (project / "studio").symlink_to(outside)
    assert "leads out of the project" in str(refused("adopt", "--account", acme[0].sid, "--stack", "prod", "--force"))
    assert not [*outside.iterdir()]
    assert not (project / "Pulumi.prod.yaml").exists()


@pytest.mark.parametrize("name", ["../prod", "", "a b"])
def test_a_stack_name_leads_nowhere_else(name, empty, project):
    assert "is not a valid stack name" in str(refused("adopt", "--account", empty.sid, "--stack", name))


def test_outside_a_project(empty, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Pulumi.yaml cannot be read" in str(refused("adopt", "--account", empty.sid, "--stack", "prod"))
