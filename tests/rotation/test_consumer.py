"""A consumer that reads the store and calls Twilio, over and over, while its key is rotated."""

import threading
from typing import Self

import pytest

from tests import figures
from tests.kinds.cases import READ_SERVICES
from tests.rotation.scene import Scene

ROTATIONS = 3


class Consumer(threading.Thread):
    """Reads the store and logs in until it is told to stop."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(daemon=True)
        self.scene, self.reads, self.failures = scene, 0, 0
        self.seen: set[str | None] = set()
        self._account = scene.world.run().account(scene.world.account_sid)
        self._read, self._over = threading.Condition(), threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            document = self.scene.document()
            try:
                let_in = self._account.accepts(document["api_key"], document["api_secret"])
            except Exception:  # noqa: BLE001 - whatever it is, the consumer could not work
                let_in = False
            with self._read:
                self.reads += 1
                self.failures += not let_in
                self.seen.add(document.get("api_key"))
                self._read.notify_all()

    def read_again(self) -> None:
        """Wait until it has begun and ended a round after this moment."""
        with self._read:
            wanted = self.reads + 2
            assert self._read.wait_for(lambda: self.reads >= wanted, timeout=60)

    def __enter__(self) -> Self:
        self.start()
        self.read_again()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it, also when a rotation failed: nothing else would."""
        self._over.set()
        self.join(timeout=60)


@pytest.mark.parametrize(
    ("store_settings", "kind"),
    [("vault", {}), ("vault", {"type": "restricted", "policy": [READ_SERVICES]}), ("aws", {})],
    indirect=["store_settings"],
    ids=["vault", "vault, restricted", "aws"],
)
def test_a_consumer_is_let_in_at_every_moment_of_whole_rotations(world, kind, record_property):
    scene = Scene(world, rotate_every="30d", overlap="24h", **kind)
    scene.up()
    with Consumer(scene) as consumer:
        for _ in range(ROTATIONS):
            scene.clock.advance(days=31)
            assert scene.up(), "the rotation"
            consumer.read_again()  # within the overlap, which is what it is for
            scene.clock.advance(hours=25)
            assert scene.up(), "the end of the overlap"
            consumer.read_again()
    record_property(figures.COUNTED, ("consumer", {"reads": consumer.reads, "failures": consumer.failures}))
    assert consumer.failures == 0
    assert len(consumer.seen) == ROTATIONS + 1
    assert len(scene.alive()) == 1
