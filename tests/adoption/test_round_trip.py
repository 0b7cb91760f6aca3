"""Account → files → up → the same account: whatever is in it, taking it over writes nothing at Twilio."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests import figures
from tests.adoption.accounts import Built, accounts, build
from tests.adoption.conftest import new_session
from tests.sweep.engine import Engine
from tests.sweep.programs import program_of
from twilio_environments.adoption import account
from twilio_environments.adoption.plan import Adoption, Plan
from twilio_environments.environments.new import New
from twilio_environments.settings import SettingsProblem, load

ACCOUNTS = 200 if os.environ.get("TWILIO_ENVIRONMENTS_LONG") else 25


def adopted(built: Built, root: Path) -> Adoption:
    session = new_session(built.twilio)
    found = Plan(session, account.read(session, built.sid), "acme", "prod").adoption()
    for file, text in found.flow_files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return found


def _another_one(found: Adoption, root: Path, built: Built) -> None:
    """An environment made from the adopted one is valid, or says where it is not, and names nothing of its account."""
    made = New("acme", "qa", root, found.file, "prod").file()
    try:
        load(made.config(), project="acme", stack="qa", root=root)
    except SettingsProblem as problem:  # such as a flow that names a number which is now to be searched for
        unsaid = [one.path for one in problem.mistakes if f"# decide: this is refused: {one.path}" not in made.text]
        assert not unsaid
    declared = json.dumps(made.config())
    marked = "".join(line for line in made.text.splitlines() if "# decide:" in line)
    assert not [one for one in [built.sid, *built.all_sids] if one in declared and one not in marked]
    assert "phone_number" not in declared
    assert "adopt" not in declared


@pytest.mark.timeout(3600)
def test_whatever_an_account_holds_is_taken_over_as_it_is_or_listed_with_a_reason(
    twilio, tmp_path_factory, record_property
):
    written: list[int] = []

    @settings(max_examples=ACCOUNTS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(described=accounts)
    def round_trip(described):
        twilio.reset()
        built = build(twilio, described)
        root = tmp_path_factory.mktemp("project")
        before = built.rows()
        twilio.journal.clear()

        found = adopted(built, root)

        config = {name.removeprefix("twilio:"): value for name, value in found.file.config().items()}
        left = "\n".join(f"{one.what} {one.reason}" for one in found.left)
        assert all((one in found.file.text) or one in left for one in built.all_sids)
        program = program_of(config, "prod", root)
        engine = Engine(twilio)
        engine.up(program)
        objects = {place for place in engine.state if not place.endswith(".senders")} - {"subaccount"}
        assert objects == set(found.places)
        assert engine.preview(program) == []
        assert engine.refresh() == []
        assert engine.preview(program) == []
        _another_one(found, root, built)
        written.append(len(built.writes()))
        assert built.writes() == []
        assert built.rows() == before

    try:
        round_trip()
    finally:
        record_property(figures.RECORDED, figures.line("adopt", {"accounts": len(written), "writes": sum(written)}))
