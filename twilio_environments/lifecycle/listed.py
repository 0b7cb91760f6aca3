"""The lifecycle of a kind that Twilio lists: found by identity in the listing that a whole run shares, and read there.

A listing may lag: what it does not show is confirmed by one GET before it is called gone, what it shows otherwise than
recorded before it is called changed, and what it shows by that name before it is taken over. A GET may lag as well:
what it does not find although the listing has it is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from operator import attrgetter
from typing import Any, ClassVar

from pydantic import ValidationError

from twilio_environments.lifecycle.absence import proven
from twilio_environments.lifecycle.adoption import Found
from twilio_environments.lifecycle.card import D
from twilio_environments.lifecycle.declaration import Declaration
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.objects import ACCOUNT, Live, different
from twilio_environments.lifecycle.parts import Parts, parts_of
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.listings import PAGE
from twilio_environments.rest.session import Account, Session

_RARE = 0.01  # of the first page; a page of 1,000 rows, about 1.3 MB, takes about as long as ten GETs


def _former_names(declared: Declaration) -> set[str]:
    """Return the names that a marked object had before the stack was renamed."""
    name = str(getattr(declared, "friendly_name", ""))
    bare = name.removesuffix(declared.mark)
    return {f"{bare}{mark}" for mark in declared.former_marks} if declared.mark and bare != name else set()


def _by_name(lives: Sequence[Live]) -> dict[str, list[Live]]:
    names: dict[str, list[Live]] = {}
    for live in lives:
        if name := live.values.get("friendly_name"):
            names.setdefault(str(name), []).append(live)
    return names


def bears(name: Any, mark: str) -> bool:
    """Return whether a name ends with the mark of a stack; "" is no mark."""
    return bool(mark) and str(name).endswith(mark)


class ListedKind(Kind[D]):
    """A kind that Twilio lists: objects are found by identity and read from the shared listing."""

    listed_whole: ClassVar[bool] = True
    """Whether the listing shows every compared field; where it does not, `detailed` tells whether it is behind."""
    path: ClassVar[str] = ""
    """The path of its collection in Twilio's library, below the client, such as messaging.v1.services."""

    def collection(self, account: Account) -> Any:
        """Return the listing of Twilio's Python library: what has `page` and `get_page`, and takes a SID."""
        return attrgetter(self.path)(account.client)

    def fetch(self, account: Account, object_id: str) -> Live:
        """Return one object by one GET; raise NotFound."""
        return self.live(self.collection(account)(object_id).fetch())

    def create_object(self, account: Account, declared: D) -> Live:
        live = self.live(self.collection(account).create(**declared.parameters()))
        self.parts(account, live.id).begin()
        return self._with_parts(account, live)

    def update_object(self, account: Account, live: Live, declared: D, names: set[str]) -> Live:
        parts = self.parts(account, live.id)
        kept = {name: live.values[name] for name in parts.all if name in live.values}
        parameters = declared.parameters(names)
        if parameters:
            live = self.live(self.collection(account)(live.id).update(**parameters))
        wanted = {name: value for name, value in self.desired(declared).items() if name in names & parts.all.keys()}
        parts.apply(wanted)
        return replace(live, values={**live.values, **kept, **wanted})

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:  # noqa: ARG002
        self.collection(account)(object_id).delete()

    def is_same(self, declared: D, live: Live) -> bool:
        name = live.values.get("friendly_name")
        return bool(name == self.identity(declared) or name in _former_names(declared))

    def ours(self, declared: D, live: Live) -> bool:
        """Return whether a live object of that identity is provably this stack's, or may be taken over."""
        name = live.values.get("friendly_name")
        return declared.adopt or declared.moved or bears(name, declared.mark) or name in _former_names(declared)

    def listed_as(self, answer: Any) -> Live:
        """Read an object out of one row of the listing."""
        return self.live(answer)

    def detailed(self, account: Account, live: Live, recorded: Mapping[str, Any]) -> Live:  # noqa: ARG002 - for others
        """Complete a listed object with what the listing does not show: its parts."""
        return self._with_parts(account, live)

    def parts(self, account: Account, object_id: str) -> Parts:
        """Return what hangs below an object."""
        return Parts(account, self.collection(account)(object_id), object_id, parts_of(self.declaration))

    def _with_parts(self, account: Account, live: Live) -> Live:
        if not parts_of(self.declaration):
            return live
        return replace(live, values={**live.values, **self.parts(account, live.id).values(f"reading a {self.noun}")})

    def to_adopt(self, account: Account, live: Live) -> Found:
        """Complete a listed object with what taking it over compares, and with its definition."""
        return Found(self.detailed(account, live, {}))

    def unrecorded(self, account: Account, live: Live) -> Live:
        """Complete a listed object that is in no stack with what its adoption has to name: its parts."""
        return self._with_parts(account, live)

    def look_beside(self, account: Account, listed: Mapping[str, Sequence[Live]]) -> Any:  # noqa: ARG002 - for others
        """Read what `findings` needs besides the listings, which are given by section; None for nothing."""
        return None

    def listed(self, account: Account) -> list[Live]:
        """Return all objects of this kind in the account, from the shared listing."""
        return account.listings.get(self.listing_key(account), lambda: self._all_pages(account))

    def named(self, account: Account, declared: D) -> list[Live]:  # noqa: ARG002 - for listings that can be filtered
        """Return the listed objects that may have the declared identity."""
        return self.listed(account)

    def wrote(self, account: Account, live: Live) -> None:
        account.listings.patch(
            self.listing_key(account), lambda lives: [*(one for one in lives if one.id != live.id), live]
        )

    def deleted(self, account: Account, object_id: str) -> None:
        account.listings.patch(self.listing_key(account), lambda lives: [one for one in lives if one.id != object_id])

    def _all_pages(self, account: Account) -> list[Live]:
        if account.listings.is_untouched(self.listing_key(account)):
            return []
        lives, following = self._first_page(account)
        lives = list(lives)
        with account.progress.of(f"listing {self.section}") as step:
            while following:
                page = self.collection(account).get_page(following)
                lives += map(self.listed_as, page)
                following = page.next_page_url
                step(PAGE)
        # Pages are read one after the other, and a creation or deletion meanwhile may make an object appear on two of
        # them.
        return list({live.id: live for live in lives}.values())

    def _first_page(self, account: Account) -> tuple[list[Live], str | None]:
        def read() -> list[tuple[list[Live], str | None]]:
            page = self.collection(account).page(page_size=PAGE)
            return [(list(map(self.listed_as, page)), page.next_page_url)]

        return account.listings.get((*self.listing_key(account), "first page"), read)[0]

    def _worth_reading(self, account: Account, recorded: Mapping[str, Any]) -> list[Live]:
        """Return the whole listing, or its first page if hardly anything on the rest belongs to this stack.

        In a shared account, our objects bear the stack's mark. The first page shows how common they are. If they are
        rare, one GET per object of ours costs less than all those pages.
        """
        mark = str(recorded.get("mark", ""))
        shared = not recorded.get("adopt") or bears(recorded.get("friendly_name"), mark)
        key = self.listing_key(account)
        if not shared or account.listings.is_untouched(key) or account.listings.known(key) is not None:
            return self.listed(account)
        lives, following = self._first_page(account)
        ours = sum(bears(live.values.get("friendly_name"), mark) for live in lives)
        if following and ours < _RARE * len(lives):
            return lives
        return self.listed(account)

    def foreseen(self, session: Session, inputs: Mapping[str, Any], unknown: AbstractSet[str]) -> Sequence[str]:
        """See Kind; by the listing alone if that is complete. The creation reports what stands in the way."""
        if not self.adoptable or not inputs.get("adopt") or ACCOUNT in unknown:
            return ()
        try:
            declared = self.read_inputs(inputs)
        except ValidationError:  # its inputs are not known yet
            return ()
        account = session.account(inputs.get(ACCOUNT))
        found = [live for live in self.named(account, declared) if self.is_same(declared, live)]
        if len(found) != 1:
            return ()
        live = self.detailed(account, found[0], {})
        names = sorted(different(self.desired(declared), live.values) - unknown)
        so_far = " as far as is known yet" if unknown else ""
        change = f"and changes {', '.join(names)}" if names else f"as it is{so_far}"
        return (f"takes over the {self.noun} {self.identity(declared)!r} ({live.id}) {change}",)

    def find(self, account: Account, declared: D, *, made: bool = False) -> Live | None:
        """See Kind; two with the same identity are an error that names both."""
        found = self._alike(account, declared)
        name = self.identity(declared)
        if len(found) > 1:
            sids = " and ".join(live.id for live in found)
            raise Problem(
                f"The {self.noun} {name!r} exists {len(found)} times: {sids}.",
                "Delete or rename the ones you do not mean, then run again.",
            )
        if found and not (made or self.ours(declared, found[0])):
            raise Problem(
                f"A {self.noun} {name!r} exists already ({found[0].id}), but this stack did not create it.",
                "Set adopt: true to take it over, or choose another friendly_name.",
            )
        return found[0] if found else None

    def twins(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Sequence[Live]:
        """See Kind; by the shared listing, which may be behind."""
        key = (*self.listing_key(account), "by name")
        (names,) = account.listings.get(key, lambda: [_by_name(self._worth_reading(account, recorded))])
        return [one for one in names.get(str(recorded.get("friendly_name")), ()) if one.id != object_id]

    def adopted(self, account: Account, live: Live, declared: D) -> Live:  # noqa: ARG002 - see Kind
        """See Kind; it was fetched when it was found."""
        return self.detailed(account, live, {})

    def observe(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:
        """See Kind; what is missing in the listing, or not as recorded, is confirmed by one GET."""

        def read() -> Live:
            try:
                listed = self._worth_reading(account, recorded)
            except NotFound:  # a page of the listing is missing, which says nothing about the object
                listed = []
            live = next((live for live in listed if live.id == object_id), None)
            if live is None or (self.listed_whole and not self._as_recorded(live, recorded)):
                live = self.fetch(account, object_id)
            return self.detailed(account, live, recorded)

        return self._proven(account, object_id, read)

    def fetched(self, account: Account, object_id: str) -> Live:
        """Return one object by GET; raise NotFound when the listing does not have it either."""
        return self._proven(account, object_id, lambda: self.fetch(account, object_id))

    def is_listed(self, account: Account, object_id: str) -> bool:
        """Return whether the whole listing has an object; raise Problem when it cannot be read to its end."""
        try:
            return any(live.id == object_id for live in self.listed(account))
        except NotFound as missing:
            raise Problem(
                f"Whether the {self.noun} {object_id} is gone cannot be determined: {missing.what}", missing.remedy
            ) from None

    def _proven(self, account: Account, object_id: str, read: Callable[[], Live]) -> Live:
        return proven(
            account,
            f"{self.noun} {object_id}",
            read,
            lambda: self.is_listed(account, object_id),
            lambda: account.listings.drop(*self.listing_key(account)),
        )

    def _as_recorded(self, live: Live, recorded: Mapping[str, Any]) -> bool:
        return not different({name: recorded[name] for name in live.values.keys() & recorded.keys()}, live.values)

    def _alike(self, account: Account, declared: D) -> list[Live]:
        listed = [live for live in self.named(account, declared) if self.is_same(declared, live)]
        return [fresh for live in listed if (fresh := self._confirmed(account, declared, live))]

    def _confirmed(self, account: Account, declared: D, live: Live) -> Live | None:
        """Fetch what a listing shows under the declared identity: it may be gone or renamed, and the listing behind."""
        try:
            fresh = self.fetched(account, live.id)
        except NotFound:
            return None
        return fresh if self.is_same(declared, fresh) else None
