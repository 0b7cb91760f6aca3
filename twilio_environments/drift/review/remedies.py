"""What to type: accept what Twilio has, revert it, or ignore it for a while."""

from __future__ import annotations

import shlex

from twilio_environments.drift.model import Remedy, Step
from twilio_environments.drift.review import accept
from twilio_environments.drift.review.compare import DriftFinding
from twilio_environments.drift.review.ignore import FILE
from twilio_environments.drift.review.project import Project
from twilio_environments.drift.review.read import Seen
from twilio_environments.problems import Problem


def remedy(finding: DriftFinding, project: Project, *, with_patch: bool = True, alone: bool = True) -> Remedy:
    """Return the three ways to settle a finding.

    `with_patch` works out the stack file change and checks it; `alone`: nothing else was found at its place.
    """
    selector = finding.place if alone else finding.key
    accepted = _accept(finding, project, selector, with_patch=with_patch)
    return Remedy(accepted, _revert(finding, project), _ignore(finding))


def _accept(finding: DriftFinding, project: Project, selector: str, *, with_patch: bool) -> Step:
    record = _pulumi("up --refresh", project)
    if finding.notice and finding.notice.refresh:
        return Step(finding.notice.refresh, _pulumi("refresh", project, finding))
    if finding.kind == "unchecked":
        return Step("There is nothing to accept: its state is unknown.", possible=False)
    for field in finding.fields:
        elsewhere = finding.of.accepted_elsewhere(field.name) if finding.of else None
        if elsewhere and elsewhere.command:
            names = {"stack": shlex.quote(project.stack), "name": shlex.quote(finding.place.partition(".")[2])}
            return Step(f"{elsewhere.text} {record}", elsewhere.command.format(**names))
    command = f"twilio-env drift --stack {shlex.quote(project.stack)} --accept {shlex.quote(selector)}"
    text = "Write it to the stack file, review the change, then: " + record
    try:
        edits = accept.edits(project, finding)
        patch = project.patch(edits) if with_patch else ""
    except Problem as problem:
        return Step(f"It cannot be accepted as it is. {_sentences(problem)}", possible=False)
    return Step(text, command, patch)


def _sentences(problem: Problem) -> str:
    lines = (line.strip() for line in f"{problem.what}\n{problem.remedy}".splitlines())
    return " ".join(line if line.endswith((".", ":")) else f"{line}." for line in lines if line)


def _revert(finding: DriftFinding, project: Project) -> Step:
    if finding.kind == "unchecked":
        return Step("Fix that and run the review again.")
    if finding.stranger:
        return Step(finding.stranger.kind.stray.revert)
    command = _pulumi("up --refresh", project, finding)
    if notice := finding.notice:
        return Step(notice.revert, "" if notice.by_hand else command, possible=notice.possible)
    assert finding.seen is not None  # only recorded objects are left
    if finding.kind == "missing":
        made = finding.seen.recorded.kind.recreated(finding.seen.recorded.inputs)
        whole = _pulumi("up --refresh", project)
        return Step(made.text, whole if made.whole else command, replaces=made.replaces, buys=made.buys)
    return _update(finding, finding.seen, command)


def _update(finding: DriftFinding, seen: Seen, command: str) -> Step:
    kind, names = seen.recorded.kind, [field.name for field in finding.fields]
    for field in finding.fields:
        if seen.live and (word := kind.before_reverting(field.name, field.live, seen.live.facts)):
            return Step(f"First say in the stack file {word}, then:", command)
    table = kind.declaration.table()
    replaces = any(name in table and table[name].replaces for name in names)
    return Step(kind.reverted(names), command, replaces=replaces, buys=replaces and kind.bought)


def _ignore(finding: DriftFinding) -> Step:
    if finding.kind == "unchecked":
        return Step("Findings that could not be checked cannot be ignored.", possible=False)
    field = f"  field: {finding.fields[0].name}\n" if len(finding.fields) == 1 else ""
    rule = f"- place: {finding.place}\n{field}  kind: {finding.kind}\n"
    blanks = "  reason: # why it is acceptable, in a sentence\n  owner: # who is responsible\n  expires: # YYYY-MM-DD\n"
    return Step(f"Add a rule to {FILE}; the finding reappears when the rule expires.", patch=rule + blanks)


def _pulumi(verb: str, project: Project, finding: DriftFinding | None = None) -> str:
    target = f" --target {shlex.quote(finding.seen.recorded.urn)}" if finding and finding.seen else ""
    return f"pulumi {verb} --stack {shlex.quote(project.stack)}{target}"
