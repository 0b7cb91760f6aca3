"""Calls that belong to one object and are independent of each other: the members of a pool, the limits of a service.

Pulumi serves four resources at a time, and what happens inside one of them is up to us: as many calls at once as the
account's budget allows (`rest/budget.py`), whatever the number of members.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from typing import TypeVar, cast

from twilio_environments.rest.session import Account

T = TypeVar("T")


def together(account: Account, jobs: Sequence[Callable[[], T]], what: str) -> list[T]:
    """Run all jobs and return their results in order; raise what the first to fail raised.

    After a failure or an interruption no further job is started, and running ones are awaited: whoever reads the owner
    next finds what each of them did at Twilio. The operation's deadline applies to them too. `what` tells people who
    wait what they do.
    """
    if len(jobs) <= 1:
        return [job() for job in jobs]
    stop = threading.Event()

    def run(job: Callable[[], T]) -> T | None:
        if stop.is_set():
            return None
        try:
            return job()
        except BaseException:
            stop.set()
            raise

    with (
        account.progress.of(what, len(jobs)) as step,
        ThreadPoolExecutor(min(account.at_once, len(jobs)), thread_name_prefix="together") as pool,
    ):
        futures = [pool.submit(copy_context().run, run, job) for job in jobs]
        try:
            for future in as_completed(futures):
                future.result()
                step(1)
        except BaseException:
            stop.set()
            raise
    return [cast("T", future.result()) for future in futures]
