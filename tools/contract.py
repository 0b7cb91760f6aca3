"""Extract what Twilio's OpenAPI documents (github.com/twilio/twilio-oai) state into tests/contract.

    make contract FROM=<folder of twilio_api_v2010.json and the others> RELEASE=<theirs, such as 2.6.7>

A file holds operations (parameters, and the shape of each answer by its status) and the schemas that they refer to, in
the words of JSON Schema as OpenAPI 3.0 has them. It has none of Twilio's sentences and examples, but it does
have what only those say:

- `prose`: values, lengths, range and default of a parameter that are in its description but not in its schema;
- `shown`: what examples of an answer have but its schema does not allow: another JSON type, or "" where the schema
  requires a pattern or one of several values. The examples are right then (a SID that is too short is a slip).

`--check` writes nothing and fails if a file is out of date.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any

import facts
from facts import Facts

METHODS = ("get", "post", "put", "patch", "delete")
DOCUMENTS: Mapping[str, str] = {
    "accounts_v1": "",
    "api_v2010": (
        r"/2010-04-01/Accounts(\.json|/{Sid}\.json|/{AccountSid}/(Addresses|Applications|AvailablePhoneNumbers|Balance|"
        r"IncomingPhoneNumbers(?!/{ResourceSid})|Keys|Messages|SIP/(CredentialLists|IpAccessControlLists)|"
        r"SMS/ShortCodes|SigningKeys|Usage/Triggers|Usage/Records(/(Daily|LastMonth|ThisMonth))?\.json))"
    ),
    "content_v1": "",
    "events_v1": "",
    "iam_v1": "",
    "messaging_v1": "",
    "messaging_v2": "",
    "monitor_v1": "",
    "numbers_v2": r"/v2/RegulatoryCompliance/",
    "pricing_v1": "",
    "pricing_v2": "",
    "routes_v2": "",
    "serverless_v1": r"(?!.*/(Versions|Logs))",
    "studio_v2": "",
    "taskrouter_v1": r"(?!.*(Statistics|/Tasks\b|/Workers\b|/Events\b))",
    "trunking_v1": "",
    "verify_v2": r"/v2/(Templates|Services(?!.*/(AccessTokens|Entities|Passkeys)))",
    "voice_v1": r"/v1/(ByocTrunks|DialingPermissions|Settings)",
}
"""The documents that facts come from, and how the wanted paths begin: what is served, and what may come next."""

_SCHEMAS = "#/components/schemas/"
_LIMITS = ("minLength", "maxLength")
_STATED = ("default", "enum", "format", "maxItems", "maximum", "minItems", "minimum", "nullable", "pattern", "type")
_BELOW = ("additionalProperties", "allOf", "anyOf", "items", "oneOf")
_SID = re.compile(r"\^\w\w\[0-9a-fA-F\]\{32\}\$")
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
_VALUES = re.compile(r"(?:[Pp]ossible (?:values|event types)|have the values)(?: are)?:? ((?:`[^`]+`(?:, | or )?)+)")
_RANGE = re.compile(r"between `?([\d,]+)`? and `?([\d,]+)`?( characters)?|from `([\d,]+)` to `([\d,]+)`()")
_LONGEST = re.compile(r"up to ([\d,]+) characters|([\d,]+) character maximum|Max length: ([\d,]+) characters")
_SHORTEST = re.compile(r"([\d,]+) character minimum|Min length: ([\d,]+) characters")
_DEFAULT = re.compile(r"[Dd]efault(?:s to| value is| is|:) (?:`([^`{}]+)`|(\d+)\b)")
_WORDS = {"true": True, "false": False}
_WIDTH = 120


def extracted(document: Facts, wanted: str = "") -> Facts:
    """Return the facts of an OpenAPI document: the paths that match `wanted`, and the schemas they refer to."""
    whole = deepcopy(document)
    operations: Facts = {
        path: {method: _operation(item[method], whole) for method in METHODS if method in item}
        for path, item in whole["paths"].items()
        if re.match(wanted, path)
    }
    operations = {path: found for path, found in operations.items() if found}
    schemas: Facts = {}
    _collect(operations, whole["components"].get("schemas", {}), schemas)
    _name_paging(operations, schemas)
    return {"operations": operations, "schemas": schemas}


def _operation(operation: Facts, whole: Facts) -> Facts:
    found: Facts = {"answers": {}}
    query = [one for one in operation.get("parameters", ()) if one.get("in") == "query"]
    if query:
        found["query"] = {
            one["name"]: _parameter(one["schema"], whole, bool(one.get("required")), one.get("description", ""))
            for one in query
        }
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(body["schema"], whole)
        found["json" if kind == "application/json" else "form"] = {
            name: _parameter(one, whole, name in schema.get("required", ()), one.get("description", ""))
            for name, one in schema.get("properties", {}).items()
        }
    for status, answer in operation["responses"].items():
        body = answer.get("content", {}).get("application/json", {})
        for example in body.get("examples", {}).values():
            _compare(_resolved(example, whole)["value"], body["schema"], whole)
        found["answers"][status] = _shape(body["schema"]) if body else None
    return found


def _resolved(node: Facts, whole: Facts) -> Facts:
    while "$ref" in node:
        steps = node["$ref"].removeprefix("#/").split("/")
        node = reduce(lambda found, step: found[step], steps, whole)
    return node


def _shape(node: Any) -> Any:
    """Return a schema without its prose."""
    if not isinstance(node, dict):
        return [_shape(one) for one in node] if isinstance(node, list) else node
    if "$ref" in node:
        nullable = {"nullable": True} if node.get("nullable") else {}
        return {"$ref": node["$ref"].removeprefix(_SCHEMAS)} | nullable
    kept = {key: node[key] for key in _STATED if key in node}
    if not _SID.fullmatch(node.get("pattern", "")):  # a SID pattern fixes the length
        kept |= {key: node[key] for key in _LIMITS if key in node}
    if "shown" in node:
        kept["shown"] = sorted(node["shown"])
    if "properties" in node:
        kept["properties"] = {name: _shape(one) for name, one in node["properties"].items()}
    return kept | {key: _shape(node[key]) for key in _BELOW if key in node}


def _parameter(schema: Facts, whole: Facts, required: bool, description: str) -> Facts:
    stated = _resolved(schema, whole)
    prose = {key: value for key, value in _prose(description, stated.get("type")) if key not in stated}
    found: Facts = _shape(schema)
    return found | ({"required": True} if required else {}) | ({"prose": prose} if prose else {})


def _prose(description: str, kind: str | None) -> Iterator[tuple[str, Any]]:
    """Yield what a description says about a parameter, under the names of JSON Schema."""
    if listed := _VALUES.search(description):
        yield "enum", re.split(r",? or |, ", listed[1].replace("`", "").strip(", "))
    if ranged := _RANGE.search(description):
        low, high = (_number(one) for one in ranged.group(1, 2, 4, 5) if one)
        yield from zip(_LIMITS if ranged[3] else ("minimum", "maximum"), (low, high), strict=True)
    for name, pattern in (("maxLength", _LONGEST), ("minLength", _SHORTEST)):
        if limit := pattern.search(description):
            yield name, _number(next(filter(None, limit.groups())))
    if default := _DEFAULT.search(description):
        value, number = default.groups()
        if kind == "integer":
            yield "default", _number(value or number)
        elif value:
            yield "default", _WORDS[value] if kind == "boolean" else value


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _compare(value: Any, schema: Facts, whole: Facts) -> None:
    """Note in a schema, and in those below it, what an example has but they do not allow."""
    schema = _resolved(schema, whole)
    kind, stated = _TYPES.get(type(value), "null"), schema.get("type")
    if value is None and (not stated or schema.get("nullable")):
        return
    if stated and kind != stated and (kind, stated) != ("integer", "number"):
        schema.setdefault("shown", set()).add(kind)
    elif value == "" and ("pattern" in schema or "enum" in schema):
        schema.setdefault("shown", set()).add("")
    elif isinstance(value, list):
        for one in value:
            _compare(one, schema.get("items", {}), whole)
    elif isinstance(value, dict):
        properties = schema.get("properties", {})
        for name, one in value.items() if properties else ():
            if name not in properties:
                raise SystemExit(f"An example has {name!r}, which its schema lacks: state in this tool which is right.")
            _compare(one, properties[name], whole)


def _collect(node: Any, all_schemas: Facts, found: Facts) -> None:
    """Collect in `found` the schemas that a node refers to, directly or not."""
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _collect(one, all_schemas, found)
    name = node.get("$ref") if isinstance(node, dict) else None
    if isinstance(name, str) and name not in found:
        found[name] = _shape(all_schemas[name])
        _collect(found[name], all_schemas, found)


def _name_paging(operations: Facts, schemas: Facts) -> None:
    """Move the paging properties that all pages of a product share into one schema."""
    answers = [
        one for item in operations.values() for operation in item.values() for one in operation["answers"].values()
    ]
    pages = [one["properties"] for one in answers if one and "meta" in one.get("properties", {})]
    if pages and all(one["meta"] == pages[0]["meta"] for one in pages):
        schemas["meta"] = pages[0]["meta"]
        for one in pages:
            one["meta"] = {"$ref": "meta"}


def text(node: Any, indent: int = 0, taken: int = 0) -> str:
    """Return JSON in a stable order; what fits into 120 characters stays on one line."""
    line = json.dumps(node, sort_keys=True, ensure_ascii=False)
    if len(line) + indent + taken < _WIDTH or not node or not isinstance(node, dict | list):
        return line
    names = [f"{json.dumps(key)}: " for key in sorted(node)] if isinstance(node, dict) else [""] * len(node)
    values = [node[key] for key in sorted(node)] if isinstance(node, dict) else node
    inner = "\n" + " " * (indent + 1)
    items = [name + text(one, indent + 1, len(name)) for name, one in zip(names, values, strict=True)]
    opening, closing = "{}" if isinstance(node, dict) else "[]"
    return f"{opening}{inner}{f',{inner}'.join(items)}\n{' ' * indent}{closing}"


def made(source: Path, release: str) -> Iterator[tuple[Path, str]]:
    """Yield each file of facts and its text, from a folder of documents; a `release` of "" keeps the recorded one."""
    for name, wanted in DOCUMENTS.items():
        document = json.loads((source / f"twilio_{name}.json").read_text(encoding="utf-8"))
        version = {"release": release or facts.of(name)["document"]["release"], "version": document["info"]["version"]}
        yield facts.FOLDER / f"{name}.json", text({"document": version} | extracted(document, wanted)) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the folder of Twilio's OpenAPI documents")
    parser.add_argument("--release", default="", help="their release; by default the one last read")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if a file is out of date")
    options = parser.parse_args(arguments)
    stale = {
        file: wanted
        for file, wanted in made(options.source, options.release)
        if not file.exists() or file.read_text(encoding="utf-8") != wanted
    }
    for file, wanted in stale.items():
        print(file)
        if not options.check:
            file.write_text(wanted, encoding="utf-8")
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
