"""An object is the same whether a listing shows it or a GET of its own, whatever is in its fields."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .case import Case
from .cases import LISTED
from .world import MARK, Resource, World

TEXT = st.text(string.ascii_letters + string.digits + " +-_.:/äß€", max_size=20)


def values_like(value: Any) -> st.SearchStrategy[Any]:
    """Another value of the same JSON type; a text may be null, as Twilio writes what is empty."""
    if isinstance(value, bool):
        return st.booleans()
    if isinstance(value, int):
        return st.integers(0, 10**6)
    if isinstance(value, str) or value is None:
        return st.none() | TEXT
    if isinstance(value, dict):
        return st.fixed_dictionaries({name: values_like(item) for name, item in value.items()})
    return st.just(value)


@pytest.mark.parametrize("case", LISTED, ids=lambda case: case.name)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # an example costs calls, and is small as it is
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_listed_and_fetched_it_is_the_same_in_every_field(world: World, case: Case, data: st.DataObject):
    kind: Any = case.kind
    key = f"list or get {case.name}"
    table = world.twilio.state.table(case.table)
    made: tuple[Resource, dict[str, Any]] | None = world.__dict__.get(key)
    if made is None:  # once, by the first example; keys of the full case are restricted
        resource = Resource(world, kind, adopt=True, mark=MARK, **case.full[0])
        resource.create()
        made = world.__dict__[key] = (resource, world.row(case.table, resource.object_id))
    resource, row = made  # the row as it was made: what is drawn follows from it
    heads = {(twilio.answer or (name,))[0] for name, twilio in kind.declaration.table().items()}
    free = sorted(heads & row.keys() - {"status", "definition", "phone_number", "policy", "commit_message", "sid"})
    drawn = {name: data.draw(values_like(row[name]), label=name) for name in free}
    if "revision" in row and data.draw(st.booleans(), label="another revision"):
        drawn["revision"] = row["revision"] + 1
    table.put(resource.object_id, row | drawn)

    session = world.run()
    account = session.own if case.name == "subaccount" else session.account(world.account_sid)
    whole = kind._all_pages(account)
    (listed,) = [live for live in whole if live.id == resource.object_id]
    fetched = kind.fetch(account, resource.object_id)
    if kind.listed_whole:
        assert listed == fetched, "the row and the object"
    recorded = resource.recorded
    assert kind.detailed(account, listed, recorded) == kind.detailed(account, fetched, recorded), (
        "and what goes with it"
    )
