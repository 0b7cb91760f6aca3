"""What every store promises, run against a real Vault, moto's AWS, and the stand-in that keeps all in memory."""

import contextlib
import threading

import pytest

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import Document

OURS = "acme/messaging/prod"
MARK = {"managed-by": "twilio-environments", "owner": OURS}


class Killed(BaseException):
    pass


def interrupt(store, at, act, *, after):
    """Have `act` run before or after the store's call number `at`; return whether the store got that far."""
    made, reached = 0, []
    real = store._client.call

    def call(*args, **more):
        nonlocal made
        made += 1
        mine = made == at
        if mine and not after:
            reached.append(at)
            act()
        answer = real(*args, **more)
        if mine and after:
            reached.append(at)
            act()
        return answer

    store._client.call = call
    return reached


def kill():
    raise Killed


MOMENTS = [
    pytest.param(at, after, id=f"{'after' if after else 'before'}-{at}") for at in range(1, 8) for after in (0, 1)
]


def properties(store, path):
    document = store.read(path)
    return None if document is None else dict(document.properties)


def test_a_document_that_was_never_written_is_none(store, path):
    assert store.read(path) is None


def test_what_was_written_is_read_with_its_version_and_owner(store, path):
    version = store.write(path, OURS, {"api_key": "k", "api_secret": "s"})
    assert store.read(path) == Document(path, {"api_key": "k", "api_secret": "s"}, version, OURS)


def test_a_document_does_not_show_its_properties(store, path):
    store.write(path, OURS, {"api_secret": "shh-1"})
    assert "shh-1" not in repr(store.read(path))


def test_a_write_touches_only_the_named_properties(store, path):
    store.write(path, OURS, {"a": "1", "b": "2", "c": "3"})
    store.write(path, OURS, {"b": "22", "d": "4"}, drop=["c", "never there"])
    assert properties(store, path) == {"a": "1", "b": "22", "d": "4"}


def test_a_change_is_a_new_version_and_no_change_is_none(backend, store, path):
    first = store.write(path, OURS, {"a": "1", "b": "2"})
    made = backend.versions(path)
    assert store.write(path, OURS, {"a": "1"}, drop=["c"]) == first
    assert backend.versions(path) == made
    assert store.write(path, OURS, {"a": "11"}) != first
    assert backend.versions(path) == made + 1


def test_going_back_to_an_earlier_content_is_a_new_version(store, path):
    seen = [store.write(path, OURS, {"a": value}) for value in ("1", "2", "1", "2")]
    assert len(set(seen)) == 4
    assert properties(store, path) == {"a": "2"}


def test_values_that_people_put_there_by_hand_survive_a_merge(backend, store, path):
    backend.by_hand(path, {"number": 7, "text": "t"}, MARK)
    store.write(path, OURS, {"a": "1"})
    assert properties(store, path) == {"number": "7", "text": "t", "a": "1"}


STRANGERS = {
    "unmarked": ({}, "was not created by"),
    "another tool": ({"managed-by": "external-secrets", "owner": OURS}, "was not created by"),
    "another owner": ({"managed-by": "twilio-environments", "owner": "acme/billing/prod"}, "acme/billing/prod"),
}


@pytest.mark.parametrize(("mark", "says"), STRANGERS.values(), ids=STRANGERS)
def test_a_document_of_somebody_else_is_left_as_it_is(backend, store, path, mark, says):
    backend.by_hand(path, {"a": "theirs"}, mark)
    for refused in (lambda: store.write(path, OURS, {"a": "ours"}), lambda: store.check(path, OURS)):
        with pytest.raises(Problem) as caught:
            refused()
        assert says in caught.value.what
        assert path in caught.value.what
        assert f"owner={OURS}" in caught.value.remedy.replace(",Value=", "=")
    store.remove(path, OURS, ["a"])
    assert properties(store, path) == {"a": "theirs"}


def test_without_an_owner_an_unmarked_document_is_still_not_ours(backend, store, path):
    backend.by_hand(path, {"a": "theirs"}, {})
    with pytest.raises(Problem):
        store.write(path, "", {"a": "ours"})


def test_remove_takes_the_named_properties_away(store, path):
    store.write(path, OURS, {"a": "1", "b": "2"})
    store.remove(path, OURS, ["a", "never there"])
    assert properties(store, path) == {"b": "2"}


def test_a_document_with_no_property_left_is_deleted_and_deleting_twice_is_success(store, path):
    store.write(path, OURS, {"a": "1"})
    for _ in range(2):
        store.remove(path, OURS, ["a"])
        assert store.read(path) is None


def test_removing_what_was_never_there_is_success(store, path):
    store.remove(path, OURS, ["a"])


def test_a_deleted_document_of_ours_is_written_again_without_its_old_properties(store, path):
    store.write(path, OURS, {"a": "1"})
    store.remove(path, OURS, ["a"])
    store.check(path, OURS)
    version = store.write(path, OURS, {"b": "2"})
    assert store.read(path) == Document(path, {"b": "2"}, version, OURS)


def test_a_deleted_document_of_another_owner_is_not_taken_over(store, path):
    store.write(path, "acme/billing/prod", {"a": "1"})
    store.remove(path, "acme/billing/prod", ["a"])
    with pytest.raises(Problem, match="marked as deleted"):
        store.write(path, OURS, {"a": "2"})


def test_check_accepts_an_unused_path_and_one_of_ours_and_changes_nothing(backend, store, path):
    store.check(path, OURS)
    assert store.read(path) is None
    store.write(path, OURS, {"a": "1"})
    made = backend.versions(path)
    store.check(path, OURS)
    assert backend.versions(path) == made


@pytest.mark.parametrize("bad", ["", "/a", "a/", "a//b", "a/../b", "..", ".", "a/.", "a b", "a?b", "a%2fb", "ä"])
def test_a_path_that_would_not_be_taken_literally_is_refused(store, bad):
    for refused in (
        lambda: store.read(bad),
        lambda: store.write(bad, OURS, {"a": "1"}),
        lambda: store.remove(bad, OURS, ["a"]),
        lambda: store.check(bad, OURS),
    ):
        with pytest.raises(Problem, match="is not a valid document path"):
            refused()


@pytest.mark.parametrize(("at", "after"), MOMENTS)
def test_killed_at_any_call_of_the_first_write_the_next_run_completes_it(backend, path, at, after):
    dying = backend.connect()
    interrupt(dying, at, kill, after=after)
    with contextlib.suppress(Killed):
        dying.write(path, OURS, {"a": "1"})
    left = backend.connect().read(path)
    assert left is None or left == Document(path, {"a": "1"}, left.version, OURS)
    version = backend.connect().write(path, OURS, {"a": "1"})
    assert backend.connect().read(path) == Document(path, {"a": "1"}, version, OURS)


@pytest.mark.parametrize(("at", "after"), MOMENTS)
def test_killed_at_any_call_of_a_change_the_next_run_completes_it_in_one_version(backend, path, at, after):
    backend.connect().write(path, OURS, {"a": "1", "b": "2"})
    made = backend.versions(path)
    dying = backend.connect()
    interrupt(dying, at, kill, after=after)
    with contextlib.suppress(Killed):
        dying.write(path, OURS, {"a": "11"})
    backend.connect().write(path, OURS, {"a": "11"})
    assert properties(backend.connect(), path) == {"a": "11", "b": "2"}
    assert backend.versions(path) == made + 1


@pytest.mark.parametrize(("at", "after"), MOMENTS)
def test_killed_at_any_call_of_a_removal_the_next_run_completes_it(backend, path, at, after):
    backend.connect().write(path, OURS, {"a": "1"})
    dying = backend.connect()
    interrupt(dying, at, kill, after=after)
    with contextlib.suppress(Killed):
        dying.remove(path, OURS, ["a"])
    backend.connect().remove(path, OURS, ["a"])
    assert backend.connect().read(path) is None


@pytest.mark.parametrize(("at", "after"), MOMENTS)
@pytest.mark.parametrize("before", [None, {"x": "0"}], ids=["unused", "existing"])
def test_a_write_by_another_process_at_any_call_of_ours_is_kept(backend, path, before, at, after):
    if before:
        backend.connect().write(path, OURS, before)
    ours, theirs = backend.connect(), backend.connect()
    reached = interrupt(ours, at, lambda: theirs.write(path, OURS, {"b": "2"}), after=after)
    ours.write(path, OURS, {"a": "1"})
    assert properties(theirs, path) == (before or {}) | {"a": "1"} | ({"b": "2"} if reached else {})


@pytest.mark.parametrize(("at", "after"), MOMENTS)
def test_a_write_at_any_call_of_a_removal_neither_is_lost_nor_brings_anything_back(backend, path, at, after):
    ours, theirs = backend.connect(), backend.connect()
    ours.write(path, OURS, {"a": "1"})
    reached = interrupt(ours, at, lambda: theirs.write(path, OURS, {"b": "2"}), after=after)
    ours.remove(path, OURS, ["a"])
    assert properties(theirs, path) == ({"b": "2"} if reached else None)


@pytest.mark.parametrize(("at", "after"), MOMENTS)
def test_a_removal_at_any_call_of_a_write_brings_nothing_back(backend, path, at, after):
    ours, theirs = backend.connect(), backend.connect()
    ours.write(path, OURS, {"a": "1"})
    reached = interrupt(ours, at, lambda: theirs.remove(path, OURS, ["a"]), after=after)
    ours.write(path, OURS, {"b": "2"})
    assert properties(theirs, path) == ({"b": "2"} if reached else {"a": "1", "b": "2"})


@pytest.mark.parametrize(("at", "after"), MOMENTS)
def test_of_two_owners_that_create_the_same_document_one_wins_and_the_other_is_told(backend, path, at, after):
    ours, theirs = backend.connect(), backend.connect()
    lost = []

    def contend():
        try:
            theirs.write(path, "acme/billing/prod", {"a": "theirs", "b": "theirs"})
        except Problem:
            lost.append("acme/billing/prod")

    reached = interrupt(ours, at, contend, after=after)
    try:
        ours.write(path, OURS, {"a": "ours"})
    except Problem:
        lost.append(OURS)
    document = backend.connect().read(path)
    winner = {OURS: {"a": "ours"}, "acme/billing/prod": {"a": "theirs", "b": "theirs"}}
    assert len(lost) == len(reached)
    assert document is not None
    assert document.owner not in lost
    assert document.properties == winner[document.owner]


def test_threads_that_write_different_properties_of_one_document_lose_none(backend, path):
    # Made first: moto's CreateSecret is not atomic between threads, AWS's is.
    stores = [backend.connect(), backend.connect()]
    stores[0].write(path, OURS, {"first": "0"})
    failures = []
    start = threading.Barrier(6)

    def work(number):
        try:
            start.wait()
            for turn in range(3):
                stores[number % 2].write(path, OURS, {f"p{number}": str(turn)})
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert properties(stores[0], path) == {"first": "0"} | {f"p{number}": "2" for number in range(6)}


@pytest.mark.parametrize("left", [{"a": "1"}, {}], ids=["living", "deleted"])
@pytest.mark.parametrize(("at", "after"), MOMENTS)
def test_killed_at_any_call_of_a_hand_over_the_next_run_completes_it(backend, path, left, at, after):
    backend.connect().write(path, OURS, {"a": "1"})
    backend.connect().remove(path, OURS, {"a"} - left.keys())
    dying = backend.connect()
    interrupt(dying, at, kill, after=after)
    with contextlib.suppress(Killed):
        dying.hand_over(path, OURS, "acme/messaging/renamed")
    store = backend.connect()
    store.check(path, "acme/messaging/renamed", OURS)
    store.hand_over(path, OURS, "acme/messaging/renamed")
    store.check(path, "acme/messaging/renamed")
    store.write(path, "acme/messaging/renamed", {"b": "2"})
    assert properties(store, path) == left | {"b": "2"}


def test_a_hand_over_makes_no_version_and_leaves_marks_of_other_people(backend, path):
    backend.by_hand(path, {"a": "1"}, MARK | {"team": "messaging"})
    store, made = backend.connect(), backend.versions(path)
    for _ in range(2):
        store.hand_over(path, OURS, "acme/messaging/renamed")
    assert backend.versions(path) == made
    assert backend.mark(path).get("team", "messaging") == "messaging"


def test_after_a_hand_over_the_former_owner_can_take_its_own_away_and_write_nothing(backend, path):
    store = backend.connect()
    store.write(path, OURS, {"a": "1", "b": "2"})
    store.hand_over(path, OURS, "acme/messaging/renamed")
    for refused in (lambda: store.write(path, OURS, {"a": "ours"}), lambda: store.check(path, OURS)):
        with pytest.raises(Problem, match="acme/messaging/renamed"):
            refused()
    store.remove(path, OURS, ["a"])
    assert properties(store, path) == {"b": "2"}


@pytest.mark.parametrize(("mark", "says"), STRANGERS.values(), ids=STRANGERS)
def test_a_document_of_somebody_else_is_not_handed_over(backend, store, path, mark, says):
    backend.by_hand(path, {"a": "theirs"}, mark)
    with pytest.raises(Problem, match=says):
        store.hand_over(path, OURS, "acme/messaging/renamed")
    store.hand_over(f"{path}/unused", OURS, "acme/messaging/renamed")
    assert store.read(f"{path}/unused") is None
