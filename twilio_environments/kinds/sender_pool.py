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

from twilio_environments.lifecycle.absence import proven
from twilio_environments.lifecycle.declaration import (
    FIXED,
    Declaration,
    Declared,
    LogicalName,
    To,
    Twilio,
    plain,
    sid_of,
    unordered,
)
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.listed import PAGE, bears
from twilio_environments.lifecycle.objects import Live, different
from twilio_environments.lifecycle.review import Level, Severity
from twilio_environments.lifecycle.together import together
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, TwilioError
from twilio_environments.rest.session import Account

_ALREADY_HERE = 21710
_ELSEWHERE = 21712
_POOL = Twilio(normalise=unordered)


def _in_order(senders: list[str]) -> list[str]:
    # Not `sorted` itself: pydantic asks for the signature of a validator, and to read a built-in's took as long as half
    # of a program's other imports.
    return sorted(senders)


_ANY_ORDER = AfterValidator(_in_order)
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

    numbers: Annotated[list[LogicalName], To("numbers", into="phone_numbers")] = []
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
Members = dict[str, str]
"""What declares a sender → the SID to delete it by."""


class SenderPoolKind(Kind[SenderPool]):
    """Sender pools, told apart by their service."""

    order = 40
    noun = "sender pool"
    resource = "SenderPool"
    described = "A Messaging Service's senders, whole; `id` is the service's SID."
    section = "senders"
    by_name = False
    declaration = SenderPool
    stack_file = Senders
    facts = {"service_sid": str}
    part_of = "messaging_services"
    console = "develop/sms/services/{sid}"
    event_words = ("number-pool", "sender")
    logged_by_member = True

    def identity(self, declared: SenderPool) -> str:
        return declared.service_sid

    def identifies(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> int:
        return int(inputs.get("service_sid") == recorded.get("service_sid"))

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:  # noqa: ARG002 - see Reviewable
        added = {*(live or [])} - {*(recorded or [])}
        reason = "messages go out under a sender nobody declared" if added else "a declared sender sends no more"
        return Severity(Level.BEHAVIOUR, reason)

    def find(self, account: Account, declared: SenderPool, *, made: bool = False) -> Live | None:  # noqa: ARG002
        return None  # a pool is there as soon as its service is

    def observe(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:  # noqa: ARG002
        def read() -> Live:
            members = together(
                account, [partial(_members, account, object_id, name) for name in _FAMILIES], "reading a pool"
            )
            pools = {name: sorted(those) for name, those in zip(_FAMILIES, members, strict=True)}
            return Live(object_id, {"service_sid": object_id} | pools)

        # A pool is there as long as its service is.
        return proven(
            account,
            f"Messaging Service {object_id}",
            read,
            lambda: any(one.sid == object_id for one in _services(account)),
            lambda: account.listings.drop(*_services_key(account)),
        )

    def create_object(self, account: Account, declared: SenderPool) -> Live:
        return self.observe(account, declared.service_sid, {})

    def update_object(self, account: Account, live: Live, declared: SenderPool, names: set[str]) -> Live:
        gone: list[Callable[[], None]] = []
        new: list[Callable[[], None]] = []
        for name in sorted(names):
            members, wanted = _members(account, live.id, name), set(getattr(declared, name))
            account.listings.drop(*_key(account, live.id, name))
            collection = _collection(account, live.id, name)
            gone += [partial(_removed, collection(members[one]).delete) for one in sorted(members.keys() - wanted)]
            new += [partial(self._add, account, declared, name, one) for one in sorted(wanted - members.keys())]
        together(account, gone, f"removing senders from {live.id}")
        together(account, new, f"adding senders to {live.id}")
        return Live(live.id, dict(live.values) | {name: plain(sorted(getattr(declared, name))) for name in names})

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:  # noqa: ARG002
        empty = SenderPool(service_sid=object_id)
        live = self.observe(account, object_id, {})
        self.update_object(account, live, empty, different(self.desired(empty), live.values))

    def _add(self, account: Account, declared: SenderPool, name: str, sender: str) -> None:
        collection = _collection(account, declared.service_sid, name)
        add = partial(collection.create, **{_FAMILIES[name].parameter: sender})
        try:
            add()
        except TwilioError as error:
            if error.code == _ALREADY_HERE:
                return
            if error.code != _ELSEWHERE:
                raise
            self._take_from_elsewhere(account, declared, name, sender)
            add()

    def _take_from_elsewhere(self, account: Account, declared: SenderPool, name: str, sender: str) -> None:
        for other in _services(account):
            sid = str(other.sid)
            if sid == declared.service_sid or sender not in (members := _members(account, sid, name)):
                continue
            if not (declared.adopt or bears(other.friendly_name, declared.mark)):
                raise Problem(
                    f"The sender {sender} is in the pool of the Messaging Service {other.friendly_name!r} "
                    f"({other.sid}), which this stack did not make, and it can be in one pool only (Twilio 21712).",
                    "Remove it there, or set adopt: true on the Messaging Service that shall have it.",
                )
            _removed(_collection(account, sid, name)(members[sender]).delete)
            account.listings.patch(
                _key(account, sid, name), lambda kept: [{one: kept[0][one] for one in kept[0] if one != sender}]
            )
            return


def begin(account: Account, service_sid: str) -> None:
    """Take note that a service was just made, so that its pool need not be read."""
    for name in _FAMILIES:
        account.listings.get(_key(account, service_sid, name), lambda: [{}])


def _key(account: Account, service_sid: str, name: str) -> tuple[str, ...]:
    return (account.sid, "senders", service_sid, name)


def _services_key(account: Account) -> tuple[str, ...]:
    return (account.sid, "pool owners")


def _services(account: Account) -> list[Any]:
    services = account.client.messaging.v1.services
    return account.listings.get(_services_key(account), lambda: services.list(page_size=PAGE))


def _collection(account: Account, service_sid: str, name: str) -> Any:
    return getattr(account.client.messaging.v1.services(service_sid), _FAMILIES[name].collection)


def _members(account: Account, service_sid: str, name: str) -> Members:
    def read() -> list[Members]:
        listed = _collection(account, service_sid, name).list(page_size=PAGE)
        return [{str(getattr(one, _FAMILIES[name].field)): str(one.sid) for one in listed}]

    return account.listings.get(_key(account, service_sid, name), read)[0]


def _removed(remove: Callable[[], Any]) -> None:
    try:
        remove()
    except NotFound:
        return


KIND = SenderPoolKind()
