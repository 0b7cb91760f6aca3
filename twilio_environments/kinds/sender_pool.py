"""The senders of a Messaging Service, declared whole: one that is not declared is removed.

Twilio promises: a sender added twice is still there once (200, 201 or 409 with 21710), removing one releases nothing.
It does not move a sender: one that is in another service's pool has to be removed there first (409 with 21712, which
does not name that service) [Twilio: Services PhoneNumber, ShortCode, AlphaSender, ChannelSender resources].
A pool has no object of its own at Twilio; it goes by the SID of its service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from twilio_environments.kinds.declaration import (
    FIXED,
    Declaration,
    Declared,
    LogicalName,
    Twilio,
    plain,
    sid_of,
    unordered,
)
from twilio_environments.kinds.lifecycle import Kind, Live, different
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, TwilioError
from twilio_environments.rest.session import Account

_ALREADY_HERE = 21710
_ELSEWHERE = 21712
_POOL = Twilio(normalise=unordered)
_ANY_ORDER = AfterValidator(sorted)

AlphaSender = Annotated[str, StringConstraints(max_length=11, pattern=r"^[0-9 +&_-]*[A-Za-z][A-Za-z0-9 +&_-]*$")]


class OtherSenders(Declared):
    """The senders that are named by what Twilio knows them by."""

    short_codes: Annotated[list[Annotated[str, sid_of("SC")]], _ANY_ORDER, _POOL] = []
    """SIDs of short codes."""
    alpha_senders: Annotated[list[AlphaSender], _ANY_ORDER, _POOL] = []
    """Names that stand as the sender: at most 11 letters, digits, spaces and + & _ -, not digits alone."""
    channel_senders: Annotated[list[Annotated[str, sid_of("XE")]], _ANY_ORDER, _POOL] = []
    """SIDs of WhatsApp and other channel senders."""


class Senders(OtherSenders):
    """The senders of a Messaging Service, as a stack file declares them."""

    numbers: list[LogicalName] = []
    """Logical names of declared numbers."""


class SenderPool(OtherSenders, Declaration):
    """The pool of one Messaging Service, with every reference resolved."""

    service_sid: Annotated[str, sid_of("MG"), FIXED]
    """The service whose pool it is."""
    phone_numbers: Annotated[list[Annotated[str, sid_of("PN")]], _ANY_ORDER, _POOL] = []
    """SIDs of phone numbers."""


@dataclass(frozen=True)
class _Family:
    """One family of senders: Twilio's collection, the parameter that names a sender, and the field that lists them."""

    collection: str
    parameter: str
    field: str = "sid"


_FAMILIES = {
    "phone_numbers": _Family("phone_numbers", "phone_number_sid"),
    "short_codes": _Family("short_codes", "short_code_sid"),
    "alpha_senders": _Family("alpha_senders", "alpha_sender", "alpha_sender"),
    "channel_senders": _Family("channel_senders", "sid"),
}
Members = dict[str, dict[str, str]]
"""For each family: what declares a sender → the SID to delete it by."""


class SenderPoolKind(Kind[SenderPool]):
    """Sender pools, told apart by their service."""

    noun = "sender pool"
    section = "senders"
    declaration = SenderPool
    facts = ("service_sid",)

    def identity(self, declared: SenderPool) -> str:
        return declared.service_sid

    def find(self, account: Account, declared: SenderPool, *, made: bool = False) -> Live | None:  # noqa: ARG002
        return None  # a pool is there as soon as its service is

    def look(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:  # noqa: ARG002
        members = _members(account, object_id)
        return Live(object_id, {"service_sid": object_id} | {name: sorted(those) for name, those in members.items()})

    def make(self, account: Account, declared: SenderPool) -> Live:
        return self.look(account, declared.service_sid, {})

    def change(self, account: Account, live: Live, declared: SenderPool, names: set[str]) -> Live:
        members = _members(account, live.id)
        account.listings.drop(*pool_key(account, live.id))
        service = account.client.messaging.v1.services(live.id)
        for name in sorted(names):
            family, wanted = _FAMILIES[name], set(getattr(declared, name))
            collection = getattr(service, family.collection)
            for gone in sorted(members[name].keys() - wanted):
                _removed(collection(members[name][gone]).delete)
            for new in sorted(wanted - members[name].keys()):
                self._add(account, declared, family, live.id, new)
        return Live(live.id, dict(live.values) | {name: plain(sorted(getattr(declared, name))) for name in names})

    def remove(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:  # noqa: ARG002
        empty = SenderPool(service_sid=object_id)
        live = self.look(account, object_id, {})
        self.change(account, live, empty, different(self.desired(empty), live.values))

    def _add(self, account: Account, declared: SenderPool, family: _Family, service_sid: str, sender: str) -> None:
        add = partial(
            getattr(account.client.messaging.v1.services(service_sid), family.collection).create,
            **{family.parameter: sender},
        )
        try:
            add()
        except TwilioError as error:
            if error.code == _ALREADY_HERE:
                return
            if error.code != _ELSEWHERE:
                raise
            self._take_from_elsewhere(account, declared, family, sender)
            add()

    def _take_from_elsewhere(self, account: Account, declared: SenderPool, family: _Family, sender: str) -> None:
        services = account.client.messaging.v1.services
        for other in services.list(page_size=1000):
            collection = getattr(services(str(other.sid)), family.collection)
            members = collection.list(page_size=1000)
            member = next((one for one in members if getattr(one, family.field) == sender), None)
            if member is None or other.sid == declared.service_sid:
                continue
            if not (declared.adopt or (declared.mark and str(other.friendly_name).endswith(declared.mark))):
                raise Problem(
                    f"The sender {sender} is in the pool of the Messaging Service {other.friendly_name!r} "
                    f"({other.sid}), which this stack did not make, and it can be in one pool only (Twilio 21712).",
                    "Remove it there, or set adopt: true on the Messaging Service that shall have it.",
                )
            _removed(collection(member.sid).delete)
            account.listings.drop(*pool_key(account, str(other.sid)))
            return


def pool_key(account: Account, service_sid: str) -> tuple[str, ...]:
    """Return the key of the shared listing of one pool."""
    return (account.sid, "senders", service_sid)


def _members(account: Account, service_sid: str) -> Members:
    service = account.client.messaging.v1.services(service_sid)

    def read() -> list[Members]:
        return [
            {
                name: {
                    str(getattr(one, family.field)): str(one.sid)
                    for one in getattr(service, family.collection).list(page_size=1000)
                }
                for name, family in _FAMILIES.items()
            }
        ]

    return account.listings.get(pool_key(account, service_sid), read)[0]


def nothing() -> list[Members]:
    """Return the members of a service that was just made, so that its pool need not be read."""
    return [{name: {} for name in _FAMILIES}]


def _removed(remove: Callable[[], Any]) -> None:
    try:
        remove()
    except NotFound:
        return


KIND = SenderPoolKind()
