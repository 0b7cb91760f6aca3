"""The guard rails whose facts are in the stack file, and what they refuse in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from twilio_environments import trust
from twilio_environments.addresses import Address, AddressPlace, in_flow
from twilio_environments.guard_rails import (
    KEY_AGE,
    PUBLIC_WEBHOOKS,
    REGIONS,
    RESTRICTED_KEYS,
    SUSPEND_SUBACCOUNT,
    WEBHOOK_HOSTS,
    Rule,
)
from twilio_environments.host_names import host_of
from twilio_environments.kinds.registry import BY_SECTION
from twilio_environments.lifecycle import webhooks
from twilio_environments.lifecycle.mistakes import Mistake
from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import HOME_REGION
from twilio_environments.secrets.schedule import duration
from twilio_environments.settings.limits import allows
from twilio_environments.settings.model import Settings
from twilio_environments.settings.references import References, defined_in
from twilio_environments.studio import flow_template


def refusals(settings: Settings, doubtful: Collection[str], references: References | None) -> Iterator[Mistake]:
    """Yield what the guard rails refuse in the settings, with its place.

    `doubtful` are the parts that are incomplete because of their own mistakes; nothing is refused for what they lack.
    `references` is None while they have mistakes: then the value of a placeholder need not be known.
    """
    yield from _webhook_hosts(settings)
    if references is not None:
        yield from _flow_addresses(settings, references)
    yield from region_refusals(settings, settings.region, "region")
    if settings.production and settings.subaccount.status == "suspended" and not settings.allow.suspend_subaccount:
        what = "stops all traffic of a production stack: say why in twilio:allow suspend_subaccount"
        yield _refused(SUSPEND_SUBACCOUNT, "subaccount.status", what)
    for name in settings.keys:
        if not {"keys", f"keys.{name}"} & {*doubtful}:
            yield from _key(settings, name)


def region_refusals(settings: Settings, region: str | None, place: str) -> Iterator[Mistake]:
    """Yield what is refused about the region of a run; `place` is where it was set."""
    allowed = settings.limits.regions
    if allowed is not None and (region or HOME_REGION) not in allowed:
        what = f"is not one of the regions allowed by twilio:limits regions: {', '.join(allowed)}"
        yield _refused(REGIONS, place, what)


def untrusted(settings: Settings) -> Iterator[Mistake]:
    """Yield where only the stack file, not the run's environment, says who gets the run's credentials or secrets."""
    trust.declare(production=bool(settings.production))
    store = settings.secrets and settings.secrets.backend
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
    for place, url in settings.webhooks():
        try:
            host = host_of(url, strict=False)
        except ValueError as error:
            yield _refused(WEBHOOK_HOSTS, place, str(error))
        else:
            if not allows(hosts, host):
                yield _refused(WEBHOOK_HOSTS, place, _not_allowed(hosts))


def _not_allowed(hosts: list[str]) -> str:
    return f"goes to a host that is not allowed by twilio:limits webhook_hosts: {', '.join(hosts)}"


def _flow_addresses(settings: Settings, references: References) -> Iterator[Mistake]:
    """Yield what is refused about the addresses in the flows, each with its widget, field and host."""
    hosts = settings.limits.webhook_hosts
    for flow, places in flow_places(references).items():
        file, late = f"{flow}.{defined_in(flow)}", set()
        for one in places:
            where = f'widget "{one.widget}", {one.field}'
            if one.address.at_run_time:
                late |= {where} if one.surely else set()
            elif not settings.local and (what := _unfit(one.address)):
                yield Mistake(file, f"{what} ({where})")
            elif hosts is not None and not (one.address.host and allows(hosts, one.address.host)):
                what = one.address.problem or f"{_not_allowed(hosts)} ({one.address.host}, in the {where})"
                yield _refused(WEBHOOK_HOSTS, file, what)
        if late and hosts is not None:
            what = "goes to a host that is only known when the flow runs: write the host out"
            yield _refused(WEBHOOK_HOSTS, file, f"{what} ({'; '.join(sorted(late))})")


def _unfit(address: Address) -> str:
    """Return why a stack that meets the real Twilio must not have an address, "" if it may."""
    if address.problem:
        return address.problem
    if address.scheme in {"http", "ws"}:
        return PUBLIC_WEBHOOKS.refusal(f"is not {address.scheme}s, and goes to {address.host}")
    if not webhooks.public(address.host):
        return PUBLIC_WEBHOOKS.refusal(f"goes to a host that Twilio cannot reach: {address.host}")
    return ""


def decided_at_run_time(settings: Settings) -> Iterator[str]:
    """Yield one sentence for each flow that decides at run time where it leads: no guard rail can check that."""
    for flow, places in flow_places(References(settings)).items():
        late = sorted({f"{one.widget}.{one.field}" for one in places if one.address.at_run_time})
        if late:
            yield f"{flow} decides where it goes at run time, with Liquid, in {', '.join(late)}."


def flow_places(references: References) -> dict[str, list[AddressPlace]]:
    """Return the addresses in each flow; one of our own flows, named by a placeholder, does not lead elsewhere."""
    found = {}
    for flow, definition in references.settings.definitions.items():
        values = flow_template.stand_ins(definition) | {
            placeholder: reference.text
            for placeholder in flow_template.placeholders(definition)
            if not (reference := references.placeholder(placeholder)).target
        }
        own = {placeholder: "" for placeholder in values if _is_own_address(references, placeholder)}
        found[flow] = [*in_flow(flow_template.render(definition, values | own))]
    return found


def _is_own_address(references: References, placeholder: str) -> bool:
    """Return whether a placeholder stands for an address that leads to an object of the environment."""
    reference = references.placeholder(placeholder)
    return reference.target is not None and reference.attribute in BY_SECTION[reference.target.section].addresses


def _key(settings: Settings, name: str) -> Iterator[Mistake]:
    key, limit = settings.keys[name], settings.limits.key_age
    if settings.production and settings.allow.standard_keys is None and key.type != "restricted":
        what = "is not restricted, in production: give it a policy, or say why in twilio:allow standard_keys"
        yield _refused(RESTRICTED_KEYS, f"keys.{name}.type", what)
    if limit is not None and key.rotate_every is None:
        what = f"is missing, and twilio:limits key_age requires {limit} or less"
        yield _refused(KEY_AGE, f"keys.{name}.rotate_every", what)
    elif limit is not None and key.rotate_every is not None and duration(key.rotate_every) > duration(limit):
        yield _refused(KEY_AGE, f"keys.{name}.rotate_every", f"is longer than twilio:limits key_age, {limit}")


def _refused(rule: Rule, place: str, what: str) -> Mistake:
    return Mistake(place, rule.refusal(what))
