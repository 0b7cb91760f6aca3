"""How the first version of a kind spells a parameter of Twilio's: in its model, its emulator and its tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from facts import Parameter

_METHODS = {"GET", "POST"}
_TYPES = {"boolean": "bool", "integer": "int", "number": "float", "array": "list[str]"}
# The readers whose default is empty, and another value for each.
_SAMPLES = {"url": "https://hooks.acme.example.com/", "sid": f"{{prefix}}{'0' * 32}"}
_UNKNOWN = "DECIDE: Twilio's default, and where it is published"
_LATER = "DECIDE: how it gets there: Twilio takes it when the object is changed, and not when it is made"


@dataclass(frozen=True)
class Field:
    """A parameter of the POST that creates an object, of the one that updates it, or of both."""

    parameter: Parameter
    created: bool
    updated: bool
    answered: bool

    @property
    def name(self) -> str:
        """Its name in a declaration."""
        return self.parameter.field

    @property
    def required(self) -> bool:
        """Whether creation requires it."""
        return bool(self.parameter.schema.get("required"))

    @cached_property
    def kind(self) -> str:
        """The name of the emulator's reader for it."""
        schema, values = self.parameter.schema, self.parameter.values()
        if values:
            return "method" if set(values) == _METHODS else "one_of"
        if self.prefix:
            return "sid"
        if schema.get("format") == "uri":
            return "url"
        return {"boolean": "flag", "integer": "whole"}.get(schema.get("type", ""), "text")

    @property
    def prefix(self) -> str:
        """The prefix of the SIDs it takes, "" if it takes none."""
        found = re.match(r"\^(\w\w)\[", self.parameter.schema.get("pattern", ""))
        return found[1] if found else ""

    @cached_property
    def default(self) -> Any:
        """What the document says, else a guess."""
        if (said := self.parameter.stated("default")) is not None:
            return said
        low = self.parameter.stated("minimum") or 0
        first = next(iter(self.parameter.values()), "")
        guesses = {"flag": False, "whole": low, "method": "POST", "one_of": first}
        return guesses.get(self.kind, [] if self.parameter.schema.get("type") == "array" else "")

    @property
    def is_certain(self) -> bool:
        """Whether it is known what Twilio sets when nothing is sent."""
        return self.required or self.kind in _SAMPLES or self.parameter.stated("default") is not None

    @cached_property
    def other(self) -> Any:
        """A value other than the default."""
        if self.kind in _SAMPLES:
            return _SAMPLES[self.kind].format(prefix=self.prefix)
        if self.kind == "whole":
            return (self.parameter.stated("maximum") or self.default + 2) - 1
        if values := self.parameter.values():
            return next(value for value in values if value != self.default)
        if self.kind == "flag":
            return not self.default
        return ["one"] if self.default == [] else "other"

    def declared(self) -> str:
        """Return its lines in the model."""
        if self.name == "friendly_name":
            return f'    friendly_name: {self._annotation()} = ""\n    """Its name; the logical name where left out."""'
        doubt = "" if self.is_certain else f"    # {_UNKNOWN}\n"
        doubt += "" if self.created else f"    # {_LATER}\n"
        default = "" if self.required else f" = {self.default!r}"
        return f'{doubt}    {self.name}: {self._annotation()}{default}\n    """DECIDE: what it is."""'

    def _annotation(self) -> str:
        shape = self._type()
        kept = {"compared=False": not self.answered, "replaces=True": not self.updated}
        said = ", ".join(name for name, holds in kept.items() if holds)
        note = "FIXED" if said == "replaces=True" else f"Twilio({said})"
        return f"Annotated[{shape}, {note}]" if said else shape

    def _type(self) -> str:
        longest = self.parameter.length()
        if self.name == "friendly_name" and longest in (None, 64):
            return "FriendlyName"
        written = {
            "method": "Method",
            "one_of": f"Literal[{', '.join(map(repr, self.parameter.values()))}]",
            "sid": f"Annotated[str, sid_of({self.prefix!r})]",
            "url": "Url",
        }
        shape = _TYPES.get(self.parameter.schema.get("type", ""), "str")
        limits = {"ge": self.parameter.stated("minimum"), "le": self.parameter.stated("maximum")}
        made = "Field"
        if shape == "str":
            limits, made = (
                {"min_length": self.parameter.stated("minLength"), "max_length": longest},
                "StringConstraints",
            )
        said = ", ".join(f"{key}={value}" for key, value in limits.items() if value is not None)
        return written.get(self.kind) or (f"Annotated[{shape}, {made}({said})]" if said else shape)

    def emulated(self) -> str:
        """Return its field in the emulator's collection."""
        low, high = self.parameter.stated("minimum") or 0, self.parameter.stated("maximum") or 10**9 - 1
        reads = {
            "method": "_METHOD",
            "one_of": f"one_of({tuple(self.parameter.values())!r}, _INVALID, empty={self.default!r})",
            "sid": f"sid({self.prefix!r}, _INVALID)",
            "url": "_URL",
            "flag": f"flag(default={self.default!r})",
            "whole": f"whole({low}, {high}, {self.default!r}, _INVALID)",
        }
        read = reads.get(self.kind, f"text({self.parameter.length() or 255}, _INVALID)")
        needed = ", required=missing" if self.required else ""
        return f"Field({self.parameter.name!r}, {read}{needed}{'' if self.updated else ', write_once=True'})"

    def sample(self) -> str:
        """Return a value other than the default, as Python."""
        return {"url": "URL", "sid": f"sid({self.prefix!r})"}.get(self.kind, repr(self.other))

    def sent(self) -> str:
        """Return the values that people may have sent, as a strategy."""
        if self.kind in ("flag", "method"):
            return "TRUTH" if self.kind == "flag" else "METHODS"
        text = self.sample() if self.kind in _SAMPLES else repr(str(self.other))
        return f"st.sampled_from({self.parameter.values()!r})" if self.kind == "one_of" else f"st.just({text})"
