"""Which recorded object is which declared one, whatever both are called in the stack file.

Pulumi knows a resource only by its name, so to Pulumi a rename is a creation and a deletion. What identifies an object
at Twilio says more: the same number, service or flow under another logical name is the same object. Everything declared
and everything recorded of one kind is compared as two sets before anything is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.mistakes import Mistake

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Renames:
    """What became of the recorded objects of one kind; all by resource name.

    `aliases`: declared name → the no longer declared name whose record it continues. `moved`: declared name → the
    recorded name of its object, if that is not its own record; "" if it no longer has an object, because another name
    has taken it. `takers`: declared name that gives up its object → the new name that now has it. `dropped`: recorded
    names whose object is no longer declared. `added`: declared names without an object.
    """

    aliases: Mapping[str, str]
    moved: Mapping[str, str]
    takers: Mapping[str, str]
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    mistakes: tuple[Mistake, ...]


def renames(kind: Kind[Any], declared: Mapping[str, Values], recorded: Mapping[str, Values]) -> Renames:
    """Compare what is declared (inputs by name) with what is recorded (completed outputs by name) of one kind."""
    found = _matched(kind, declared, recorded)
    aliases = {
        name: start
        for name, was in found.items()
        if name not in recorded and (start := _start(was, declared, found)) in recorded
    }
    moved = {name: was for name, was in found.items() if was not in (name, aliases.get(name))}
    taken = {was: recorded[was].get("sid") for was in found.values()}
    for name in declared.keys() & recorded.keys() - found.keys():
        if name in taken or recorded[name].get("sid") in {*taken.values()} - {None}:
            moved[name] = ""
    return Renames(
        aliases,
        moved if kind.takes_over else {},
        {was: name for name, was in found.items() if was in declared and name not in {*recorded, *aliases}},
        tuple(sorted(recorded.keys() - declared.keys() - set(found.values()))),
        tuple(sorted(declared.keys() - recorded.keys() - found.keys())),
        tuple(_mistakes(kind, declared, recorded, found, moved)),
    )


def _matched(kind: Kind[Any], declared: Mapping[str, Values], recorded: Mapping[str, Values]) -> dict[str, str]:
    """Return the recorded name of each declared object: surest matches first, and its own name before any other."""
    found: dict[str, str] = {}
    for sure in range(kind.surest, 0, -1):
        own = declared.keys() & recorded.keys() - found.keys() - set(found.values())
        found |= {name: name for name in own if kind.identifies(declared[name], recorded[name]) >= sure}
        free = sorted(recorded.keys() - set(found.values()))
        for name in sorted(declared.keys() - found.keys()):
            for was in free:
                if kind.identifies(declared[name], recorded[was]) >= sure:
                    found[name] = was
                    free.remove(was)
                    break
    return found


def _start(was: str, declared: Mapping[str, Values], found: Mapping[str, str]) -> str:
    """Return the record left over by a chain of renames, "" if there is none.

    Where a becomes b and b becomes c, which is new, c continues the record of a. Left over, it would be deleted,
    which Pulumi refuses for a protected one; and its object is b's.
    """
    while was in declared:
        was = found.get(was, "")
    return was


def _mistakes(
    kind: Kind[Any],
    declared: Mapping[str, Values],
    recorded: Mapping[str, Values],
    found: Mapping[str, str],
    moved: Mapping[str, str],
) -> Iterator[Mistake]:
    """Report what no single run can do: give a live object the name that another live one still has."""
    if kind.takes_over:
        return
    for name in sorted(declared):
        others = (was for was in recorded if was != found.get(name) and was in found.values())
        clash = next((was for was in others if kind.identifies(declared[name], recorded[was])), None)
        if clash or name in moved:
            of = f"what {clash} has" if clash else "what another one has"
            yield Mistake(name, f"would take {of} while both exist: rename one in this run, and the other in the next")
