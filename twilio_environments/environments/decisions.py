"""What a person has to look at in a stack file that was made, and how it is marked there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from twilio_environments.drift.stackfile import StackFile
from twilio_environments.visible import visible

DECIDE = "decide:"
"""What a mark in the file begins with."""
_OF_A_SID = re.compile(r" # [A-Z]{2}[0-9a-fA-F]{32}$")


@dataclass(frozen=True)
class Decision:
    """What a person has to look at, and where in the file; the place is a path of keys below `twilio:`, or none."""

    text: str
    place: tuple[str, ...] = ()


def marked(text: str, head: str, decisions: Sequence[Decision]) -> str:
    """Return the text of a stack file with a comment above each place where something has to be decided.

    The others stand at the top, behind `head`. What stood before and behind the document is left out, because it speaks
    of the file that this one was made from, as SIDs behind its lines do.
    """
    lines = text.splitlines()
    said = [number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    lines = [_OF_A_SID.sub("", line) for line in lines[said[0] : said[-1] + 1]]
    file = StackFile("", "\n".join(lines))
    above: dict[int, list[str]] = {}
    for one in decisions:
        if one.place:
            number = file.line(".".join(one.place[:2]), ".".join(one.place[2:])) - 1
            indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
            above.setdefault(number, []).append(f"{indent}# {DECIDE} {visible(one.text)}")
    out = [line for number, old in enumerate(lines) for line in (*above.get(number, ()), old)]
    top = [f"# {head}", *(f"# {DECIDE} {visible(one.text)}" for one in decisions if not one.place)]
    schema = [line for line in text.splitlines()[:1] if line.startswith("# yaml-language-server")]
    return "\n".join([*schema, *top, *out]) + "\n"


def shown(decisions: Sequence[Decision]) -> list[str]:
    """Return the decisions as lines for people."""
    return [f"{'.'.join(one.place)}: {one.text}" if one.place else one.text for one in decisions]
