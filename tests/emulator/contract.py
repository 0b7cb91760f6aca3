"""Holds the emulator's answers against what Twilio's OpenAPI documents state, as it is kept in tests/contract.

`tools/contract.py` says what these facts are, and renews them. Where the examples of an answer contradict its schema,
they are right: prices and coordinates are numbers in the schemas, and texts here.
"""

import re
from email.utils import parsedate_to_datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

import tests.docs.pages  # noqa: F401 - puts tools/ on the path
from twilio_environments.emulator import Emulator

import facts  # isort: skip

PARAMETER = re.compile(r"\{\w+\}")

# Where the documents contradict themselves or Twilio's own text, and what is followed instead.
EXEMPT = {
    "monitor.v1.event": {"actor_sid": "pattern says US, its text and sample say account SIDs of API calls too"},
}
# Fields that an answer may leave out although the document names them.
OPTIONAL = {
    "auth_token",  # not shown to Main keys
    # paging, which the samples of AvailablePhoneNumbers do not have
    "first_page_uri", "end", "previous_page_uri", "page_size", "start", "next_page_uri", "page",
}  # fmt: skip
NUMBER = r"^-?\d+(\.\d+)?$"  # one that the schema has as a number and the examples as a text

formats = FormatChecker(formats=())


@formats.checks("date-time-rfc-2822", raises=(ValueError, TypeError))
def _rfc2822(value: object) -> bool:
    return not isinstance(value, str) or parsedate_to_datetime(value) is not None


@formats.checks("date-time", raises=ValueError)
def _iso(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None


def _strict(node: Any, name: str = "") -> Any:
    """JSON Schema from the facts: `nullable` and `shown` spelled out, no unknown fields, and no missing ones."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _strict(value) for key, value in node.items() if key not in ("properties", "nullable", "shown")}
    if "$ref" in node:
        schema["$ref"] = f"#/$defs/{node['$ref']}"
    if "properties" in node:
        exempt = EXEMPT.get(name, {})
        schema["properties"] = {
            key: {} if key in exempt else _strict(value) for key, value in node["properties"].items()
        }
        schema.setdefault("additionalProperties", False)
        schema["required"] = [key for key in node["properties"] if key not in OPTIONAL]
    shown = set(node.get("shown", ()))
    if types := shown - {"null", ""}:
        schema = {"type": sorted(types), **({"pattern": NUMBER} if node["type"] == "number" else {})}
    instead = [{"const": ""}] * ("" in shown) + [{"type": "null"}] * ("null" in shown or node.get("nullable", False))
    return {"anyOf": [schema, *instead]} if instead else schema


class Contract:
    """The facts, each file loaded once, and for each operation and status the check of its body."""

    def __init__(self) -> None:
        self.checks: dict[tuple[str, str, str], dict[str, Draft202012Validator | None]] = {}
        for name in facts.documents():
            self._load(name.partition("_")[0], facts.of(name))

    def _load(self, product: str, stated: facts.Facts) -> None:
        schemas = {name: _strict(schema, name) for name, schema in stated["schemas"].items()}
        for path, operations in stated["operations"].items():
            for method, operation in operations.items():
                self.checks[method.upper(), product, PARAMETER.sub("{}", path)] = {
                    status: schema
                    and Draft202012Validator({**_strict(schema), "$defs": schemas}, format_checker=formats)
                    for status, schema in operation["answers"].items()
                }

    def problems(self, method: str, product: str, pattern: str, status: int, body: dict[str, Any] | None) -> list[str]:
        """What is wrong with an answer, in words; nothing if it is as the documents say."""
        where = f"{method} {product} {pattern} {status}"
        bodies = self.checks.get((method, product, PARAMETER.sub("{}", pattern)))
        if bodies is None:
            return [f"{where}: no such operation"]
        if status >= 400 and str(status) not in bodies:
            return _error_problems(where, status, body)
        if str(status) not in bodies:
            return [f"{where}: not among the documented {', '.join(bodies)}"]
        check = bodies[str(status)]
        if check is None:
            return [] if body is None else [f"{where}: a body where none is documented"]
        return [f"{where}: {error.json_path} {_brief(error.message)}" for error in _leaves(check.iter_errors(body))]

    def watch(self, twilio: Emulator) -> list[str]:
        """Check every answer from now on; violations appear in the list that is given back."""
        violations: list[str] = []

        def on_answer(method: str, product: str, pattern: str, status: int, body: dict[str, Any] | None) -> None:
            violations.extend(self.problems(method, product, pattern, status, body))

        twilio.on_answer = on_answer
        return violations


def _error_problems(where: str, status: int, body: dict[str, Any] | None) -> list[str]:
    """The body of an error is documented in two places only; everywhere else it is held against that shape."""
    kinds = {"code": int, "message": str, "more_info": str, "status": int}
    if body is None or any(not isinstance(body.get(name), kind) for name, kind in kinds.items()):
        return [f"{where}: not an error body: {body}"]
    unknown = set(body) - set(kinds) - {"details", "detail"}
    return [f"{where}: status {body['status']} or fields {unknown}"] if body["status"] != status or unknown else []


def _leaves(errors: Any) -> list[Any]:
    """The errors inside `anyOf [schema, null]`, instead of "is not valid under any of the given schemas"."""
    leaves = []
    for error in errors:
        inner = [child for child in error.context or () if child.validator != "type" or child.validator_value != "null"]
        leaves += _leaves(inner) if inner else [error]
    return leaves


def _brief(message: str) -> str:
    return message if len(message) < 200 else f"...{message[-200:]}"
