"""A new environment's file: the same shape, nothing that can only be had once, and what has to be decided marked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from tests.servers import ROOT
from twilio_environments.cli import new as command
from twilio_environments.cli.main import app
from twilio_environments.environments.new import New
from twilio_environments.numbers.countries import like
from twilio_environments.problems import Problem
from twilio_environments.settings import load
from twilio_environments.stackfile import StackFile

SID = {prefix: prefix + "0" * 31 + "1" for prefix in ("AC", "AD", "SC", "MG", "PN")}
SOURCE = f"""\
# yaml-language-server: $schema=docs/stack-file.schema.json
# Where Acme tries releases.
encryptionsalt: v1:theirs
config:
  aws:region: eu-west-1
  other:password: {{secure: AAAA}}
  twilio:subaccount: {{friendly_name: Acme staging}}
  twilio:secrets: {{vault: {{address: "https://vault.staging.example.com"}}, document: staging/twilio}}
  twilio:allow:
    release_numbers: the numbers of staging are replaced at will
  twilio:values:
    greeting: This is staging, and not upstaging.
  twilio:keys:
    api: {{}}
    ci: {{document: ci/twilio}}
  twilio:numbers:
    support: # {SID["PN"]}
      adopt: true
      phone_number: "+442071838750" # the old one
      voice_url: https://staging.acme.example.com/voice # theirs
      address_sid: {SID["AD"]}
    alerts: {{phone_number: "+14165550199"}}
    any: {{search: {{country: US, contains: "+1415*"}}}}
  twilio:messaging_services:
    alerts:
      inbound_request_url: https://hooks.acme.example.com/m
      senders: {{numbers: [alerts], short_codes: [{SID["SC"]}], alpha_senders: [ACME]}}
  twilio:verify_services:
    login:
      friendly_name: Acme staging
      messaging_configurations:
        US: {SID["MG"]}
    bare:
      adopt: true
  twilio:studio_flows:
    ivr: {{file: studio/staging.json}}
# Behind it.
"""
MADE = """\
# yaml-language-server: $schema=docs/stack-file.schema.json
# pr-7, created from Pulumi.staging.yaml.
# decide: other:password is a secret of staging and is left out: pulumi config set --secret other:password
# decide: staging may lose its numbers or its account (twilio:allow); this one may not
# decide: webhooks go to hooks.acme.example.com, as those of staging do
# decide: webhooks go to pr-7.acme.example.com instead of staging.acme.example.com: that host has to exist
# decide: studio/staging.json, which both share, has SIDs of staging's account: AC00000000000000000000000000000001
config:
  aws:region: eu-west-1
  twilio:subaccount: {friendly_name: "Acme pr-7"}
  twilio:secrets: {vault: {address: "https://vault.staging.example.com"}, document: pr-7/twilio}
  twilio:values:
    greeting: "This is pr-7, and not upstaging."
  twilio:keys:
    api: {}
    ci: {document: pr-7/ci/twilio}
  twilio:numbers:
    # decide: address_sid is a SID of staging's account, AD00000000000000000000000000000001, and is left out
    support:
      voice_url: https://pr-7.acme.example.com/voice # theirs
      # decide: staging has +442071838750, this searches for a similar one
      search:
        country: GB
        voice_enabled: true
    # decide: staging has +14165550199, this searches for a similar one
    alerts: {search: {country: CA, sms_enabled: true}}
    any: {search: {country: US, contains: "+1415*"}}
  twilio:messaging_services:
    alerts:
      inbound_request_url: https://hooks.acme.example.com/m
      # decide: short_codes has SIDs of staging's account, which are left out
      senders: {numbers: [alerts], alpha_senders: [ACME]}
  twilio:verify_services:
    login:
      # decide: its name mentions staging
      friendly_name: Acme staging
      # decide: US is a SID of staging's account, MG00000000000000000000000000000001, and is left out
      messaging_configurations: {}
    bare: {}
  twilio:studio_flows:
    ivr: {file: studio/staging.json}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    (tmp_path / "Pulumi.staging.yaml").write_text(SOURCE)
    (tmp_path / "studio").mkdir()
    flow = {"description": SID["AC"], "states": []}
    (tmp_path / "studio/staging.json").write_text(json.dumps(flow))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["new", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_every_line_is_kept_or_made_anew_and_what_has_to_be_decided_is_marked(project):
    said = run("pr-7", "--from", "staging")

    assert (project / "Pulumi.pr-7.yaml").read_text() == MADE
    assert (project / "Pulumi.staging.yaml").read_text() == SOURCE
    assert said.count("  decide: ") == MADE.count("# decide: ")


def test_what_pulumi_wrote_for_the_new_stack_stays(project):
    (project / "Pulumi.pr-7.yaml").write_text("encryptionsalt: v1:ours\n")
    run("pr-7", "--from", "staging")
    assert yaml.safe_load((project / "Pulumi.pr-7.yaml").read_text())["encryptionsalt"] == "v1:ours"


def test_an_ephemeral_one_says_when_its_time_is_up_and_may_be_lost(project, monkeypatch):
    monkeypatch.setattr(command, "datetime", _Noon)
    run("pr-7", "--from", "staging", "--ttl", "3d")
    config = yaml.safe_load((project / "Pulumi.pr-7.yaml").read_text())["config"]
    assert config["twilio:subaccount"]["expires"] == "2026-11-24T12:00:00Z"
    assert config["twilio:allow"].keys() == {"release_numbers", "close_subaccount"}


class _Noon(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime(2026, 11, 21, 12, tzinfo=tz or UTC)


@pytest.mark.parametrize("name", ["local", "staging", "prod"])
def test_the_stacks_of_the_project_can_be_had_once_more(name):
    source = StackFile(f"Pulumi.{name}.yaml", (ROOT / f"Pulumi.{name}.yaml").read_text())
    made = New("acme", "qa", ROOT, source, name).file()
    settings = load(made.config(), project="acme", stack="qa", root=ROOT)
    before = load(source.config(), project="acme", stack=name, root=ROOT)
    assert all(number.search for number in settings.numbers.values())
    paths = {each.document_path(key.document) for each in (settings, before) for key in each.keys.values()}
    assert len(paths) == 2 * len({before.document_path(key.document) for key in before.keys.values()})
    assert settings.numbers.keys() == before.numbers.keys()


def test_what_the_new_one_may_not_say_is_marked_too(project):
    run("prod", "--from", "staging")
    text = (project / "Pulumi.prod.yaml").read_text()
    assert yaml.safe_load(text)["config"]["twilio:production"] is True
    assert "# decide: prod is production by its name, staging is not\n  twilio:production: true" in text
    assert "# decide: this is refused: keys.ci.type is not restricted, in production" in text


def test_what_objects_are_called_in_the_file_and_refer_to_each_other_by_stays(project):
    """Also where that is the name of the environment, or what fields are called."""
    named = SOURCE.replace("ivr:", "staging:").replace(
        "alerts: {phone_number", "adopt: {voice_flow: staging, phone_number"
    )
    named = named.replace("numbers: [alerts]", "numbers: [adopt]").replace("greeting:", "file:")
    (project / "Pulumi.staging.yaml").write_text(named)

    run("pr-7", "--from", "staging")

    config = yaml.safe_load((project / "Pulumi.pr-7.yaml").read_text())["config"]
    assert config["twilio:numbers"]["adopt"]["voice_flow"] == "staging"
    assert config["twilio:numbers"]["adopt"]["search"] == {"country": "CA", "voice_enabled": True, "sms_enabled": True}
    assert config["twilio:values"] == {"file": "This is pr-7, and not upstaging."}


REFUSED = {
    "itself": (("staging", "--from", "staging"), "its own name"),
    "no such source": (("pr-7", "--from", "nowhere"), "Pulumi.nowhere.yaml cannot be read"),
    "no name": (("../x", "--from", "staging"), "is not a valid stack name"),
    "no time": (("pr-7", "--from", "staging", "--ttl", "soon"), "--ttl is not a duration"),
    "a file that is there": (("there", "--from", "staging"), "Pulumi.there.yaml exists already"),
    "a source with mistakes": (("pr-7", "--from", "wrong"), "mistake"),
}


@pytest.mark.parametrize(("arguments", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_nothing_is_written_when_it_is_refused(arguments, why, project):
    (project / "Pulumi.there.yaml").write_text("config: {twilio:subaccount: {}}\n")
    (project / "Pulumi.wrong.yaml").write_text("config: {twilio:subaccount: {name: x}}\n")
    before = {path: path.read_text() for path in project.glob("*.yaml")}
    with pytest.raises(Problem, match=why):
        run(*arguments)
    assert {path: path.read_text() for path in project.glob("*.yaml")} == before


@pytest.mark.parametrize(
    ("number", "search"),
    [
        ("+12125550110", {"country": "US"}),
        ("+14165550110", {"country": "CA"}),
        ("+18885550114", {"country": "US", "type": "toll_free"}),
        ("+447911123456", {"country": "GB"}),
        ("+448001234567", {"country": "GB", "type": "toll_free"}),
        ("+77011234567", {"country": "KZ"}),
        ("+35312345678", {"country": "IE"}),
        ("+99912345", None),
    ],
)
def test_a_number_tells_its_country(number, search):
    assert like(number) == search
