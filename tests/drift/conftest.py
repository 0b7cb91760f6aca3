from collections.abc import Iterator
from textwrap import indent

import pytest
import yaml

from tests.drift.estate import Estate, Quiet
from tests.kinds.cases import CASES
from tests.kinds.cases.studio_flow import flow
from tests.kinds.conftest import _emulator, aws, aws_settings, surroundings, twilio  # noqa: F401 - the same as there
from twilio_environments.emulator import Emulator

STACK_FILE = """\
# Acme's staging.
config:
  twilio:subaccount:
    friendly_name: Acme
  twilio:secrets:
    aws: {{region: eu-west-1}}
    auth_token: auth_token # checked by the gateway
    document: {path}
  twilio:values:
    greeting: Thank you for calling.
  twilio:keys:
    api: {{}} # standard
    reporting:
      type: restricted
      policy:
        - /twilio/messaging/services/list # both
        - /twilio/messaging/services/read
  twilio:numbers:
    support:
      phone_number: "+14155550100"
      friendly_name: Support hotline
      voice_flow: ivr # the menu
      sms_flow: autoreply
    office: # in the old building
      phone_number: "+14155550101"
      voice_url: https://hooks.acme.example.com/voice
      voice_fallback_url: https://fallback.acme.example.com/voice
    alerts-1: {{phone_number: "+14155550102"}}
  twilio:messaging_services:
    alerts:
      inbound_request_url: https://hooks.acme.example.com/messages
      usecase: notifications
      senders:
        numbers: [alerts-1]
        alpha_senders: [ACME]
    marketing:
      use_inbound_webhook_on_number: true
  twilio:verify_services:
    login:
      friendly_name: Acme Login
      rate_limits:
        end-user-ip:
          description: one address may not ask all day
          buckets:
            - {{max: 4, interval: 60}}
      messaging_configurations:
        US: alerts
      webhooks:
        factors:
          webhook_url: https://hooks.acme.example.com/verify
  twilio:studio_flows:
    ivr:
      file: studio/ivr.json
    autoreply:
      file: studio/autoreply.json
"""


@pytest.fixture
def quiet(twilio, aws) -> Quiet:  # noqa: F811 - pytest's way of naming fixtures
    return Quiet(twilio, aws)


@pytest.fixture(scope="session")
def _estate(aws_settings, surroundings, tmp_path_factory) -> Iterator[Estate]:  # noqa: F811 - as above
    """One flow names a service, the other one names the first."""
    root = tmp_path_factory.mktemp("project")
    (root / "studio").mkdir()
    (root / "studio/ivr.json").write_text(flow("${values.greeting}", description="${messaging_services.alerts.sid}"))
    (root / "studio/autoreply.json").write_text(flow("Goodbye", description="${studio_flows.ivr.sid}"))
    with Emulator() as emulator:
        with pytest.MonkeyPatch.context() as patch:
            surroundings.put_up(patch)
            world = Quiet(emulator, aws_settings)
            others = {f"twilio:{case.name}": dict(case.estate) for case in CASES if case.estate}
            text = STACK_FILE.format(path=world.path) + (indent(yaml.safe_dump(others), "  ") if others else "")
            estate = Estate(world, text, root)
        yield estate


@pytest.fixture
def estate(_estate, aws) -> Iterator[Estate]:  # noqa: F811 - as above
    """The environment of the stack file above, as new."""
    recorded = {place: (dict(one.inputs), dict(one.recorded)) for place, one in _estate.objects.items()}
    yield _estate
    _estate.restore()
    for place, one in _estate.objects.items():
        one.inputs, one.recorded = recorded[place]
