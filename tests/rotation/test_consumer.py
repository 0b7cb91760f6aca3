"""Consumers that read the store and call Twilio, over and over, while their key is rotated."""

import itertools
import threading
from contextlib import ExitStack
from typing import Self

import pytest

from tests import figures
from tests.kinds.cases.api_key import READ_SERVICES
from tests.rotation import readers
from tests.rotation.scene import Scene

ROTATIONS = 3
NAMES = ("api_key", "api_secret", "reporting_key", "reporting_secret")


class Consumer(threading.Thread):
    """Reads the store and logs in until it is told to stop."""

    def __init__(self, scene: Scene, read: readers.Read) -> None:
        super().__init__(daemon=True)
        self._pair, self.reads, self.failures = read, 0, 0
        self.seen: set[str | None] = set()
        self._account = scene.world.run().account(scene.world.account_sid)
        self._read, self._over = threading.Condition(), threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            sid = None
            try:
                sid, secret = self._pair()
                let_in = self._account.accepts(sid, secret)
            except Exception:  # noqa: BLE001 - whatever it is, the consumer could not work
                let_in = False
            with self._read:
                self.reads += 1
                self.failures += not let_in
                self.seen.add(sid)
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
def test_whoever_reads_as_documented_is_let_in_at_every_moment_of_whole_rotations(world, kind, record_property):
    scene = Scene(world, rotate_every="30d", overlap="24h", **kind)
    scene.up()
    reads = readers.from_vault(world) if "vault" in world.store_settings else readers.from_aws(world)
    with ExitStack() as running:
        consumers = {name: running.enter_context(Consumer(scene, read)) for name, read in reads.items()}
        for _ in range(ROTATIONS):
            scene.clock.advance(days=31)
            assert scene.up(), "the rotation"
            for consumer in consumers.values():
                consumer.read_again()  # within the overlap, which is what it is for
            scene.clock.advance(hours=25)
            assert scene.up(), "the end of the overlap"
            for consumer in consumers.values():
                consumer.read_again()
    for name, consumer in consumers.items():
        record_property(figures.COUNTED, ("consumer", {"reads": consumer.reads, "failures": consumer.failures}))
        assert consumer.failures == 0, name
        assert len(consumer.seen) == ROTATIONS + 1, name
    assert len(scene.alive()) == 1


@pytest.mark.parametrize("example", readers.external_secrets(), ids=lambda one: one["spec"]["secretStoreRef"]["name"])
def test_a_documented_reader_has_the_pair_of_one_version_whatever_is_written_between_two_of_its_reads(example):
    versions = (
        {name: f"{name} of version {number}" for name in (*NAMES, "account_sid", "auth_token")}
        for number in itertools.count(1)
    )
    sid, secret = readers.pair(example, lambda: next(versions))
    assert sid.partition(" of ")[2] == secret.partition(" of ")[2]
