"""smoke.py STACK: check that Twilio accepts what the store has for every key of a stack."""

from __future__ import annotations

from pathlib import Path

from ending import end

from twilio_environments.cli import project, pulumi
from twilio_environments.lifecycle.objects import ACCOUNT
from twilio_environments.problems import Problem
from twilio_environments.rest.sessions import session
from twilio_environments.secrets.delivery import Delivery


def smoke(stack: str) -> None:
    """Try every key as its consumer would; raise Problem for those that Twilio refuses."""
    project.opened(stack, Path.cwd())
    refused = []
    for one in pulumi.recorded(stack):
        if one.kind.section != "keys":
            continue
        delivery = Delivery.model_validate(one.plain("delivery"))
        document = delivery.read()
        sid, secret = (document.properties.get(name, "") if document else "" for name in delivery.names)
        account = session().account(one.outputs.get(ACCOUNT))
        works = bool(sid and secret) and account.accepts(sid, secret)
        print(f"{one.place}: {sid or 'no key'} of {delivery.path} {'works' if works else 'is REFUSED'}")
        if not works:
            refused.append(one.place)
    if refused:
        raise Problem(
            f"Twilio refuses what the store has for {', '.join(refused)}.",
            f"Run pulumi up --refresh --stack {stack}: a key that is no longer as delivered is replaced.",
        )


if __name__ == "__main__":
    end(smoke)
