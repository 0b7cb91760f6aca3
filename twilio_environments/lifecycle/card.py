"""A kind's identity card: what differs by kind anywhere else is read from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel

from twilio_environments.lifecycle.declaration import Declaration

D = TypeVar("D", bound=Declaration)


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

    def shape_of(self) -> Any:
        """Return how the properties of the environment's document are named."""


class Card(Generic[D]):
    """What a kind is to those who list, declare, reference and show objects; most of it are class attributes."""

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
    known_by: ClassVar[str] = ""
    """The field of the stack file that tells one apart, whatever it is called, where it is given."""
    prefix: ClassVar[str] = ""
    """What its SIDs begin with, "" for what has none."""
    id_is_sid: ClassVar[bool] = True
    """Whether a resource's id is the object's SID, so that a preview knows it; see `resource_id`."""
    declaration: type[D]
    stack_file: type[BaseModel]
    """What a stack file says of one; `declaration` where that is the same."""
    defined_in: ClassVar[str] = ""
    """The field of the stack file that names the JSON file of its definition, which may have placeholders."""
    defines: ClassVar[str] = ""
    """The input that takes what this file says, as JSON."""
    facts: ClassVar[Mapping[str, type]] = {}
    """The outputs that Twilio alone decides, beside the compared fields, with their types."""
    gives: ClassVar[tuple[str, ...]] = ()
    """What is known of one only once it is made, and may be named: by fields (see `To`) and placeholders of flows."""
    addresses: ClassVar[Mapping[str, str]] = {}
    """Attributes whose form Twilio promises, with {account_sid} and {sid} in it: so they are known in previews."""
    delivers_by: ClassVar[str] = ""
    """The input that says in which document of the secret store it has properties of its own."""
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

    def resource_inputs(self, name: str, program: Program) -> dict[str, Any]:  # noqa: ARG002 - as the next ones
        """Return what the resource of an object takes that its stack file does not say as it stands."""
        return {}

    def asked_inputs(self, resource_name: str, environ: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG002 - as above
        """Return what a run's environment asks of a resource, whatever program declares it."""
        return {}

    def identifying_inputs(self, name: str, program: Program) -> dict[str, Any]:  # noqa: ARG002
        """Return what of that tells the object apart."""
        return {}

    def follows_from_name(self, declared: Any, name: str, places: Places) -> dict[str, Any]:  # noqa: ARG002 - as above
        """Return what an object has by its logical name where its declaration says nothing else, by field."""
        return {"friendly_name": name}

    def at_home_only(self, declared: Any) -> bool:  # noqa: ARG002 - as above
        """Say whether Twilio's home region alone serves such an object."""
        return False

    def exported(self, declared: Any, output: Callable[[str], Any], places: Places) -> Any:  # noqa: ARG002
        """Return what the environment's summary says of an object; `output` gives its attributes."""
        return output(self.shown)
