"""Measure: `make bench` runs everything, `make bench SIZES=10` a part; partial runs add up in the same files."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figures
from bench.plot import picture
from bench.report import report
from bench.scenarios import Run, Sample
from bench.servers import Twilio, servers
from bench.stacks import FAMILIES, Shape
from tests.servers import ROOT
from twilio_environments import files

SIZES = (10, 49, 100, 300, 1000)
MACHINE = {
    "cores": os.cpu_count(),
    "machine": platform.machine(),
    "python": platform.python_version(),
    "system": platform.system(),
}
_BEGIN, _END = "<!-- figures: made by `make bench` -->\n", "<!-- end of figures -->\n"


def main() -> None:
    """Measure what the options ask for, and write the figures, the tables and the picture."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=SIZES, help="objects per stack; none: only rewrite results"
    )
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=FAMILIES)
    parser.add_argument("--latencies", type=int, nargs="+", default=(0, 50), help="milliseconds per call")
    parser.add_argument("--repeat", type=int, default=3, help="samples of each step; the table has their medians")
    parser.add_argument("--checkpoints", action="store_true", help="also creations that write the state at each step")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of the results")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    figures = Figures.read(options.out / "bench.json")
    with servers() as twilio:
        for shape in [Shape(family, size) for family in options.families for size in options.sizes]:
            for latency in options.latencies:
                fresh: list[Sample] = []
                for sample in _samples(twilio, shape, latency, options):
                    fresh.append(sample)
                    _say(sample)
                figures = figures.replaced(fresh, MACHINE)
                write(figures, options.out)  # a run that is stopped keeps its results so far
    write(figures, options.out)


def write(figures: Figures, out: Path) -> None:
    """Replace all files made from the figures, or none."""
    files.replace([files.Draft(path, content) for path, content in made(figures, out).items()], out)


def made(figures: Figures, out: Path) -> dict[Path, str]:
    """Return every file made from the figures; what people wrote around the tables stays."""
    page = out / "bench.md"
    before, _, rest = (page.read_text(encoding="utf-8") if page.exists() else _BEGIN + _END).partition(_BEGIN)
    written = f"{before}{_BEGIN}\n{report(figures)}\n{_END}{rest.partition(_END)[2]}"
    return {out / "bench.json": figures.text(), out / "bench.svg": picture(figures), page: written}


def _samples(twilio: Twilio, shape: Shape, latency: int, options: argparse.Namespace) -> Iterator[Sample]:
    run = Run(twilio, shape, latency)
    for turn in range(options.repeat):
        subjects = ("ours", "noop", "empty")
        for subject in subjects if turn % 2 == 0 else subjects[::-1]:
            yield from run.life(subject)
    if options.checkpoints:
        yield from Run(twilio, shape, latency, fast=False).life("ours")


def _say(sample: Sample) -> None:
    what = f"{sample['family']} {sample['size']} at {sample['latency']} ms, {sample['subject']}: {sample['scenario']}"
    print(f"{what}: {sample['calls']} calls, {sample['wall']:.2f} s, {sample['cpu']:.2f} s of CPU", flush=True)


if __name__ == "__main__":
    main()
