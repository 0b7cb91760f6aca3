"""The machine knows neither API keys nor stores: another issuer's secrets are rotated as safely, killed at any call.

The issuer here is of SIP users, whose password nobody can try at Twilio: that Twilio lists the user is all the proof.
"""

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from twilio_environments.problems import Problem
from twilio_environments.rest.errors import OutcomeUnknown
from twilio_environments.secrets import issuing, rotation
from twilio_environments.secrets.delivery import Delivery
from twilio_environments.secrets.held import Held


class Killed(BaseException):
    pass


class Life:
    """The calls of one run, to the issuer and the store: at number `at`, before it or `after` it, the run ends."""

    def __init__(self) -> None:
        self.made, self.at, self.after = 0, 0, False

    def ends(self, at: int, *, after: bool) -> None:
        self.made, self.at, self.after = 0, at, after

    def of(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.made += 1
            if self.at and (self.made > self.at or (self.made == self.at and not self.after)):
                raise Killed
            answer = call(*arguments, **options)
            if self.made == self.at:
                raise Killed
            return answer

        return counted


class SipUsers:
    noun, name, account_sid = "SIP user", "livekit", "AC" + "0" * 32

    def __init__(self, life: Life) -> None:
        self.there: dict[str, str] = {}
        self.answers = True
        self._numbers = itertools.count()
        for verb in ("alive", "create", "revoke"):
            setattr(self, verb, life.of(getattr(self, verb)))

    def listed(self) -> frozenset[str]:
        return frozenset(self.there)

    def alive(self) -> frozenset[str]:
        return self.listed()

    def is_dead(self, sid: str) -> bool:
        return sid.startswith("user-") and sid not in self.there

    def create(self) -> tuple[str, str]:
        sid = f"user-{next(self._numbers)}"
        self.there[sid] = uuid.uuid4().hex
        if not self.answers:
            raise OutcomeUnknown("POST the user")
        return sid, self.there[sid]

    def fits(self, sid: str) -> bool:
        return sid in self.there

    def accepts(self, sid: str, secret: str) -> bool:
        return bool(secret) and sid in self.there

    def revoke(self, sid: str) -> None:
        self.there.pop(sid, None)

    def require_right_clock(self) -> None:
        pass

    def looks(self) -> Iterator[None]:
        return iter([None])


class Stage:
    def __init__(self, store: dict[str, Any]) -> None:
        self.life = Life()
        self.users = SipUsers(self.life)
        place = {"store": store, "path": f"test/{uuid.uuid4().hex}", "owner": "acme/prod"}
        names = {"sid_property": "sip_username", "secret_property": "sip_password"}
        self.delivery = Delivery.model_validate(place | names)
        client: Any = self.delivery.open()._client  # type: ignore[attr-defined]
        client.call = self.life.of(client.call)

    def rotate(self, recorded: str) -> issuing.Issued:
        return rotation.rotate(self.users, self.delivery, recorded=recorded, previous=(), validation_url="")

    def opens(self) -> bool:
        document = self.delivery.open().read(self.delivery.path)
        assert document is not None
        return self.users.there.get(document.properties["sip_username"]) == document.properties["sip_password"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_rotation_that_is_killed_at_any_call_is_finished_by_the_next(memory, after):
    for at in itertools.count(1):
        stage = Stage(memory)
        first = issuing.issue(stage.users, stage.delivery)
        stage.life.ends(at, after=after)
        try:
            stage.rotate(first.sid)
        except Killed:
            stage.life.ends(0, after=False)
        else:
            break
        assert stage.opens(), f"killed at call {at}"
        last = stage.rotate(first.sid)
        assert stage.opens()
        assert last.sid != first.sid
        assert last.beside == {first.sid}
        assert stage.users.listed() == {first.sid, last.sid}, f"killed at call {at}"
    assert at > 10


def test_one_that_was_made_without_an_answer_is_deleted_and_the_current_one_stays(memory):
    stage = Stage(memory)
    first = issuing.issue(stage.users, stage.delivery)
    stage.users.answers = False
    with pytest.raises(OutcomeUnknown):
        stage.rotate(first.sid)
    assert stage.users.listed() == {first.sid}
    assert stage.opens()


def test_what_a_lost_creation_made_is_told_by_the_issuer_s_own_noun(memory):
    stage = Stage(memory)
    stage.users.answers = False
    with pytest.raises(OutcomeUnknown):
        issuing.issue(stage.users, stage.delivery)
    held = Held.read(stage.delivery)
    with pytest.raises(
        Problem, match="the creation of the SIP user 'livekit' was lost, and with it the secret of user-0"
    ):
        issuing.discard_lost(stage.users, held, stage.users.listed())
    assert not stage.users.there
