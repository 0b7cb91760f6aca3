"""Where credentials come from: which source wins and is said; what is wrong with one is not mended by another."""

import json

import pytest

from twilio_environments.emulator import Emulator
from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.session import Session
from twilio_environments.rest.sessions import configure, session, use
from twilio_environments.rest.sources import FoundCredentials, find

AC, OTHER, SK = "AC" + "0" * 31 + "1", "AC" + "0" * 31 + "2", "SK" + "0" * 31 + "1"
HUSH = "hush" * 8
PROFILE = {"accountSid": AC, "apiKey": SK, "apiSecret": HUSH, "region": "us1", "edge": ""}
ENVIRONMENT = {"TWILIO_ACCOUNT_SID": OTHER, "TWILIO_AUTH_TOKEN": "other" * 6}


def cli(home, config):
    folder = home / ".twilio-cli"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))


@pytest.fixture
def home(tmp_path):
    cli(tmp_path, {"profiles": {"acme": PROFILE, "half": PROFILE | {"apiSecret": ""}}, "activeProfile": "acme"})
    return tmp_path


@pytest.mark.parametrize(
    ("environ", "account", "source", "implied"),
    [
        ({"TWILIO_PROFILE": "acme"}, AC, "the named profile acme of the Twilio CLI", False),
        (ENVIRONMENT | {"TWILIO_PROFILE": " acme\n"}, AC, "the named profile acme of the Twilio CLI", False),
        (ENVIRONMENT | {"TWILIO_PROFILE": ""}, OTHER, "the environment (TWILIO_AUTH_TOKEN)", False),
        (ENVIRONMENT, OTHER, "the environment (TWILIO_AUTH_TOKEN)", False),
        ({}, AC, "the active profile acme of the Twilio CLI", True),
    ],
)
def test_a_named_profile_wins_over_the_environment_and_that_over_the_active_profile(
    environ, account, source, implied, home
):
    found = find(environ, home)
    assert (found.credentials.account_sid, found.source, found.implied) == (account, source, implied)


def test_a_profile_is_an_api_key_of_its_account(home):
    found = find({"TWILIO_PROFILE": "acme"}, home)
    assert (found.credentials.username, found.credentials.password) == (SK, HUSH)
    assert (found.credentials.kind, found.region) == ("api_key", "us1")


@pytest.mark.parametrize(
    ("environ", "config", "words"),
    [
        ({"TWILIO_PROFILE": "amce"}, None, "has no profile amce; it has: acme, half"),
        (
            ENVIRONMENT | {"TWILIO_PROFILE": "half"},
            None,
            "The named profile half of the Twilio CLI lacks ",
        ),
        ({"TWILIO_PROFILE": "old"}, {"projects": [{"id": "old", "accountSid": AC}]}, "has the older form"),
        ({}, {"profiles": {}, "activeProfile": "gone"}, "has no profile gone; it has: none"),
        ({"TWILIO_PROFILE": "acme"}, "{", "cannot be read"),
        ({}, "[]", "cannot be read"),
        ({}, {"profiles": {"acme": PROFILE}}, "the Twilio CLI has no active profile"),
        ({"TWILIO_ACCOUNT_SID": AC}, None, "without a secret"),  # half of an environment is not made up for
    ],
)
def test_what_is_wrong_with_the_first_source_is_said_and_no_other_one_is_taken(environ, config, words, home):
    if config is not None:
        cli(home, config)
    with pytest.raises(Problem) as caught:
        find(environ, home)
    assert words in str(caught.value)
    assert caught.value.remedy
    assert HUSH not in str(caught.value)


def test_a_named_profile_without_the_cli_is_said(tmp_path):
    with pytest.raises(Problem, match="The Twilio CLI profile acme was named, but there is no ~"):
        find(ENVIRONMENT | {"TWILIO_PROFILE": "acme"}, tmp_path)


@pytest.fixture
def process(home, monkeypatch):
    """This process with that home, and no credentials in its environment."""
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("TWILIO_PROFILE", raising=False)
    monkeypatch.setenv("HOME", str(home))
    use(None)
    yield monkeypatch
    configure({})
    use(None)


@pytest.mark.parametrize("said", ["true", "True"])
def test_production_refuses_an_implied_profile_and_takes_the_same_one_named(said, process):
    configure({"production": said})
    with pytest.raises(Problem, match="the active profile acme of the Twilio CLI would have been used") as caught:
        session()
    assert "--profile" in caught.value.remedy
    process.setenv("TWILIO_PROFILE", "acme")
    assert session().source == "the named profile acme of the Twilio CLI"


@pytest.mark.parametrize("config", [{}, {"production": "false"}])
def test_elsewhere_the_active_profile_will_do(config, process):
    configure(config)
    assert session().credentials.account_sid == AC


def test_a_profile_of_another_region_is_refused_before_a_call(process):
    configure({"region": "ie1", "edge": "dublin"})
    with pytest.raises(Problem, match="are for the region us1, and this run uses ie1"):
        session()


def test_what_twilio_does_not_let_in_says_where_it_came_from():
    with Emulator() as twilio:
        found = FoundCredentials(
            find({"TWILIO_ACCOUNT_SID": AC, "TWILIO_AUTH_TOKEN": HUSH}).credentials, "the named profile acme"
        )
        ours = Session(found.credentials, Endpoint(url=twilio.endpoint), source=found.source)
        with pytest.raises(TwilioError, match="20003") as caught:
            ours.own.parent.api.v2010.accounts.list()
    assert caught.value.remedy.endswith("They came from the named profile acme.")


def test_what_an_api_key_cannot_do_says_where_the_key_came_from(process):
    with pytest.raises(Problem, match="an API key of the active profile acme of the Twilio CLI, and no API key can"):
        session().require_auth_token()
