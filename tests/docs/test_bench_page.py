"""The page of figures says what is kept of the measurements."""

import pytest

from bench.__main__ import made
from bench.figures import Figures
from tests.servers import ROOT

KEPT = ROOT / "docs" / "bench.json"
STEP = {"family": "mixed", "size": 10, "latency": 0, "checkpoints": False, "subject": "ours", "scenario": "create"}


@pytest.mark.parametrize(("path", "text"), made(Figures.read(KEPT), KEPT.parent).items(), ids=lambda one: "")
def test_what_the_figures_give_is_what_is_committed(path, text):
    assert path.read_text(encoding="utf-8") == text, "the tables and the picture are not of these figures"


def test_a_step_is_kept_as_the_medians_of_its_samples_and_measured_anew_takes_their_place(tmp_path):
    def samples(*walls):
        memory = {"memory": 10.0, "host": 1.0, "program": 2.0}
        return [STEP | {"calls": 7, "bytes": 100, "wall": wall, "cpu": wall, **memory} for wall in walls]

    figures = Figures([]).replaced(samples(3.0, 1.0, 2.0), {})
    assert [figures.middle("wall"), figures.peak("calls"), len(figures.steps)] == [2.0, 7, 1]
    (tmp_path / "bench.json").write_text(figures.replaced(samples(5.0), {"cores": 2}).text(), encoding="utf-8")
    again = Figures.read(tmp_path / "bench.json")
    assert [again.middle("wall"), len(again.steps), again.machine] == [5.0, 1, {"cores": 2}]
