"""What Twilio refused, in our words: no response body and no stack trace of a client library reaches the user."""

from collections.abc import Sequence

from twilio_environments.explain import Entry, explain
from twilio_environments.problems import Problem

NOT_FOUND = frozenset({20404, 21701, 21711})  # not found; no such Messaging Service; sender not in its pool


class TwilioError(Problem):
    """A call that failed permanently.

    `status` is the HTTP status (0: no answer at all), `code` Twilio's (0: none), `request_id` Twilio's RQ… or "",
    `operation` the call without its SIDs ("POST api /2010-04-01/Accounts/{sid}/Keys.json"), `details` what Studio says
    is wrong with a definition (81022 only), `cause` which of the code's causes it is, by Twilio's message ("": the only
    one, or it is not known).
    """

    def __init__(
        self,
        operation: str,
        *,
        status: int = 0,
        code: int = 0,
        request_id: str = "",
        named: Sequence[str] = (),
        details: Sequence[str] = (),
        reason: str = "",
        message: str = "",
        said: str = "",
    ) -> None:
        """`named` are the parameters or permissions that the answer mentions; `reason` says why there was no answer.

        `message` is Twilio's, which identifies one of the code's causes; `said` is what may be shown of it.
        """
        entry = explain(status, code, message)
        what, remedy = self._words(entry, reason)
        what = what.rstrip(".")
        if named:
            what += f": {', '.join(named)}"
        if details:
            what += f": {'; '.join(details)}"
        marks = (f"Twilio {code}" if code else "", f"HTTP {status}" if status else "", request_id, operation)
        quoted = f' Twilio says: "{said.rstrip(".")}".' if said else ""
        super().__init__(f"{what} ({', '.join(mark for mark in marks if mark)}).{quoted}", remedy)
        self.operation = operation
        self.status = status
        self.code = code
        self.request_id = request_id
        self.details = tuple(details)
        self.cause = entry.cause

    def _words(self, entry: Entry, reason: str) -> tuple[str, str]:
        return reason or entry.meaning, entry.remedy


class NotFound(TwilioError):
    """Twilio itself says that the object does not exist; a proxy's 404 page does not count."""


class AccountClosed(NotFound):
    """The subaccount is closed, permanently: nothing in it exists any more."""

    def _words(self, _entry: Entry, _reason: str) -> tuple[str, str]:
        return (
            "The subaccount is closed, and nothing in it exists any more",
            "Closing cannot be undone: declare a new subaccount, or remove this one from the stack.",
        )


class AccountSuspended(Problem):
    """The subaccount of `sid` is suspended: its objects exist, but can be neither read nor changed."""

    def __init__(self, sid: str) -> None:
        """Take its SID; the message says how to reactivate it."""
        super().__init__(
            f"Subaccount {sid} is suspended, so nothing in it can be read or changed.",
            "Set its status to active (in the settings, or in the Console if Twilio suspended it).",
        )
        self.sid = sid


class OutcomeUnknown(TwilioError):
    """A POST that Twilio may have carried out: look the object up by its identity before sending it again."""

    def _words(self, _entry: Entry, reason: str) -> tuple[str, str]:
        return (
            f"Twilio may or may not have carried this out: {reason or 'it answered with a server error'}",
            "Run again: existing objects are looked up first, so nothing is created twice.",
        )
