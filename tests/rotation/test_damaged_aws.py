"""Keys while AWS's answers are damaged: no key dies that the store names, and the next run has everything right."""

import os

import pytest

from tests.rotation.scene import Scene
from tests.stores.damaging import damaging
from twilio_environments.secrets import stores

DAMAGES = {1: ("server error", "half"), 1000: ("server error", "a proxy's 404")}  # all of them are in tests/stores
CALLS = {
    "DescribeSecret": "both",
    "GetSecretValue": "rotation",
    "CreateSecret": "first",
    "PutSecretValue": "rotation",
    "UpdateSecretVersionStage": "rotation",
    "DeleteSecret": "destroy",
}
STRIKES = [(call, when, times) for call, when in CALLS.items() for times in DAMAGES]


@pytest.fixture
def proxy(aws, monkeypatch):
    """Damages what is sent to AWS from now on, when it is told to; waits between two attempts take no time."""
    for module in ("tenacity.nap", "botocore.endpoint"):
        monkeypatch.setattr(f"{module}.time.sleep", lambda _seconds: None)
    with damaging(os.environ["AWS_ENDPOINT_URL"]) as one:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", one.url)
        monkeypatch.setattr(stores, "_stores", {})
        yield one


@pytest.mark.parametrize("store_settings", ["aws"], indirect=True)
@pytest.mark.parametrize(("call", "when", "times"), STRIKES)
def test_a_key_lives_through_damaged_answers(proxy, world, call, when, times):
    for damage in DAMAGES[times]:
        world.path = f"{world.path}-next"
        scene = Scene(world)
        scene.moving = True  # what must hold is looked at below: the proxy is in the way of looking at each call
        if when in ("rotation", "destroy"):
            assert scene.up()
        (before,) = scene.alive() or {""}
        for asked in [False, True] if when == "both" else [when == "rotation"]:
            proxy.strike(call, damage, times=times, reached=True)
            done = scene.up(asked=asked) if when != "destroy" else _destroyed(scene)
            proxy.heal()
            assert done or times > 1, f"{damage}, once: {scene.said[-1:]}"
            if scene.document().get("api_key"):
                assert scene.opens(), f"{damage}: the store's key is dead"
            assert when != "rotation" or before in scene.alive()
        if when == "destroy":
            assert done or _destroyed(scene)
            assert (scene.document(), scene.alive()) == ({}, set())
            continue
        scene.refresh()
        scene.settle()
        assert _destroyed(scene)


def _destroyed(scene: Scene) -> bool:
    try:
        scene.key.delete()
    except Exception as error:  # noqa: BLE001 - what went wrong is part of the outcome
        scene.said.append(str(error))
        return False
    return True
