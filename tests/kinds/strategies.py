"""Values at random: for what a stack file may say (`Config`), and for what people may have sent to Twilio (`Form`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

Config = dict[str, Any]
Form = Mapping[str, str]
Some = st.SearchStrategy[Any]
Known = Mapping[str, Sequence[str]]
"""Names that may be referred to, by section."""
Random = Callable[[int, Known], Some]
"""What a stack file may say of one object: by its number among those of its kind, and whom it may refer to."""

URL, OTHER = "https://hooks.acme.example.com/a", "https://hooks.acme.example.net/b?x=1"
FRIENDLY = (
    "Help desk",
    "<b>Support</b>",
    "Zoë ☎",
    "Zürich, 1. Stock",
    "[x](https://else.example.net)",
    "a|b `c`",
    "{{x}}",
)
BOUNDS = {
    "validity_period": (1, 36000), "code_length": (4, 10), "totp_time_step": (20, 60), "totp_code_length": (3, 8),
    "totp_skew": (0, 2),
}  # fmt: skip
BOOLEANS = st.booleans()
METHODS = st.sampled_from(["GET", "POST"])
WEBHOOKS = st.sampled_from([URL, OTHER])

_EDGES = ("support", "on", "1e3", "0123", "# no: yes", "Zoë ☎", "${values.x} $${", "a\tb", "x" * 65, "Acme [acme/dev]")
_plain = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)
NAMES = _plain | _plain | st.sampled_from(_EDGES)
"""Names as Twilio takes them: such as YAML, placeholders or a logical name could trip over."""
LIVE_URLS = (
    "",
    "https://hooks.acme.example.com/",
    "https://acme.example.com/x",
    "https://acme.example.com/a?b=1&c=#d",
    "http://old.acme.example.com/",
    "https://10.0.0.1/x",
)
TRUTH = st.sampled_from(["true", "false"])
URLS = st.sampled_from(LIVE_URLS)
GOOD_URLS = st.sampled_from(LIVE_URLS[:4])


def some(fields: Mapping[str, Some]) -> st.SearchStrategy[Config]:
    """Any of these fields, or none."""
    return st.fixed_dictionaries({}, optional=dict(fields))


def subset(names: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, max_size=3) if names else st.just([])


def maybe(names: Sequence[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(names) if names else st.none()


def bounded(name: str) -> st.SearchStrategy[int]:
    return st.integers(*BOUNDS[name])


def friendly(index: int) -> st.SearchStrategy[Config]:
    return st.just({}) | st.sampled_from(FRIENDLY).map(lambda name: {"friendly_name": f"{name} {index}"})


def together(*parts: Some) -> st.SearchStrategy[Config]:
    """All of these parts in one."""
    return st.tuples(*parts).map(lambda drawn: {name: value for part in drawn for name, value in part.items()})


def form(required: Mapping[str, Some], optional: Mapping[str, Some]) -> st.SearchStrategy[Form]:
    return st.fixed_dictionaries(dict(required), optional=dict(optional))
