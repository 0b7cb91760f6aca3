"""The name that this project ships with, under which two copies must never reach the same Twilio.

Objects that a stack created carry `[project/stack]` in their name, and are recognized by it. Two copies that kept the
shipped name would take each other's accounts, numbers and documents for their own.
"""

from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import Endpoint

NAME = "twilio-environments"
"""The name in Pulumi.yaml."""


def refuse(project: str, endpoint: Endpoint) -> None:
    """Raise Problem for a project that still has the shipped name, unless it only uses an emulator on this machine."""
    if project == NAME and not endpoint.loopback:
        raise Problem(
            f"This project still has its shipped name, {NAME}: another copy would take over its objects.",
            "Choose another name in Pulumi.yaml, such as name: acme-twilio, before the first stack is created.",
        )
