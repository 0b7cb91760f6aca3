"""What a person has to decide in a generated stack file, and how it is marked there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twilio_environments.stackfile import Remark, path_of
from twilio_environments.visible import visible


@dataclass(frozen=True)
class Decision:
    """What a person has to decide, and where in the file; the place is a path of keys below `twilio:`, or none."""

    text: str
    place: tuple[str, ...] = ()

    def remark(self) -> Remark:
        """Return it as an edit: a comment above its place, or at the top."""
        path = (*path_of(self.place[0]), *self.place[1:]) if self.place else ()
        return Remark(path, f"decide: {visible(self.text)}")


def shown(decisions: Sequence[Decision]) -> list[str]:
    """Return the decisions as lines for people."""
    return [f"{'.'.join(one.place)}: {one.text}" if one.place else one.text for one in decisions]
