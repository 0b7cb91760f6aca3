"""Collections that Twilio keeps below an object, with calls of their own; each is declared whole in one field.

A field's `Part` describes how Twilio keeps its collection; `Parts` holds those of one object. Undeclared members are
removed. A member's key cannot be changed, so a different key is a different member.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from typing import Any, get_origin

from twilio_environments.lifecycle.declaration import Declared, Twilio, live_values, models_in
from twilio_environments.lifecycle.together import together
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, TwilioError
from twilio_environments.rest.listings import PAGE
from twilio_environments.rest.session import Account

Job = Callable[[], None]


@dataclass(frozen=True)
class Member:
    """One member of a collection: the id by which Twilio addresses it, and its value; None if it only has a key."""

    id: str
    value: Any = None


Members = Mapping[Any, Member]
"""The members of one collection, by key."""


@dataclass(frozen=True, kw_only=True)
class Part(Twilio):
    """How Twilio keeps the collection that a field declares.

    The field is a mapping of models or of strings by key, a list of models with the key among their fields, or a list
    of keys. A model may have parts of its own: they are written after it, one at a time.

    `key` is the field of Twilio's answer that identifies a member, and `parameter` the parameter that sets it, if its
    name differs. `value` is the parameter that a mapping of strings sets. `id` is the field by which Twilio addresses a
    member. `collection` is its name in Twilio's library, if that is not the field's. `there_already` are the error
    codes with which Twilio refuses a second member with the same key.
    """

    sent: bool = False
    key: str
    value: str = ""
    id: str = "sid"
    collection: str = ""
    there_already: frozenset[int] = frozenset()
    model: type[Declared] | None = None
    """The model of a member; `parts_of` takes this and `is_list` from the field's annotation."""
    is_list: bool = False

    def members(self, account: Account, parent: Any) -> Members:
        """Read the members: one listing, and one more for each part of each member."""
        listed = getattr(parent, self.collection).list(page_size=PAGE)
        jobs = [partial(self._member, account, parent, one) for one in listed]
        inner = parts_of(self.model)
        found = together(account, jobs, f"reading {', '.join(inner)}") if inner else [job() for job in jobs]
        return {plain(getattr(one, self.key)): member for one, member in zip(listed, found, strict=True) if member}

    def declared(self, members: Members) -> Any:
        """Return members in the form in which they are declared and compared."""
        if not self.is_list:
            return {key: one.value for key, one in members.items()}
        return [members[key].value if self.model else key for key in sorted(members)]

    def changes(self, account: Account, parent: Any, live: Members, declared: Any) -> tuple[list[Job], list[Job]]:
        """Return the jobs that remove undeclared members, and those that write the members that differ."""
        wanted = self._by_key(declared)
        gone: list[Job] = [partial(self.remove, parent, live[key]) for key in sorted(live.keys() - wanted.keys())]
        differing = [key for key in sorted(wanted) if key not in live or live[key].value != wanted[key]]
        return gone, [partial(self.write, account, parent, key, wanted[key], live.get(key)) for key in differing]

    def write(self, account: Account, parent: Any, key: Any, value: Any = None, live: Member | None = None) -> None:
        """Create a member, or update the live one. Raises Problem if it exists but is not listed yet."""
        try:
            self._write(account, getattr(parent, self.collection), key, value, live)
        except TwilioError as error:
            if error.code not in self.there_already:
                raise
            raise Problem(
                f"Twilio already has {key!r} in {self.collection}, but its listing does not show it yet.",
                "Run again: by then it does, and nothing is created twice.",
            ) from None

    def remove(self, parent: Any, one: Member) -> None:
        """Delete a member; one that is already gone counts as success."""
        try:
            getattr(parent, self.collection)(one.id).delete()
        except NotFound:
            return

    def _by_key(self, declared: Any) -> Mapping[Any, Any]:
        if not self.is_list:
            return dict(declared)
        return {one[self.key]: one for one in declared} if self.model else dict.fromkeys(declared)

    def _member(self, account: Account, parent: Any, answer: Any) -> Member | None:
        """Read one member; None when it is gone and the listing that showed it is stale."""
        one = Member(str(getattr(answer, self.id)))
        if self.model is None:
            return replace(one, value=plain(getattr(answer, self.value))) if self.value else one
        context = getattr(parent, self.collection)(one.id)
        try:
            below = {name: part.declared(part.members(account, context)) for name, part in parts_of(self.model).items()}
        except NotFound:
            return None
        return replace(one, value=live_values(self.model, answer) | below)

    def _write(self, account: Account, collection: Any, key: Any, value: Any, live: Member | None) -> None:
        fields = self.model.table().items() if self.model else ()
        arguments = {field.parameter or name: value[name] for name, field in fields if field.sent and name != self.key}
        arguments |= {self.value: value} if self.value else {}
        if live:
            collection(live.id).update(**arguments)
            object_id = live.id
        else:
            made = collection.create(**{self.parameter or self.key: key}, **arguments)
            object_id = str(getattr(made, self.id))
        for name, part in parts_of(self.model).items():
            context = collection(object_id)
            below = part.members(account, context) if live else {}
            for job in chain(*part.changes(account, context, below, value[name])):
                job()


def parts_of(model: type[Declared] | None) -> Mapping[str, Part]:
    """Return the parts that a model's fields declare, by the field's name."""
    return _parts_of(model) if model else {}


@cache
def _parts_of(model: type[Declared]) -> Mapping[str, Part]:
    found = {}
    for name, field in model.model_fields.items():
        for part in (note for note in field.metadata if isinstance(note, Part)):
            is_list, inner = get_origin(field.annotation) is list, next(models_in(field.annotation), None)
            found[name] = replace(part, collection=part.collection or name, model=inner, is_list=is_list)
    return found


@dataclass(frozen=True)
class Parts:
    """The parts of one object, each read once per run; `parent` is the object in Twilio's library, `id` its SID."""

    account: Account
    parent: Any
    id: str
    all: Mapping[str, Part]

    def key(self, name: str) -> tuple[str, ...]:
        """Return the key of the shared listing of one part."""
        return (self.account.sid, "parts", self.id, name)

    def begin(self) -> None:
        """Note that the object was just created, so its parts need not be read."""
        for name in self.all:
            self.account.listings.get(self.key(name), lambda: [{}])

    def members(self, name: str) -> Members:
        """Return the live members of one part."""
        return self.account.listings.get(self.key(name), lambda: [self.all[name].members(self.account, self.parent)])[0]

    def values(self, what: str) -> dict[str, Any]:
        """Return all parts in the form in which they are declared and compared; `what` is for people who wait."""
        read = together(self.account, [partial(self.members, name) for name in self.all], what)
        return {name: part.declared(members) for (name, part), members in zip(self.all.items(), read, strict=True)}

    def apply(self, declared: Mapping[str, Any]) -> None:
        """Update parts to match the declaration, one at a time: remove, then write. Raises what Twilio refuses."""
        for name in sorted(declared):
            live = self.members(name)
            self.account.listings.drop(*self.key(name))
            gone, differing = self.all[name].changes(self.account, self.parent, live, declared[name])
            together(self.account, gone, f"removing {name}")
            together(self.account, differing, f"applying {name}")
