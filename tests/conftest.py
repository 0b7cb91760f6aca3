import os
from pathlib import Path

import hypothesis

from tests import figures

# Some tests give HOME away; the tools that take minutes to build stay where they are.
os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))

# A machine that is busy with something else makes no test wrong.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")


def pytest_runtest_logreport(report):
    """Take over the figures that a test recorded with `record_property(figures.RECORDED, line)`."""
    for name, value in report.user_properties:
        if name == figures.RECORDED and report.when == "teardown":
            figures.add(value)
        if name == figures.COUNTED and report.when == "teardown":
            figures.count(*value)


def pytest_terminal_summary(terminalreporter):
    if figures.lines():
        terminalreporter.section("figures")
        for line in figures.lines():
            terminalreporter.write_line(line)
