"""What Twilio serves, a module for each collection or so. Importing this package finds them all, and their routes."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
