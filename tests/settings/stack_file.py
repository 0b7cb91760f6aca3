"""Stack files as text, handed over as Pulumi does it; `test_pulumi.py` holds this against the real one."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import yaml

ACCOUNT = "twilio:subaccount: {friendly_name: Acme}\n"


class _Loader(yaml.SafeLoader):
    """YAML as Go's yaml.v3 reads it into untyped values: 1.2, with the old octals and dates."""


_Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+0123456789.")),
    ("timestamp", r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d:\d\dZ?)?", list("0123456789")),
    ("merge", "<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)


def _whole(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = loader.construct_scalar(node).replace("_", "")
    digits = text.lstrip("+-")
    old_octal = re.fullmatch(r"0[0-7]+", digits)
    try:
        value = int(digits, 8 if old_octal else 0)
    except ValueError:  # 089: no octal, so a number with a zero before it
        value = int(float(digits))
    value = -value if text.startswith("-") else value
    return value if abs(value) < 2**63 else float(value)


def _fraction(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    value = float(loader.construct_scalar(node))
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


_Loader.add_constructor("tag:yaml.org,2002:int", _whole)
_Loader.add_constructor("tag:yaml.org,2002:float", _fraction)


def as_pulumi(text: str) -> dict[str, str]:
    """Return the configuration that Pulumi hands to the program for the lines below `config:` of a stack file."""
    settings = yaml.load(text, Loader=_Loader) or {}
    return {key: _handed_over(value) for key, value in settings.items()}


def _handed_over(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(_json(value))
    value = _json(value)
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {_key(key): _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
        return moment.strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    return value


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
