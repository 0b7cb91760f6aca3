"""The figures as Markdown: each step with its references, cost against size, and the aims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.figures import Figures, fitted
from bench.scenarios import SCENARIOS

AT_ONCE = 4
"""Resources that Pulumi's Python host serves at a time."""
_STEPS = """family objects latency,·ms step calls floor floor,·s wall,·s no-op,·s ratio empty,·s CPU,·s no-op·CPU,·s
CPU·ratio kB tree,·MiB host,·MiB program,·MiB one·GET·each:·calls one·GET·each,·s"""
_FITS = "family latency,·ms step calls wall,·s no-op·wall,·s CPU,·s"
_AIMS = "aim measured limit holds"


def report(figures: Figures) -> str:
    """Return all tables."""
    parts = [
        ("What was aimed at", _table(_AIMS, _aims(figures))),
        ("Every step", _table(_STEPS, _steps(figures))),
        ("Cost against size: fixed + per object, by least squares", _table(_FITS, _fits(figures))),
        (
            "Creation with the state written at each step",
            _table("family objects latency,·ms wall,·s fast:·wall,·s", _checkpoints(figures)),
        ),
    ]
    return "\n\n".join(f"### {title}\n\n{table}" for title, table in parts)


def _table(columns: str, rows: Iterable[Iterable[object]]) -> str:
    names = [column.replace("·", " ") for column in columns.split()]
    lines = [names, ["---"] * len(names), *[["" if cell is None else str(cell) for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _steps(figures: Figures) -> Iterator[list[object]]:
    for shape, latency in figures.stacks():
        for scenario in SCENARIOS:
            at = {"family": shape.family, "size": shape.size, "latency": latency, "scenario": scenario}
            subjects = ("ours", "noop", "empty", "one by one")
            ours, noop, empty, single = ({"subject": subject} | at for subject in subjects)
            if not figures.of(**ours):
                continue
            walls, cpus = ([figures.middle(name, **one) for one in (ours, noop)] for name in ("wall", "cpu"))
            yield [
                *(shape.family, shape.size, latency, scenario),
                *(
                    figures.middle("calls", **ours),
                    shape.floor[scenario],
                    f"{floor(shape.floor[scenario], latency):.2f}",
                ),
                *(*map(_shown, walls), _ratio(*walls), _shown(figures.middle("wall", **empty))),
                *(*map(_shown, cpus), _ratio(*cpus)),
                _shown((figures.middle("bytes", **ours) or 0) / 1000, 0),
                *(_shown(figures.middle(name, **ours), 0) for name in ("memory", "host", "program")),
                *(figures.middle("calls", **single), _shown(figures.middle("wall", **single))),
            ]


def _fits(figures: Figures) -> Iterator[list[object]]:
    for family, latency in figures.families():
        for scenario in SCENARIOS:
            at = {"family": family, "latency": latency, "scenario": scenario}
            ours, noop = figures.of(subject="ours", **at), figures.of(subject="noop", **at)
            lines = (
                (fitted((step["size"], step["calls"]) for step in ours), 2),
                (fitted((step["size"], step["wall"]) for step in ours), 4),
                (fitted((step["size"], step["wall"]) for step in noop), 4),
                (fitted((step["size"], step["cpu"]) for step in ours), 4),
            )
            if lines[0][0]:
                shown = [f"{line[0]:.1f} + {line[1]:.{digits}f} n" if line else None for line, digits in lines]
                yield [family, latency, scenario, *shown]


def _checkpoints(figures: Figures) -> Iterator[list[object]]:
    for shape, latency in figures.stacks():
        at = {"family": shape.family, "size": shape.size, "latency": latency, "scenario": "create", "subject": "ours"}
        slow, fast = (figures.middle("wall", checkpoints=checkpoints, **at) for checkpoints in (True, False))
        if slow:
            yield [shape.family, shape.size, latency, _shown(slow), _shown(fast)]


def _aims(figures: Figures) -> Iterator[list[object]]:
    thousand = {"family": "numbers", "size": 1000}
    refresh, create = thousand | {"scenario": "refresh"}, thousand | {"scenario": "create", "latency": 50}
    calls = figures.peak("calls", subject="ours", **refresh)
    yield ["calls of a refresh of 1,000 numbers", calls, 3, _verdict(calls, 3)]
    for name, unit in (("wall", "wall time"), ("cpu", "CPU")):
        at = refresh | {"latency": 0}
        ours, noop = (figures.middle(name, subject=subject, **at) for subject in ("ours", "noop"))
        yield _aim(f"{unit} of that refresh ÷ that of as many no-op resources", ours, noop, 2.5)
    ours, noop = (figures.middle("wall", subject=subject, **create) for subject in ("ours", "noop"))
    fewest = floor(int(figures.middle("calls", subject="ours", **create) or 0), 50)
    yield _aim(
        "wall time to create 1,000 numbers at 50 ms ÷ (calls · latency ÷ 4 + no-op)", ours, noop and noop + fewest, 1.3
    )
    for name, unit in (("wall", "wall time"), ("cpu", "CPU")):
        at = {"family": "mixed", "size": 49, "latency": 0, "scenario": "preview"}
        ours, empty = (figures.middle(name, subject=subject, **at) for subject in ("ours", "empty"))
        yield _aim(f"{unit} of a no-op preview of 49 objects ÷ an empty program's", ours, empty, 1.3)
        noop = figures.middle(name, subject="noop", **at)
        yield _aim(f"{unit} of as many no-op resources ÷ an empty program's, for comparison", noop, empty, 1.3)
    for family in ("mixed", "numbers"):
        for process in ("host", "program"):
            at = {"family": family, "subject": "ours"}
            small, large = (figures.peak(process, size=size, **at) for size in (10, 1000))
            yield _aim(f"peak memory of the {process}, {family}: 1,000 objects ÷ 10", large, small, 1.5)


def _aim(what: str, ours: float | None, reference: float | None, limit: float) -> list[object]:
    ratio = ours / reference if ours and reference else None
    return [what, _shown(ratio), limit, _verdict(ratio, limit)]


def _verdict(measured: float | None, limit: float) -> str:
    return "not measured" if measured is None else "yes" if measured <= limit else "**no**"


def floor(calls: int, latency: int) -> float:
    """Return the minimum seconds for so many calls, `latency` in ms."""
    return -(-calls // AT_ONCE) * latency / 1000


def _ratio(ours: float | None, reference: float | None) -> str:
    return _shown(ours / reference if ours and reference else None)


def _shown(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"
