"""The files of a new project: the template of the package, and a stack file for each environment.

`pulumi new` accepts the template folder as it is. Decisions left to a person are marked in the stack files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from twilio_environments.files import Draft
from twilio_environments.problems import Problem
from twilio_environments.rest import shipped
from twilio_environments.secrets.stores import BACKENDS
from twilio_environments.settings import load
from twilio_environments.settings.consistency import speaks_of_production

TEMPLATE = Path(__file__).parents[1] / "template"
LOCAL = "local"
"""The stack of the template itself, which is for the emulator."""
SHARED = ("README.md", ".gitignore")
"""What a new repository often has already; it is kept."""
_PROJECT = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_ENVIRONMENT = re.compile(r"([A-Za-z0-9_.-]{1,100})(?:=(AC[0-9a-fA-F]{32}))?")


@dataclass(frozen=True)
class Wanted:
    """One environment of the new project, in a subaccount of its own or in the account `sid`."""

    stack: str
    sid: str = ""

    @classmethod
    def read(cls, text: str) -> Wanted:
        """Take NAME or NAME=AC…; raise Problem."""
        found = _ENVIRONMENT.fullmatch(text)
        if found is None:
            raise Problem(
                f"{text!r} is not an environment.",
                "Use a name such as staging; for an existing account add its SID, prod=AC… (32 hexadecimal digits).",
            )
        if found[1] == LOCAL:
            raise Problem(
                f"The environment {LOCAL} is for the emulator, and is written anyway.", "Choose another name for this."
            )
        return cls(found[1], found[2] or "")


@dataclass(frozen=True)
class Init:
    """A new project: its name, its environments, and the store (by its name in a stack file) of their secrets."""

    project: str
    environments: Sequence[Wanted]
    store: str

    def drafts(self, root: Path) -> list[Draft]:
        """Return what to write in the folder `root`.

        Files that may be there already (`SHARED`) are left out if they exist. Raise Problem for an invalid name, for
        settings that are not valid, and if any other file exists.
        """
        self._check()
        texts = dict(self._template())
        for one in self.environments:
            texts[f"Pulumi.{one.stack}.yaml"] = text = self._stack_file(one)
            load(yaml.safe_load(text)["config"], project=self.project, stack=one.stack, root=TEMPLATE)
        there = [name for name in texts if (root / name).exists() or (root / name).is_symlink()]
        if taken := [name for name in there if name not in SHARED]:
            raise Problem(
                f"{', '.join(taken)} exist{'s' if len(taken) == 1 else ''} in {root} already. Nothing was written.",
                "Run this in an empty folder; in a project that is there, twilio-env new adds an environment.",
            )
        return [Draft(root / name, text, before="") for name, text in texts.items() if name not in there]

    def _check(self) -> None:
        if not _PROJECT.fullmatch(self.project):
            raise Problem(
                f"{self.project!r} is not a valid project name.",
                "Use letters, digits, -, _ and ., such as acme-twilio.",
            )
        if self.project == shipped.NAME:
            raise Problem(
                f"{self.project} is the name of the product: objects are recognized by the project's name, so it has "
                "to be your own.",
                "Choose another one, such as acme-twilio.",
            )
        if self.store not in BACKENDS:
            raise Problem(f"There is no secret store {self.store!r}.", f"Use one of: {', '.join(BACKENDS)}.")
        stacks = [one.stack for one in self.environments]
        if not stacks or len(set(stacks)) < len(stacks):
            raise Problem("A project has at least one environment, and each of them once.", "For example: staging,prod")

    def _template(self) -> Iterator[tuple[str, str]]:
        """Return the template's files, filled in as `pulumi new` does it."""
        filled = {"${PROJECT}": self.project, "${DESCRIPTION}": "Twilio environments as code"}
        for path in sorted(TEMPLATE.rglob("*")):
            if path.is_dir() or path.parent.name == "__pycache__":  # pip compiles what it installs
                continue
            text = path.read_text(encoding="utf-8")
            for placeholder, value in filled.items():
                text = text.replace(placeholder, value)
            yield path.relative_to(TEMPLATE).as_posix(), text

    def _stack_file(self, wanted: Wanted) -> str:
        production = speaks_of_production(wanted.stack)
        backend = BACKENDS[self.store]
        example = yaml.safe_dump(dict(backend.example), default_flow_style=True).strip()
        account = (
            [f"    sid: {wanted.sid} # an account that was there"]
            if wanted.sid
            else ["    # decide: the account's name in Twilio's Console", f"    friendly_name: {wanted.stack}"]
        )
        key = (
            [
                "    # decide: what the application may do; a production stack has restricted keys",
                "    api:",
                "      type: restricted",
                "      policy:",
                "        - /twilio/messaging/messages/create",
                "      rotate_every: 90d",
            ]
            if production
            else ["    # decide: the keys of your applications; delivered as api_key and api_secret", "    api: {}"]
        )
        return "\n".join(
            [
                f"# The environment {wanted.stack} of {self.project}. Lines with `decide:` are yours to decide.",
                "config:",
                *(["  twilio:production: true"] if production else []),
                "  twilio:subaccount:",
                *account,
                "  twilio:secrets:",
                f"    # decide: where {backend.title} is: {{}} leaves it to the environment; else, say, {example}",
                f"    {self.store}: {{}}",
                "  twilio:values:",
                "    # decide: what callers hear",
                "    greeting: Thank you for calling.",
                "  twilio:keys:",
                *key,
                "  # decide: the phone numbers; each costs money from the first `pulumi up` on",
                "  # twilio:numbers:",
                "  #   hotline:",
                "  #     search: {country: US, type: local}",
                "  #     voice_flow: greeting",
                "  twilio:studio_flows:",
                "    greeting:",
                "      file: studio/greeting.json",
                "",
            ]
        )
