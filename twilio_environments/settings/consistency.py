"""What must hold between the parts of one environment's settings: names, numbers, properties, and where Twilio is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle.declaration import Declaration, set_by_program
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.mistakes import Mistake
from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import HOME_REGION, Endpoint, check_file
from twilio_environments.secrets.delivery import secondary, transient
from twilio_environments.settings.model import Settings

_LONGEST_NAME = 64
_PRODUCTION = {"prod", "production", "live"}


def mistakes(settings: Settings, doubtful: Collection[str]) -> list[Mistake]:
    """Return the mistakes that no part of the settings shows on its own.

    `doubtful` are the parts that are incomplete because of mistakes of their own.
    """
    found = [
        *_production_mistakes(settings),
        *_endpoint_mistakes(settings),
        *_account_mistakes(settings),
        *_name_mistakes(settings),
    ]
    if "secrets" not in doubtful:
        if settings.secrets is None and settings.keys:
            what = "is missing, and there are keys: say where their secrets go, such as twilio:secrets: {vault: {}}"
            found.append(Mistake("secrets", what))
        found += _property_mistakes(settings, doubtful)
    return found


def _production_mistakes(settings: Settings) -> Iterator[Mistake]:
    if settings.production and settings.local:
        yield Mistake("production", "and twilio:local cannot both be true: a local stack never reaches the real Twilio")
    if settings.production is None and speaks_of_production(settings.stack):
        yield Mistake(
            "production", f"is missing, and the stack's name {settings.stack} suggests it: set it to true or false"
        )


def speaks_of_production(stack: str) -> bool:
    """Return whether a stack's name contains a word for production, so that its file must say whether it is."""
    return bool(set(re.split(r"[^a-z]+", stack.lower())) & _PRODUCTION)


def _endpoint_mistakes(settings: Settings) -> Iterator[Mistake]:
    for name, given in (
        ("endpoint", {"url": settings.endpoint}),
        ("region" if settings.region else "edge", {"region": settings.region, "edge": settings.edge}),
    ):
        try:
            Endpoint(**given)
        except Problem as problem:
            # The error repeats the value, which may contain credentials; the remedy does not.
            yield Mistake(name, f"is not usable: {problem.remedy[0].lower()}{problem.remedy[1:].rstrip('.')}")
        else:
            if name == "endpoint" and settings.endpoint:
                yield from _endpoint_of_file(settings.endpoint, production=bool(settings.production))
    if settings.region not in (None, HOME_REGION):
        needs = [
            f"{section}.{name}"
            for section, kind in SECTIONS.items()
            for name, declared in settings.declared(section).items()
            if kind.at_home_only(declared)
        ]
        needs += ["limits.monthly_cost"] if settings.limits.monthly_cost is not None else []  # Pricing tells it
        for path in needs:
            yield Mistake(
                path, f"is only available in {HOME_REGION}: declare it in a stack without twilio:region and twilio:edge"
            )


def _endpoint_of_file(url: str, *, production: bool) -> Iterator[Mistake]:
    try:
        check_file(url, production=production)
    except ValueError as error:
        yield Mistake("endpoint", str(error))


def _account_mistakes(settings: Settings) -> Iterator[Mistake]:
    account = settings.subaccount
    if settings.shares_account:
        for name in ("friendly_name", "status", "expires"):
            if getattr(account, name) != type(account).model_fields[name].default:
                yield Mistake(f"subaccount.{name}", "has no effect with sid, whose account is left as it is: remove it")
    elif account.expires:
        for name in ("close_subaccount", "release_numbers"):
            if getattr(settings.allow, name) is None:
                what = f"is for a stack that may be lost entirely: say so in twilio:allow, with a reason for {name}"
                yield Mistake("subaccount.expires", what)
    yield from _set_by_program("subaccount", account)


def _name_mistakes(settings: Settings) -> Iterator[Mistake]:
    if not settings.shares_account:
        yield from _length_mistakes(settings, "subaccount.friendly_name", settings.subaccount_name)
    for section, kind in SECTIONS.items():
        seen: dict[str, str] = {}
        known: dict[str, str] = {}
        declared_here: Mapping[str, Any] = settings.declared(section)
        for name, declared in declared_here.items():
            path, friendly_name = f"{section}.{name}.friendly_name", settings.friendly_name(section, name)
            yield from _set_by_program(f"{section}.{name}", declared)
            own = _known_by(kind, declared)
            if own and known.setdefault(own, name) != name:
                yield Mistake(
                    f"{section}.{name}.{kind.known_by}", f"is also that of {section}.{known[own]}: keep one of them"
                )
            if not declared.friendly_name:
                if not (declared.adopt and own):
                    yield Mistake(path, "is empty: omit it to use the logical name")
                continue
            first = seen.setdefault(friendly_name, name)
            if first != name and not (own and _known_by(kind, declared_here[first])):
                what = f"is also that of {section}.{first}, and objects are identified by it: change one of them"
                yield Mistake(path, what)
            yield from _length_mistakes(settings, path, friendly_name)


def _set_by_program(path: str, declared: Declaration) -> Iterator[Mistake]:
    for field in set_by_program(type(declared)):
        if field in declared.model_fields_set:
            yield Mistake(f"{path}.{field}", "is set by the program: remove it")


def _known_by(kind: Kind[Any], declared: Declaration) -> str:
    """Return what identifies an object regardless of its name, such as a phone number, "" if its name does."""
    return str(getattr(declared, kind.known_by) or "") if kind.known_by else ""


def _length_mistakes(settings: Settings, path: str, friendly_name: str) -> Iterator[Mistake]:
    if len(friendly_name) > _LONGEST_NAME:
        over = len(friendly_name) - _LONGEST_NAME
        what = f"is {over} characters too long with the mark {settings.mark} appended: Twilio allows {_LONGEST_NAME}"
        yield Mistake(path, what)


def _property_mistakes(settings: Settings, doubtful: Collection[str]) -> Iterator[Mistake]:
    """Find properties of a document that would be written twice; the later of the two is the mistake."""
    taken: dict[tuple[str, str], str] = {}
    if settings.secrets:
        yield from _environment_property_mistakes(settings, taken)
    for name, key in settings.keys.items():
        if f"keys.{name}" in doubtful:
            continue
        properties, path = settings.key_properties(name), f"keys.{name}.properties"
        names = [properties.sid, properties.secret, *transient(properties.sid, properties.secret)]
        if account := settings.account_property(name):
            names.append(account)
        if len(set(names)) < len(names):
            yield Mistake(path, "needs two different properties, such as sid: api_key and secret: api_secret")
        place = settings.document_path(key.document)
        # Keys that share a document of their own share the property that names their account.
        owners = {taken.setdefault((place, one), f"keys.{name}") for one in names if one != account}
        for owner in sorted(owners - {f"keys.{name}"}):
            yield Mistake(
                path,
                f"uses a property that {owner} uses in the same document: choose others, or a separate document, "
                "such as document: staging/twilio-ci",
            )


def _environment_property_mistakes(settings: Settings, taken: dict[tuple[str, str], str]) -> Iterator[Mistake]:
    assert settings.secrets is not None
    place = settings.document_path()
    for property_name, (section, name, _) in settings.carried():
        what = f"{section}.{name}" if name else section
        other = taken.setdefault((place, property_name), what)
        if other != what:
            yield Mistake(what, f"uses a property in the secret document that {other} uses too: rename one of them")
    if token := settings.secrets.auth_token:
        for property_name in (token, secondary(token)):
            owner = taken.setdefault((place, property_name), "secrets.auth_token")
            if owner != "secrets.auth_token":
                what = f"is already used in this document by {owner}: choose another, such as auth_token"
                yield Mistake("secrets.auth_token", what)
