"""Every mistake of a stack file is named, at its path, all at once, with an example, and without the value."""

from pathlib import Path

import pytest
import yaml

from tests.settings.stack_file import ACCOUNT, as_pulumi
from twilio_environments.guard_rails import PUBLIC_WEBHOOKS
from twilio_environments.lifecycle.declaration import set_by_program
from twilio_environments.lifecycle.mistakes import nearest
from twilio_environments.settings import Settings, SettingsProblem, load

FOLDER = Path(__file__).parent / "cases"
CASES = [
    pytest.param(case, id=f"{file.stem}-{number}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for number, case in enumerate(yaml.safe_load(file.read_text()))
]
SIDS = {"{" + prefix + "}": prefix + "0" * 31 + "1" for prefix in ("AC", "AD", "AP", "MG", "TK")}


def read(text: str, root: Path) -> Settings:
    return load(as_pulumi(text), project="project", stack="stack", root=root)


@pytest.mark.parametrize("case", CASES)
def test_exactly_these_mistakes_are_found(case, tmp_path):
    for name, text in case.get("files", {}).items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    text = case.get("whole", case.get("settings", ""))
    if "whole" not in case and "twilio:subaccount:" not in text:
        text = ACCOUNT + text
    for placeholder, sid in SIDS.items():
        text = text.replace(placeholder, sid)
    try:
        read(text, tmp_path / "project")
        found = []
    except SettingsProblem as problem:
        found = problem.mistakes
    expected = [
        (path, words)
        for path, several in case["mistakes"].items()
        for words in (several if isinstance(several, list) else [several])
    ]
    told = "\n".join(map(str, found)) + "\n" + case["reason"]
    for path, words in expected:
        matching = [one for one in found if path in (one.path, "*") and words in one.what]
        assert matching, f"{path}: {words}\nis not among\n{told}"
        found = [one for one in found if one is not matching[0]]
    assert not found, told


def test_an_unknown_section_that_is_like_none_lists_all(tmp_path):
    with pytest.raises(SettingsProblem) as caught:
        read(ACCOUNT + "twilio:zzz: {}", tmp_path)
    (found,) = caught.value.mistakes
    names = sorted({*Settings.model_fields} - {*set_by_program(Settings)})
    assert found.path == "zzz"
    assert found.what.endswith(f"known: {', '.join(names)}")


def test_the_message_counts_the_mistakes_and_says_where_they_are(tmp_path):
    url = "numbers.support.sms_url"
    refusal = PUBLIC_WEBHOOKS.refusal(
        "goes to a host that Twilio cannot reach: use a public one (or set twilio:local: true)"
    )
    with pytest.raises(SettingsProblem) as caught:
        read(ACCOUNT + "twilio:numbers: {support: {sms_url: https://localhost/, search: {country: us}}}", tmp_path)
    assert str(caught.value).splitlines() == [
        "Pulumi.stack.yaml has 2 mistakes:",
        "  twilio:numbers.support.search.country: is not a country's two capital letters, such as US",
        f"  twilio:{url}: {refusal}",
        " Nothing was changed.",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"states": "\xe9"}', "is not UTF-8 text: export the flow again"),
        (b'{"states": "' + b"a" * 1024 * 1024 + b'"}', "is larger than 1 MiB: split the flow into subflows"),
        (b"[" * 200_000, "is nested too deeply for a flow"),
        (b'\xef\xbb\xbf{"states": []}', None),
    ],
)
def test_a_flow_file_is_text_of_a_reasonable_size(content, words, tmp_path):
    (tmp_path / "flow.json").write_bytes(content)
    text = ACCOUNT + "twilio:studio_flows: {ivr: {file: flow.json}}"
    if words is None:
        assert read(text, tmp_path).definitions == {"studio_flows.ivr": {"states": []}}
        return
    with pytest.raises(SettingsProblem, match=words) as caught:
        read(text, tmp_path)
    assert [one.path for one in caught.value.mistakes] == ["studio_flows.ivr.file"]


def test_a_link_does_not_lead_out_of_the_project_nor_in_circles(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "flow.json").write_text("{}")
    (root / "out.json").symlink_to(tmp_path / "flow.json")
    (root / "round.json").symlink_to(root / "round.json")
    with pytest.raises(SettingsProblem) as caught:
        read(ACCOUNT + "twilio:studio_flows: {out: {file: out.json}, round: {file: round.json}}", root)
    out, circle = caught.value.mistakes
    assert "is outside the project" in out.what
    assert "cannot be read" in circle.what


@pytest.mark.parametrize(
    "value",
    ["[" * 5000 + "]" * 5000, "{" + '"a":{' * 900 + "}" * 901, "[" + "9" * 5000 + "]", '{"a": "\\ud800"}', "{", "["],
)
def test_hostile_values_are_mistakes_and_no_crash(value, tmp_path):
    with pytest.raises(SettingsProblem):
        load({"twilio:numbers": value, "twilio:subaccount": "{}"}, project="p", stack="s", root=tmp_path)


def test_the_nearest_name_is_found_among_many():
    known = [f"numbers.a{number}.phone_number" for number in range(500)] + ["numbers.support.sid"]
    assert nearest("numbers.suport.sid", known) == "did you mean numbers.support.sid? "
