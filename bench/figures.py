"""What the samples say: medians, and cost against size."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.scenarios import Sample
from bench.stacks import Shape

_KEY = ("family", "size", "latency", "checkpoints", "subject", "scenario")


@dataclass(frozen=True)
class Figures:
    """All samples of a benchmark, however many runs they came from."""

    samples: Sequence[Sample]

    @classmethod
    def read(cls, path: Path) -> Figures:
        """Read what earlier runs wrote; nothing, if there were none."""
        return cls(json.loads(path.read_text(encoding="utf-8"))["samples"] if path.exists() else [])

    def replaced(self, fresh: Sequence[Sample]) -> Figures:
        """Return these with fresh samples in the place of older ones of the same stack, latency, subject and step."""
        keys = {_key(sample) for sample in fresh}
        kept = [sample for sample in self.samples if _key(sample) not in keys]
        return Figures(sorted([*kept, *fresh], key=lambda sample: [str(part) for part in _key(sample)]))

    def of(self, **wanted: Any) -> list[Sample]:
        """Return the samples of that subject, scenario and so on."""
        wanted = {"checkpoints": False} | wanted
        return [sample for sample in self.samples if all(sample[name] == value for name, value in wanted.items())]

    def middle(self, name: str, **wanted: Any) -> float | None:
        """Return the median of a number; None where it was not measured."""
        found = [sample[name] for sample in self.of(**wanted)]
        return median(found) if found else None

    def calls(self, **wanted: Any) -> int | None:
        """Return the number of calls: the largest, should they differ."""
        return max((sum(sample["calls"].values()) for sample in self.of(**wanted)), default=None)

    def peak(self, name: str, **wanted: Any) -> float | None:
        """Return the largest value of a number."""
        return max((sample[name] for sample in self.of(**wanted)), default=None)

    def families(self) -> list[tuple[str, int]]:
        """Return every family and latency that was measured."""
        return sorted({(sample["family"], sample["latency"]) for sample in self.samples})

    def stacks(self) -> list[tuple[Shape, int]]:
        """Return every stack and latency that was measured."""
        found = {(sample["family"], sample["size"], sample["latency"]) for sample in self.samples}
        return [(Shape(family, size), latency) for family, size, latency in sorted(found)]


def _key(sample: Sample) -> tuple[Any, ...]:
    return tuple(sample[name] for name in _KEY)


def fitted(points: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """Return (fixed, per object) of the line of least squares; None for fewer than two sizes."""
    pairs = list(points)
    if len({size for size, _ in pairs}) < 2:  # noqa: PLR2004  a line has two points
        return None
    mean_x, mean_y = (sum(pair[i] for pair in pairs) / len(pairs) for i in (0, 1))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in pairs) / sum((x - mean_x) ** 2 for x, _ in pairs)
    return mean_y - slope * mean_x, slope
