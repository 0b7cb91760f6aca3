"""Whatever a stack declares: it comes up, stays as it is, comes back from what others do to it, and goes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import figures
from tests.random_stacks.declarations import stacks
from tests.random_stacks.inprocess import Life, Wrong

RUNS = 1200 if os.environ.get("TWILIO_ENVIRONMENTS_LONG") else 100
PIECES = 4
MOST_ACTS = 20
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)


def live(life: Life, data: st.DataObject) -> None:
    """The whole life of a stack; raises Wrong where a promise does not hold."""
    life.up("up")
    strangers = life.alive() - life.recorded()
    if strangers:
        raise Wrong(f"alive and not recorded: {sorted(strangers)}")
    acts = life.scene().acts()
    few = data.draw(st.integers(0, MOST_ACTS), label="how many acts")
    for name in data.draw(st.lists(st.sampled_from(sorted(acts)), min_size=few, max_size=few), label="acts"):
        acts[name]()
    life.refresh()
    life.up("up after drift")
    if life.alive() != life.recorded():
        raise Wrong(f"alive or recorded, and not both: {sorted(life.alive() ^ life.recorded())}")
    life.settled()
    life.destroy()
    if left := sorted(life.alive()) + life.documents():
        raise Wrong(f"destroy leaves {left}")


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("piece", range(PIECES))
def test_a_random_stack_has_an_orderly_life(twilio, store, record_property, piece):
    counted = {"runs": 0, "violations": 0}

    @hypothesis.seed(20261121 + piece)
    @settings(
        max_examples=RUNS // PIECES,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=QUIET,
    )
    @given(generated=stacks(), data=st.data())
    def all_of_them(generated, data):
        counted["runs"] += 1
        with tempfile.TemporaryDirectory() as folder:
            try:
                live(Life(generated, twilio, store, Path(folder)), data)
            except Wrong:
                counted["violations"] = 1
                raise

    try:
        all_of_them()
    finally:
        record_property(figures.COUNTED, ("stacks", counted))
