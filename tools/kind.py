"""Write the first version of a new kind's files, from what Twilio's OpenAPI documents state.

    make kind NAME=application API=/2010-04-01/Accounts/{AccountSid}/Applications.json

`NAME` names its file and its resource, `API` is the collection that such objects are created in (see tests/contract),
`SECTION` what a stack file calls them, if that is not the collection's own name. What a person has to decide is marked
DECIDE, and a test fails as long as one is left (tests/kinds/test_registry.py). A file that exists is left alone.
CONTRIBUTING.md says what comes next.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import facts
from facts import Parameter, snake
from kind_fields import Field

ROOT = Path(__file__).parents[1]
TEMPLATES = Path(__file__).parent / "templates"
FILES = {
    "kind.py.txt": "twilio_environments/kinds/{module}.py",
    "emulator.py.txt": "twilio_environments/emulator/resources/{table}.py",
    "case.py.txt": "tests/kinds/cases/{module}.py",
    "page.md.txt": "docs/kinds/{module}.md",
}
"""The templates, and the file that a kind gets from each."""
MARK = "DECIDE"
_READERS = {"url": "_URL = url(_INVALID, empty=None)\n", "method": "_METHOD = method(_INVALID)\n"}
_OF_EVERY_ROW = {"account_sid", "date_created", "date_updated", "sid", "uri", "url"}


@dataclass(frozen=True)
class Collection:
    """A collection in which objects are created, and what its document states about it."""

    document: str
    path: str
    item: str
    stated: facts.Facts

    @classmethod
    def at(cls, path: str) -> Collection:
        """Find a collection by its path; exit, saying why, if it cannot become a kind."""
        documents = {name: facts.of(name) for name in facts.documents()}
        name = next((name for name, stated in documents.items() if path in stated["operations"]), "")
        if not name:
            raise SystemExit(f"tests/contract knows no operation at {path}: tools/contract.py says what is kept there.")
        stem = path.removesuffix(".json")
        if set(re.findall(r"{(\w+)}", stem)) - {"AccountSid"}:
            raise SystemExit(f"{path} belongs to another object: it is part of that object's kind.")
        operations = documents[name]["operations"]
        item = next((one for one in operations if re.fullmatch(rf"{re.escape(stem)}/{{\w+}}(\.json)?", one)), "")
        if "post" not in operations[path] or not item:
            raise SystemExit(f"{path} is not a collection whose objects are created and then read one by one.")
        return cls(name, path, item, documents[name])

    @property
    def words(self) -> list[str]:
        """The words of its path below the account or the version."""
        below = re.sub(r"^/2010-04-01/Accounts/{AccountSid}|^/v\d+", "", self.path.removesuffix(".json"))
        return [snake(word) for word in below.strip("/").split("/")]

    def answer(self, path: str) -> dict[str, Any]:
        """Return the fields of what a GET answers."""
        schema = self.stated["operations"][path]["get"]["answers"]["200"]
        return dict(facts.resolved(schema, self.stated)["properties"])

    def fields(self) -> list[Field]:
        """Return what can be declared: the name first, then what is required."""
        created = {one.name: one for one in facts.parameters(self.stated, self.path, "post")}
        updates = "post" in self.stated["operations"][self.item]
        updated = {one.name: one for one in facts.parameters(self.stated, self.item, "post")} if updates else {}
        answer = self.answer(self.item)
        found = [
            Field(one, name in created, name in updated, one.field in answer)
            for name, one in {**updated, **created}.items()
        ]
        return sorted(found, key=lambda one: (one.name != "friendly_name", not one.required, one.name))


def values(module: str, collection: Collection, section: str = "") -> dict[str, Any]:
    """Return the values for the templates."""
    product, version = collection.document.split("_")
    words, fields = collection.words, collection.fields()
    required = [one for one in fields if one.required and one.name != "friendly_name"]
    optional = [one for one in fields if not one.required and one.name != "friendly_name"]
    listed = collection.answer(collection.path)
    noun = module.replace("_", " ")
    article = "An" if noun[0] in "aeio" else "A"
    answer = collection.answer(collection.item)
    rest = _listed(f"{name!r}: None" for name in answer.keys() - _OF_EVERY_ROW - {one.name for one in fields})
    sid = Parameter("Sid", answer.get("sid", {}))
    return {
        "module": module,
        "name": "".join(word.capitalize() for word in module.split("_")),
        "noun": noun,
        "one": f"{article.lower()} {noun}",
        "One": f"{article} {noun}",
        "heading": noun.capitalize(),
        "section": section or words[-1],
        "component": words[-1].title().replace("_", ""),
        "order": _free_order(),
        "library": ".".join((product, version, *(["account"] if product == "api" else []), *words)),
        "prefix": Field(sid, created=False, updated=False, answered=True).prefix,
        "product": product,
        "version": version,
        "document": collection.document,
        "path": collection.path.removesuffix(".json").replace("{AccountSid}", "{account_sid}"),
        "collection": collection.path,
        "item": collection.item,
        "table": words[-1],
        "constant": words[-1].upper(),
        "key": next((name for name, one in listed.items() if one.get("type") == "array"), words[-1]),
        "fields": "\n".join(one.declared() for one in fields),
        "readers": "".join(line for kind, line in _READERS.items() if any(one.kind == kind for one in fields)),
        "initial": f"initial={{{rest}}}," if rest else "",
        "emulated": _listed(one.emulated() for one in fields),
        "least": _listed(f"{one.name!r}: {one.sample()}" for one in required),
        "others": _listed(f"{one.name!r}: {one.sample()}" for one in optional),
        "sent": _listed(f"{one.parameter.name!r}: {one.sent()}" for one in required),
        "may_send": _listed(f"{one.parameter.name!r}: {one.sent()}" for one in optional),
        "by_hand": _listed(f"{one.parameter.name!r}: str({one.sample()})" for one in required),
        "example": ", ".join(f"{one.name}: {one.other}" for one in required),
        "program": "".join(f", {one.name}={one.other!r}" for one in required),
    }


def _listed(items: Iterable[str]) -> str:
    return "".join(f"{item}, " for item in items)


def _free_order() -> int:
    """Return the next free `order` among the kinds that a stack file declares by name."""
    kinds = (ROOT / "twilio_environments" / "kinds").glob("*.py")
    taken = {
        found for file in kinds for found in re.findall(r"^    order = (\d+)$", file.read_text("utf-8"), re.MULTILINE)
    }
    return next(order for order in range(61, 10**6) if str(order) not in taken)


def formatted(path: Path, text: str) -> str:
    """Return Python formatted and with the fixable lint rules applied, such as unused imports removed."""
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check", "--fix-only", "--exit-zero", "--quiet"], ["format"]):
        ran = [str(ruff), *command, "--stdin-filename", str(path), "-"]
        text = subprocess.run(ran, input=text, capture_output=True, text=True, check=True).stdout
    return text


def written(module: str, path: str, section: str = "") -> Iterator[tuple[Path, str]]:
    """Yield each file of a new kind and its first text."""
    known = values(module, Collection.at(path), section)
    for template, place in FILES.items():
        file = ROOT / place.format_map(known)
        text = Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(known)
        yield file, formatted(file, text) if file.suffix == ".py" else text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="name of its file and its resource, such as application")
    parser.add_argument("api", help="the path of its collection, as Twilio's documents have it")
    parser.add_argument("--section", default="", help="what a stack file calls them")
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", options.name):
        raise SystemExit("NAME must be the name of a Python module, such as application or sip_trunk.")
    for file, text in written(options.name, options.api, options.section):
        place = file.relative_to(ROOT)
        if file.exists():
            print(f"{place}: exists already, left as it is")
        else:
            file.write_text(text, encoding="utf-8")
            print(f"{place}: {text.count(MARK)} things to decide")
    return 0


if __name__ == "__main__":
    sys.exit(main())
