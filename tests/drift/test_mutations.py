"""The measure of a drift review: all of what was changed is named, and nothing else."""

import os
from random import Random

import pytest

from tests import figures
from tests.drift.mutations import Found, Meddler
from twilio_environments.drift.model import Review

MUTATIONS = 5000 if os.environ.get("TWILIO_ENVIRONMENTS_LONG") else 500


def found(review: Review) -> set[Found]:
    return {(row.place, row.kind, name) for row in review.rows for name in ([one.name for one in row.fields] or [""])}


@pytest.mark.timeout(3600)
def test_random_mutations_are_named_exactly_and_nothing_is_named_without_one(estate, record_property):
    meddler = Meddler(estate, Random(20261121))
    mutations = named = expected_fields = true = false_rows = runs = 0
    wrong = []
    while mutations < MUTATIONS:
        chosen = meddler.round()
        expected: set[Found] = set()
        for one in chosen:
            answer = one.act()
            expected |= one.expected | ({one.of_new(answer)} if one.of_new else set())
        review = estate.review()
        seen = found(review)
        if seen != expected:
            wrong.append((sorted(expected - seen), sorted(seen - expected), [row.text for row in review.rows]))
        mutations += len(chosen)
        runs += 1
        named, expected_fields, true = named + len(seen), expected_fields + len(expected), true + len(seen & expected)
        estate.restore()
    for _ in range(runs):
        false_rows += len(estate.review().rows)
    recall, precision = true / expected_fields, true / named
    values = {"mutations": mutations, "recall": recall, "precision": precision, "false_rows": false_rows}
    record_property(figures.RECORDED, figures.line("drift", values))
    assert not wrong
    assert (recall, precision, false_rows) == (1.0, 1.0, 0)
