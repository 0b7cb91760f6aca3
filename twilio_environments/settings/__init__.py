"""What a stack file may say: the keys below `twilio:`.

`model.py` is what may be said and what follows from it, the checks between its parts stand beside it, and `load.py`
makes settings out of a configuration.
"""

from twilio_environments.settings.general import Allow
from twilio_environments.settings.load import SettingsProblem, load, refuse
from twilio_environments.settings.model import NAMESPACE, Settings, mark_of

__all__ = ["NAMESPACE", "Allow", "Settings", "SettingsProblem", "load", "mark_of", "refuse"]
