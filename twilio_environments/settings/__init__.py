"""What a stack file may say: the keys below `twilio:`.

`model.py` is what may be said, the checks between its parts stand beside it, and `load.py` makes the one of the other.
"""

from twilio_environments.settings.model import (
    NAMESPACE,
    SECTIONS,
    Allow,
    Reason,
    Settings,
    SettingsProblem,
    load,
    mark_of,
    refuse,
    stack_file_schema,
)

__all__ = [
    "NAMESPACE",
    "SECTIONS",
    "Allow",
    "Reason",
    "Settings",
    "SettingsProblem",
    "load",
    "mark_of",
    "refuse",
    "stack_file_schema",
]
