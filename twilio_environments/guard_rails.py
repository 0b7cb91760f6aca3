"""The guard rails: what a stack must not do by accident. One list; each rule has a setting, and a reason.

Refusals because of a rule go through `refusal`, so that each names the rule and its reason. `docs/guard-rails.md` shows
the list; a test keeps the two in sync.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twilio_environments.problems import Problem

ONLY_LOOKS = "TWILIO_ENVIRONMENTS_ONLY_LOOKS"
"""Set for a preview that only a review reads and nobody applies: there, nothing is refused that Twilio decides.

It affects previews only: a run that buys or overwrites checks again right before it does so.
"""
SettledBy = Literal["the stack file", "the stack file and the environment", "Twilio", "Pulumi's record"]


@dataclass(frozen=True)
class Rule:
    """One rule: its name, what it says, the setting that sets or lifts it, where its facts are, and why it is there.

    `why` is one clause, for the end of a refusal.
    """

    name: str
    says: str
    setting: str
    settled_by: SettledBy
    why: str

    def refusal(self, what: str) -> str:
        """Return a clause that says what is refused, followed by the rule and its reason."""
        return f"{what} (guard rail {self.name}: {self.why})"

    def problem(self, what: str, remedy: str) -> Problem:
        """Return the Problem for a refusal; `what` is a sentence without its full stop."""
        return Problem(f"{self.refusal(what)}.", remedy)


PUBLIC_WEBHOOKS = Rule(
    "public_webhooks",
    "Webhooks use https and go to public hosts; so do the addresses in flows, in any widget.",
    "`twilio:local: true` lifts it",
    "the stack file",
    "it carries your callers' words and numbers",
)
WEBHOOK_HOSTS = Rule(
    "webhook_hosts",
    "Webhooks, and all addresses in flows, go only to the listed hosts.",
    "`twilio:limits: webhook_hosts`",
    "the stack file",
    "whoever owns the host reads every call and message",
)
RELEASE_NUMBERS = Rule(
    "release_numbers",
    "No phone number is released.",
    "`twilio:allow: release_numbers`, with the reason, lifts it",
    "Pulumi's record",
    "a released number may be somebody else's tomorrow",
)
CLOSE_SUBACCOUNT = Rule(
    "close_subaccount",
    "The subaccount is not closed.",
    "`twilio:allow: close_subaccount`, with the reason, lifts it",
    "Pulumi's record",
    "a closed account cannot be reopened, and its numbers are released",
)
DELETE_REGISTRATIONS = Rule(
    "delete_registrations",
    "Nothing that carries a registration is deleted, such as a Messaging Service with a US A2P campaign.",
    "`twilio:allow: delete_registrations`, with the reason, lifts it",
    "Twilio",
    "the registration is lost with it, and a new one costs fees and takes weeks",
)
PURCHASES = Rule(
    "purchases",
    "A run buys at most this many phone numbers.",
    "`twilio:limits: purchases`",
    "Twilio",
    "each number is billed from the moment it is bought",
)
MONTHLY_COST = Rule(
    "monthly_cost",
    "The phone numbers that a run buys cost at most this much per month, by Twilio's own prices for the account.",
    "`twilio:limits: monthly_cost`",
    "Twilio",
    "each number is billed from the moment it is bought, and every month",
)
KEY_AGE = Rule(
    "key_age",
    "Every API key is rotated before it is older than this.",
    "`twilio:limits: key_age`",
    "the stack file",
    "a key that leaked unnoticed works until it is replaced",
)
REGIONS = Rule(
    "regions",
    "The stack runs only in the listed Twilio regions.",
    "`twilio:limits: regions`",
    "the stack file and the environment",
    "the region decides where calls and messages are processed and kept",
)
RESTRICTED_KEYS = Rule(
    "restricted_keys",
    "A production stack has only restricted API keys.",
    "`twilio:production: true` sets it; `twilio:allow: standard_keys`, with the reason, lifts it",
    "the stack file",
    "a leaked standard key can do everything in the account",
)
NAMED_CREDENTIALS = Rule(
    "named_credentials",
    "A production stack runs with credentials that somebody named, not with the active profile of the Twilio CLI.",
    "`twilio:production: true` sets it",
    "the stack file and the environment",
    "whichever profile happens to be active may belong to another account",
)
SUSPEND_SUBACCOUNT = Rule(
    "suspend_subaccount",
    "A production stack's subaccount is not suspended.",
    "`twilio:production: true` sets it; `twilio:allow: suspend_subaccount`, with the reason, lifts it",
    "the stack file",
    "every call and message of the account fails while it is suspended",
)
REVIEWED_EDITS = Rule(
    "reviewed_edits",
    "A flow that was edited in the Console is not overwritten until somebody has reviewed the edit.",
    "`reviewed: REVISION` on the flow lifts it for edits up to that revision",
    "Twilio",
    "the edit would be lost, and somebody made it for a reason",
)

RULES = (
    PUBLIC_WEBHOOKS,
    WEBHOOK_HOSTS,
    RELEASE_NUMBERS,
    CLOSE_SUBACCOUNT,
    DELETE_REGISTRATIONS,
    PURCHASES,
    MONTHLY_COST,
    KEY_AGE,
    REGIONS,
    RESTRICTED_KEYS,
    NAMED_CREDENTIALS,
    SUSPEND_SUBACCOUNT,
    REVIEWED_EDITS,
)
