from tests import figures


def pytest_runtest_logreport(report):
    """Take over the figures that a test recorded with `record_property(figures.RECORDED, line)`."""
    for name, value in report.user_properties:
        if name == figures.RECORDED and report.when == "teardown":
            figures.add(value)


def pytest_terminal_summary(terminalreporter):
    if figures.lines():
        terminalreporter.section("figures")
        for line in figures.lines():
            terminalreporter.write_line(line)
