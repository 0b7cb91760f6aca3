"""What commands print with --json: one shape for each command, and one for what went wrong. None holds a secret."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from pydantic import BaseModel, ConfigDict

from twilio_environments.problems import Problem
from twilio_environments.rest.errors import TwilioError
from twilio_environments.settings import SettingsProblem

FLAG = "--json"
Json = Annotated[bool, typer.Option(FLAG, help="Print JSON, also of an error.")]


class Answer(BaseModel):
    """A JSON object whose fields are always there."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def show(self) -> None:
        """Print it as the command's only output."""
        print(self.model_dump_json(indent=2, ensure_ascii=True))


class Place(Answer):
    """Something about a place in the stack file."""

    place: str
    """The place below `twilio:`, such as numbers.support.voice_url; empty for the whole file."""
    what: str
    """What there is to know or to decide."""


class Error(Answer):
    """What went wrong."""

    what: str
    """What is wrong."""
    remedy: str
    """What to do about it."""
    code: int = 0
    """Twilio's error code, which `twilio-env explain` knows; 0: it was not Twilio."""
    status: int = 0
    """The HTTP status of Twilio's answer; 0: there was none."""
    request_id: str = ""
    """Twilio's id of the request."""
    places: list[Place] = []
    """The mistakes in the stack file, if that is what is wrong."""


class Failure(Answer):
    """The answer of any command that failed."""

    error: Error
    """The error."""

    @classmethod
    def of(cls, problem: Problem) -> Failure:
        """Return the answer that reports a problem."""
        more = {}
        if isinstance(problem, TwilioError):
            more = {"code": problem.code, "status": problem.status, "request_id": problem.request_id}
        elif isinstance(problem, SettingsProblem):
            more = {"places": [Place(place=one.path, what=one.what) for one in problem.mistakes]}
        return cls(error=Error(what=problem.what.strip(), remedy=problem.remedy, **more))


class Check(Answer):
    """One line of the doctor."""

    check: str
    """What was checked."""
    state: Literal["pass", "warn", "fail"]
    """How it went."""
    what: str
    """What was found."""
    remedy: str
    """What to do; empty where it passed."""
    code: int
    """Twilio's error code; 0: none."""
    status: int
    """The HTTP status of Twilio's answer; 0: it did not decide."""
    request_id: str
    """Twilio's id of the request."""


class Doctor(Answer):
    """The answer of `doctor`."""

    stack: str
    """The stack."""
    checks: list[Check]
    """All lines, in their order."""


class Candidate(Answer):
    """A stack that can expire."""

    stack: str
    """The stack."""
    expires: str
    """When its time is up, as it is written."""
    account_sid: str
    """Its subaccount; empty: none is recorded."""
    objects: int
    """How many objects its state records."""
    due: bool
    """Whether it is to be destroyed."""
    doubtful: bool
    """Whether somebody has to look: it is not provably the stack's own, or could not be judged."""
    reason: str
    """Why."""
    removed: bool
    """Whether this run destroyed it."""


class Stranger(Answer):
    """A subaccount with the mark of a stack that is not known here; it is left alone."""

    sid: str
    """The subaccount."""
    name: str
    """Its friendly name."""


class Sweep(Answer):
    """The answer of `sweep`."""

    project: str
    """The project."""
    stacks: list[Candidate]
    """The stacks that can expire, the next one first."""
    strangers: list[Stranger]
    """Subaccounts of stacks that are not known here."""


class Left(Answer):
    """What cannot be taken over."""

    what: str
    """The object."""
    reason: str
    """Why it stays as it is."""


class Adopt(Answer):
    """The answer of `adopt`."""

    stack: str
    """The stack that takes the account over."""
    files: list[str]
    """The files that were written, the stack file first."""
    places: list[str]
    """What is taken over, by its place in the stack file."""
    left: list[Left]
    """What cannot be taken over."""
    next: list[str]
    """The commands to run next, in their order."""


class Init(Answer):
    """The answer of `init`."""

    project: str
    """The project's name."""
    files: list[str]
    """The files that were written."""
    kept: list[str]
    """The files that were there and stay as they were."""
    next: list[str]
    """The commands to run next, in their order."""


class New(Answer):
    """The answer of `new`."""

    stack: str
    """The new stack."""
    file: str
    """The stack file that was written."""
    decisions: list[Place]
    """What a person has to decide; each is marked in the file with "decide:"."""
    next: list[str]
    """The commands to run next, in their order."""


class RotatedKey(Answer):
    """An API key that was to be rotated."""

    name: str
    """Its logical name."""
    sid_before: str
    """The key that was current before."""
    sid: str
    """The key that is current now."""
    rotated: bool
    """Whether this run rotated it."""


class Rotate(Answer):
    """The answer of `rotate`."""

    stack: str
    """The stack."""
    keys: list[RotatedKey]
    """The keys that were to be rotated."""


class Cause(Answer):
    """One of several causes of a code."""

    name: str
    """What the library calls it."""
    message: str
    """A pattern of the message that Twilio sends then."""
    meaning: str
    """What it means."""
    remedy: str
    """What to do."""


class Explanation(Answer):
    """The answer of `explain CODE`; what is empty is left out."""

    code: int
    """Twilio's code, or an HTTP status."""
    title: str
    """Its short name."""
    meaning: str
    """What it means."""
    remedy: str
    """What to do."""
    retry: Literal["never", "later", "safe"]
    """Whether the same call helps: never without a change, later, or at once after a short wait."""
    when: list[str] = []
    """The occasions on which it occurs."""
    not_this: str = ""
    """What is widely said about it and wrong."""
    causes: list[Cause] = []
    """Its causes, if there are several."""


class Codes(Answer):
    """The answer of `explain` without a code."""

    codes: list[Explanation]
    """The codes, in ascending order."""


class Leftover(Answer):
    """The answer of `leftovers` is a list of these."""

    kind: str
    """Its kind."""
    noun: str
    """What it is, in words."""
    sid: str
    """Its SID; the path of a document."""
    name: str
    """Its name."""
    where: str
    """The SID of its account; the address of its store."""
    why: str
    """What proves that it is this stack's."""
    monthly_price: str
    """What it costs a month; empty: nothing, or unknown."""
    taken_over_as: str
    """The declared place that the next `pulumi up` takes it over as; empty: none."""


ANSWERS: dict[str, type[Answer]] = {
    "adopt": Adopt,
    "doctor": Doctor,
    "explain": Explanation,
    "explain, without a code": Codes,
    "init": Init,
    "leftovers": Leftover,
    "new": New,
    "rotate": Rotate,
    "sweep": Sweep,
    "an error": Failure,
}
"""What each command prints with --json; `drift --json` prints the report that docs/drift.schema.json describes."""


def require_answered(*, as_json: bool, answered: bool, instead: str = "--yes") -> None:
    """Raise Problem if a command would prompt but prints JSON, for a program that cannot answer."""
    if as_json and not answered:
        raise Problem(f"{FLAG} is for programs, which cannot be asked.", f"Pass {instead}. Nothing was changed.")


def are_wanted(arguments: list[str]) -> bool:
    """Return whether a command line asks for JSON, whether it is valid or not."""
    return FLAG in arguments
