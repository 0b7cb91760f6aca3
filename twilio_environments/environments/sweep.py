"""Which stacks have expired, and whether what they created is provably theirs. Nothing here writes.

`expires` of a stack's subaccount says when the stack expires. It is recorded with the subaccount, so a stack whose file
is gone is known by its record. A name at Twilio has no room for a date; it carries the stack's mark, and that is the
proof: the mark is computed again from project and stack and compared with what Twilio returns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from twilio_environments.drift.review.read import MARK
from twilio_environments.drift.review.state import RecordedObject, own_account
from twilio_environments.kinds import subaccount
from twilio_environments.lifecycle.objects import ACCOUNT, Live
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session
from twilio_environments.secrets import schedule
from twilio_environments.settings import NAMESPACE, mark_of


@dataclass(frozen=True)
class Stack:
    """A stack of the project: what it recorded, and what its file says, if it has one."""

    name: str
    recorded: Sequence[RecordedObject] = ()
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def expires(self) -> str:
        """When it expires, "" for never: the later of the recorded and the declared date."""
        account = self.account
        declared = self.config.get(f"{NAMESPACE}:subaccount")
        in_file = declared.get("expires") if isinstance(declared, Mapping) else ""
        said = [account.inputs.get("expires") if account else "", in_file]
        return max(str(one or "") for one in said)

    @property
    def account(self) -> RecordedObject | None:
        """Its subaccount, if it made one."""
        return own_account(self.recorded)


@dataclass(frozen=True)
class Verdict:
    """The verdict on a stack: `due` for removal, or kept for a reason; `wrong` if somebody has to check."""

    stack: str
    due: bool
    reason: str
    wrong: bool = False


def judged(session: Session, project: str, stack: Stack, now: datetime) -> Verdict:
    """Return whether a stack is due, which it is only if everything removed with it is provably its own."""
    if not stack.expires:
        return Verdict(stack.name, due=False, reason="does not expire")
    try:
        over = schedule.moment(stack.expires) <= now
    except (ValueError, TypeError):  # TypeError: without a time zone
        doubt = f"its expiry {stack.expires!r} is not a time such as 2027-01-31T12:00:00Z"
        return Verdict(stack.name, due=False, reason=f"is left alone: {doubt}", wrong=True)
    if not over:
        return Verdict(stack.name, due=False, reason=f"does not expire until {stack.expires}")
    doubt = _doubt(session, project, stack)
    if doubt:
        return Verdict(
            stack.name, due=False, reason=f"expired at {stack.expires} but is left alone: {doubt}", wrong=True
        )
    return Verdict(stack.name, due=True, reason=f"expired at {stack.expires}")


def _doubt(session: Session, project: str, stack: Stack) -> str:
    strangers = [one.urn for one in stack.recorded if one.urn.split("::")[:2] != [f"urn:pulumi:{stack.name}", project]]
    if strangers:
        return f"its state has objects of another stack, such as {strangers[0]}"
    account, mark = stack.account, mark_of(project, stack.name)
    if account is None:
        return "it recorded objects but no subaccount of its own" if stack.recorded else ""
    if account.inputs.get("mark") != mark:
        return f"its subaccount {account.id} was not recorded with the mark {mark}"
    elsewhere = [one.place for one in stack.recorded if one.outputs.get(ACCOUNT, account.id) != account.id]
    if elsewhere:
        return f"{elsewhere[0]} is not in its subaccount {account.id}"
    try:
        live = subaccount.KIND.read(session, account.outputs, account.id)
    except Problem as problem:
        return str(problem)
    is_ours = live is None or _name(live).endswith(mark)  # None: it is closed already
    return "" if is_ours else f"the name of {account.id} no longer ends with {mark}"


def left_over(session: Session, project: str, stack: str) -> list[str]:
    """Return the SIDs of the subaccounts that have the mark of a stack and are not closed, by a fresh listing."""
    session.listings.drop(*subaccount.KIND.listing_key(session.own))
    mark = mark_of(project, stack)
    return sorted(live.id for live in _open(session) if _name(live).endswith(mark))


def nobodys(session: Session, project: str, stacks: Collection[str]) -> dict[str, str]:
    """Return the names of subaccounts, by SID, with the mark of this project and of an unknown stack.

    Another backend may know that stack, so nothing proves that they may be removed.
    """
    known = {mark_of(project, stack) for stack in stacks}
    found = {}
    for live in _open(session):
        mark = MARK.search(_name(live))
        if mark and mark[0] not in known and mark[0] == mark_of(project, _stack_of(mark[0])):
            found[live.id] = _name(live)
    return found


def _open(session: Session) -> list[Live]:
    """Return the subaccounts that are not closed."""
    lives = subaccount.KIND.listed(session.own)  # lists the main account too, whatever its name
    return [live for live in lives if live.values["status"] != "closed" and live.id != session.own.sid]


def _name(live: Live) -> str:
    return str(live.values["friendly_name"])


def _stack_of(mark: str) -> str:
    """Return the stack's name from a mark; of a long name, what is left of it."""
    inner = mark[1:-1]
    return inner.partition("/")[2] if "/" in inner else inner.rpartition("~")[0]
