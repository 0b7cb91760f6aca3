"""A stack file for a new environment, from another one's: the same shape, with nothing that can only be had once.

Names, paths and webhooks that have the other environment's name in them get the new one's. Numbers are searched for
anew. What belongs to the other account alone (SIDs) is taken out. Whatever a person has to look at is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from twilio_environments.environments.countries import like
from twilio_environments.environments.decisions import Decision
from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.problems import Problem
from twilio_environments.settings import NAMESPACE, Settings, SettingsProblem, load
from twilio_environments.settings.consistency import speaks_of_production
from twilio_environments.stackfile import Edit, Remark, StackFile, path_of
from twilio_environments.yaml_text import REMOVED

_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_BEHIND = re.compile(rf" # {_SID.pattern}$")
_SCHEMA = re.compile(r"\A# (yaml-language-server.*)")
_SWEPT = "it is ephemeral, and twilio-env sweep removes it when its time is up"
_WALKED = ("values", *SECTIONS)
_KEPT = {"file", "document", "search", "phone_number"}
_OF_THE_OTHER = {"adopt", "reviewed"}
_LONGEST = 64
_DIGITS = 7


@dataclass
class New:
    """A new environment: its stack's name, the file that it is made from, and until when it is to be there."""

    project: str
    stack: str
    root: Path
    source: StackFile
    before: str
    expires: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)
    """What Pulumi itself has in the new stack's file already, such as encryptionsalt."""
    decisions: list[Decision] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)

    def file(self) -> StackFile:
        """Return the new stack file, the decisions marked in it; raise Problem when the other one is not valid."""
        settings = load(self.source.config(), project=self.project, stack=self.before, root=self.root)
        parts = (self._pulumis, self._account, self._secrets, self._allow, self._production, self._limits)
        edits = [edit for part in parts for edit in part(settings)]
        for section in _WALKED:
            edits += self._walked(self._section(section), (section,))
        self._say_hosts()
        self._read_flows(settings)
        changed = StackFile(f"Pulumi.{self.stack}.yaml", _without_remarks(self.source.text)).edited(edits)
        self._read_mistakes(changed)
        head = [*_SCHEMA.findall(self.source.text), f"{self.stack}, made from {self.source.name}."]
        return changed.edited([*(Remark((), line) for line in head), *(one.remark() for one in self.decisions)])

    def renamed(self, text: str) -> str:
        """Return a text with the name of the new environment where the other one's stood as a word."""
        return re.sub(rf"(?<![A-Za-z0-9]){re.escape(self.before)}(?![A-Za-z0-9])", self.stack, text)

    def _section(self, name: str) -> dict[str, Any]:
        return self.source.config().get(f"{NAMESPACE}:{name}") or {}

    def _decide(self, text: str, *place: str) -> None:
        self.decisions.append(Decision(text, place))

    def _pulumis(self, _: Settings) -> Iterator[Edit]:
        """Leave out how the other stack keeps its secrets, and those of other namespaces: this one cannot read them."""
        document = self.source.document()
        yield from (Edit((key,), REMOVED) for key in document if key not in {"config", *self.kept})
        yield from (Edit((key,), value) for key, value in self.kept.items())
        for key, value in document["config"].items():
            if isinstance(value, Mapping) and "secure" in value:
                yield Edit(("config", key), REMOVED)
                self._decide(f"{key} is a secret of {self.before}'s and is left out: pulumi config set --secret {key}")

    def _account(self, settings: Settings) -> Iterator[Edit]:
        account = settings.subaccount
        shown = account.friendly_name or self.before
        renamed = self.renamed(shown)
        name = renamed if renamed != shown else f"{shown} {self.stack}"
        if account.sid or len(name) > _LONGEST - len(f" [{self.project}/{self.stack}]"):
            name = self.stack
        wanted = {"friendly_name": name} | ({"expires": self.expires} if self.expires else {})
        if account.sid:
            self._decide(f"{self.before} is an account that was there; this gets a subaccount of its own", "subaccount")
            yield _edit(wanted, "subaccount")
            return
        unwanted = {"status", "expires"} & account.model_fields_set - wanted.keys()
        yield from (_edit(value, "subaccount", key) for key, value in wanted.items())
        yield from (_edit(REMOVED, "subaccount", key) for key in sorted(unwanted))

    def _secrets(self, settings: Settings) -> Iterator[Edit]:
        """Move documents: two environments must not write the same one."""
        documents = {("secrets",): settings.secrets} | {("keys", name): key for name, key in settings.keys.items()}
        for place, one in documents.items():
            if one and one.document:
                renamed = self.renamed(one.document)
                moved = renamed if renamed != one.document else f"{self.stack}/{one.document}"
                yield _edit(moved, *place, "document")

    def _allow(self, settings: Settings) -> Iterator[Edit]:
        if self.expires:
            yield from (_edit(_SWEPT, "allow", name) for name in ("release_numbers", "close_subaccount"))
        elif settings.allow.model_fields_set:
            yield _edit(REMOVED, "allow")
            self._decide(f"{self.before} may lose its numbers or its account (twilio:allow); this one may not")

    def _production(self, settings: Settings) -> Iterator[Edit]:
        if speaks_of_production(self.stack):
            yield _edit(True, "production")
            if not settings.production:
                self._decide(f"by its name {self.stack} is production, which {self.before} is not", "production")
        elif settings.production is not None:
            yield _edit(REMOVED, "production")
            if settings.production:
                self._decide(f"{self.before} is production, and this is not")

    def _limits(self, settings: Settings) -> Iterator[Edit]:
        hosts = settings.limits.webhook_hosts or []
        renamed = [self.renamed(host) for host in hosts]
        if renamed != hosts:
            yield _edit(renamed, "limits", "webhook_hosts")

    def _read_mistakes(self, made: StackFile) -> None:
        try:
            load(made.config(), project=self.project, stack=self.stack, root=self.root)
        except SettingsProblem as problem:
            for one in problem.mistakes:
                self._decide(f"this is refused as it is: {one.path} {one.what}", *one.path.split("."))

    def _walked(self, value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Edit]:
        for key, item in value.items():
            yield from self._item(item, (*path, key))
        if path[0] == "numbers" and value.get("phone_number"):
            yield from self._number(value, path)

    def _item(self, item: Any, path: tuple[str, ...]) -> Iterator[Edit]:
        *parent, key = path
        if key in _OF_THE_OTHER:
            yield _edit(REMOVED, *path)
        elif key in _KEPT:
            return
        elif isinstance(item, Mapping):
            yield from self._walked(item, path)
        elif isinstance(item, list):
            kept = [one for one in item if not _is_sid(one)]
            if kept != item:
                yield _edit(kept or REMOVED, *path)
                self._decide(f"{key} has SIDs of {self.before}'s account, which are left out", *parent)
        elif _is_sid(item):
            yield _edit(REMOVED, *path)
            self._decide(f"{key} is a SID of {self.before}'s account, {item}, and is left out", *parent)
            if key == "emergency_address_sid":
                yield _edit(REMOVED, *parent, "emergency_status")
        elif isinstance(item, str):
            yield from self._text(item, path)

    def _text(self, text: str, path: tuple[str, ...]) -> Iterator[Edit]:
        renamed = self.renamed(text)
        if found := _SID.findall(text):
            self._decide(f"names {', '.join(found)} of {self.before}'s account", *path)
        if text.startswith(("http://", "https://")):
            self.hosts[urlsplit(text).netloc] = urlsplit(renamed).netloc
        if renamed == text:
            return
        if path[0] == "verify_services" and path[-1] == "friendly_name":  # not every name would do, and people see it
            self._decide(f"its name speaks of {self.before}", *path)
        else:
            yield _edit(renamed, *path)

    def _number(self, number: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Edit]:
        found = like(str(number["phone_number"]))
        used = {what for what in ("voice", "sms") if any(key.startswith(f"{what}_") for key in number)}
        used |= {"sms"} if path[1] in self._senders() else set()
        uses = {f"{what}_enabled": True for what in ("voice", "sms") if what in used}
        yield _edit((found or {"country": "US"}) | uses, *path, "search")
        yield _edit(REMOVED, *path, "phone_number")
        if "friendly_name" in number and not self._names_it_alone(number):
            yield _edit(REMOVED, *path, "friendly_name")
        doubt = "" if found else "; its country is not known, so this is a guess"
        self._decide(
            f"{self.before} has {number['phone_number']}, this searches for one like it{doubt}", *path, "search"
        )

    def _names_it_alone(self, number: Mapping[str, Any]) -> bool:
        """Say whether a number's name is its own and not its digits: what is searched for is told apart by its name."""
        name = str(number["friendly_name"])
        digits = re.sub(r"\D", "", name)
        if not name or (len(digits) >= _DIGITS and str(number["phone_number"]).endswith(digits)):
            return False
        return [one.get("friendly_name") for one in self._section("numbers").values()].count(name) == 1

    def _senders(self) -> set[str]:
        services = self._section("messaging_services").values()
        return {name for one in services for name in ((one or {}).get("senders") or {}).get("numbers") or []}

    def _say_hosts(self) -> None:
        for before, after in sorted(self.hosts.items()):
            if before == after:
                self._decide(f"webhooks go to {before}, as those of {self.before} do")
            else:
                self._decide(f"webhooks go to {after} instead of {before}: it has to be there")

    def _read_flows(self, settings: Settings) -> None:
        for file in sorted({flow.file for flow in settings.studio_flows.values()}):
            found = sorted(set(_SID.findall((self.root / file).read_text(encoding="utf-8"))))
            if found:
                self._decide(f"{file}, which both have, names {', '.join(found)} of {self.before}'s account by SID")


def _edit(value: Any, section: str, *keys: str) -> Edit:
    return Edit((*path_of(section), *keys), value)


def _without_remarks(text: str) -> str:
    """Leave out what speaks of the other file or account: what is before and behind the document, SIDs behind lines."""
    lines = text.splitlines()
    said = [number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    return "".join(f"{_BEHIND.sub('', line)}\n" for line in lines[said[0] : said[-1] + 1])


def _is_sid(value: Any) -> bool:
    return isinstance(value, str) and bool(_SID.fullmatch(value))


def check_apart(stack: str, source: str) -> None:
    """Raise Problem when the new environment would be the old one."""
    if stack == source:
        raise Problem("A new environment needs a name of its own.", f"Take another one than {source}.")
