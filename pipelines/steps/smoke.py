"""smoke.py STACK: the key that the store has, of every key of a stack, lets its reader in at Twilio."""

from __future__ import annotations

from pathlib import Path

from ending import end

from twilio_environments.cli import project, pulumi
from twilio_environments.lifecycle.objects import ACCOUNT
from twilio_environments.problems import Problem
from twilio_environments.rest.sessions import session
from twilio_environments.secrets.delivery import Delivery


def smoke(stack: str) -> None:
    """Try every key as its consumer would; raise Problem for the first ones that are refused."""
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
        print(f"{one.place}: {sid or 'no key'} of {delivery.path} {'lets in' if works else 'is REFUSED'}")
        if not works:
            refused.append(one.place)
    if refused:
        raise Problem(
            f"What the store has of {', '.join(refused)} does not let in.",
            f"Run pulumi up --refresh --stack {stack}: a key that is not as it was delivered is replaced.",
        )


if __name__ == "__main__":
    end(smoke)
