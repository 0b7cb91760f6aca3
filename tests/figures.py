"""The figures of a test run, by what they are of; `tests/conftest.py` prints them under the run's result."""

from collections.abc import Mapping

RECORDED = "figure"
"""The name of the property by which a test hands a figure over, also out of a worker of pytest-xdist."""
_whole: dict[str, str] = {}


def line(name: str, values: Mapping[str, object]) -> str:
    return f"{name}: " + " ".join(f"{key}={value}" for key, value in values.items())


def add(text: str) -> None:
    """Keep a line; each is printed once."""
    _whole[text] = text


def lines() -> list[str]:
    return sorted(_whole)
