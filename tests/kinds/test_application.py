"""TwiML applications: who names one, who may dial it, and what deleting one would leave without a handler."""

import json

import pytest

from tests.settings.stack_file import ACCOUNT, as_pulumi
from twilio_environments.kinds import application, phone_number
from twilio_environments.lifecycle.review import Level
from twilio_environments.problems import Problem
from twilio_environments.settings import SettingsProblem, load
from twilio_environments.settings.references import Name, References

from .world import Resource

APPLICATIONS, NUMBERS = application.KIND, phone_number.KIND
NUMBER = "+12125550150"


def loaded(text, root):
    return load(as_pulumi(f"{ACCOUNT}{text}"), project="acme", stack="staging", root=root)


def test_a_number_names_one_by_its_logical_name_and_is_made_after_it(tmp_path):
    number = "{phone_number: '+15005550006', voice_application: phone, sms_application: phone}"
    settings = loaded(f"twilio:applications: {{phone: {{}}}}\ntwilio:numbers: {{support: {number}}}", tmp_path)
    assert References(settings).order() == [Name("applications", "phone"), Name("numbers", "support")]
    assert settings.document_properties()["twiml_app_sid_phone"] == ("applications", "phone", "sid")


def test_a_flow_has_its_sid(tmp_path):
    (tmp_path / "flow.json").write_text(json.dumps({"states": [{"name": "${applications.phone.sid}"}]}))
    settings = loaded("twilio:applications: {phone: {}}\ntwilio:studio_flows: {ivr: {file: flow.json}}", tmp_path)
    assert References(settings).order() == [Name("applications", "phone"), Name("studio_flows", "ivr")]


@pytest.mark.parametrize(
    ("text", "path", "what"),
    [
        (
            "twilio:numbers: {support: {phone_number: '+15005550006', voice_application: phone}}",
            "numbers.support.voice_application",
            "refers to a TwiML application, but none is declared",
        ),
        (
            (
                "twilio:applications: {phone: {}}\ntwilio:numbers: {support: {phone_number: '+15005550006', "
                "voice_application: phone, voice_url: https://example.com/voice}}"
            ),
            "numbers.support",
            "has voice_url and voice_application",
        ),
        (
            "twilio:applications: {phone: {public_application_connect_enabled: true}}",
            "applications.phone",
            "public_reason",
        ),
        ("twilio:applications: {phone: {voice_url: http://example.com/}}", "applications.phone.voice_url", "https"),
    ],
    ids=["none of that name", "two handlers", "public without a reason", "no https"],
)
def test_what_cannot_be_meant_is_refused(text, path, what, tmp_path):
    with pytest.raises(SettingsProblem) as refused:
        loaded(text, tmp_path)
    (mistake,) = refused.value.mistakes
    assert mistake.path == path
    assert what in mistake.what


def test_one_that_a_number_names_is_not_deleted(world):
    phone = Resource(world, APPLICATIONS, friendly_name="phone", adopt=True)
    phone.create()
    number = Resource(
        world, NUMBERS, friendly_name="support", phone_number=NUMBER, voice_application_sid=phone.id, adopt=True
    )
    number.create()
    with pytest.raises(
        Problem, match=rf"takes the calls or messages of \{NUMBER}, which nobody would handle without it"
    ):
        phone.delete()
    assert world.row("applications", phone.id)
    number.declare(friendly_name="support", phone_number=NUMBER, voice_url="https://example.com/voice", adopt=True)
    number.update()
    phone.delete()
    assert world.twilio.state.table("applications").get(phone.id) is None


def test_that_everybody_may_dial_it_is_a_matter_of_security():
    assert APPLICATIONS.severity("public_application_connect_enabled", False, True).level is Level.SECURITY
    assert APPLICATIONS.severity("public_application_connect_enabled", True, False).level is Level.BEHAVIOUR
