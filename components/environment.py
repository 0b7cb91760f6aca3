"""The environment of this project: all that its stack file declares, and what a team adds to it."""

from __future__ import annotations

from twilio_environments import components


class Environment(components.Environment):
    """The library's environment; what every stack of this project has beside its stack file is declared here."""
