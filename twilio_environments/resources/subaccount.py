from typing import ClassVar

from twilio_environments.kinds import subaccount
from twilio_environments.resources.adapter import Adapter, TwilioResource


class SubaccountProvider(Adapter):
    kind: ClassVar = subaccount.KIND


class Subaccount(TwilioResource, module="twilio", name="Subaccount"):
    """A subaccount; `id` is its SID."""

    adapter = SubaccountProvider
