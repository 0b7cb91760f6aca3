"""The figures of a test run, by what they are of; `tests/conftest.py` prints them under the run's result."""

from collections import Counter
from collections.abc import Mapping

RECORDED = "figure"
"""The name of the property by which a test hands a figure over, also out of a worker of pytest-xdist."""
COUNTED = "count"
"""The name of the property by which a test hands over (name, numbers), which are added up over all tests."""
_whole: dict[str, str] = {}
_counted: dict[str, Counter[str]] = {}


def line(name: str, values: Mapping[str, object]) -> str:
    return f"{name}: " + " ".join(f"{key}={value}" for key, value in values.items())


def add(text: str) -> None:
    """Keep a line; each is printed once."""
    _whole[text] = text


def count(name: str, values: Mapping[str, int]) -> None:
    """Add numbers to those of the same name."""
    counter = _counted.setdefault(name, Counter(dict.fromkeys(values, 0)))
    for key, value in values.items():
        counter[key] += value


def lines() -> list[str]:
    return sorted([*_whole, *(line(name, values) for name, values in _counted.items())])
