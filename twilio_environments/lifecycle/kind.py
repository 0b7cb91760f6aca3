"""What every kind does alike: find before making, settle what the answer left open, read by listing, compare.

The promises, whatever the kind:

- `read` and `diff` never change anything.
- `create` finds before it makes: an object of that identity is taken over when it is provably ours, and said aloud;
  two of them, or a stranger's, is an error that names it. Otherwise it makes one object with one POST.
- After a POST whose outcome is unknown the object is looked up by its identity, and made no second time.
- Once Twilio has committed, `create` no longer raises: what could not be finished is returned as `incomplete`.
- A listing may lag: what it does not show is confirmed by one GET before it is called gone, what it shows otherwise
  than recorded before it is called changed, and what it shows by that name before it is taken over.
- Deleting the missing is success.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from pydantic import BaseModel, ValidationError

from twilio_environments.lifecycle.absence import SEEN_BY, account_of, looks, require_same_credentials, seeing
from twilio_environments.lifecycle.census import Census
from twilio_environments.lifecycle.declaration import Declaration, live_values, minimal_values, plain
from twilio_environments.lifecycle.protection import ALLOWED, Protected
from twilio_environments.lifecycle.purchases import Purchases
from twilio_environments.lifecycle.review import Reviewable
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, OutcomeUnknown
from twilio_environments.rest.session import Account, Session

D = TypeVar("D", bound=Declaration)
INCOMPLETE = "incomplete"
ACCOUNT = "account_sid"
MOVED = "moved"
FORMER_MARKS = "former_marks"


@dataclass(frozen=True)
class Live:
    """An object as Twilio has it: the compared fields, normalised, and the facts that Twilio alone decides."""

    id: str
    values: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What an operation left behind, and what to say of it."""

    live: Live
    incomplete: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Difference:
    """Which fields an update would change, which of those replace the object, and reasons beyond the fields.

    `delete_first`: the replacement has the old object's identity, so that its creation would find the old one.
    """

    changed: Sequence[str]
    replaces: Sequence[str]
    reasons: Sequence[str] = ()
    delete_first: bool = False


@dataclass(frozen=True)
class Carried:
    """What the environment's secret document carries of an object: the property's first words, and the attribute."""

    stem: str
    attribute: str = "sid"


class Program(Protocol):
    """What a kind may ask of the program that declares its objects; values may be outputs that are yet to come."""

    def definition(self, section: str, name: str) -> Any:
        """Return what the file of an object's definition says."""

    def value(self, placeholder: str) -> Any:
        """Return what stands for a placeholder."""

    def delivery(self, key: str) -> dict[str, Any]:
        """Return where a key's pair goes."""


class Places(Protocol):
    """What the settings say of documents."""

    def document_path(self, path: str | None = None) -> str:
        """Return a document's path: the one given, else the environment's."""


class Kind(Protected, Reviewable, ABC, Generic[D]):
    """One kind of object. Its methods take an account and know nothing of Pulumi.

    The class attributes are its identity card: whatever differs by kind anywhere else is read from there.
    """

    order: ClassVar[int]
    """Where it comes in whatever lists kinds; unique."""
    resource: ClassVar[str]
    """The name of its resource type. It stands in the state, so it never changes."""
    described: ClassVar[str]
    """What its resource is, as a sentence."""
    section: ClassVar[str]
    """The key of the stack file under which it is declared."""
    by_name: ClassVar[bool] = True
    """Whether a section of the stack file declares such objects by logical name."""
    component: ClassVar[str] = ""
    """The component that its resources are children of. It stands in URNs, so it never changes."""
    prefix: ClassVar[str] = ""
    """What its SIDs begin with, "" for what has none."""
    declaration: type[D]
    stack_file: type[BaseModel]
    """What a stack file says of one; `declaration` where that is the same."""
    defined_in: ClassVar[str] = ""
    """The field of the stack file that names the JSON file of its definition, which may have placeholders."""
    facts: ClassVar[Mapping[str, type]] = {}
    """The outputs that Twilio alone decides, beside the compared fields, with their types."""
    gives: ClassVar[tuple[str, ...]] = ()
    """What is known of one only once it is made, and may be named: by fields (see `To`) and placeholders of flows."""
    addresses: ClassVar[Mapping[str, str]] = {}
    """Attributes whose form Twilio promises, with {account_sid} and {sid} in it: so they are known in previews."""
    carried: ClassVar[Carried | None] = None
    """What the environment's secret document carries of one."""
    shown: ClassVar[str] = "sid"
    """What of one the environment's summary has."""
    closes_with_account: ClassVar[bool] = True
    """Whether nothing is left of one, and nothing has to be asked, when its account is closed."""

    derived: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Outputs that hold what inputs of another name say, by output: they are as secret as these."""

    free_texts: ClassVar[tuple[str, ...]] = ()
    """Inputs whose texts may break lines and hold the marks of other scripts."""

    statuses: ClassVar[tuple[str, ...]] = ()
    """Compared outputs that no declaration names, such as whether a secret is still where it was delivered."""
    bears_mark: ClassVar[bool] = True
    """Whether a name takes the stack's mark, by which it is told apart in an account that was there."""
    always_marked: ClassVar[bool] = False
    """Whether it bears the mark in an account that the stack made, too."""
    takes_over: ClassVar[bool] = True
    """Whether an object can pass from one resource of a stack to another by a creation that finds it."""
    surest: ClassVar[int] = 1
    """The most that `identifies` answers."""

    def __init_subclass__(cls) -> None:
        """Let a kind whose stack file says what its resource takes say it once."""
        super().__init_subclass__()
        if "declaration" in cls.__dict__ and "stack_file" not in cls.__dict__:
            cls.stack_file = cls.declaration

    # -- what a kind must say for itself ---------------------------------------------------------------------------

    @abstractmethod
    def find(self, account: Account, declared: D, *, made: bool = False) -> Live | None:
        """Return the object of the declared identity, None if there is none; raise Problem if it is not surely ours.

        `made` says that this very run sent the POST that may have made it.
        """

    @abstractmethod
    def observe(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:
        """Return the object with all its compared values, as cheaply as what is recorded allows; raise NotFound."""

    @abstractmethod
    def create_object(self, account: Account, declared: D) -> Live:
        """Create the object with one POST and return it from the answer."""

    @abstractmethod
    def update_object(self, account: Account, live: Live, declared: D, names: set[str]) -> Live:
        """Bring the named fields to what is declared and return the object from the answer."""

    @abstractmethod
    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        """Delete the object; NotFound is taken for success by the caller."""

    # -- what the program is told ----------------------------------------------------------------------------------

    def resource_inputs(self, name: str, program: Program) -> dict[str, Any]:  # noqa: ARG002 - as the next ones
        """Return what the resource of an object takes that its stack file does not say as it stands."""
        return {}

    def identifying_inputs(self, name: str, program: Program) -> dict[str, Any]:  # noqa: ARG002
        """Return what of that tells the object apart."""
        return {}

    def exported(self, declared: Any, output: Callable[[str], Any], places: Places) -> Any:  # noqa: ARG002
        """Return what the environment's summary says of an object; `output` gives its attributes."""
        return output(self.shown)

    # -- what a kind may refine ------------------------------------------------------------------------------------

    def identity(self, declared: D) -> str:
        """Return what the object is told apart by: its friendly name, unless the kind says otherwise."""
        return str(declared.friendly_name)  # type: ignore[attr-defined]  # every kind with this identity has the field

    def is_same(self, declared: D, live: Live) -> bool:  # noqa: ARG002 - for kinds that need it
        """Say whether a live object has the identity of the declared one."""
        return False

    def identifies(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> int:
        """Say how sure it is that what is recorded is the object that these inputs declare; 0: it is another one.

        Logical names do not count, nor the mark of the stack, which changes with the stack's name.
        """
        name = unmarked(inputs)
        # A refresh after a killed run records the new name beside the mark of the stack's former one.
        renamed = {**recorded, "mark": inputs.get("mark", "")}
        return int(bool(name) and name in {unmarked(recorded), unmarked(renamed)})

    def desired(self, declared: D) -> dict[str, Any]:
        """Return the compared fields as they shall be; undeclared optional parts are absent."""
        return declared.values()

    def adopted(self, account: Account, live: Live, declared: D) -> Live:  # noqa: ARG002 - for kinds that need it
        """Complete an object that was found instead of made."""
        return self.observe(account, live.id, {})

    def check(
        self,
        session: Session,
        inputs: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,  # noqa: ARG002 - for kinds that need it
    ) -> None:
        """Look, before anything is changed, for what would stop a creation; read-only. Raise Problem.

        Called with the inputs that are known: in a preview some may be missing. `before` are those of the last run.
        """
        session.account(inputs.get(ACCOUNT))

    def check_creation(self, session: Session, account: Account | None, inputs: Mapping[str, Any]) -> None:
        """Look, before it is made, for what Twilio would refuse of it for good; read-only. Raise Problem.

        `account` is None while it is yet to be made, or where what is there under its identity is deleted first. Some
        inputs may be missing.
        """

    def guard_creation(
        self, session: Session, account: Account | None, inputs: Mapping[str, Any], purchases: Purchases
    ) -> None:
        """Refuse, before anything is made, what a guard rail stands against; read-only. Raise Problem.

        `account` is as in `check_creation`. `purchases` are those of this run, and their limits.
        """

    def guard_purchase(self, session: Session, inputs: Mapping[str, Any], purchases: Purchases) -> None:
        """Count what making the object buys; called right before it is made too. Raise Problem beyond the limits."""

    def guard_change(self, account: Account, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> None:
        """Refuse, before what is recorded is changed, what a guard rail stands against; read-only. Raise Problem."""

    def announce(
        self, session: Session, object_id: str, inputs: Mapping[str, Any], recorded: Mapping[str, Any]
    ) -> None:
        """Take note of what an update is going to change for others, before they are looked at."""

    def foreseen(
        self,
        session: Session,  # noqa: ARG002 - for kinds that need it, as the others
        inputs: Mapping[str, Any],  # noqa: ARG002
        unknown: AbstractSet[str],  # noqa: ARG002
    ) -> Sequence[str]:
        """Say for a preview what a creation would take over, and what it would change of that; read-only.

        `inputs` are those that are known, `unknown` the names of the others.
        """
        return ()

    def twins(
        self,
        account: Account,  # noqa: ARG002 - for kinds that can have them, as the others
        object_id: str,  # noqa: ARG002
        recorded: Mapping[str, Any],  # noqa: ARG002
    ) -> Sequence[Live]:
        """Return other objects of the recorded one's identity; more than one means that a run was interrupted."""
        return ()

    def before_deletion(self, session: Session, recorded: Mapping[str, Any], object_id: str) -> None:
        """Refuse a deletion that would leave something behind for good; read-only. Raise Problem."""

    def withdraw(
        self,
        account: Account | None,  # noqa: ARG002 - for kinds that deliver something, as the others
        recorded: Mapping[str, Any],  # noqa: ARG002
        object_id: str,  # noqa: ARG002
    ) -> Sequence[str]:
        """Take what was delivered out of the secret store, and say what had to be left there.

        Called before the object is deleted, or found deleted; `account` is None where that is gone with all it held.
        """
        return ()

    def not_there(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """Return what to say of an object that was to be deleted and is not there; raise Problem if nobody can tell."""
        return ()

    def listing_key(self, account: Account) -> tuple[str, ...]:
        """Return the key of the shared listing."""
        return (account.sid, self.section)

    def wrote(self, account: Account, live: Live) -> None:
        """Let what is read later in this run know what was just made or changed."""

    def deleted(self, account: Account, object_id: str) -> None:  # noqa: ARG002 - for kinds that can tell
        """Let what is read later in this run know that it is gone: a replacement made in this run must not find it."""
        account.listings.drop(*self.listing_key(account))

    def resource_id(self, live: Live) -> str:
        """Return what the state knows the object by: Twilio's SID, unless that may change in its life."""
        return live.id

    def object_id(self, resource_id: str, recorded: Mapping[str, Any]) -> str:  # noqa: ARG002 - see resource_id
        """Return the object's SID."""
        return resource_id

    # -- the verbs, the same for every kind ------------------------------------------------------------------------

    def create(
        self,
        session: Session,
        inputs: Mapping[str, Any],
        purchases: Purchases | None = None,
        census: Census | None = None,
    ) -> Outcome:
        """Find or make the declared object; see the module's promises. Raise Problem when nothing was made.

        `purchases` are those of this run, and their limits; none where left out. `census` knows what the run declares
        beside it: what another resource has is not taken over.
        """
        declared = self.read_inputs(inputs)
        account = session.account(inputs.get(ACCOUNT))
        notes = []
        live = self.find(account, declared)
        if live is not None:
            if census is not None:
                census.require_free(self, live.id)
            live = self.adopted(account, live, declared)
            if not declared.moved:
                notes.append(
                    f"took over the {self.noun} {self.identity(declared)!r} ({live.id}) that was there already"
                )
        else:
            self.guard_purchase(session, inputs, purchases or Purchases())
            try:
                live = self.create_object(account, declared)
                self.wrote(account, live)
            except OutcomeUnknown:
                live = self._made_after_all(session, account, declared)
                if live is None:
                    raise
                live = self.adopted(account, live, declared)
                notes.append(f"the answer to its creation was lost; {live.id} was made and is the one")
        outcome = self.settle(account, live, declared)
        return replace(outcome, live=seen(session, outcome.live), notes=notes)

    def _made_after_all(self, session: Session, account: Account, declared: D) -> Live | None:
        """Look for what a POST without an answer may have made, for as long as a listing may lag behind."""
        for _ in looks(session):
            account.listings.drop(*self.listing_key(account))
            live = self.find(account, declared, made=True)
            if live is not None:
                return live
        return None

    def update(
        self, session: Session, inputs: Mapping[str, Any], recorded: Mapping[str, Any], resource_id: str
    ) -> Outcome:
        """Bring the recorded object to what is declared. Raise Problem when that failed; what is recorded stays."""
        declared = self.read_inputs(inputs)
        account = session.account(inputs.get(ACCOUNT))
        live = self.recorded(self.object_id(resource_id, recorded), recorded)
        outcome = self.settle(account, live, declared, strict=True)
        return replace(outcome, live=seen(session, outcome.live))

    def settle(self, account: Account, live: Live, declared: D, *, strict: bool = False) -> Outcome:
        """Change what still differs, and check that it took; `strict` raises where otherwise it is `incomplete`."""
        desired = self.desired(declared)
        try:
            names = different(desired, live.values)
            if names:
                try:
                    live = self.update_object(account, live, declared, names)
                    self.wrote(account, live)
                except Problem:
                    if "friendly_name" in names:  # a creation in this run must not find it under its old name
                        account.listings.drop(*self.listing_key(account))
                    raise
                names = different(desired, live.values)
        except Problem as problem:
            if strict:
                raise
            return Outcome(live, incomplete=[str(problem)])
        left = [f"Twilio keeps {name} otherwise than declared." for name in sorted(names)]
        return Outcome(live, incomplete=left)

    def read(self, session: Session, recorded: Mapping[str, Any], resource_id: str) -> Live | None:
        """Return the object as Twilio has it now, None when it is provably gone; raise Problem if nobody can tell."""
        object_id = self.object_id(resource_id, recorded)
        try:
            account = account_of(session, recorded.get(ACCOUNT), recorded)
            return seen(session, self.observe(account, object_id, recorded))
        except NotFound:
            require_same_credentials(session, f"{self.noun} {object_id}", recorded)
            return None

    def delete(self, session: Session, recorded: Mapping[str, Any], resource_id: str) -> Sequence[str]:
        """Delete the object, and return what to say of it; that it is gone already is success."""
        object_id = self.object_id(resource_id, recorded)
        self.before_deletion(session, recorded, object_id)
        account = None
        if not recorded.get(ACCOUNT):
            require_same_credentials(session, f"{self.noun} {object_id}", recorded)
        try:
            account = account_of(session, recorded.get(ACCOUNT), recorded)
        except NotFound:
            require_same_credentials(session, f"{self.noun} {object_id}", recorded)
        if account is not None:
            self.guard_deletion(account, object_id, recorded)
        notes = self.withdraw(account, recorded, object_id)
        if account is None:
            return notes
        try:
            self.delete_object(account, object_id, recorded)
        except NotFound:
            require_same_credentials(session, f"{self.noun} {object_id}", recorded)
            return [*notes, *self.not_there(account, object_id, recorded)]
        self.deleted(account, object_id)
        return notes

    def diff(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Difference:
        """Compare what is declared with what is recorded; nothing is read from Twilio."""
        try:
            declared = self.read_inputs(inputs)
        except ValidationError:  # a refresh took over what somebody set by hand, and that need not be valid
            declared = cast("D", self.declaration.model_construct(None, **self._fields(inputs)))
        names = different(self.desired(declared), recorded) | self._used_up_differently(declared, recorded)
        replaces = [name for name in names - {*self.statuses} if self.declaration.table()[name].replaces]
        delete_first = bool(replaces) and self.is_same(declared, self.recorded("", recorded))
        if recorded.get(ACCOUNT, "") != inputs.get(ACCOUNT, ""):
            replaces.append(ACCOUNT)
            delete_first = False
        if declared.moved and not self.identifies(inputs, recorded):
            replaces.append(MOVED)
            delete_first = False
        if recorded.get(INCOMPLETE):
            names.add(INCOMPLETE)
        if self.protection and declared.allowed is not None and declared.allowed != (recorded.get(ALLOWED) or ""):
            names.add(ALLOWED)  # an update records it
        return Difference(sorted(names | set(replaces)), sorted(replaces), delete_first=delete_first)

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _used_up_differently(self, declared: D, recorded: Mapping[str, Any]) -> set[str]:
        once = {name: twilio for name, twilio in declared.table().items() if twilio.once}
        return {
            name
            for name, twilio in once.items()
            if (value := getattr(declared, name)) is not None
            and twilio.normalise(value) != twilio.normalise(recorded.get(name))
        }

    def recorded(self, object_id: str, recorded: Mapping[str, Any]) -> Live:
        """Return the object as it is recorded in the state."""
        table = self.declaration.table()
        names = [name for name, twilio in table.items() if twilio.compared] + list(self.statuses)
        values = {name: recorded[name] for name in names if name in recorded}
        return Live(object_id, plain(values), {name: recorded[name] for name in self.facts if name in recorded})

    def read_inputs(self, inputs: Mapping[str, Any]) -> D:
        """Turn checked inputs into the kind's model."""
        return self.declaration.model_validate(self._fields(inputs), context={"local": True})

    def _fields(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: plain(value) for name, value in inputs.items() if name in self.declaration.model_fields}

    def inputs_of(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs that would declare what the outputs hold; refresh records them."""
        inputs = minimal_values(self.declaration, outputs)
        return inputs | {name: outputs[name] for name in (ACCOUNT, "local", ALLOWED) if name in outputs}

    def live(self, answer: Any, object_id: str = "") -> Live:
        """Read an object out of one of Twilio's answers."""
        facts = {name: plain(getattr(answer, name, "")) for name in self.facts}
        return Live(object_id or str(answer.sid), live_values(self.declaration, answer), facts)


def unmarked(values: Mapping[str, Any]) -> str:
    """Return the friendly name in `values` without the mark of the stack."""
    return str(values.get("friendly_name", "")).removesuffix(str(values.get("mark", ""))).rstrip()


def seen(session: Session, live: Live) -> Live:
    """Return an object with the account whose credentials see it now."""
    return replace(live, facts={**live.facts, SEEN_BY: seeing(session)})


def different(desired: Mapping[str, Any], live: Mapping[str, Any]) -> set[str]:
    """Return the names under which the two differ; what is not desired is not looked at."""
    return {name for name, value in desired.items() if plain(live.get(name)) != plain(value)}
