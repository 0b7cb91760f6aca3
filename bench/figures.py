"""The measurements: the medians of each step's samples, kept as a small table, and cost against size."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.scenarios import Sample
from bench.stacks import Shape

_KEY = ("family", "size", "latency", "checkpoints", "subject", "scenario")
_MEASURED = {"calls": 0, "bytes": 0, "wall": 3, "cpu": 3, "memory": 1, "host": 1, "program": 1}
"""What is kept of a step's samples, and to how many digits: seconds, and MiB of memory."""


@dataclass(frozen=True)
class Figures:
    """The medians of every step, from however many runs, and the machine of the latest run."""

    steps: Sequence[dict[str, Any]]
    machine: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Figures:
        """Read what earlier runs wrote; empty if there were none."""
        if not path.exists():
            return cls([])
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls([dict(zip(kept["columns"], row, strict=True)) for row in kept["steps"]], kept["machine"])

    def text(self) -> str:
        """Return the text for `read`: one line per step."""
        columns = [*_KEY, *_MEASURED]
        rows = ",\n".join(json.dumps([step[name] for name in columns]) for step in self.steps)
        head = f'"machine": {json.dumps(self.machine)},\n"columns": {json.dumps(columns)},'
        return f'{{{head}\n"steps": [\n{rows}\n]}}\n'

    def replaced(self, fresh: Sequence[Sample], machine: dict[str, Any]) -> Figures:
        """Return these with fresh samples in place of older ones of the same stack, latency, subject and step."""
        samples: dict[tuple[Any, ...], list[Sample]] = {}
        for sample in fresh:
            samples.setdefault(_key(sample), []).append(sample)
        made = [
            dict(zip(_KEY, key, strict=True)) | {name: _middle(group, name) for name in _MEASURED}
            for key, group in samples.items()
        ]
        kept = [step for step in self.steps if _key(step) not in samples]
        return Figures(sorted([*kept, *made], key=lambda step: [str(part) for part in _key(step)]), machine)

    def of(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return the steps of that subject, scenario and so on."""
        wanted = {"checkpoints": False} | wanted
        return [step for step in self.steps if all(step[name] == value for name, value in wanted.items())]

    def middle(self, name: str, **wanted: Any) -> float | None:
        """Return a median of the one step that matches; None if it was not measured."""
        found = self.of(**wanted)
        return found[0][name] if found else None

    def peak(self, name: str, **wanted: Any) -> float | None:
        """Return the largest value of a column; None if it was not measured."""
        return max((step[name] for step in self.of(**wanted)), default=None)

    def families(self) -> list[tuple[str, int]]:
        """Return every family and latency that was measured."""
        return sorted({(step["family"], step["latency"]) for step in self.steps})

    def stacks(self) -> list[tuple[Shape, int]]:
        """Return every stack and latency that was measured."""
        found = {(step["family"], step["size"], step["latency"]) for step in self.steps}
        return [(Shape(family, size), latency) for family, size, latency in sorted(found)]


def _key(step: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(step[name] for name in _KEY)


def _middle(samples: Sequence[Sample], name: str) -> float:
    value: float = median(sample[name] for sample in samples)
    return round(value, _MEASURED[name] or None)


def fitted(points: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """Return (fixed, per object) of the least-squares line; None for fewer than two sizes."""
    pairs = list(points)
    if len({size for size, _ in pairs}) < 2:  # noqa: PLR2004  a line has two points
        return None
    mean_x, mean_y = (sum(pair[i] for pair in pairs) / len(pairs) for i in (0, 1))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in pairs) / sum((x - mean_x) ** 2 for x, _ in pairs)
    return mean_y - slope * mean_x, slope
