"""A stack file for a new environment, from another one's: the same shape, without anything that can exist only once.

Names, paths and webhooks that contain the other environment's name get the new one. Numbers become searches. What
belongs only to the other account (SIDs) is left out. Whatever a person has to decide is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from twilio_environments.environments.decisions import Decision
from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle.copying import Copying
from twilio_environments.problems import Problem
from twilio_environments.settings import NAMESPACE, Settings, SettingsProblem, load
from twilio_environments.settings.consistency import speaks_of_production
from twilio_environments.stackfile import Edit, Remark, StackFile, path_of
from twilio_environments.yaml_text import REMOVED

_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_BEHIND = re.compile(rf" # {_SID.pattern}$")
_SCHEMA = re.compile(r"\A# (yaml-language-server.*)")
_SWEPT = "it is temporary, and twilio-env sweep removes it when it expires"
_LONGEST = 64


@dataclass
class New:
    """A new environment: its stack's name, the file that it is made from, and when it expires."""

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
    references: set[tuple[str | int, ...]] = field(default_factory=set)
    """The places of logical names, which are the same in both."""

    def file(self) -> StackFile:
        """Return the new stack file, the decisions marked in it; raise Problem when the other one is not valid."""
        settings = load(self.source.config(), project=self.project, stack=self.before, root=self.root)
        parts = (self._pulumis, self._account, self._secrets, self._allow, self._production, self._limits)
        edits = [edit for part in parts for edit in part(settings)]
        self.references = {steps for steps, _, _ in settings.named()}
        edits += self._walked(self._section("values"), ("values",))
        edits += self._copied({section: self._section(section) for section in SECTIONS})
        self._say_hosts()
        self._read_flows(settings)
        changed = StackFile(f"Pulumi.{self.stack}.yaml", _without_remarks(self.source.text)).edited(edits)
        self._read_mistakes(changed)
        head = [*_SCHEMA.findall(self.source.text), f"{self.stack}, created from {self.source.name}."]
        return changed.edited([*(Remark((), line) for line in head), *(one.remark() for one in self.decisions)])

    def renamed(self, text: str) -> str:
        """Return a text with the name of the new environment where the other one's stood as a word."""
        return re.sub(rf"(?<![A-Za-z0-9]){re.escape(self.before)}(?![A-Za-z0-9])", self.stack, text)

    def _section(self, name: str) -> dict[str, Any]:
        return self.source.config().get(f"{NAMESPACE}:{name}") or {}

    def _decide(self, text: str, *place: str) -> None:
        self.decisions.append(Decision(text, place))

    def _pulumis(self, _: Settings) -> Iterator[Edit]:
        """Leave out the other stack's encryption settings, and other namespaces' secrets: this one cannot read them."""
        document = self.source.document()
        yield from (Edit((key,), REMOVED) for key in document if key not in {"config", *self.kept})
        yield from (Edit((key,), value) for key, value in self.kept.items())
        for key, value in document["config"].items():
            if isinstance(value, Mapping) and "secure" in value:
                yield Edit(("config", key), REMOVED)
                self._decide(f"{key} is a secret of {self.before} and is left out: pulumi config set --secret {key}")

    def _account(self, settings: Settings) -> Iterator[Edit]:
        account = settings.subaccount
        shown = account.friendly_name or self.before
        renamed = self.renamed(shown)
        name = renamed if renamed != shown else f"{shown} {self.stack}"
        if account.sid or len(name) > _LONGEST - len(f" [{self.project}/{self.stack}]"):
            name = self.stack
        wanted = {"friendly_name": name} | ({"expires": self.expires} if self.expires else {})
        if account.sid:
            self._decide(f"{self.before} uses an existing account; this one gets its own subaccount", "subaccount")
            yield _edit(wanted, "subaccount")
            return
        unwanted = {"status", "expires"} & account.model_fields_set - wanted.keys()
        yield from (_edit(value, "subaccount", key) for key, value in wanted.items())
        yield from (_edit(REMOVED, "subaccount", key) for key in sorted(unwanted))

    def _secrets(self, settings: Settings) -> Iterator[Edit]:
        if settings.secrets and settings.secrets.document:
            yield _edit(self._moved(settings.secrets.document), "secrets", "document")

    def _moved(self, document: str) -> str:
        """Return another path for a document: two environments must not write the same one."""
        renamed = self.renamed(document)
        return renamed if renamed != document else f"{self.stack}/{document}"

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
                self._decide(f"{self.stack} is production by its name, {self.before} is not", "production")
        elif settings.production is not None:
            yield _edit(REMOVED, "production")
            if settings.production:
                self._decide(f"{self.before} is production, this is not")

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
                self._decide(f"this is refused: {one.path} {one.what}", *one.path.split("."))

    def _copied(self, sections: Mapping[str, Mapping[str, Any]]) -> Iterator[Edit]:
        for section, kind in SECTIONS.items():
            for name, entry in sections[section].items():
                yield from self._walked(entry, (section, name))
                for one in kind.copied(name, sections, self.before):
                    yield _edit(REMOVED if one.value is None else one.value, section, name, one.name)
                    if one.decision:
                        self._decide(one.decision, section, name, one.name)

    def _walked(self, value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Edit]:
        for key, item in value.items():
            yield from self._item(item, (*path, key))

    def _item(self, item: Any, path: tuple[str, ...]) -> Iterator[Edit]:
        *parent, key = path
        copying = _copying(path)
        if key in copying.left_out:
            yield _edit(REMOVED, *path)
        elif key in copying.documents:
            yield _edit(self._moved(item), *path)
        elif key in copying.kept or path in self.references:
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
            if key in copying.beside:
                yield _edit(REMOVED, *parent, copying.beside[key])
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
        if path[-1] in _copying(path).asked:
            self._decide(f"its name mentions {self.before}", *path)
        else:
            yield _edit(renamed, *path)

    def _say_hosts(self) -> None:
        for before, after in sorted(self.hosts.items()):
            if before == after:
                self._decide(f"webhooks go to {before}, as those of {self.before} do")
            else:
                self._decide(f"webhooks go to {after} instead of {before}: that host has to exist")

    def _read_flows(self, settings: Settings) -> None:
        defined = {section: kind.defined_in for section, kind in SECTIONS.items() if kind.defined_in}
        files = {getattr(one, key) for section, key in defined.items() for one in settings.declared(section).values()}
        for file in sorted(files):
            found = sorted(set(_SID.findall((self.root / file).read_text(encoding="utf-8"))))
            if found:
                self._decide(f"{file}, which both share, has SIDs of {self.before}'s account: {', '.join(found)}")


def _edit(value: Any, section: str, *keys: str) -> Edit:
    return Edit((*path_of(section), *keys), value)


def _copying(path: tuple[str, ...]) -> Copying:
    """Return how the field at a path is copied; nothing special if it is not a field of a kind, such as a part's."""
    section, *below = path
    if section not in SECTIONS or len(below) != len(("name", "field")):
        return Copying()
    kind = SECTIONS[section]
    own = kind.copying
    return replace(own, kept=(*own.kept, kind.defined_in), left_out=(*own.left_out, "adopt"))


def _without_remarks(text: str) -> str:
    """Leave out comments about the other file or account: those around the document, and SIDs at line ends."""
    lines = text.splitlines()
    said = [number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    return "".join(f"{_BEHIND.sub('', line)}\n" for line in lines[said[0] : said[-1] + 1])


def _is_sid(value: Any) -> bool:
    return isinstance(value, str) and bool(_SID.fullmatch(value))


def check_apart(stack: str, source: str) -> None:
    """Raise Problem when the new environment would be the old one."""
    if stack == source:
        raise Problem("A new environment needs its own name.", f"Choose a name other than {source}.")
