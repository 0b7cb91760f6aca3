"""How much a finding matters, and why: security before behaviour before cosmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twilio_environments.drift.model import Field, Level, RowKind, Severity
from twilio_environments.drift.review.compare import Finding
from twilio_environments.numbers.transfer import HELD_BY
from twilio_environments.secrets.delivery import ALTERED, MISSING, UNFINISHED
from twilio_environments.visible import HIDDEN

_SECRET = {
    MISSING: "the secret is gone from the store, and nobody can be told it again",
    ALTERED: "the secret in the store was replaced, and does not open what it is said to open",
    UNFINISHED: "a rotation was interrupted, and another key of this name may be alive",
}
_RESET = "the stored Auth Token is not the account's: it was reset at Twilio, or altered in the store"
_GONE = {
    "numbers": "calls and messages to it fail, and Twilio may lease it to somebody else",
    "keys": "whoever uses the key is refused",
    "subaccount": "everything that was in it is gone with it",
}
_ALWAYS: Mapping[RowKind, Severity] = {
    "key_by_hand": Severity(Level.SECURITY, "whoever has its secret can act for the whole account"),
    "overdue": Severity(Level.SECURITY, "the longer a secret lives, the more places it has leaked to"),
    "shadowed": Severity(Level.BEHAVIOUR, "messages do not reach the webhook that is declared for the number"),
    "unmanaged": Severity(Level.BEHAVIOUR, "it costs money or takes traffic, and nobody reviewed it"),
    "unchecked": Severity(Level.BEHAVIOUR, "nobody knows what it is like"),
    "draft": Severity(Level.COSMETIC, "a draft does not run, and the next update from here goes over it"),
    "layout": Severity(Level.COSMETIC, "callers notice nothing"),
}


def severity(finding: Finding, *, shared: bool = False) -> Severity:
    """Return the severity of a finding; `shared` says that the account is not this stack's own."""
    if finding.kind == "unmanaged" and shared:
        return Severity(Level.COSMETIC, "others work in this account too")
    if finding.kind == "webhook_host":
        return Severity(Level.SECURITY, f"it leads to {' and '.join(finding.hosts)}, which no setting names")
    if finding.kind == "secret":
        return Severity(Level.SECURITY, _of_secret(finding.fields))
    if finding.kind == "missing":
        return Severity(Level.BEHAVIOUR, _GONE.get(finding.section, "what refers to it fails"))
    return _ALWAYS.get(finding.kind) or _of_fields(finding.section, finding.fields)


def _of_secret(fields: Sequence[Field]) -> str:
    if any(field.name == "auth_token_status" and field.live == ALTERED for field in fields):
        return _RESET
    state = next((str(field.live) for field in fields), "")
    return _SECRET.get(state, "consumers find no secrets where they look for them")


def _of_fields(section: str, fields: Sequence[Field]) -> Severity:
    """Return the worst severity of the fields, with the reasons of all that are as bad."""
    found = [(one, _of_field(section, one)) for one in fields]
    level = max(each.level for _, each in found)
    worst = [(one, each.reason) for one, each in found if each.level is level]
    plain = [one.name for one, reason in worst if not reason]
    reasons = list(dict.fromkeys(reason for _, reason in worst if reason))
    if plain:
        reasons.append(f"{' and '.join(plain)} decide{'' if plain[1:] else 's'} what callers and recipients meet")
    return Severity(level, "; ".join(reasons))


def _of_field(section: str, field: Field) -> Severity:
    """Return the severity of one field; without a reason where it is that of most fields."""
    reason = ""
    if field.live == HIDDEN:  # as bad as it can be
        level = Level.SECURITY if field.name == "policy" else Level.BEHAVIOUR
        return Severity(level, f"{field.name} is a secret, and Twilio has another value")
    if field.name == "policy":
        added = sorted(set(field.live or []) - set(field.recorded or []))
        if added:
            return Severity(Level.SECURITY, f"the key may do more than declared: {', '.join(added)}")
        reason = "the key may do less than declared, and its users are refused"
    elif field.name == "friendly_name" and section != "verify_services":
        return Severity(Level.COSMETIC, "only the name differs")
    elif field.name == "rate_limits" and _but_descriptions(field.live) == _but_descriptions(field.recorded):
        return Severity(Level.COSMETIC, "only a description differs")
    elif field.name == HELD_BY:
        reason = f"it is in the account {field.live}, which takes its calls and messages and pays for it"
    elif section == "senders":
        added = sorted(set(field.live or []) - set(field.recorded or []))
        reason = "messages go out under a sender nobody declared" if added else "a declared sender sends no more"
    elif section == "subaccount":
        reason = f"the account is {field.live}, and with it all of its traffic"
    elif section == "secrets":
        reason = "consumers read these properties, and are sent elsewhere by them"
    return Severity(Level.BEHAVIOUR, reason)


def _but_descriptions(limits: Mapping[str, Any]) -> Any:
    return {name: {key: value for key, value in one.items() if key != "description"} for name, one in limits.items()}
