"""The list of guard rails: complete, shown in the docs as it is, each with a setting that exists, each in force."""

import json
import re

import pytest
import yaml

from tests.servers import ROOT
from twilio_environments import guard_rails
from twilio_environments.guard_rails import RULES, Rule
from twilio_environments.settings import Allow, load
from twilio_environments.settings.limits import Limits

PAGE = (ROOT / "docs" / "guard-rails.md").read_text(encoding="utf-8")
LIBRARY = "\n".join(
    file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "twilio_environments").rglob("*.py"))
    if file.name != "guard_rails.py"
)


def test_the_page_has_the_list_as_it_is():
    told = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \| (.*) \| (.*) \|$", PAGE, flags=re.MULTILINE)
    assert told == [(rule.name, rule.says, rule.setting, rule.settled_by, rule.why) for rule in RULES]
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_no_rule_is_left_out_of_the_list():
    assert {id(one) for one in vars(guard_rails).values() if isinstance(one, Rule)} == {id(one) for one in RULES}


def test_every_limit_and_every_allowance_is_the_setting_of_a_rule():
    settings = " ".join(rule.setting for rule in RULES)
    for section, model in (("limits", Limits), ("allow", Allow)):
        assert set(re.findall(rf"`twilio:{section}: (\w+)`", settings)) == set(model.model_fields)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_what_something_is_refused_by(rule):
    variable = next(name for name, one in vars(guard_rails).items() if one is rule)
    refused = re.search(rf"\b{variable}(\.refusal|\.problem)\(|_refused\({variable},", LIBRARY)
    assert bool(refused) == (rule.settled_by != "Pulumi's record"), "what Pulumi protects, it refuses in its own words"


def test_the_pages_own_example_is_a_stack_file(tmp_path):
    (example,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    config = {key: json.dumps(value) for key, value in yaml.safe_load(example)["config"].items()}
    settings = load(config | {"twilio:subaccount": "{}"}, project="acme", stack="prod", root=tmp_path)
    assert set(settings.limits.minimal()) == set(Limits.model_fields)
