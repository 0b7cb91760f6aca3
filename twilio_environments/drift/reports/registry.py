"""The formats of a review, by the name that `--format` takes: each is one file with `render(review) -> str`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twilio_environments.drift.model import Review
from twilio_environments.drift.reports import json_report, junit, markdown, page, sarif, terminal

FORMATS: Mapping[str, Callable[[Review], str]] = {
    "terminal": terminal.render,
    "json": json_report.render,
    "markdown": markdown.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "html": page.render,
}
