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

from twilio_environments.drift.stackfile import REMOVED, Edit, StackFile
from twilio_environments.environments.countries import like
from twilio_environments.environments.decisions import Decision, marked
from twilio_environments.problems import Problem
from twilio_environments.settings import NAMESPACE, Settings, SettingsProblem, load
from twilio_environments.settings.consistency import speaks_of_production

_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_SWEPT = "it is ephemeral, and twilio-env sweep removes it when its time is up"
_WALKED = ("values", "keys", "numbers", "messaging_services", "verify_services", "studio_flows")
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
        config = self.source.config()
        edits = [*self._pulumis(), *self._account(settings), *self._secrets(settings), *self._allow(settings)]
        edits += [*self._production(settings), *self._limits(settings)]
        for section in _WALKED:
            edits += self._walked(config.get(f"{NAMESPACE}:{section}") or {}, (section,))
        self._say_hosts()
        self._read_flows(settings)
        changed = self.source.edited(edits)
        self._read_mistakes(changed)
        head = f"{self.stack}, made from {self.source.name}."
        return StackFile(f"Pulumi.{self.stack}.yaml", marked(changed.text, head, self.decisions))

    def renamed(self, text: str) -> str:
        """Return a text with the name of the new environment where the other one's stood as a word."""
        return re.sub(rf"(?<![A-Za-z0-9]){re.escape(self.before)}(?![A-Za-z0-9])", self.stack, text)

    def _decide(self, text: str, *place: str) -> None:
        self.decisions.append(Decision(text, place))

    def _pulumis(self) -> Iterator[Edit]:
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
        if account.sid:
            self._decide(f"{self.before} is an account that was there; this gets a subaccount of its own", "subaccount")
            name = self.stack
        else:
            shown = account.friendly_name or self.before
            renamed = self.renamed(shown)
            name = renamed if renamed != shown else f"{shown} {self.stack}"
        if len(name) > _LONGEST - len(f" [{self.project}/{self.stack}]"):
            name = self.stack
        path = ("config", f"{NAMESPACE}:subaccount")
        value = {"friendly_name": name} | ({"expires": self.expires} if self.expires else {})
        if account.sid:
            yield Edit(path, value)
            return
        yield from (Edit((*path, key), one) for key, one in value.items())
        unwanted = {"status"} if self.expires else {"status", "expires"}
        yield from (Edit((*path, key), REMOVED) for key in sorted(unwanted & account.model_fields_set))

    def _secrets(self, settings: Settings) -> Iterator[Edit]:
        """Move documents: two environments must not write the same one."""
        if settings.secrets and settings.secrets.document:
            yield Edit(("config", f"{NAMESPACE}:secrets", "document"), self._path(settings.secrets.document))
        for name, key in settings.keys.items():
            if key.document:
                yield Edit(("config", f"{NAMESPACE}:keys", name, "document"), self._path(key.document))

    def _path(self, path: str) -> str:
        renamed = self.renamed(path)
        return renamed if renamed != path else f"{self.stack}/{path}"

    def _allow(self, settings: Settings) -> Iterator[Edit]:
        path = ("config", f"{NAMESPACE}:allow")
        if self.expires:
            yield from (Edit((*path, name), _SWEPT) for name in ("release_numbers", "close_subaccount"))
        elif settings.allow.model_fields_set:
            yield Edit(path, REMOVED)
            self._decide(f"{self.before} may lose its numbers or its account (twilio:allow); this one may not")

    def _production(self, settings: Settings) -> Iterator[Edit]:
        path = ("config", f"{NAMESPACE}:production")
        if speaks_of_production(self.stack):
            yield Edit(path, True)
            if not settings.production:
                self._decide(f"by its name {self.stack} is production, which {self.before} is not", "production")
        elif settings.production is not None:
            yield Edit(path, REMOVED)
            if settings.production:
                self._decide(f"{self.before} is production, and this is not")

    def _limits(self, settings: Settings) -> Iterator[Edit]:
        hosts = settings.limits.webhook_hosts or []
        renamed = [self.renamed(host) for host in hosts]
        if renamed != hosts:
            yield Edit(("config", f"{NAMESPACE}:limits", "webhook_hosts"), renamed)

    def _read_mistakes(self, made: StackFile) -> None:
        try:
            load(made.config(), project=self.project, stack=self.stack, root=self.root)
        except SettingsProblem as problem:
            for one in problem.mistakes:
                self._decide(f"this is refused as it is: {one.path} {one.what}", *one.path.split("."))

    def _walked(self, value: Any, path: tuple[str, ...]) -> Iterator[Edit]:
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from self._item(item, (*path, key))
            if path[0] == "numbers" and value.get("phone_number"):
                yield from self._number(value, path)

    def _item(self, item: Any, path: tuple[str, ...]) -> Iterator[Edit]:
        *parent, key = path
        edit = ("config", f"{NAMESPACE}:{path[0]}", *path[1:])
        if key in _OF_THE_OTHER:
            yield Edit(edit, REMOVED)
        elif isinstance(item, Mapping) and key not in _KEPT:
            yield from self._walked(item, path)
        elif isinstance(item, list):
            kept = [one for one in item if not _is_sid(one)]
            if kept != item:
                yield Edit(edit, kept or REMOVED)
                self._decide(f"{key} has SIDs of {self.before}'s account, which are left out", *parent)
        elif _is_sid(item):
            yield Edit(edit, REMOVED)
            self._decide(f"{key} is a SID of {self.before}'s account, {item}, and is left out", *parent)
            if key == "emergency_address_sid":
                yield Edit((*edit[:-1], "emergency_status"), REMOVED)
        elif isinstance(item, str) and key not in _KEPT:
            yield from self._text(item, path, edit)

    def _text(self, text: str, path: tuple[str, ...], edit: tuple[str, ...]) -> Iterator[Edit]:
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
            yield Edit(edit, renamed)

    def _number(self, number: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Edit]:
        edit = ("config", f"{NAMESPACE}:numbers", *path[1:])
        found = like(str(number["phone_number"]))
        used = {what for what in ("voice", "sms") if any(key.startswith(f"{what}_") for key in number)}
        used |= {"sms"} if path[1] in self._senders() else set()
        uses = {f"{what}_enabled": True for what in ("voice", "sms") if what in used}
        yield Edit((*edit, "search"), (found or {"country": "US"}) | uses)
        yield Edit((*edit, "phone_number"), REMOVED)
        if "friendly_name" in number and not self._names_it_alone(number):
            yield Edit((*edit, "friendly_name"), REMOVED)
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
        numbers = self.source.config()[f"{NAMESPACE}:numbers"].values()
        return [one.get("friendly_name") for one in numbers].count(name) == 1

    def _senders(self) -> set[str]:
        services = self.source.config().get(f"{NAMESPACE}:messaging_services") or {}
        return {name for one in services.values() for name in ((one or {}).get("senders") or {}).get("numbers") or []}

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


def _is_sid(value: Any) -> bool:
    return isinstance(value, str) and bool(_SID.fullmatch(value))


def check_apart(stack: str, source: str) -> None:
    """Raise Problem when the new environment would be the old one."""
    if stack == source:
        raise Problem("A new environment needs a name of its own.", f"Take another one than {source}.")
