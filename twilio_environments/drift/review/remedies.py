"""What to type: accept what Twilio has, revert it, or ignore it for a while."""

from __future__ import annotations

import shlex

from twilio_environments.drift.model import Remedy, Step
from twilio_environments.drift.review import accept
from twilio_environments.drift.review.compare import Finding
from twilio_environments.drift.review.ignore import FILE
from twilio_environments.numbers.transfer import HELD_BY
from twilio_environments.problems import Problem

_BY_HAND = {
    "key_by_hand": "Revoke it in the Console once nobody uses it; a rotation by somebody else may be under way.",
    "unmanaged": "Delete it in the Console once nobody uses it; a number that is released may not come back.",
    "draft": "Discard or publish the draft in the Console; the next update from here goes over it.",
    "layout": "There is nothing to revert: nothing that runs is different.",
    "shadowed": "Take the number out of the pool, or let the service use the webhooks of its numbers.",
    "unchecked": "Put right what the reason says, and run the review again.",
}


def remedy(finding: Finding, project: accept.Project, *, with_patch: bool = True, alone: bool = True) -> Remedy:
    """Return the three ways to settle a finding.

    `with_patch` works out the change of the stack file, and checks it; `alone` says that nothing else was found at its
    place.
    """
    selector = finding.place if alone else finding.key
    accepted = _accept(finding, project, selector, with_patch=with_patch)
    return Remedy(accepted, _revert(finding, project), _ignore(finding))


def _accept(finding: Finding, project: accept.Project, selector: str, *, with_patch: bool) -> Step:
    record = _pulumi("up --refresh", project)
    if finding.kind == "layout":
        command = _pulumi("refresh", project, finding)
        return Step("Record the new revision; the stack file says nothing of the layout.", command)
    if finding.kind == "unchecked":
        return Step("There is nothing to accept: nobody knows what it is like.", possible=False)
    if any(field.name == "definition" for field in finding.fields):
        name = finding.place.partition(".")[2]
        command = f"twilio-env flows pull --stack {shlex.quote(project.stack)} {shlex.quote(name)}"
        return Step("Write what runs into the flow's file, review the change, and then: " + record, command)
    command = f"twilio-env drift --stack {shlex.quote(project.stack)} --accept {shlex.quote(selector)}"
    text = "Write it into the stack file, review the change, and then: " + record
    try:
        edits = accept.edits(project, finding)
        patch = project.patch(edits) if with_patch else ""
    except Problem as problem:
        return Step(f"It cannot be accepted as it is. {_sentences(problem)}", possible=False)
    return Step(text, command, patch)


def _sentences(problem: Problem) -> str:
    lines = (line.strip() for line in f"{problem.what}\n{problem.remedy}".splitlines())
    return " ".join(line if line.endswith((".", ":")) else f"{line}." for line in lines if line)


def _revert(finding: Finding, project: accept.Project) -> Step:
    if finding.kind in _BY_HAND:
        return Step(_BY_HAND[finding.kind], possible=finding.kind != "layout")
    assert finding.seen is not None  # only recorded objects are left
    kind = finding.seen.recorded.kind
    if finding.kind == "missing" and kind.section == "subaccount":
        text = "Make a new account with everything in it; the numbers of the closed one are gone."
        return Step(text, _pulumi("up --refresh", project), replaces=True, buys=True)
    command = _pulumi("up --refresh", project, finding)
    if finding.kind == "missing":
        buys = kind.section == "numbers"
        searched = (
            " Another number than before: it was found by a search."
            if finding.seen.recorded.inputs.get("search")
            else ""
        )
        made = "Buy it again." if buys else "Make it again, under another SID."
        return Step(f"{made}{searched} What refers to it follows with the next pulumi up.", command, buys=buys)
    if finding.kind in {"secret", "overdue"} and kind.section == "keys":
        return Step("Make a new key and deliver it; the old one lives on for its overlap.", command)
    if word := _word(finding):
        return Step(f"Say at it in the stack file {word}, and then:", command)
    table = kind.declaration.table()
    replaces = any(field.name in table and table[field.name].replaces for field in finding.fields)
    return Step(
        "Set it back to what is declared.", command, replaces=replaces, buys=replaces and kind.section == "numbers"
    )


def _word(finding: Finding) -> str:
    """Return what the stack file has to say before an update may revert a finding, "" for nothing."""
    for field in finding.fields:
        if field.name == "definition" and finding.seen and finding.seen.live:
            return f"that the edit was looked at (reviewed: {finding.seen.live.facts['revision']})"
        if field.name == HELD_BY:
            return f"that it is to be brought back (transfer_from: {field.live})"
    return ""


def _ignore(finding: Finding) -> Step:
    if finding.kind == "unchecked":
        return Step("What could not be checked is never ignored.", possible=False)
    field = f"  field: {finding.fields[0].name}\n" if len(finding.fields) == 1 else ""
    rule = f"- place: {finding.place}\n{field}  kind: {finding.kind}\n"
    blanks = "  reason: # why it is all right, in a sentence\n  owner: # who answers for it\n  expires: # YYYY-MM-DD\n"
    return Step(f"Add a rule to {FILE}; it comes back when the rule ends.", patch=rule + blanks)


def _pulumi(verb: str, project: accept.Project, finding: Finding | None = None) -> str:
    target = f" --target {shlex.quote(finding.seen.recorded.urn)}" if finding and finding.seen else ""
    return f"pulumi {verb} --stack {shlex.quote(project.stack)}{target}"
