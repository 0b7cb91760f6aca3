"""A kind's identity card: the rest of the code reads from it whatever differs by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel

from twilio_environments.lifecycle.declaration import Declaration

D = TypeVar("D", bound=Declaration)


@dataclass(frozen=True)
class Carried:
    """What the environment's secret document holds of an object: the property's first words, and the attribute."""

    stem: str
    attribute: str = "sid"


class Program(Protocol):
    """What a kind may ask of the program that declares its objects; values may be outputs that are not known yet."""

    def definition(self, section: str, name: str) -> Any:
        """Return what the file of an object's definition says."""

    def value(self, placeholder: str) -> Any:
        """Return what stands for a placeholder."""

    def delivery(self, key: str) -> dict[str, Any]:
        """Return where a key's SID and secret go."""


class Places(Protocol):
    """What the settings say of documents."""

    def document_path(self, path: str | None = None) -> str:
        """Return a document's path: the one given, else the environment's."""

    def shape_of(self) -> Any:
        """Return how the properties of the environment's document are named."""


class Card(Generic[D]):
    """What a kind is to code that lists, declares, references and shows objects; mostly class attributes."""

    order: ClassVar[int]
    """Its position wherever kinds are listed; unique."""
    resource: ClassVar[str]
    """The name of its resource type. It is part of the state, so it never changes."""
    described: ClassVar[str]
    """What its resource is, as a sentence."""
    section: ClassVar[str]
    """The key of the stack file under which it is declared."""
    by_name: ClassVar[bool] = True
    """Whether a section of the stack file declares such objects by logical name."""
    component: ClassVar[str] = ""
    """The component that its resources are children of. It is part of URNs, so it never changes."""
    known_by: ClassVar[str] = ""
    """The field of the stack file that identifies one, if given, whatever its logical name."""
    prefix: ClassVar[str] = ""
    """What its SIDs begin with, "" if it has none."""
    id_is_sid: ClassVar[bool] = True
    """Whether a resource's id is the object's SID, so that a preview knows it; see `resource_id`."""
    declaration: type[D]
    stack_file: type[BaseModel]
    """What a stack file says of one; `declaration` if that is the same."""
    defined_in: ClassVar[str] = ""
    """The field of the stack file that names the JSON file of its definition, which may have placeholders."""
    defines: ClassVar[str] = ""
    """The input that takes what this file says, as JSON."""
    facts: ClassVar[Mapping[str, type]] = {}
    """The outputs that only Twilio decides, besides the compared fields, with their types."""
    gives: ClassVar[tuple[str, ...]] = ()
    """What is known only once it exists and may be referenced: by fields (see `To`) and by placeholders of flows."""
    addresses: ClassVar[Mapping[str, str]] = {}
    """Attributes whose form Twilio promises, with {account_sid} and {sid} in it, so previews know them."""
    delivers_by: ClassVar[str] = ""
    """The input that says in which document of the secret store it has properties of its own."""
    carried: ClassVar[Carried | None] = None
    """What the environment's secret document holds of one."""
    shown: ClassVar[str] = "sid"
    """What the environment's summary shows of one."""
    closes_with_account: ClassVar[bool] = True
    """Whether nothing remains of one, and nothing has to be read, when its account is closed."""

    derived: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Outputs that hold what inputs of another name say, by output: they are as secret as these."""

    free_texts: ClassVar[tuple[str, ...]] = ()
    """Inputs whose text may contain line breaks and the marks of other scripts."""

    statuses: ClassVar[tuple[str, ...]] = ()
    """Compared outputs that no declaration names, such as whether a secret is still where it was delivered."""
    bears_mark: ClassVar[bool] = True
    """Whether a name gets the stack's mark, which identifies it in an account that the stack did not create."""
    always_marked: ClassVar[bool] = False
    """Whether it also bears the mark in an account that the stack created."""
    takes_over: ClassVar[bool] = True
    """Whether an object can pass from one resource of a stack to another by a creation that finds it."""
    surest: ClassVar[int] = 1
    """The highest value that `identifies` returns."""

    def __init_subclass__(cls) -> None:
        """Let a kind whose stack-file entry is what its resource takes declare it once."""
        super().__init_subclass__()
        if "declaration" in cls.__dict__ and "stack_file" not in cls.__dict__:
            cls.stack_file = cls.declaration

    def resource_inputs(self, name: str, program: Program) -> dict[str, Any]:  # noqa: ARG002 - as the next ones
        """Return the inputs of an object's resource that the stack file does not state as they are."""
        return {}

    def asked_inputs(self, resource_name: str, environ: Mapping[str, str]) -> dict[str, Any]:  # noqa: ARG002 - as above
        """Return what a run's environment asks of a resource, whatever program declares it."""
        return {}

    def identifying_inputs(self, name: str, program: Program) -> dict[str, Any]:  # noqa: ARG002
        """Return which of that identifies the object."""
        return {}

    def follows_from_name(self, declared: Any, name: str, places: Places) -> dict[str, Any]:  # noqa: ARG002 - as above
        """Return the values that an object gets from its logical name unless declared otherwise, by field."""
        return {"friendly_name": name}

    def at_home_only(self, declared: Any) -> bool:  # noqa: ARG002 - as above
        """Return whether only Twilio's home region serves such an object."""
        return False

    def exported(self, declared: Any, output: Callable[[str], Any], places: Places) -> Any:  # noqa: ARG002
        """Return what the environment's summary says of an object; `output` gives its attributes."""
        return output(self.shown)
