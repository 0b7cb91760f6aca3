"""Every operation of every kind, and those of a whole environment."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from tests.kinds.case import Case
from tests.kinds.cases import CASES, LISTED
from tests.kinds.cases.api_key import CASE as KEYS
from tests.kinds.cases.phone_number import CASE as NUMBERS
from tests.kinds.cases.secret_document import CASE as DOCUMENTS
from tests.kinds.cases.sender_pool import CASE as POOLS
from tests.kinds.cases.subaccount import CASE as SUBACCOUNT
from tests.kinds.world import MARK, OWNER, World, sid
from tests.sweep import tokens
from tests.sweep.engine import Declared
from tests.sweep.ones import both, one
from tests.sweep.programs import Program, program_of, stack_file
from tests.sweep.stage import Build, Scenario, moved

SEARCH: dict[str, Any] = {"search": {"country": "US", "area_code": 415}, "friendly_name": "searched"}
_ADDRESS = "https://vault.example.com:8200"
_SHARED = f"AC{9:032x}"
_FIRST = dict(POOLS.minimal)
_POOL_OF = {"phone_numbers": [sid("PN", 1), sid("PN", 2)]}
_BOTH = {"api": ("api_key", "api_secret"), "other": ("other_key", "other_secret")}


def by_hand(case: Case) -> Any:
    """Make an object of the declared identity with other fields, as somebody in the Console would."""

    def make(world: World) -> None:
        url = world.address(case.name)
        wire = world.parent if url.startswith("https://api.") else world.wire
        assert wire.post(url, **case.form).status_code == 201

    return make


def _of_kinds() -> Iterator[Scenario]:
    for case in CASES:
        least, most = one(case, case.minimal), [one(case, full) for full in case.full]
        yield Scenario(f"{case.name}-create", least)
        for number, full in enumerate(most, 1):
            yield Scenario(f"{case.name}-create-{number}", full)
            yield Scenario(f"{case.name}-update-{number}", full, (least,))
            yield Scenario(f"{case.name}-clear-{number}", least, (full,))
        yield Scenario(f"{case.name}-refresh", most[0], (most[0],), refreshed=True)
        yield Scenario(f"{case.name}-delete", before=(most[-1],))
    for case in LISTED:
        if case is not KEYS:
            yield Scenario(f"{case.name}-adopt", one(case, case.full[0]), by_hand=by_hand(case))


def _strangers() -> Iterator[Scenario]:
    """What somebody else made is left as it is, by a stack that was not told to take it over."""
    for case in LISTED:
        if case not in (KEYS, SUBACCOUNT):  # their names always carry the mark
            alone = one(case, case.minimal, adopt=False)
            yield Scenario(f"{case.name}-stranger", alone, by_hand=by_hand(case), refused="did not create it")
    # Alone: a sender that is free would be added beside the one that is refused.
    elsewhere = _FIRST | {"service_sid": sid("MG", 2), "phone_numbers": [sid("PN")]}
    yield Scenario(
        "senders-stranger", one(POOLS, elsewhere, adopt=False), by_hand=_in_another_pool, refused="did not create"
    )
    yield Scenario(
        "secrets-stranger", one(DOCUMENTS, DOCUMENTS.full[0]), by_hand=_in_another_document, refused="belongs to"
    )


def _in_another_pool(world: World) -> None:
    added = world.wire.post(
        f"https://messaging.twilio.com/v1/Services/{sid('MG')}/PhoneNumbers", PhoneNumberSid=sid("PN")
    )
    assert added.status_code == 201


def _in_another_document(world: World) -> None:
    world.store.write(world.path, "somebody/else", {"account_sid": "theirs"})


def _replacements() -> Iterator[Scenario]:
    number = dict(NUMBERS.minimal)
    other = number | {"phone_number": "+14155550101"}
    yield Scenario("numbers-create-searched", one(NUMBERS, SEARCH))
    yield Scenario("numbers-replace", one(NUMBERS, other), (one(NUMBERS, number),))
    yield Scenario(
        "numbers-transfer-back",
        one(NUMBERS, number, transfer_from=lambda world: world.twilio.account_sid),
        (one(NUMBERS, number),),
        by_hand=_to_the_main_account,
        refreshed=True,
    )
    search = SEARCH | {"search": {"country": "US", "area_code": 212}}
    yield Scenario("numbers-replace-searched", one(NUMBERS, search), (one(NUMBERS, SEARCH),))
    yield Scenario(
        "senders-replace",
        one(POOLS, {"service_sid": sid("MG", 2)} | _POOL_OF),
        (one(POOLS, _FIRST | _POOL_OF),),
    )
    yield Scenario(
        "senders-move",
        both(one(POOLS, _FIRST, "first"), one(POOLS, {"service_sid": sid("MG", 2)} | _POOL_OF, "second")),
        (both(one(POOLS, _FIRST | _POOL_OF, "first"), one(POOLS, {"service_sid": sid("MG", 2)}, "second")),),
    )
    yield Scenario(
        "senders-move-ahead",
        both(one(POOLS, {"service_sid": sid("MG", 2)} | _POOL_OF, "second"), one(POOLS, _FIRST, "first")),
        (both(one(POOLS, _FIRST | _POOL_OF, "first"), one(POOLS, {"service_sid": sid("MG", 2)}, "second")),),
    )
    replaced = one(DOCUMENTS, DOCUMENTS.full[0], document=lambda world: world.reference(moved(world)))
    yield Scenario("secrets-replace", replaced, (one(DOCUMENTS, DOCUMENTS.full[0]),))


def _to_the_main_account(world: World) -> None:
    (number,) = world.twilio.state.table("incoming_phone_numbers").rows(phone_number=NUMBERS.minimal["phone_number"])
    path = world.address("numbers", number["sid"])
    assert world.parent.post(path, AccountSid=world.twilio.account_sid).status_code == 200


def _keys() -> Iterator[Scenario]:
    """Keys: rotations, revocations and moves, with the store looked at between any two calls."""
    standard, restricted = dict(KEYS.minimal), dict(KEYS.full[0])
    api = _BOTH["api"]

    def here(world: World) -> tuple[tuple[str, str, str], ...]:
        return ((world.path, *api),)

    for name, inputs in (("standard", standard), ("restricted", restricted)):
        asked = one(KEYS, inputs | {"rotation": "r1"})
        at_once = one(KEYS, inputs | {"rotation": "r1", "overlap": "0s"})
        yield Scenario(f"keys-rotate-{name}", asked, (one(KEYS, inputs),), watched=here)
        yield Scenario(f"keys-rotate-{name}-at-once", at_once, (one(KEYS, inputs),), watched=here)
        late = timedelta(hours=25)
        yield Scenario(f"keys-revoke-{name}", asked, (one(KEYS, inputs), asked), later=late, watched=here)
    yield Scenario("keys-retype", one(KEYS, restricted), (one(KEYS, standard),), watched=here)
    due = one(KEYS, standard | {"rotate_every": "30d"})
    yield Scenario("keys-rotate-by-age", due, (due,), later=timedelta(days=31), watched=here)

    def elsewhere(world: World) -> dict[str, Any]:
        return world.delivery(moved(world))

    def renamed(world: World) -> dict[str, Any]:
        return world.delivery(sid_property=_BOTH["other"][0], secret_property=_BOTH["other"][1])

    def either(world: World) -> tuple[tuple[str, str, str], ...]:
        return (*here(world), (moved(world), *api), (world.path, *_BOTH["other"]))

    for name, place in (("path", elsewhere), ("properties", renamed)):
        yield Scenario(f"keys-move-{name}", one(KEYS, standard, delivery=place), (one(KEYS, standard),), watched=either)
    asked = one(KEYS, standard | {"rotation": "r1"}, delivery=elsewhere)
    yield Scenario("keys-rotate-and-move", asked, (one(KEYS, standard),))
    two = both(one(KEYS, standard), one(KEYS, standard | {"friendly_name": f"other {MARK}"}, "other", delivery=renamed))
    yield Scenario("keys-two-in-one-document", two)
    yield Scenario("keys-lost-secret", one(KEYS, standard), (one(KEYS, standard),), _lose_secret, refreshed=True)


def _lose_secret(world: World) -> None:
    world.store.remove(world.path, OWNER, ["api_secret"])


@cache
def _local(changed: bool = False, store: str = "aws", stack: str = "local", shared: bool = False) -> Program:
    config = stack_file("local")
    if shared:
        config["subaccount"] = {"sid": _SHARED}
        for service in config["verify_services"].values():  # whose names bear no mark
            service["adopt"] = True
    config["secrets"] = {store: {"region": "eu-west-1"} if store == "aws" else {"address": _ADDRESS}}
    config["secrets"] |= {"document": "PATH", "auth_token": "auth_token"}
    if changed:
        config["messaging_services"]["second"] = {
            "inbound_request_url": "http://localhost:8080/second",
            "senders": {"numbers": ["alerts-2"]},
        }
        config["messaging_services"]["alerts"]["senders"] = {"numbers": ["sales"]}
        config["verify_services"]["login"]["rate_limits"] = {"by-number": {"buckets": [{"max": 2, "interval": 60}]}}
        config["values"]["greeting"] = "Good morning."
        del config["numbers"]["alerts-1"], config["keys"]["reporting"]
    return program_of(config, stack)


def environment(changed: bool = False, store: str = "aws", stack: str = "local", shared: bool = False) -> Build:
    """The environment of the stack file `local`, as the components declare it for a stack of that name or another.

    `shared`: in the world's account, which was there before.
    """

    def build(world: World) -> Program:
        address = str(world.store_settings.get("vault", {}).get("address") or os.environ.get("VAULT_ADDR", ""))

        def at(declared: Declared) -> Declared:
            text = json.dumps(declared.inputs).replace('"PATH"', json.dumps(world.path)).replace(_ADDRESS, address)
            text = text.replace(_SHARED, world.account_sid)
            return replace(declared, inputs=json.loads(text))

        return [at(declared) for declared in _local(changed, store, stack, shared)]

    return build


def _renamed(store: str = "aws") -> Scenario:
    """`pulumi stack rename`, and things taken out of the stack file at the same time; the document keeps its path."""
    renamed = environment(changed=True, store=store, stack="renamed")

    def here(world: World) -> tuple[tuple[str, str, str], ...]:
        return ((world.path, *_BOTH["api"]),)

    def also(world: World) -> list[str]:
        document = world.store.read(world.path)
        left = [name for name in document.properties if name.startswith("reporting")] if document else ["no document"]
        return [f"I2: {name} is left of a key that was taken out" for name in left]

    before = (environment(store=store),)
    return Scenario("environment-rename", renamed, before, also=also, watched=here, store=store)


def _environments() -> Iterator[Scenario]:
    yield Scenario("environment-bootstrap", environment())
    yield Scenario("environment-change", environment(changed=True), (environment(),))
    yield Scenario("environment-destroy", before=(environment(),))
    yield Scenario("environment-shared-bootstrap", environment(shared=True))
    yield Scenario("environment-shared-destroy", before=(environment(shared=True),))
    yield _renamed()


def _objects() -> Iterator[Scenario]:
    yield from (*_of_kinds(), *_strangers(), *_replacements(), *_keys(), *tokens.scenarios())


def _on_vault() -> Iterator[Scenario]:
    """What writes to the store, once more on the other one."""
    for scenario in _objects():
        if scenario.name.startswith(("keys-", "secrets-", "token-")):
            yield replace(scenario, name=f"vault-{scenario.name}", store="vault")
    yield Scenario("vault-environment-bootstrap", environment(store="vault"), store="vault")
    yield replace(_renamed("vault"), name="vault-environment-rename")


SCENARIOS = {scenario.name: scenario for scenario in (*_objects(), *_environments(), *_on_vault())}
