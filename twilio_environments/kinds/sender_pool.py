"""The senders of a Messaging Service, declared whole: undeclared ones are removed.

Twilio promises: a sender added twice is in the pool once (200, 201 or 409 with 21710), removing one releases nothing.
It does not move a sender: one that is in another service's pool has to be removed there first (409 with 21712, which
does not name that service) [Twilio: Services PhoneNumber, ShortCode, AlphaSender, ChannelSender resources].
A pool is not an object of its own at Twilio; it uses the SID of its service.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from twilio_environments.lifecycle.absence import proven
from twilio_environments.lifecycle.declaration import FIXED, Declaration, Declared, LogicalName, To, sid_of
from twilio_environments.lifecycle.forms import form
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.listed import bears
from twilio_environments.lifecycle.objects import Live, different
from twilio_environments.lifecycle.parts import Job, Part, Parts, parts_of
from twilio_environments.lifecycle.review import Level, Severity
from twilio_environments.lifecycle.together import together
from twilio_environments.lifecycle.values import plain, unordered
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.listings import PAGE
from twilio_environments.rest.session import Account

_ALREADY_HERE = 21710
_ELSEWHERE = 21712
_IN_ONE_POOL = "is also in the pool of {other}, and Twilio allows it in only one: keep one"


def _in_order(senders: list[str]) -> list[str]:
    # Not `sorted` itself: pydantic inspects a validator's signature, and for a built-in that took half as long as all
    # of a program's other imports.
    return sorted(senders)


_ANY_ORDER = AfterValidator(_in_order)
AlphaSender = Annotated[
    str,
    StringConstraints(
        max_length=11,
        pattern=form(
            r"^[0-9 +&_-]*[A-Za-z][A-Za-z0-9 +&_-]*$",
            "letters, digits, spaces and + & _ - with at least one letter",
            "ACME",
        ),
    ),
]


class OtherSenders(Declared):
    """The senders that are named by what Twilio knows them by."""

    short_codes: Annotated[
        list[Annotated[str, sid_of("SC")]],
        _ANY_ORDER,
        Part(key="sid", parameter="short_code_sid", normalise=unordered),
    ] = []
    """SIDs of short codes."""
    alpha_senders: Annotated[list[AlphaSender], _ANY_ORDER, Part(key="alpha_sender", normalise=unordered)] = []
    """Names shown as the sender: at most 11 letters, digits, spaces and + & _ -, not only digits."""
    channel_senders: Annotated[
        list[Annotated[str, sid_of("XE")]], _ANY_ORDER, Part(key="sid", normalise=unordered)
    ] = []
    """SIDs of WhatsApp and other channel senders."""


class Senders(OtherSenders):
    """The senders of a Messaging Service, as a stack file declares them."""

    numbers: Annotated[list[LogicalName], To("numbers", into="phone_numbers", alone=_IN_ONE_POOL)] = []
    """Logical names of declared numbers."""


class SenderPool(OtherSenders, Declaration):
    """The pool of one Messaging Service, with every reference resolved."""

    service_sid: Annotated[str, sid_of("MG"), FIXED]
    """The service whose pool it is."""
    phone_numbers: Annotated[
        list[Annotated[str, sid_of("PN")]],
        _ANY_ORDER,
        Part(key="sid", parameter="phone_number_sid", normalise=unordered),
    ] = []
    """SIDs of phone numbers."""


class SenderPoolKind(Kind[SenderPool]):
    """Sender pools, identified by their service."""

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
        reason = (
            "messages are sent from a sender that nobody declared" if added else "a declared sender no longer sends"
        )
        return Severity(Level.BEHAVIOUR, reason)

    def find(self, account: Account, declared: SenderPool, *, made: bool = False) -> Live | None:  # noqa: ARG002
        return None  # a pool exists as soon as its service does

    def observe(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:  # noqa: ARG002
        def read() -> Live:
            return Live(object_id, {"service_sid": object_id} | _pool(account, object_id).values("reading a pool"))

        # A pool exists as long as its service does.
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
        pool = _pool(account, live.id)
        gone: list[Job] = []
        new: list[Job] = []
        for name in sorted(names):
            members, wanted = pool.members(name), getattr(declared, name)
            account.listings.drop(*pool.key(name))
            gone += pool.all[name].changes(account, pool.parent, members, wanted)[0]
            new += [partial(self._add, account, declared, name, one) for one in sorted(set(wanted) - members.keys())]
        together(account, gone, f"removing senders from {live.id}")
        together(account, new, f"adding senders to {live.id}")
        return Live(live.id, dict(live.values) | {name: plain(sorted(getattr(declared, name))) for name in names})

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:  # noqa: ARG002
        empty = SenderPool(service_sid=object_id)
        live = self.observe(account, object_id, {})
        self.update_object(account, live, empty, different(self.desired(empty), live.values))

    def _add(self, account: Account, declared: SenderPool, name: str, sender: str) -> None:
        pool = _pool(account, declared.service_sid)
        add = partial(pool.all[name].write, account, pool.parent, sender)
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
            pool = _pool(account, str(other.sid))
            if pool.id == declared.service_sid or sender not in (members := pool.members(name)):
                continue
            if not (declared.adopt or bears(other.friendly_name, declared.mark)):
                raise Problem(
                    f"The sender {sender} is in the pool of the Messaging Service {other.friendly_name!r} "
                    f"({other.sid}), which this stack did not create, and it can be in only one pool (Twilio 21712).",
                    "Remove it there, or set adopt: true on the Messaging Service that should have it.",
                )
            pool.all[name].remove(pool.parent, members[sender])
            account.listings.patch(
                pool.key(name), lambda kept: [{one: kept[0][one] for one in kept[0] if one != sender}]
            )
            return


def begin(account: Account, service_sid: str) -> None:
    """Note that a service was just created, so its pool need not be read."""
    _pool(account, service_sid).begin()


def _pool(account: Account, service_sid: str) -> Parts:
    return Parts(account, account.client.messaging.v1.services(service_sid), service_sid, parts_of(SenderPool))


def _services_key(account: Account) -> tuple[str, ...]:
    return (account.sid, "pool owners")


def _services(account: Account) -> list[Any]:
    services = account.client.messaging.v1.services
    return account.listings.get(_services_key(account), lambda: services.list(page_size=PAGE))


KIND = SenderPoolKind()
