"""What crosses between Pulumi and the adapter, of every kind: texts that act nowhere, and secrets that stay secret."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.output import Unknown
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret

from tests.servers import ROOT
from tests.sweep.programs import adapter_of
from twilio_environments.lifecycle.objects import ACCOUNT, INCOMPLETE
from twilio_environments.problems import Problem
from twilio_environments.resources import adapter, saying
from twilio_environments.resources.boundary import SECRETS
from twilio_environments.resources.host import HostError
from twilio_environments.rest.sessions import use
from twilio_environments.visible import inert, original

from .case import Case
from .cases import CASES
from .cases.studio_flow import flow
from .world import World, through_pulumi

ACTING = "Acme\x1b[2J\r\n##[add-mask]a\n::add-mask::b\u202e\u2028\x9b \\n\\u001b [U+001B] \U0001f469\u200d\U0001f52c"
LISTED = [case for case in CASES if case.is_listed]
by_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


class Driven:
    """One resource as Pulumi's host drives it: what goes in and out is what Pulumi has seen of it."""

    def __init__(self, world: World, case: Case, inputs: Any, **more: Any) -> None:
        self.world, self.kind, self.provider = world, case.kind, adapter_of(case.kind)
        self.program = through_pulumi(
            dict(inputs)
            | ({} if case.name == "subaccount" else {ACCOUNT: world.account_sid})
            | {
                name: given
                for name, given in (("delivery", world.delivery()), ("document", world.reference()))
                if name in case.kind.declaration.model_fields
            }
            | more
        )
        self.id = ""
        self.inputs: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.marked: set[str] = set()

    def check(self, **unknown: Any) -> list[str]:
        result = self.provider.check(self.inputs, self.program | unknown)
        if not unknown and not result.failures:
            self.inputs = {key: value for key, value in through_pulumi(result.inputs).items() if value is not None}
        return [failure.reason for failure in result.failures]

    def create(self) -> None:
        assert self.check() == []
        made = self.provider.create(self.inputs)
        self.id = made.id
        self._keep(made.outs)

    def update(self) -> None:
        assert self.check() == []
        assert self.changes()
        self._keep(self.provider.update(self.id, self.outputs, self.inputs).outs)

    def refresh(self) -> None:
        found = self.provider.read(self.id, self.outputs)
        assert found.id
        self._keep(found.outs)
        self.inputs = through_pulumi(
            {key: _clear(value) for key, value in (found.inputs or {}).items() if value is not None}
        )
        self.marked |= {name for name, value in (found.inputs or {}).items() if is_rpc_secret(value)}

    def changes(self) -> bool:
        return bool(self.provider.diff(self.id, self.outputs, self.inputs).changes)

    def _keep(self, outputs: Any) -> None:
        self.marked = {name for name, value in outputs.items() if is_rpc_secret(value)}
        self.outputs = through_pulumi({name: _clear(value) for name, value in outputs.items()})


def _clear(value: Any) -> Any:
    return unwrap_rpc_secret(value) if is_rpc_secret(value) else value


@pytest.fixture
def driven(world, monkeypatch) -> Iterator[Any]:
    def drive(case: Case, inputs: Any, **more: Any) -> Driven:
        monkeypatch.setattr(adapter, "_guarded", adapter._Guarded())
        monkeypatch.setattr(saying, "_said", set())
        use(world.run())
        return Driven(world, case, inputs, **more)

    yield drive
    use(None)


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, and those that Pulumi decodes out of texts when it prints them."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from (name, *texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value
        if value.strip()[:1] in ("{", "["):
            try:
                yield from texts(json.loads(value))
            except ValueError:
                return


@pytest.mark.parametrize(
    "text",
    [
        ACTING,
        "[U+005B]",
        "[U+[U+000A]",
        "[U+110000]",
        "\ud800",
        '{"a": "\\n"}',
        '["\\\\u001b", "{\\"b\\": \\"\\\\n\\"}"]',
    ],
)
def test_a_text_is_recorded_without_what_acts_and_can_be_had_back(text):
    assert original(inert(text)) == text
    assert all(one.isprintable() for one in texts(inert(text)))
    assert all(one.isprintable() for one in texts(inert({text: [json.dumps({"deep": json.dumps([text])})]})))


@pytest.mark.parametrize("case", LISTED, ids=lambda case: case.name)
def test_what_somebody_typed_at_twilio_is_recorded_inert_and_healed(world, driven, case, capfd):
    one = driven(case, case.minimal)
    one.create()
    assert not one.changes()
    sid, table = str(one.outputs.get("sid") or one.id), case.table
    row = world.row(table, sid)
    typed = {"friendly_name": f"{ACTING} {one.program.get('mark', '')}"}
    if case.name == "studio_flows":
        one.program["reviewed"] = row["revision"] + 1
        typed |= {"definition": json.loads(flow(ACTING, description=ACTING)), "revision": row["revision"] + 1}
    world.twilio.state.table(table).put(sid, row | typed)
    one = _again(driven, case, one)
    one.refresh()
    assert all(text.isprintable() for text in texts([one.outputs, one.inputs]))
    assert one.outputs["friendly_name"].startswith("Acme[U+001B][2J")
    one.update()
    assert world.row(table, sid)["friendly_name"] == row["friendly_name"]
    again = _again(driven, case, one)
    again.refresh()
    assert again.check() == []
    assert not again.changes()
    assert all(line.isprintable() for line in capfd.readouterr().err.splitlines())


def _again(driven: Any, case: Case, one: Driven) -> Driven:
    """The same resource in another run, which has no listing in memory."""
    other: Driven = driven(case, {})
    other.program, other.id, other.inputs, other.outputs = one.program, one.id, one.inputs, one.outputs
    return other


def test_line_breaks_and_other_scripts_that_a_flow_declares_reach_twilio_as_they_are(world, driven):
    case = next(case for case in CASES if case.name == "studio_flows")
    spoken = "one\ntwo \u202b\u05e9\u05dc\u05d5\u05dd\u202c \U0001f469\u200d\U0001f52c \\d+ [U+001B]"
    definition = flow("${values.spoken}", description=spoken)
    one = driven(case, {"friendly_name": "ivr", "definition": definition, "placeholders": {"values.spoken": "a\nb"}})
    one.create()
    kept = world.row("studio_flows", one.id)["definition"]
    assert (kept["description"], kept["states"][1]["properties"]["say"]) == (spoken, "a\nb")
    again = _again(driven, case, one)
    again.refresh()
    assert again.check() == []
    assert not again.changes()


@by_case
def test_no_declared_text_has_characters_that_nobody_sees(driven, case):
    for inputs in case.full:
        for name, value in inputs.items():
            if isinstance(value, str) and name not in case.kind.free_texts:
                for typed in ("a\x1b[2J", "a\nb", "\u202ea", "[U+001B]"):
                    (reason, *_) = driven(case, {**inputs, name: typed}).check()
                    assert reason.startswith(f"{name}: contains a")
                    assert typed not in reason


def test_whatever_goes_wrong_is_one_line_that_acts_nowhere(driven, monkeypatch):
    case = next(case for case in CASES if case.name == "messaging_services")
    one = driven(case, case.minimal)
    one.create()
    for raised, says in ((Problem(f"It is {ACTING}.", "Do."), "It is Acme"), (KeyError(ACTING), "KeyError at ")):
        for operation, arguments in (("check", (1, 2)), ("create", (1, 2)), ("read", (1, 2, 3)), ("diff", (1, 2))):
            monkeypatch.setattr(case.kind, operation, lambda *_, error=raised, **__: _raise(error))
            called = {
                "check": lambda: one.provider.check({}, one.program),
                "create": lambda: one.provider.create(one.inputs),
                "read": lambda: one.provider.read(one.id, one.outputs),
                "diff": lambda: one.provider.diff(one.id, one.outputs, one.inputs),
            }[operation]
            try:
                said = called().failures[0].reason
            except HostError as failure:
                said = str(failure)
            assert says in said, operation
            assert said.isprintable()
            monkeypatch.undo()
            use(one.world.run())
            assert arguments


def _raise(error: Exception) -> None:
    raise error


def secrets(case: Case) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Inputs with one field after the other secret, and a value in it that stands nowhere else."""
    for inputs in case.full:
        for name, value in inputs.items():
            if name == "placeholders":
                yield {**inputs, name: dict.fromkeys(value, "sesame-42")}, name, "sesame-42"
            elif name == "definition":
                yield {**inputs, name: flow("sesame-42"), "placeholders": {}}, name, "sesame-42"
            elif isinstance(value, str) and value.startswith("http"):
                yield {**inputs, name: "https://sesame-42.example.com/"}, name, "sesame-42"
            elif name == "friendly_name":
                yield {**inputs, name: value.replace(value.split(" ")[0], "sesame-x", 1)}, name, "sesame-x"


@by_case
def test_what_is_derived_from_a_secret_is_secret(driven, case, capfd):
    for inputs, name, value in secrets(case):
        one = driven(case, inputs, **{SECRETS: [name]})
        one.create()
        for _ in range(2):
            clear = {key: kept for key, kept in one.outputs.items() if key not in one.marked | {name, "mark"}}
            assert value not in json.dumps(clear), f"{name} in clear"
            clear = {key: kept for key, kept in one.inputs.items() if key not in one.marked | {name, "mark"}}
            assert value not in json.dumps(clear), f"{name} in clear"
            assert one.outputs[SECRETS] == [name]
            assert not one.changes()
            one = _again(driven, case, one)
            one.refresh()
        assert one.check() == []
        one = _again(driven, case, one)
        one.provider.delete(one.id, one.outputs)
    assert "sesame" not in capfd.readouterr().err


@by_case
def test_no_check_shows_a_secret_while_its_siblings_are_unknown(driven, case, capfd):
    for inputs, name, value in secrets(case):
        others = [other for other in inputs if other != name]
        for unknown in [others, *([other] for other in others)]:
            one = driven(case, inputs, **{SECRETS: [name]})
            reasons = one.check(**{other: Unknown() for other in unknown})
            assert value not in " ".join(reasons)
        one = driven(case, {**inputs, "no_such_field": 1}, **{SECRETS: [name]})
        assert value not in " ".join(one.check())
    assert "sesame" not in capfd.readouterr().err


def test_a_field_that_becomes_secret_is_recorded_anew_and_nothing_is_sent(world, driven):
    case = next(case for case in CASES if case.name == "messaging_services")
    one = driven(case, case.minimal)
    one.create()
    one.program[SECRETS] = ["friendly_name"]
    before = world.events()
    one.update()
    assert (one.outputs[SECRETS], world.events()) == (["friendly_name"], before)
    assert not one.changes()


def test_a_message_says_that_there_is_a_secret_and_not_which(world, driven, monkeypatch):
    case = next(case for case in CASES if case.name == "messaging_services")
    one = driven(case, {**case.minimal, "friendly_name": 'the "sésame"'}, **{SECRETS: ["friendly_name"]})
    monkeypatch.setattr(
        case.kind, "update_object", lambda *_, **__: _raise(Problem('Twilio dislikes the "sésame".', ""))
    )
    row = next(iter(world.twilio.state.table("messaging_services").rows()))
    world.twilio.state.table("messaging_services").put(row["sid"], row | {"friendly_name": 'the "sésame"'})
    one.program["adopt"] = True
    one.program["sticky_sender"] = False
    one.create()
    assert one.outputs[INCOMPLETE] == ["Twilio dislikes [secret]."]


def test_a_message_names_no_part_of_a_secret_address(driven, monkeypatch):
    case = next(case for case in CASES if case.name == "messaging_services")
    address = "https://sesame-42.example.com:8443/path-43?query=44"
    one = driven(case, {**case.minimal, "fallback_url": address}, **{SECRETS: ["fallback_url"]})
    what = "sesame-42.example.com answers no /path-43, nor sesame-42.example.com:8443 or query=44."
    monkeypatch.setattr(case.kind, "check", lambda *_, **__: _raise(Problem(what, "")))
    assert one.check() == ["[secret] answers no [secret], nor [secret] or [secret]."]


def test_everything_that_the_host_logs_is_told_so():
    source = "".join(file.read_text() for file in (ROOT / "twilio_environments" / "resources").glob("*.py"))
    logged = [line.strip() for line in source.splitlines() if "pulumi.log." in line]
    assert len(logged) > 2
    assert [line for line in logged if "(told(" not in line and not line.startswith("_tell(")] == []
    assert re.search(r"def _tell\(.*?\blog\(told\(message\)\)\n", source, re.DOTALL)
