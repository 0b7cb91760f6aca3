"""What `pulumi … --diff` says, as data."""

import re

_RESOURCE = re.compile(r"^(?P<indent> *)[-+~ ]+ ?\S+: \((?P<operation>[a-z-]+)\)$")
_NAME = re.compile(r"^ *\[urn=.*::(?P<name>\S+)\]$")
_FIELD = re.compile(r"^(?P<indent> *)[-+~] (?P<field>\w+) *: ")

Changes = dict[str, str | set[str]]


def changes(diff: str) -> Changes:
    """Resource name → the names of its changed fields, or "delete"; resources that stay the same are left out."""
    found: Changes = {}
    indent, operation, name = 0, "", ""
    for line in diff.splitlines():
        if resource := _RESOURCE.match(line):
            indent, operation, name = len(resource["indent"]), resource["operation"], ""
        elif named := _NAME.match(line):
            name = named["name"]
            if operation == "delete":
                found[name] = "delete"
        elif name and operation == "update" and (field := _FIELD.match(line)):
            fields = found.setdefault(name, set())
            if len(field["indent"]) == indent + 2 and isinstance(fields, set):  # deeper is within a field
                fields.add(field["field"])
    return found
