"""What of an environment is this team's own: it composes the library's components, and is theirs to edit."""

from twilio_environments.components.environment import Environment

__all__ = ["Environment"]
