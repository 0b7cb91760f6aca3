"""What a stack file may say: the keys below `twilio:`.

`model.py` defines what may be said and what follows from it, the checks between its parts are next to it, and
`load.py` turns a configuration into settings.
"""

from twilio_environments.settings.general import Allow
from twilio_environments.settings.load import SettingsProblem, load, refuse
from twilio_environments.settings.model import NAMESPACE, Settings, mark_of

__all__ = ["NAMESPACE", "Allow", "Settings", "SettingsProblem", "load", "mark_of", "refuse"]
