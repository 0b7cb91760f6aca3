"""Rotation of the Auth Token: a receiver that accepts what the store has never meets a signature it cannot check."""

from collections.abc import Callable

import pytest

from tests.kinds.world import OWNER, World
from tests.rotation.process import Killed, Process
from tests.rotation.scene import in_both_stores
from twilio_environments.kinds.secret_document import KIND
from twilio_environments.problems import Problem
from twilio_environments.secrets import token_rotation
from twilio_environments.secrets.delivery import DocumentReference, secondary
from twilio_environments.secrets.token_rotation import TokenDelivery

CALLS = range(1, 40)


class Receiver:
    """An account with its token in the store, and what must hold of the two."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.document = DocumentReference.model_validate(world.reference())
        self.delivery = TokenDelivery(world.account_sid, self.document, "auth_token")
        world.store.write(world.path, OWNER, {"auth_token": self.primary, "other": "x"})

    @property
    def row(self):
        return self.world.row("accounts", self.world.account_sid)

    @property
    def primary(self) -> str:
        """What Twilio signs with."""
        return str(self.row["auth_token"])

    @property
    def stored(self):
        document = self.world.store.read(self.world.path)
        return dict(document.properties) if document else {}

    def check(self, changed: bool = True) -> None:
        stored = self.stored
        assert self.primary in {stored.get("auth_token"), stored.get("auth_token_secondary")}
        assert stored["auth_token"] in {self.primary, self.row["_secondary_auth_token"]}, "it is dead"
        assert stored["other"] == "x"

    def at_rest(self) -> None:
        assert self.stored == {"auth_token": self.primary, "other": "x"}
        assert not self.row["_secondary_auth_token"]

    def do(self, step: Callable[..., None], process: Process | None = None) -> Process:
        process = process or Process(self.world, watch=self.check)
        process.run(lambda session: step(session, self.delivery))
        return process


STEPS = {"begin": token_rotation.begin, "promote": token_rotation.promote, "abort": token_rotation.abort}


@pytest.fixture
def receiver(world) -> Receiver:
    return Receiver(world)


@in_both_stores
def test_both_tokens_are_stored_then_the_new_one_alone(receiver):
    old = receiver.primary
    receiver.do(token_rotation.begin)
    assert receiver.stored == {
        "auth_token": old,
        "auth_token_secondary": receiver.row["_secondary_auth_token"],
        "other": "x",
    }
    new = receiver.row["_secondary_auth_token"]
    receiver.do(token_rotation.begin)
    assert receiver.row["_secondary_auth_token"] == new, "a second time changes nothing"
    receiver.do(token_rotation.promote)
    assert receiver.primary == new
    receiver.at_rest()


def test_giving_up_leaves_the_old_token_alone_and_a_new_rotation_can_begin(receiver):
    old = receiver.primary
    receiver.do(token_rotation.begin)
    receiver.do(token_rotation.abort)
    assert receiver.primary == old
    receiver.at_rest()
    receiver.do(token_rotation.abort)  # again
    receiver.do(token_rotation.begin)
    receiver.do(token_rotation.promote)
    receiver.at_rest()


@pytest.mark.parametrize("what", ["kill", "store down"])
@pytest.mark.parametrize("step", STEPS)
def test_interrupted_at_any_call_both_sides_agree_and_the_same_command_completes_it(twilio, vault, step, what):
    struck = 0
    for at in CALLS:  # after each call, which is before the next one
        twilio.reset()
        receiver = Receiver(World(twilio, vault))
        if step != "begin":
            receiver.do(token_rotation.begin)
        process = Process(receiver.world, at, after=True, what=what, watch=receiver.check)
        ended = True
        try:
            receiver.do(STEPS[step], process)
        except (Killed, Problem):
            ended = False
        receiver.check()
        if not process.struck:
            assert ended
            break
        struck += 1
        if step != "promote" or "auth_token_secondary" in receiver.stored:
            receiver.do(STEPS[step])
        if step == "begin":
            receiver.do(token_rotation.promote)
        receiver.at_rest()
    assert struck > 3


def test_promoting_first_says_what_comes_first(receiver):
    with pytest.raises(Problem, match="without --promote first"):
        receiver.do(token_rotation.promote)
    receiver.at_rest()


def test_a_secondary_token_that_nobody_knows_is_made_anew(receiver):
    receiver.world.wire.post("https://accounts.twilio.com/v1/AuthTokens/Secondary")  # in the Console
    lost = receiver.row["_secondary_auth_token"]
    receiver.do(token_rotation.begin)
    assert receiver.row["_secondary_auth_token"] != lost
    receiver.do(token_rotation.promote)
    receiver.at_rest()


def test_a_token_altered_by_hand_is_not_promoted(receiver):
    receiver.do(token_rotation.begin)
    receiver.world.store.write(receiver.world.path, OWNER, {"auth_token": "a", "auth_token_secondary": "b"})
    with pytest.raises(Problem, match="pulumi up --refresh"):
        Process(receiver.world).run(lambda session: token_rotation.promote(session, receiver.delivery))


def test_an_ordinary_run_in_between_does_no_harm_and_a_destroy_leaves_no_token(receiver):
    receiver.do(token_rotation.begin)
    inputs = {
        "account_sid": receiver.world.account_sid,
        "document": receiver.world.reference(),
        "properties": {"account_sid": receiver.world.account_sid},
        "auth_token_property": "auth_token",
    }
    session = receiver.world.run()
    outcome = KIND.create(session, inputs)
    recorded = inputs | dict(outcome.live.values) | dict(outcome.live.facts)
    receiver.check()
    assert secondary("auth_token") in receiver.stored
    KIND.delete(session, recorded, outcome.live.id)
    assert receiver.stored == {"other": "x"}
