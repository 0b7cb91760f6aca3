"""Two copies of the project under its shipped name would take each other's objects: such a one never meets Twilio."""

import os

import pytest
import yaml
from pulumi.dynamic import Config, ConfigureRequest

from tests.servers import ROOT
from twilio_environments.cli import project
from twilio_environments.problems import Problem
from twilio_environments.resources.phone_number import PhoneNumberProvider
from twilio_environments.rest import sessions, shipped
from twilio_environments.rest.endpoint import Endpoint

EMULATOR = "http://127.0.0.1:8010"


@pytest.fixture(autouse=True)
def process(monkeypatch):
    """A process of its own, whose run has credentials."""
    for name in [one for one in os.environ if one.startswith("TWILIO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", f"AC{1:032x}")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", f"{2:032x}")
    monkeypatch.setattr(sessions, "_session", None)
    monkeypatch.setattr(sessions, "_config", {})
    monkeypatch.setattr(sessions, "_project", "")


def provider(tmp_path, name):
    """What refresh and destroy run, which have no program."""
    os.environ["PULUMI_PROJECT"] = name  # the fixture's monkeypatch takes it away again
    PhoneNumberProvider().configure(ConfigureRequest(Config({}, name)))


def command(tmp_path, name):
    """What commands run that are about one stack."""
    (tmp_path / "Pulumi.yaml").write_text(f"name: {name}\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {twilio:project: mine, twilio:subaccount: {}}\n")
    project.opened("prod", tmp_path)


def of_all_stacks(tmp_path, name):
    """What adopt and sweep run, which read no stack's settings of Twilio."""
    (tmp_path / "Pulumi.yaml").write_text(f"name: {name}\n")
    project.name(tmp_path)


@pytest.mark.parametrize("face", [provider, command, of_all_stacks])
def test_the_shipped_name_meets_the_emulator_only(face, tmp_path, monkeypatch):
    monkeypatch.setenv("PULUMI_PROJECT", "")
    face(tmp_path, shipped.NAME)
    with pytest.raises(Problem, match="Choose another name in Pulumi"):
        sessions.session()
    monkeypatch.setenv("TWILIO_ENDPOINT", EMULATOR)
    assert sessions.session().endpoint.loopback
    monkeypatch.delenv("TWILIO_ENDPOINT")
    face(tmp_path, "acme-twilio")
    sessions.use(None)
    assert not sessions.session().endpoint.loopback


def test_the_name_is_the_one_that_is_shipped():
    assert yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["name"] == shipped.NAME


@pytest.mark.parametrize("url", [None, "https://twilio.example.com"])
def test_no_other_host_is_an_emulator(url):
    with pytest.raises(Problem, match="shipped name"):
        shipped.refuse(shipped.NAME, Endpoint(url=url))
