"""What Twilio serves, about one module per collection. Importing this package registers all their routes."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
