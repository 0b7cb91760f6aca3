"""What passes between a request and its handler: parameters, caller, call, reply, error, and dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

from .state import Row, State
from .switches import Switches

__all__ = ["Actor", "ApiError", "Call", "Params", "Reply", "iso", "rfc2822"]

ActorKind = Literal["auth_token", "main", "standard", "restricted"]


def rfc2822(moment: datetime) -> str:
    """Write a date as v2010 and iam do: `Thu, 30 Jul 2015 20:00:00 +0000`."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))


def iso(moment: datetime) -> str:
    """Write a date as messaging, verify, studio, monitor and accounts do: `2015-07-30T20:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class ApiError(Exception):
    """An error answer of Twilio's: HTTP status, Twilio's code, message, and details where the product gives them."""

    def __init__(self, status: int, code: int, message: str, details: object = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, details

    def body(self) -> Row:
        """Return the body Twilio answers with."""
        body: Row = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        if self.details is not None:
            body["details"] = self.details
        return body


class Params:
    """A form or a query: PascalCase names, in the order sent, repeated names kept."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self.pairs = list(pairs)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the last value sent under the name; an empty value counts as sent."""
        return next((value for key, value in reversed(self.pairs) if key == name), default)

    def all(self, name: str) -> list[str]:
        """Return every value sent under the name."""
        return [value for key, value in self.pairs if key == name]

    def flag(self, name: str) -> bool | None:
        """Return `true` or `false`, in any case, as a bool; None if not sent; ApiError 400/20001 for anything else."""
        value = self.get(name)
        if value is None:
            return None
        if value.lower() not in ("true", "false"):
            raise ApiError(400, 20001, f"Invalid {name}: {value!r} is not true or false")
        return value.lower() == "true"

    def integer(self, name: str) -> int | None:
        """Return the value as an int; None if not sent; ApiError 400/20001 if it is not one."""
        value = self.get(name)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            raise ApiError(400, 20001, f"Invalid {name}: {value!r} is not an integer") from None

    def required(self, name: str) -> str:
        """Return the value; ApiError 400/20001 if it is missing or empty."""
        value = self.get(name)
        if not value:
            raise ApiError(400, 20001, f"Missing required parameter {name} in the post body")
        return value

    def __contains__(self, name: object) -> bool:
        return any(key == name for key, _ in self.pairs)

    def names(self) -> list[str]:
        """Return the distinct names, in the order sent."""
        return list(dict.fromkeys(key for key, _ in self.pairs))


@dataclass(frozen=True)
class Actor:
    """The credential that makes a call: `sid` is the AC or the SK, `policy` what a restricted key may do."""

    account_sid: str
    kind: ActorKind
    sid: str
    policy: list[str] | None = None


@dataclass(frozen=True)
class Call:
    """One authenticated request.

    `account_sid` is the account acted on (for v2010 the one in the path), `now` an aware UTC time, `base` the original
    host as `https://verify.twilio.com`, for absolute addresses in bodies.
    """

    method: str
    product: str
    path: str
    query: Params
    form: Params
    actor: Actor
    account_sid: str
    state: State
    switches: Switches
    now: datetime
    base: str
    region: str = "us1"
    source_ip: str = "127.0.0.1"
    console_user: str | None = None  # a US SID if the call stands for a person's click in the Console


@dataclass(frozen=True)
class Reply:
    """An answer: HTTP status and JSON body, None for no body at all (204)."""

    status: int
    body: Row | None = None
