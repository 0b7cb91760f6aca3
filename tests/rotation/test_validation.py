"""The consumer's own say before a new key becomes the current one."""

import contextlib
import json
import socket
import threading

import pytest

from tests.rotation.scene import Scene
from tests.servers import answering
from twilio_environments.secrets import rotation


@contextlib.contextmanager
def silent():
    """A server that takes the request and never answers, or answers without an end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def rotated(scene, url):
    scene.key.inputs["validation_url"] = url
    return scene.up(asked=True)


def scene_of(world):
    scene = Scene(world)
    scene.up()
    return scene


def test_the_consumer_is_told_where_the_new_key_is_and_can_already_use_it(world):
    scene = scene_of(world)
    asked = []

    def consumer(request):
        document = scene.document()
        told = json.loads(request.body)
        account = world.run().account(world.account_sid)
        asked.append((told, account.accepts(told["key"], document[told["property"]])))
        return 204, {}, ""

    old = scene.key.recorded["sid"]
    with answering(consumer) as url:
        assert rotated(scene, url)
    told = {"document": world.path, "property": "api_secret_pending", "key": scene.key.recorded["sid"]}
    assert asked == [(told, True)]
    assert scene.key.recorded["sid"] != old
    scene.at_rest()


REFUSALS = {
    "says no": ((403, {}, "no"), "answered HTTP 403"),
    "is broken": ((500, {}, "<html>"), "answered HTTP 500"),
    "points elsewhere": ((302, {"Location": "https://else.example.com/"}, ""), "answered HTTP 302"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_consumer_that_does_not_accept_keeps_the_old_key_and_the_next_run_asks_for_the_same_new_one(world, refusal):
    answer, words = REFUSALS[refusal]
    scene = scene_of(world)
    old, asked = scene.key.recorded["sid"], []

    def consumer(request):
        asked.append(json.loads(request.body)["key"])
        return answer if len(asked) == 1 else (200, {}, "")

    with answering(consumer) as url:
        assert not rotated(scene, url)
        assert words in scene.said[0 - 2] + scene.said[-1]
        assert scene.document()["api_key"] == old
        assert scene.opens()
        assert rotated(scene, url)
    assert len(asked) == 2
    assert len({*asked}) == 1
    scene.at_rest()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", None], ids=["nobody listens", "no answer"])
def test_a_consumer_that_does_not_answer_in_time_keeps_the_old_key(world, monkeypatch, url):
    monkeypatch.setattr(rotation, "_VALIDATION_SECONDS", 0.2)
    scene = scene_of(world)
    old = scene.key.recorded["sid"]
    with silent() as never:
        assert not rotated(scene, url or never)
    assert "did not answer" in scene.said[-1]
    assert scene.document()["api_key"] == old
    assert scene.opens()


def test_an_answer_without_an_end_is_not_waited_for(world, monkeypatch):
    monkeypatch.setattr(rotation, "_VALIDATION_SECONDS", 5)
    scene = scene_of(world)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip():
            connection, _ = listening.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx")
            connection.recv(1)  # until we hang up

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        assert rotated(scene, f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread.join(timeout=10)
        assert not thread.is_alive()
