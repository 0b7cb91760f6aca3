"""Every script of every job, as it stands in the pipelines, by the real CLI against Vault, AWS and the emulator."""

import pytest

from tests.pipelines.jobs import of_github, of_gitlab
from tests.pipelines.scene import Scene

GITHUB = {job.name.partition(": ")[2]: job for job in of_github() if job.stack != "prod"}
GITLAB = {job.name.partition(": ")[2]: job for job in of_gitlab() if job.stack != "prod"}
WEBHOOK = "https://hooks.acme.example.com/voice"


@pytest.fixture
def scene(tmp_path, twilio, host, vault_server_, moto_url) -> Scene:
    return Scene.of_project(tmp_path, twilio, host, vault_server_, moto_url)


@pytest.mark.timeout(900)  # a dozen runs of the CLI, on a machine that may be busy
def test_the_life_of_a_stack_in_its_pipelines(scene):
    refused = scene.run(GITHUB["preview"], fails=True, VAULT_ROLE="github-staging")
    assert "Vault's login as github-staging was refused (HTTP 400)" in refused
    with scene.locked():
        assert "the stack is currently locked by 1 lock(s)" in scene.run(GITHUB["staging"], fails=True)
    scene.run(GITHUB["staging"])
    (number,) = scene.stack.rows("incoming_phone_numbers")

    issues = scene.host.posts["gitlab", "issues"]
    _point(scene, number, "https://evil.example.net/voice")
    before_looking = scene.state()
    scene.run(GITLAB["drift"])
    scene.run(GITLAB["preview"])
    assert scene.state() == before_looking, "who only looks needs no right to write the state"
    assert "evil.example.net" in issues[0]["description"]
    assert (issues[0]["title"], issues[0]["state"]) == ("Twilio: drift twilio-environments/staging", "opened")
    _point(scene, number, WEBHOOK)
    scene.run(GITLAB["drift"])
    assert (len(issues), issues[0]["state"]) == (1, "closed")
    assert "0 of 5 drifted" in issues[0]["description"]

    before = scene.documents.read("staging/twilio")
    scene.let_keys_come_of_age()
    scene.stack.edit(_change)
    said = scene.run(GITHUB["rotate"])
    after = scene.documents.read("staging/twilio")
    assert {name for name in after if after[name] != before.get(name)} == {"api_key", "api_secret"}
    assert f"keys.api: {after['api_key']} of staging/twilio works" in said
    assert "keys.web is left to pulumi up: its friendly_name changed" in said
    assert scene.stack.rows("incoming_phone_numbers")[0]["friendly_name"] == number["friendly_name"]

    scene.run(GITHUB["preview"])
    (comment,) = scene.host.posts["github", "comments"]
    assert "## Preview of <code>staging</code>: 2 to update\n" in comment["body"]
    assert scene.run(GITLAB["sweep"]).endswith("Nothing is due.\n")
    scene.expect_no_leak()

    every = [*of_github(), *of_gitlab()]
    assert {job.step for job, _ in scene.ran} == {job.step for job in every}
    assert {line for _, line in scene.ran} == {line for job in every for line in job.lines}, "all that there is was run"


def _change(config):
    """Somebody merges a change of a key and of a number, which nobody has approved yet."""
    config["keys"]["web"]["friendly_name"] = "Website"
    config["numbers"]["support"]["friendly_name"] = "Support"


def _point(scene, number, url):
    """Somebody changes where a number's calls go."""
    address = f"/{number['account_sid']}/IncomingPhoneNumbers/{number['sid']}"
    wire = scene.stack.account()
    assert wire.post(wire.accounts(address), VoiceUrl=url).ok
