"""`twilio-env doctor`: whether this machine can run a stack, line by line, with what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments import files
from twilio_environments.cli import answers, project
from twilio_environments.cli.checks import engine, store, twilio, webhooks
from twilio_environments.cli.checks.bundle import bundle as bundled
from twilio_environments.cli.checks.finding import Finding, failed, passed, tried
from twilio_environments.drift.review.project import Project
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session
from twilio_environments.rest.sessions import session
from twilio_environments.settings import Settings
from twilio_environments.visible import visible

_COLOURS = {"pass": typer.colors.GREEN, "warn": typer.colors.YELLOW, "fail": typer.colors.RED}


def doctor(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as prod.")],
    bundle: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a support bundle: only results, codes and versions.")
    ] = None,
    as_json: answers.Json = False,
) -> None:
    """Check whether this machine can run a stack. Changes nothing.

    Checks credentials and their permissions, clock, endpoints, Pulumi and its backend, the secret store, webhook hosts.
    Exit code 0: nothing fails; 1: something does.
    """
    findings, used = examined(stack, Path.cwd())
    if as_json:
        answers.Doctor(stack=stack, checks=[answers.Check(**asdict(one)) for one in findings]).show()
    else:
        print("\n".join(_lines(findings, colours=sys.stdout.isatty())))
    if bundle is not None:
        text = json.dumps(bundled(findings, used), indent=2) + "\n"
        files.replace([files.Draft(bundle, text)], Path.cwd())
        if not as_json:
            print(f"\nThe support bundle is in {bundle}. Read it before you share it; it is short.")
    raise typer.Exit(any(one.state == "fail" for one in findings))


def examined(stack: str, root: Path) -> tuple[list[Finding], Session | None]:
    """Return all findings, and the session if there are credentials; raise Problem without a stack file."""
    findings: list[Finding] = []
    settings: Settings | None = None
    home = project.opened(stack, root)
    try:
        settings = home.settings() if home.declares else None
    except Problem as problem:
        findings.append(failed("stack file", problem))
    else:
        findings.append(passed("stack file", f"{home.file.name} has no mistakes") if settings else _nothing(home))
    used: Session | None = None
    try:
        used = session()
    except Problem as problem:
        findings.append(failed("credentials", problem))
    if used is not None:
        ours = used
        findings += tried("credentials", lambda: twilio.look(ours, settings))
    findings += tried("pulumi", lambda: engine.look(stack, home.name))
    findings += tried("provider host", lambda: engine.host(root))
    if settings is not None:
        known = settings
        findings += tried("secret store", lambda: store.look(known))
        findings += tried("webhooks", lambda: webhooks.look(known))
    return findings, used


def _nothing(home: Project) -> Finding:
    remedy = "That is right where the program declares its resources itself; otherwise start with twilio:subaccount."
    return Finding("stack file", "warn", f"{home.file.name} declares nothing", remedy)


def _lines(findings: Sequence[Finding], *, colours: bool) -> list[str]:
    width = max(len(one.check) for one in findings)
    lines = []
    for one in findings:
        state = typer.style(one.state, fg=_COLOURS[one.state]) if colours else one.state
        what = "\n".join(f"{'':{width + 8}}{visible(line)}" for line in one.what.splitlines()).lstrip()
        lines.append(f"{state}  {one.check:{width}}  {what}")
        if one.remedy:
            lines.append(f"{'':{width + 8}}{visible(one.remedy)}")
    count = {state: sum(one.state == state for one in findings) for state in _COLOURS}
    return [*lines, "", ", ".join(f"{number} {state}" for state, number in count.items())]
