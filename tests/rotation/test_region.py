"""In a region of its own credentials, and without IAM, a key is made, proven and taken up again."""

import contextlib

from tests.kinds.world import MARK, World
from tests.rotation.process import Killed, Process
from tests.rotation.scene import NAME
from twilio_environments.kinds.api_key import KIND
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session

TOKEN = "a" * 32


class IrishWorld(World):
    """The main account, in Ireland."""

    def run(self) -> Session:
        credentials = Credentials(self.twilio.account_sid, self.twilio.account_sid, TOKEN)
        endpoint = Endpoint(url=self.twilio.endpoint, region="ie1", edge="dublin")
        return Session(credentials, endpoint, sleep=lambda _seconds: None)


def test_a_rotation_happens_where_the_account_is(twilio, vault):
    accounts = twilio.state.table("accounts")
    accounts.put(twilio.account_sid, accounts.get(twilio.account_sid) | {"_regional_auth_tokens": {"ie1": TOKEN}})
    world = IrishWorld(twilio, vault)
    inputs = {"friendly_name": NAME, "mark": MARK, "delivery": world.delivery(), "overlap": "0s"}
    made = Process(world).run(lambda session: KIND.create(session, inputs))
    recorded = inputs | dict(made.live.values) | dict(made.live.facts)

    def asked(number):
        return inputs | {"rotation": f"rotation {number}"}

    for at in range(1, 40):
        if world.secret("api_secret_pending"):
            break
        with contextlib.suppress(Killed):
            Process(world, at=at).run(lambda session: KIND.update(session, asked(1), recorded, NAME))
    pending = world.secret("api_key_pending")
    rotated = Process(world).run(lambda session: KIND.update(session, asked(2), recorded, NAME))
    assert rotated.live.id == pending, "what was pending is taken up"
    (key,) = twilio.state.table("keys").rows()
    assert (key["sid"], key["_region"]) == (pending, "ie1")
    assert world.run().own.accepts(world.secret("api_key"), world.secret("api_secret"))
    assert world.run().own.clock_skew.total_seconds() < 60
