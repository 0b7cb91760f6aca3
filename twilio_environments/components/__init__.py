"""Pulumi components: an environment, composed of access, numbers, messaging, verification and flows.

What they do is wiring: settings in, resources out, references by logical name in between. Nothing here calls Twilio.
"""

from twilio_environments.components.environment import Environment

__all__ = ["Environment"]
