import threading

import pytest

from twilio_environments.rest.listings import Listings


def ask_in_threads(count, ask):
    answers: list[object] = []

    def run():
        try:
            answers.append(ask())
        except ValueError as error:
            answers.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers


class Fetch:
    """A fetch that stays under way until it is let go."""

    def __init__(self, *results):
        self.results = list(results)
        self.count = 0
        self.started, self.go = threading.Event(), threading.Event()

    def __call__(self):
        result = self.results[self.count]
        self.count += 1
        self.started.set()
        assert self.go.wait(20)
        if isinstance(result, Exception):
            raise result
        return result


def test_many_who_ask_at_once_cost_one_fetch():
    listings, fetch = Listings(), Fetch([1])
    threads, answers = ask_in_threads(20, lambda: listings.get(("AC1", "Keys"), fetch))
    assert fetch.started.wait(20)
    fetch.go.set()
    for thread in threads:
        thread.join(20)
    assert answers == [[1]] * 20
    assert listings.get(("AC1", "Keys"), fetch) == [1]
    assert fetch.count == 1


def test_keys_do_not_wait_for_each_other():
    listings, slow = Listings(), Fetch([1])
    threads, answers = ask_in_threads(1, lambda: listings.get(("AC1", "Keys"), slow))
    assert slow.started.wait(20)
    assert listings.get(("AC2", "Keys"), lambda: [2]) == [2]
    slow.go.set()
    threads[0].join(20)
    assert answers == [[1]]


def test_an_error_reaches_those_who_wait_and_is_not_kept():
    listings, fetch = Listings(), Fetch(ValueError("refused"))
    threads, answers = ask_in_threads(1, lambda: listings.get(("AC1",), fetch))
    assert fetch.started.wait(20)
    more, waiting = ask_in_threads(5, lambda: listings.get(("AC1",), lambda: [2]))
    fetch.go.set()
    for thread in threads + more:
        thread.join(20)
    assert answers == ["refused"]
    assert set(map(str, waiting)) <= {"refused", "[2]"}  # who came after the error fetched for himself
    assert listings.get(("AC1",), lambda: [2]) == [2]


def test_what_was_fetched_while_its_key_was_dropped_reaches_who_asked_and_nobody_else():
    listings, before = Listings(), Fetch(["before"])
    threads, answers = ask_in_threads(1, lambda: listings.get(("AC1", "Keys"), before))
    assert before.started.wait(20)
    listings.drop("AC1")
    assert listings.get(("AC1", "Keys"), lambda: ["after"]) == ["after"]
    before.go.set()
    threads[0].join(20)
    assert answers == [["before"]]
    assert listings.get(("AC1", "Keys"), before) == ["after"]


def test_an_error_of_a_dropped_fetch_leaves_the_new_one_alone():
    listings, before = Listings(), Fetch(ValueError("refused"))
    threads, answers = ask_in_threads(1, lambda: listings.get(("AC1",), before))
    assert before.started.wait(20)
    listings.drop("AC1")
    assert listings.get(("AC1",), lambda: ["after"]) == ["after"]
    before.go.set()
    threads[0].join(20)
    assert answers == ["refused"]
    assert listings.known(("AC1",)) == ["after"]


@pytest.mark.parametrize(
    ("prefix", "left"),
    [
        (("AC1", "Keys"), {("AC1", "Services"), ("AC2", "Keys")}),
        (("AC1",), {("AC2", "Keys")}),
        ((), set()),
        (("AC",), {("AC1", "Keys"), ("AC1", "Services"), ("AC2", "Keys")}),
    ],
)
def test_a_drop_takes_what_starts_with_its_prefix(prefix, left):
    listings = Listings()
    keys = {("AC1", "Keys"), ("AC1", "Services"), ("AC2", "Keys")}
    for key in keys:
        listings.get(key, lambda: [1])
    listings.drop(*prefix)
    assert {key for key in keys if listings.known(key) is not None} == left


def test_what_is_known_is_told_without_fetching_or_waiting():
    listings, fetch = Listings(), Fetch([1])
    assert listings.known(("AC1",)) is None
    threads, _ = ask_in_threads(1, lambda: listings.get(("AC1",), fetch))
    assert fetch.started.wait(20)
    assert listings.known(("AC1",)) is None
    fetch.go.set()
    threads[0].join(20)
    assert listings.known(("AC1",)) == [1]


def test_changing_an_answer_changes_nobody_elses():
    listings = Listings()
    listings.get(("AC1",), lambda: [1]).append(2)
    assert listings.get(("AC1",), lambda: [3]) == [1]
