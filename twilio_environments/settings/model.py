"""What a stack file may say: the keys below `twilio:`, checked all at once, before anything is touched."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, StringConstraints, ValidationError, WithJsonSchema, model_validator

from twilio_environments import bounds
from twilio_environments.kinds.messaging_service import MessagingService
from twilio_environments.kinds.phone_number import PhoneNumber
from twilio_environments.kinds.studio_flow import FlowFile
from twilio_environments.kinds.subaccount import Subaccount
from twilio_environments.kinds.verify_service import VerifyService
from twilio_environments.lifecycle import webhooks
from twilio_environments.lifecycle.declaration import Declared, LogicalName
from twilio_environments.lifecycle.mistakes import Mistake, mistakes_of, written_mistakes
from twilio_environments.problems import Problem
from twilio_environments.rest.budget import DEFAULT, MOST
from twilio_environments.settings import inbound
from twilio_environments.settings.consistency import mistakes_between
from twilio_environments.settings.guard_rail_checks import refusals
from twilio_environments.settings.json_schema import StackFileSchema
from twilio_environments.settings.limits import Limits
from twilio_environments.settings.references import References
from twilio_environments.settings.secrets import Key, KeyProperties, Secrets, Shape, properties_of, shaped, snake

NAMESPACE = "twilio"
_LONGEST_MARK = 32
SECTIONS = ("keys", "numbers", "messaging_services", "verify_services", "studio_flows")
_CARRIED = {
    "numbers": ("phone_number", "phone_number"),
    "messaging_services": ("messaging_service_sid", "sid"),
    "verify_services": ("verify_service_sid", "sid"),
    "studio_flows": ("studio_flow_sid", "sid"),
}
"""What of each section the environment's document carries: the property's first words, and the attribute."""
_WHOLE = object()
"""Marks in a tree of names that all below a name is meant."""
_WHOLE_OR_TEXT = {
    "anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST}, {"type": "string", "pattern": "^[0-9]+$"}]
}
"""A number as people write it, or as `pulumi config set` does."""
Reason = Annotated[str, StringConstraints(min_length=10)]


class Allow(Declared):
    """Which guard rails are lifted for this stack; each with the reason, in a sentence."""

    release_numbers: Reason | None = None
    """Its phone numbers may be released; without it they are protected."""
    close_subaccount: Reason | None = None
    """Its subaccount may be closed, which is for good and releases its numbers; without it it is protected."""
    delete_registrations: Reason | None = None
    """What carries a registration may be deleted, such as a Messaging Service with a US A2P campaign."""
    standard_keys: Reason | None = None
    """A production stack may have standard keys; without it all its keys are restricted."""
    suspend_subaccount: Reason | None = None
    """A production stack's subaccount may be suspended, which stops all its traffic; without it it may not."""


class Settings(Declared):
    """An environment, as its stack file declares it."""

    endpoint: str | None = None
    """Where Twilio is, if not at twilio.com: the emulator's address. TWILIO_ENDPOINT overrides it."""
    region: str | None = None
    """Twilio's processing region, such as ie1; together with `edge` or not at all."""
    edge: str | None = None
    """Twilio's edge, such as dublin."""
    concurrency: Annotated[int, Field(ge=1, le=MOST), WithJsonSchema(_WHOLE_OR_TEXT)] = DEFAULT
    """How many calls at once an account gets at most; TWILIO_CONCURRENCY overrides it."""
    local: Annotated[bool, WithJsonSchema({"enum": [True, False, "true", "false"]})] = False
    """This stack never meets the real Twilio: webhooks may be http and private."""
    production: Annotated[bool | None, WithJsonSchema({"enum": [True, False, "true", "false"]})] = None
    """This stack serves real people: it runs with credentials that somebody named for it, and with restricted keys."""
    subaccount: Subaccount
    """The account the environment lives in."""
    secrets: Secrets | None = None
    """The secret store; needed as soon as there is a key."""
    allow: Allow = Allow()
    """Which guard rails are lifted, and why."""
    limits: Limits = Limits()
    """What the stack may do at most."""
    values: dict[LogicalName, str] = {}
    """Texts of your own, for placeholders in flows: `${values.greeting}`. No secrets: they would stand in the flow."""
    keys: dict[LogicalName, Key] = {}
    """API keys by logical name."""
    numbers: dict[LogicalName, PhoneNumber] = {}
    """Phone numbers by logical name."""
    messaging_services: dict[LogicalName, MessagingService] = {}
    """Messaging Services by logical name."""
    verify_services: dict[LogicalName, VerifyService] = {}
    """Verify services by logical name."""
    studio_flows: dict[LogicalName, FlowFile] = {}
    """Studio flows by logical name."""

    _project: str = PrivateAttr("")
    _stack: str = PrivateAttr("")
    _references: References = PrivateAttr()

    @model_validator(mode="before")
    @classmethod
    def _named_by_logical_name(cls, data: Any) -> Any:
        """Let a friendly name that is left out be the logical name, so that it is checked like a written one."""
        if not isinstance(data, Mapping):
            return data
        named = dict(data)
        for section in SECTIONS:
            if isinstance(named.get(section), Mapping):
                named[section] = {
                    name: {"friendly_name": name} | dict(one) if isinstance(one, Mapping) else one
                    for name, one in named[section].items()
                }
        return named

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self._stack

    @property
    def references(self) -> References:
        """The references between the declared objects."""
        return self._references

    @property
    def owner(self) -> str:
        """What marks documents in the secret store as this stack's."""
        return f"{self._project}/{self._stack}"

    @property
    def mark(self) -> str:
        """What marks friendly names as this stack's."""
        return mark_of(self._project, self._stack)

    @property
    def shares_account(self) -> bool:
        """Whether the account is not this stack's own, so that strangers' objects live beside ours."""
        return bool(self.subaccount.sid)

    def document_path(self, path: str | None = None) -> str:
        """Return a document's path: the one given, else the environment's."""
        return path or (self.secrets and self.secrets.document) or f"{self._stack}/twilio"

    def shape_of(self, key: str | None = None) -> Shape:
        """Return the shape of a key's properties, or that of the environment's document."""
        own = self.keys[key].shape if key else None
        return own or (self.secrets.shape if self.secrets else "default")

    def key_properties(self, name: str) -> KeyProperties:
        """Return the properties that a key is delivered to."""
        return self.keys[name].properties or properties_of(self.shape_of(name), name)

    def account_property(self, name: str) -> str | None:
        """Return the property that names the account in a key's own document; None in the environment's document."""
        if self.document_path(self.keys[name].document) == self.document_path():
            return None
        return shaped(self.shape_of(name), "account_sid")

    def friendly_name(self, section: str, name: str) -> str:
        """Return the friendly name of a declared object at Twilio, with the mark where it proves what is ours."""
        declared = getattr(self, section)[name]
        if section == "keys" or (self.shares_account and section != "verify_services" and not declared.adopt):
            return f"{declared.friendly_name} {self.mark}"
        return str(declared.friendly_name)

    def webhooks(self) -> list[tuple[str, str]]:
        """Return every URL that is declared for Twilio to call, with its place in the stack file."""
        return list(webhooks.declared(self))

    @property
    def subaccount_name(self) -> str:
        """The subaccount's friendly name at Twilio."""
        return f"{self.subaccount.friendly_name or self._stack} {self.mark}"

    def bind(
        self,
        project: str,
        stack: str,
        root: Path,
        doubtful: Collection[str] = (),
        flow_texts: Mapping[str, str] | None = None,
    ) -> list[Mistake]:
        """Say whose settings these are, read the flow files below `root`, and return the mistakes between the parts.

        `flow_texts` stand for what flow files say, by their paths in the settings. `doubtful` are the parts that have
        mistakes of their own and are missing here, wholly or partly, such as `secrets` or `numbers.support`:
        references to them are taken for good.
        """
        self._project, self._stack = project, stack
        self._references = References(self, root, doubtful, flow_texts)
        between = mistakes_between(self, SECTIONS, doubtful)
        return [*self._references.mistakes, *between, *inbound.mistakes(self, doubtful), *refusals(self, doubtful)]

    def document_properties(self) -> dict[str, tuple[str, str, str]]:
        """Return what the environment's document carries: property → (section, logical name, attribute)."""
        return dict(self.carried())

    def carried(self) -> Iterator[tuple[str, tuple[str, str, str]]]:
        """Yield what the environment's document carries, one by one; two of one property are a mistake."""
        yield shaped(self.shape_of(), "account_sid"), ("subaccount", "", "sid")
        for section, (_, attribute) in _CARRIED.items():
            for name in getattr(self, section):
                yield self.carried_as(section, name), (section, name, attribute)

    def carried_as(self, section: str, name: str) -> str:
        """Return the property of the environment's document for an object of that name, "" where it carries none."""
        if section not in _CARRIED:
            return ""
        return shaped(self.shape_of(), f"{_CARRIED[section][0]}_{snake(name)}")


def mark_of(project: str, stack: str) -> str:
    """Return what the names end with that a stack of a project has made; of a long one it has a hash."""
    owner = f"{project}/{stack}"
    if len(owner) + 2 <= _LONGEST_MARK:
        return f"[{owner}]"
    return f"[{stack[:20]}~{hashlib.sha256(owner.encode()).hexdigest()[:8]}]"


class SettingsProblem(Problem):
    """The stack file has mistakes; all of them are named at once."""

    def __init__(self, stack: str, mistakes: list[Mistake]) -> None:
        """Take all mistakes of the stack file of `stack`."""
        count = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
        if len(mistakes) > bounds.MISTAKES:
            mistakes, count = mistakes[: bounds.MISTAKES], f"more than {bounds.MISTAKES} mistakes, such as"
        lines = "\n".join(f"  {NAMESPACE}:{mistake}" for mistake in mistakes)
        super().__init__(f"Pulumi.{stack}.yaml has {count}:\n{lines}\n", "Nothing was changed.")
        self.mistakes = mistakes


def load(
    config: Mapping[str, Any],
    *,
    project: str,
    stack: str,
    root: Path,
    flow_texts: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings of a stack.

    `config` is the stack's configuration as Pulumi hands it over: full keys, structured values as JSON text. Keys of
    other namespaces are left alone. Flow files are read below `root`, unless what they say is given (`flow_texts`, by
    their paths in the settings). Raises SettingsProblem with every mistake.
    """
    data: dict[str, Any] = {}
    for key, value in config.items():
        namespace, _, name = key.partition(":")
        if namespace == NAMESPACE:
            data[name] = _parsed(value)
    if not data:
        example = "twilio:subaccount: {friendly_name: Acme staging}"
        raise SettingsProblem(
            stack, [Mistake("subaccount", f"is missing: nothing is declared yet, begin with {example}")]
        )
    for switch in ("local", "production"):
        if isinstance(data.get(switch), str):
            data[switch] = {"true": True, "false": False}.get(data[switch], data[switch])
    if isinstance(number := data.get("concurrency"), str) and re.fullmatch("[0-9]{1,4}", number):
        data["concurrency"] = int(number)
    try:
        bounds.require_bounded(data)
    except ValueError as error:
        raise SettingsProblem(stack, [Mistake("", f"the stack file {error}: make it smaller")]) from None
    settings, found, doubtful = _read(data)
    written = written_mistakes(data)
    # What else is wrong with a value that is wrongly written follows from that.
    paths = {mistake.path for mistake in written}
    mistakes = {
        one for one in [*found, *settings.bind(project, stack, root, doubtful, flow_texts)] if one.path not in paths
    }
    refuse(stack, sorted(mistakes.union(written)))
    return settings


def _read(data: Mapping[str, Any]) -> tuple[Settings, list[Mistake], set[str]]:
    """Return the settings without what is wrong in itself, what that is, and which parts are in doubt for it.

    So that mistakes between the parts are found in the same run. What is wrong is left out field by field; where that
    does not do, because a field must be there or the fields contradict each other, the whole object is left out.
    """
    mistakes: list[Mistake] = []
    doubtful: set[str] = set()
    context = {"local": data.get("local") is True}
    for depth in (3, 2, 1):
        try:
            # Strict: a number in quotes or `yes` for true would be fine here and flagged by the editor's schema.
            return Settings.model_validate(data, context=context, strict=True), mistakes, doubtful
        except ValidationError as error:
            mistakes = mistakes or mistakes_of(error, Settings)
            wrong: dict[Any, Any] = {}
            for found in error.errors(include_url=False, include_input=False):
                steps = [str(step) for step in found["loc"][:depth]]
                doubtful.add(".".join(steps[:2]) if steps[0] in (*SECTIONS, "values") else steps[0])
                below = wrong
                for step in steps:
                    below = below.setdefault(step, {})
                below[_WHOLE] = True
            data = _without(data, wrong)
    return Settings.model_validate({"subaccount": {}} | dict(data), context=context, strict=True), mistakes, doubtful


def _without(data: Mapping[str, Any], wrong: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the data without what is wrong; `wrong` is a tree of names, and has _WHOLE where all below a name goes."""
    return {
        name: _without(value, wrong[name]) if name in wrong and isinstance(value, Mapping) else value
        for name, value in data.items()
        if _WHOLE not in wrong.get(name, ())
    }


def refuse(stack: str, mistakes: list[Mistake]) -> None:
    """Raise SettingsProblem if there are mistakes."""
    if mistakes:
        raise SettingsProblem(stack, mistakes)


def stack_file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a stack file, by which editors complete and check it."""
    schema = Settings.model_json_schema(schema_generator=StackFileSchema)
    properties = {f"{NAMESPACE}:{name}": value for name, value in schema["properties"].items()}
    required = [f"{NAMESPACE}:{name}" for name in schema["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pulumi stack file of a Twilio environment",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": properties,
                "required": required,
                "patternProperties": {f"^(?!{NAMESPACE}:)": {}},
                "additionalProperties": False,
            }
        },
        "$defs": schema["$defs"],
    }


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):  # ValueError: a number of thousands of digits is one too
            return value
    return value
