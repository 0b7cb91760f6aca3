from tests.rest.scripted import Clock
from twilio_environments.rest.progress import EVERY, Progress


def test_what_is_quick_says_nothing():
    clock, said = Clock(), list[str]()
    with Progress(said.append, clock=clock).of("listing numbers") as step:
        clock.sleep(EVERY - 1)
        step(1000)
    assert said == []


def test_what_takes_long_says_how_many_of_how_many_every_few_seconds():
    clock, said = Clock(), list[str]()
    with Progress(said.append, clock=clock).of("adding senders", 400) as step:
        for _ in range(400):
            clock.sleep(1 / 16)
            step(1)
    assert said == [f"adding senders: {count} of 400" for count in (80, 160, 240, 320, 400)]


def test_waiting_for_twilio_is_told_and_counted():
    clock, said = Clock(), list[str]()
    progress = Progress(said.append, clock=clock)
    progress.waiting(1)
    assert said == []
    progress.waiting(20)
    assert said == ["Twilio is rate limiting this account: 21 s spent waiting so far, 20 s of it now"]
    with progress.of("listing numbers") as step:
        clock.sleep(EVERY)
        step(3000)
    assert said[1:] == ["listing numbers: 3,000, 21 s spent waiting for Twilio's rate limits so far"]
