"""The restricted key of docs/pipelines.md: enough to preview and review a stack in its own account, and no more."""

import json
import re

import pytest

from tests.servers import ROOT
from tests.sweep.programs import adapter_of
from twilio_environments.lifecycle.objects import ACCOUNT
from twilio_environments.resources import adapter
from twilio_environments.resources.host import HostError
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session
from twilio_environments.rest.sessions import use

from .cases import CASES
from .world import World, through_pulumi

PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
POLICY = sorted(
    f"/twilio/{permission}"
    for line in re.findall(r"^    /twilio/(.*)$", PAGE, re.MULTILINE)
    for permission in [line.strip()]
)
LOOKED_AT = [case for case in CASES if case.name in {"numbers", "messaging_services", "studio_flows", "senders"}]


@pytest.fixture
def looking(world: World) -> Session:
    """A process with the key's credentials."""
    made = world.wire.post(
        "https://iam.twilio.com/v1/Keys",
        AccountSid=world.account_sid,
        FriendlyName="looking",
        KeyType="restricted",
        Policy=json.dumps({"allow": POLICY}),
    ).json()
    credentials = Credentials(world.account_sid, made["sid"], made["secret"])
    return Session(credentials, Endpoint(url=world.twilio.endpoint))


def test_the_key_may_change_nothing():
    assert len(POLICY) > 10
    changing = [one for one in POLICY if not one.endswith(("/read", "/list"))]
    assert changing == ["/twilio/studio/flows.validate/update"], "which stores nothing"


@pytest.mark.parametrize("case", LOOKED_AT, ids=lambda case: case.name)
def test_it_is_enough_to_preview_and_to_review(world, looking, monkeypatch, case):
    provider = adapter_of(case.kind)

    def run(session):
        monkeypatch.setattr(adapter, "_guarded", adapter._Guarded())
        use(session)

    own = Credentials(world.account_sid, world.account_sid, str(world.wire.auth[1]))
    for inputs in case.full:
        program = through_pulumi(inputs)
        run(looking)
        assert provider.check({}, program).failures == []
        run(Session(own, Endpoint(url=world.twilio.endpoint)))
        checked = through_pulumi(
            {key: value for key, value in provider.check({}, program).inputs.items() if value is not None}
        )
        made = provider.create(checked)
        outputs = through_pulumi(made.outs)
        run(looking)
        found = provider.read(made.id, outputs)
        assert found.id
        assert not provider.diff(made.id, through_pulumi(found.outs), checked).changes
        if case.name != "senders":
            with pytest.raises(HostError, match="70051"):
                provider.delete(made.id, outputs)
        run(Session(own, Endpoint(url=world.twilio.endpoint)))
        provider.delete(made.id, outputs)
    use(None)
    assert ACCOUNT not in outputs
