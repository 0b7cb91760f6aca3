"""The figures as a picture: a row for each family and latency, a panel for each step, on scales of powers of ten."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

from bench.figures import Figures
from bench.report import floor
from bench.scenarios import SCENARIOS
from bench.stacks import Shape

_WIDTH, _HEIGHT, _LEFT, _TOP, _BELOW = 170, 150, 46, 60, 48
_SIZES, _SECONDS = (1, 3), (-1.0, 2.5)  # the ends of the axes, as powers of ten
_COLOURS = {"ours": "#0b5fff", "noop": "#888888", "one by one": "#d1462f", "floor": "#2e9e5b"}
_NAMES = ("this project", "as many resources that do nothing", "one GET per object", "fewest calls · latency ÷ 4")


def picture(figures: Figures) -> str:
    """Return an SVG."""
    rows = figures.families()
    width = len(SCENARIOS) * (_WIDTH + _LEFT) + 20
    height = max(1, len(rows)) * (_HEIGHT + _BELOW) + _TOP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"',
        '  font-family="sans-serif" font-size="11">',
        "<title>Seconds against objects, step by step</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for number, (colour, name) in enumerate(zip(_COLOURS.values(), _NAMES, strict=True)):
        x = 20 + number * 230
        parts.append(f'<circle cx="{x}" cy="18" r="4" fill="{colour}"/><text x="{x + 9}" y="22">{name}</text>')
    for row, (family, latency) in enumerate(rows):
        for column, scenario in enumerate(SCENARIOS):
            x, y = _LEFT + column * (_WIDTH + _LEFT), _TOP + row * (_HEIGHT + _BELOW)
            panel = "".join(_panel(figures, family, latency, scenario))
            parts.append(f'<g transform="translate({x} {y})">{panel}</g>')
    return "\n".join([*parts, "</svg>", ""])


def _panel(figures: Figures, family: str, latency: int, scenario: str) -> Iterator[str]:
    yield f'<text x="0" y="-6" font-weight="bold">{scenario}, {family}, {latency} ms</text>'
    for size in (10, 100, 1000):
        x = _x(size)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_HEIGHT}" stroke="#ddd"/>'
        yield f'<text x="{x:.1f}" y="{_HEIGHT + 14}" text-anchor="middle">{size}</text>'
    for seconds in (0.1, 1, 10, 100):
        y = _y(seconds)
        yield f'<line x1="0" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="-5" y="{y + 4:.1f}" text-anchor="end">{seconds:g} s</text>'
    at = {"family": family, "latency": latency, "scenario": scenario}
    sizes = sorted({step["size"] for step in figures.of(subject="ours", **at)})
    lines = {
        subject: [(size, figures.middle("wall", size=size, subject=subject, **at)) for size in sizes]
        for subject in ("ours", "noop", "one by one")
    }
    lines["floor"] = [(size, floor(Shape(family, size).floor[scenario], latency)) for size in sizes]
    for subject, pairs in lines.items():
        points = [(_x(size), _y(seconds)) for size, seconds in pairs if seconds]
        line, colour = " ".join(f"{x:.1f},{y:.1f}" for x, y in points), _COLOURS[subject]
        yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        for x, y in points:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>'


def _x(size: float) -> float:
    return _WIDTH * (log10(size) - _SIZES[0]) / (_SIZES[1] - _SIZES[0])


def _y(seconds: float) -> float:
    """Return the position of a time; what is off the scale is drawn at its end."""
    share = (log10(seconds) - _SECONDS[0]) / (_SECONDS[1] - _SECONDS[0])
    return _HEIGHT * (1 - min(1.0, max(0.0, share)))
