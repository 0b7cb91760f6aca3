"""The name that a copy of this project comes with, under which no two of them may meet the same Twilio.

What a stack made bears `[project/stack]` in its name, and by that it is known again. Two copies that kept the shipped
name would take each other's accounts, numbers and documents for their own.
"""

from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import Endpoint

NAME = "twilio-environments"
"""What Pulumi.yaml says."""


def refuse(project: str, endpoint: Endpoint) -> None:
    """Raise Problem for a project that still has the shipped name, unless it meets an emulator of this machine only."""
    if project == NAME and not endpoint.loopback:
        raise Problem(
            f"This project still has its shipped name, {NAME}: another copy would take over its objects.",
            "Choose another name in Pulumi.yaml, such as name: acme-twilio, before the first stack is created.",
        )
