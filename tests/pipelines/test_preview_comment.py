"""What `pulumi preview` printed, as a comment that nothing in it can break out of."""

import re

import pytest
from markdown_it import MarkdownIt
from preview_comment import markdown

SAID = """\
Previewing update (prod):
+ twilio:PhoneNumber: (create)
    [urn=urn:pulumi:prod::acme::twilio:PhoneNumber::numbers.support]
Resources:
    + 3 to create
    ~ 1 to update
    +-1 to replace
    5 changes. 10 unchanged
"""


def test_the_first_line_names_the_stack_and_the_second_counts():
    lines = markdown("acme/twilio/prod", True, SAID).splitlines()
    assert lines[0] == "<!-- twilio-environments preview acme/twilio/prod -->"
    assert lines[1] == "## Preview of <code>acme/twilio/prod</code>: 3 to create, 1 to update, 1 to replace"
    assert markdown("prod", True, "Resources:\n    10 unchanged\n").splitlines()[1].endswith(": no changes")


def test_a_preview_that_failed_says_so_whatever_it_counted():
    assert markdown("prod", False, SAID).splitlines()[1].endswith(": **failed**")


@pytest.mark.parametrize(
    "typed", ["```\n@acme/admins ![](https://evil.example.net/)", "`````", "</details>", "a\u202eb\x1b[2Jc"]
)
def test_what_somebody_typed_stays_in_the_block(typed):
    tokens = MarkdownIt().parse(markdown("prod", True, f"{SAID}\n{typed}\n"))
    (block,) = (token for token in tokens if token.type == "fence")
    assert typed.splitlines()[-1] in block.content or not typed.isprintable()
    outside = "".join(token.content for token in tokens if token.type != "fence")
    assert not re.search(r"@acme|evil", outside)
    assert not set("\u202e\x1b") & set(block.content)


@pytest.mark.parametrize("typed", ["/close", "```\n/approve\n```", "```\n```\n/merge", "x\r/close"])
def test_no_line_is_a_quick_action(typed):
    lines = re.split(r"[\r\n]", markdown("prod", True, f"{SAID}\n{typed}\n"))
    assert [line for line in lines if line.startswith("/")] == []


def test_a_long_preview_keeps_its_beginning_and_its_end_and_fits():
    text = markdown("prod", True, f"first\n{'é`' * 60_000}\nlast\n{SAID}")
    assert len(text) < 65_536
    assert "first" in text
    assert "last" in text
    assert "the middle does not fit here" in text
