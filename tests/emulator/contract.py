"""Holds the emulator's answers against Twilio's own OpenAPI documents.

The documents are not part of the project (2 MB): the folder is TWILIO_OPENAPI_DIR, or `shared/twilio-openapi` beside
the checkout. Without it nothing is checked, and the test run says so. Pricing is not in that folder: what is used of it
is written down in `twilio_pricing.json` here, after Twilio's OpenAPI documents of Pricing v1 and v2; there prices are
numbers in the schema and texts in the examples, here texts.
"""

import json
import os
import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from twilio_environments.emulator import Emulator

FOLDER = Path(os.environ.get("TWILIO_OPENAPI_DIR") or Path(__file__).parents[3] / "shared" / "twilio-openapi")
OWN = Path(__file__).parent / "twilio_pricing.json"
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

formats = FormatChecker(formats=())


@formats.checks("date-time-rfc-2822", raises=(ValueError, TypeError))
def _rfc2822(value: object) -> bool:
    return not isinstance(value, str) or parsedate_to_datetime(value) is not None


@formats.checks("date-time", raises=ValueError)
def _iso(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None


def _strict(node: Any, name: str = "") -> Any:
    """JSON Schema from an OpenAPI 3.0 schema: `nullable` spelled out, no unknown fields, and no missing ones."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _strict(value) for key, value in node.items() if key not in ("properties", "nullable", "example")}
    if isinstance(node.get("properties"), dict):
        exempt = EXEMPT.get(name, {})
        schema["properties"] = {
            key: {} if key in exempt else _strict(value) for key, value in node["properties"].items()
        }
        schema.setdefault("additionalProperties", False)
        schema["required"] = [key for key in node["properties"] if key not in OPTIONAL]
    return {"anyOf": [schema, {"type": "null"}]} if node.get("nullable") else schema


class Contract:
    """The documents, each loaded once, and for each operation and status the check of its body."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.checks: dict[tuple[str, str, str], dict[str, Draft202012Validator | None]] = {}
        documents = sorted(folder.glob("twilio_*.json"))
        for file in [*documents, *([OWN] if documents else [])]:
            self._load(file.stem.split("_")[1], json.loads(file.read_text()))
        if not self.checks:
            print(f"\nTwilio's OpenAPI documents are not in {folder}: answers are not checked (set TWILIO_OPENAPI_DIR)")

    def _load(self, product: str, document: dict[str, Any]) -> None:
        schemas = {name: _strict(schema, name) for name, schema in document["components"]["schemas"].items()}
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if method not in ("get", "post", "delete"):
                    continue
                bodies = {}
                for status, response in operation["responses"].items():
                    schema = response.get("content", {}).get("application/json", {}).get("schema")
                    bodies[status] = schema and Draft202012Validator(
                        {**_strict(schema), "components": {"schemas": schemas}}, format_checker=formats
                    )
                self.checks[method.upper(), product, PARAMETER.sub("{}", path)] = bodies

    def problems(self, method: str, product: str, pattern: str, status: int, body: dict[str, Any] | None) -> list[str]:
        """What is wrong with an answer, in words; nothing if it is as the documents say."""
        where = f"{method} {product} {pattern} {status}"
        bodies = self.checks.get((method, product, PARAMETER.sub("{}", pattern)))
        if not self.checks:
            return []
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
