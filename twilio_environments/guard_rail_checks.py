"""The guard rails whose facts are in the stack file: what of it they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from twilio_environments import trust
from twilio_environments.guard_rails import KEY_AGE, REGIONS, RESTRICTED_KEYS, SUSPEND_SUBACCOUNT, WEBHOOK_HOSTS, Rule
from twilio_environments.host_names import host_of
from twilio_environments.kinds import flow_template
from twilio_environments.kinds.limits import allows
from twilio_environments.kinds.mistakes import Mistake
from twilio_environments.kinds.rotation import duration
from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import HOME_REGION

if TYPE_CHECKING:
    from twilio_environments.settings import Settings

_REQUEST = "make-http-request"


def refusals(settings: Settings, doubtful: Collection[str]) -> Iterator[Mistake]:
    """Yield what the guard rails refuse of the settings, at its place.

    `doubtful` are the parts that are incomplete for mistakes of their own; nothing is refused for what they leave out.
    """
    yield from _webhook_hosts(settings)
    yield from region_refusals(settings, settings.region, "region")
    if settings.production and settings.subaccount.status == "suspended" and not settings.allow.suspend_subaccount:
        what = "stops all traffic of a production stack: say why in twilio:allow suspend_subaccount"
        yield _refused(SUSPEND_SUBACCOUNT, "subaccount.status", what)
    for name in settings.keys:
        if not {"keys", f"keys.{name}"} & {*doubtful}:
            yield from _key(settings, name)


def region_refusals(settings: Settings, region: str | None, place: str) -> Iterator[Mistake]:
    """Yield what is refused about the region of a run; `place` is where it was said."""
    allowed = settings.limits.regions
    if allowed is not None and (region or HOME_REGION) not in allowed:
        yield _refused(REGIONS, place, f"is none of the regions allowed by twilio:limits regions: {', '.join(allowed)}")


def untrusted(settings: Settings) -> Iterator[Mistake]:
    """Yield where the stack file alone says who gets credentials or secrets of this run, by the run's environment."""
    trust.declare(production=bool(settings.production))
    store = settings.secrets and (settings.secrets.vault or settings.secrets.aws)
    places: dict[str, Callable[[], object]] = {"secrets": store.resolved} if store else {}
    for name, key in settings.keys.items():
        if key.validation_url:
            places[f"keys.{name}.validation_url"] = partial(trust.require_origin, key.validation_url)
    for place, look in places.items():
        try:
            look()
        except Problem as problem:
            yield Mistake(place, str(problem))


def _webhook_hosts(settings: Settings) -> Iterator[Mistake]:
    hosts = settings.limits.webhook_hosts
    if hosts is None:
        return
    for place, url in (*settings.webhooks(), *_requests(settings)):
        if what := _not_allowed(url, hosts):
            yield _refused(WEBHOOK_HOSTS, place, what)


def _not_allowed(url: str, hosts: list[str]) -> str:
    """Return what the webhook_hosts have against a URL, "" for nothing."""
    if re.search(r"\{\{|\{%", re.split("[/?#]", url.partition("://")[2] or url)[0]):
        return "goes to a host that is known only when the flow runs: write the host out"
    try:
        host = host_of(url, strict=False)
    except ValueError as error:
        return str(error)
    if allows(hosts, host):
        return ""
    return f"goes to a host that is not allowed by twilio:limits webhook_hosts: {', '.join(hosts)}"


def _requests(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the URLs that widgets of the flows ask, by the places of the flows' files."""
    if settings.references.mistakes:  # what a placeholder stands for need not be known then
        return
    for name, definition in settings.references.definitions.items():
        values = flow_template.stand_ins(definition) | {
            placeholder: f"{{{{{placeholder}}}}}" if reference.target else reference.text
            for placeholder in flow_template.placeholders(definition)
            if (reference := settings.references.placeholder(placeholder))
        }
        for widget in _widgets(flow_template.render(definition, values)):
            yield f"studio_flows.{name}.file", str(widget["properties"].get("url", ""))


def _widgets(definition: Any) -> Iterator[Mapping[str, Any]]:
    states = definition.get("states") if isinstance(definition, Mapping) else None
    for widget in states if isinstance(states, list) else ():
        known = isinstance(widget, Mapping) and widget.get("type") == _REQUEST
        if known and isinstance(widget.get("properties"), Mapping):
            yield widget


def _key(settings: Settings, name: str) -> Iterator[Mistake]:
    key, limit = settings.keys[name], settings.limits.key_age
    if settings.production and settings.allow.standard_keys is None and key.type != "restricted":
        what = "is not restricted, in production: give it a policy, or say why in twilio:allow standard_keys"
        yield _refused(RESTRICTED_KEYS, f"keys.{name}.type", what)
    if limit is not None and key.rotate_every is None:
        what = f"is missing, and twilio:limits key_age asks for {limit} or less"
        yield _refused(KEY_AGE, f"keys.{name}.rotate_every", what)
    elif limit is not None and key.rotate_every is not None and duration(key.rotate_every) > duration(limit):
        yield _refused(KEY_AGE, f"keys.{name}.rotate_every", f"is longer than twilio:limits key_age, {limit}")


def _refused(rule: Rule, place: str, what: str) -> Mistake:
    return Mistake(place, rule.refusal(what))
