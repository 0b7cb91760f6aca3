"""Read, merge, compare-and-set, and repeat if another writer was faster: the algorithm that all stores share.

A store provides a few primitives; what may be touched and when to retry is decided only here.

A primitive whose answer is lost, or is not the store's own (`answers`), raises Unsettled: it may have been carried out,
so the document is read again. If it holds what was sent, the write is done; if not, it is sent again by the same
compare-and-set, which the store carries out at most once. What is still unknown then is Unsettled for the caller.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.primitives import Conflict, Loaded, Primitives, Vanishing
from twilio_environments.secrets.stores.protocol import Document, NotOurs, Overtaken, Unsettled

# The characters that Vault paths and AWS secret names share. Dot segments would leave the mount on the way to Vault.
_PATH = re.compile(r"(?!.*(^|/)\.{1,2}(/|$))[A-Za-z0-9_.@=+-]+(/[A-Za-z0-9_.@=+-]+)*")
# Each round of a race has one winner, so 20 attempts outlast 20 writers of one document.
_ATTEMPTS = 20
# Attempts that end without an answer: by then the client has waited for each of them.
_UNANSWERED = 3

T = TypeVar("T")


class MergingStore(Primitives):
    """The `Store` protocol on top of compare-and-set primitives."""

    def missing_rights(self, path: str) -> Mapping[str, str] | None:  # noqa: ARG002 - for stores that can be asked
        """See `Store.missing_rights`."""
        return None

    def require_another_login(self) -> None:
        """See `Store.require_another_login`."""

    def read(self, path: str) -> Document | None:
        """See `Store.read`."""
        checked_path(path)
        loaded = self._until_settled(path, lambda: self._load(path))
        if loaded is None or loaded.deleted or not loaded.values:
            return None
        properties = {name: value if isinstance(value, str) else str(value) for name, value in loaded.values.items()}
        return Document(path, properties, loaded.version, loaded.owner, loaded.former_owner)

    def write(
        self,
        path: str,
        owner: str,
        put: Mapping[str, str],
        drop: Collection[str] = (),
        expect: Mapping[str, str | None] | None = None,
    ) -> str:
        """See `Store.write`."""
        checked_path(path)
        sent = False

        def attempt() -> str:
            nonlocal sent
            loaded = self._load(path)
            if loaded is None:
                self._require_expected(path, {}, expect or {})
                sent = True
                return self._create(path, owner, _merged({}, put, drop))
            self._require_ours(path, owner, loaded)
            if sent and _holds(loaded, put, drop, expect or {}):
                self._require_lasting(path, loaded)
                return loaded.version
            self._require_expected(path, loaded.values, expect or {})
            values = _merged(loaded.values, put, drop)
            if values == loaded.values and not loaded.deleted and loaded.marked and not loaded.vanishes:
                return loaded.version
            sent = True
            return self._replace(path, loaded, values)

        return self._until_settled(path, attempt)

    def remove(self, path: str, owner: str, drop: Collection[str]) -> bool:
        """See `Store.remove`.

        The last property is removed by a compare-and-set write of the empty document, and only that version is deleted:
        no store deletes by compare-and-set, and a concurrent writer must neither lose its property nor restore ours.
        """
        checked_path(path)

        def attempt() -> bool:
            loaded = self._load(path)
            if loaded is None or loaded.deleted:
                return True
            if not (_is_ours(loaded, owner) or _was_ours(loaded, owner)):
                return not set(drop) & loaded.values.keys()
            values = _merged(loaded.values, {}, drop)
            version = loaded.version
            if values != loaded.values or not loaded.marked:
                version = self._replace(path, loaded, values)
            if not values:
                self._delete(path, version)
            return True

        return self._until_settled(path, attempt)

    def check(self, path: str, owner: str, before: str = "", *, to_write: bool = False) -> None:
        """See `Store.check`."""
        checked_path(path)
        if to_write:
            self._check_access(path)
        loaded = self._until_settled(path, lambda: self._glance(path))
        if loaded is None:
            return
        if not (_is_ours(loaded, before) or _was_ours(loaded, before)):  # as in `hand_over`
            self._require_ours(path, owner, loaded)
        self._require_changeable(path, loaded)
        self._require_lasting(path, loaded)

    def hand_over(self, path: str, before: str, owner: str) -> None:
        """See `Store.hand_over`."""
        checked_path(path)

        def attempt() -> None:
            loaded = self._load(path)
            if loaded is None or _is_ours(loaded, owner):
                return
            if not (_is_ours(loaded, before) or _was_ours(loaded, before)):
                self._require_ours(path, owner, loaded)
            self._mark(path, loaded, owner)
            # No store marks by compare-and-set, so read who won.
            raise Conflict(
                Problem(
                    f"The document {path} in {self.address} was marked as {owner}'s, but is {loaded.owner}'s again.",
                    "Find out who else marks it, then run pulumi up.",
                )
            )

        self._until_settled(path, attempt)

    def _require_ours(self, path: str, owner: str, loaded: Loaded) -> None:
        self._require_changeable(path, loaded)
        if _is_ours(loaded, owner):
            return
        whose = f"belongs to {loaded.owner}" if loaded.owner else "was not created by twilio-environments"
        state = ", and is only marked as deleted" if loaded.deleted else ""
        raise NotOurs(
            loaded.owner,
            f"The document {path} in {self.address} {whose}{state}; it was left as it is.",
            f"Choose another path, or hand it over to {owner}: {self._hand_over(path, owner, deleted=loaded.deleted)}",
        )

    def _require_expected(self, path: str, values: Mapping[str, Any], expect: Mapping[str, str | None]) -> None:
        changed = sorted(name for name, value in expect.items() if values.get(name) != value)
        if changed:
            raise Overtaken(
                f"Another run changed {', '.join(changed)} of the document {path} in {self.address} in the meantime.",
                "Nothing was written; let that run finish, then run pulumi up --refresh.",
            )

    def _require_lasting(self, path: str, loaded: Loaded) -> None:
        """Raise Vanishing when the store will delete this version on its own."""
        if loaded.vanishes:
            raise Vanishing(
                f"{self.address} will delete the document {path}, and the keys in it, by itself: {loaded.vanishes}.",
                self._keep(path, loaded.version),
            )

    def _until_settled(self, path: str, attempt: Callable[[], T]) -> T:
        unanswered: list[Unsettled] = []

        def over(state: RetryCallState) -> bool:
            return state.attempt_number >= _ATTEMPTS or len(unanswered) >= _UNANSWERED

        def noted() -> T:
            try:
                return attempt()
            except Unsettled as problem:
                unanswered.append(problem)
                raise

        try:
            return Retrying(
                retry=retry_if_exception(
                    lambda error: isinstance(error, Conflict | Unsettled) and not isinstance(error, Vanishing)
                ),
                stop=over,
                wait=wait_random_exponential(multiplier=0.02, max=1),
                reraise=True,
            )(noted)
        except Conflict as conflict:
            problem = conflict.problem or Problem(
                f"Somebody else kept changing the document {path} in {self.address}: {_ATTEMPTS} attempts failed.",
                "Find out who else writes it, then run pulumi up --refresh.",
            )
        except Unsettled:
            raise
        except Problem as found:
            problem = found
        if unanswered:  # whatever is wrong now, what was sent before may have been carried out
            raise Unsettled(problem.what, problem.remedy) from None
        raise problem from None


def checked_path(path: str) -> str:
    """Return `path`; raise Problem unless it is a name that every store takes literally."""
    if not _PATH.fullmatch(path):
        raise Problem(
            f"{path!r} is not a valid document path.",
            "Use letters, digits and _ . @ = + - in parts joined by single slashes, for example prod/twilio.",
        )
    return path


def _is_ours(loaded: Loaded, owner: str) -> bool:
    return bool(owner) and loaded.owner == owner


def _was_ours(loaded: Loaded, owner: str) -> bool:
    return bool(owner) and loaded.former_owner == owner


def _holds(loaded: Loaded, put: Mapping[str, str], drop: Collection[str], expect: Mapping[str, str | None]) -> bool:
    """Return whether a document is as a write of these would have left it; only such a write may have sent them."""
    values = loaded.values
    as_expected = all(values.get(name) == value for name, value in expect.items() if name not in {*put, *drop})
    as_sent = all(values.get(name) == value for name, value in put.items()) and not values.keys() & set(drop)
    return as_sent and as_expected and loaded.marked and not loaded.deleted


def _merged(base: Mapping[str, Any], put: Mapping[str, str], drop: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in base.items() if name not in drop} | dict(put)
