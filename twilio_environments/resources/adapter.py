"""The one adapter between Pulumi's dynamic-provider host and the kinds.

The constraints of the host, and how they are met: it serves four calls at a time in one process, so the session is per
process; it pickles provider objects into the state, so they have no attributes and are pickled by reference; it
loses what `create` made when `create` raises, so a half-made object is returned with `incomplete` and a hook in the
program raises; numbers arrive as floats and nulls vanish, so inputs go through the kind's model.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pydantic import ValidationError

from twilio_environments import trust
from twilio_environments.guard_rails import ONLY_LOOKS
from twilio_environments.lifecycle.census import Census
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.mistakes import Mistake, hidden_mistakes, mistakes_of
from twilio_environments.lifecycle.objects import ACCOUNT, FORMER_MARKS, INCOMPLETE, MOVED, Live
from twilio_environments.lifecycle.purchases import Purchases
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.resources import host
from twilio_environments.resources.boundary import SECRETS, crossing, known_of, told
from twilio_environments.resources.inputs import LOCAL, misplaced
from twilio_environments.resources.saying import say, warn
from twilio_environments.rest import sessions
from twilio_environments.rest.errors import AccountSuspended
from twilio_environments.secrets.stores import require_another_login

T = TypeVar("T")
_OURS = (ACCOUNT, LOCAL, SECRETS)
"""Inputs that belong to no kind's declaration."""
PREVIEWED = "previewed"
"""Tells `check`, and nothing after it, that this is a preview: the host itself does not know."""
_UNRECORDED = ("__provider", INCOMPLETE, MOVED, FORMER_MARKS)


class Adapter(ResourceProvider):
    """Serve one kind to Pulumi; subclasses name the kind and nothing else."""

    serialize_as_secret_always = False
    kind: ClassVar[Kind[Any]]

    def configure(self, req: ConfigureRequest) -> None:
        """Take the stack's settings for Twilio itself; credentials come from outside, see `rest/sources.py`."""
        host.prepare()
        try:
            trust.require_own_environment(Path.cwd())
        except Problem as problem:
            raise host.HostError(str(problem)) from None
        config = {name: req.config.get(f"twilio:{name}") for name in sessions.SETTINGS}
        sessions.belong_to(os.environ.get("PULUMI_PROJECT", ""))
        sessions.configure(config, say=lambda message: pulumi.log.info(told(message)))
        _guarded.purchases.limits = host.limits_of(req.config.get("twilio:limits"))

    @crossing
    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Check the inputs, then what would prevent a create or update. Unknown inputs are assumed valid.

        Unchanged inputs that were checked before take no call: nothing will be done to the object.
        """
        _guarded.program = True
        previewed = news.pop(PREVIEWED, False)
        known, unknown = known_of(news)
        provider = news.get("__provider")
        hidden = hidden_mistakes(self._fields(known), free=self.kind.free_texts)
        if wrong := hidden or misplaced(self.kind.declaration, known):
            return self._refused(news, wrong)
        try:
            declared = self.kind.declaration.model_validate(
                self._fields(known), context={"local": bool(news.get(LOCAL))}
            )
        except ValidationError as error:
            # A rule between fields (without a path) may concern one that is unknown.
            waiting = unknown | ({""} if unknown - {*_OURS} else set())
            failures = [
                mistake
                for mistake in mistakes_of(error, self.kind.declaration)
                if re.split(r"[.\[]", mistake.path)[0] not in waiting
            ]
            if failures:
                return self._refused(news, failures)
            inputs = news
        else:
            inputs = declared.minimal() | {name: news[name] for name in (*unknown, *_OURS) if name in news}
            inputs["__provider"] = provider
            if plain(inputs) == plain(olds):
                return self._declared(inputs)
        try:
            self._check(known, olds, previewed=previewed)
            if not olds:  # it is to be created
                with suppress(ValidationError):
                    self._check_creation(known, found=ACCOUNT not in unknown)
                with suppress(ValidationError):
                    for foreseen in self.kind.foreseen(sessions.session(), known, unknown):
                        say(foreseen)
        except Problem as problem:
            if not _waits(problem):
                _guarded.census.declare(self.kind, news)
                return CheckResult(news, [CheckFailure("", str(problem))])
        return self._declared(inputs)

    def _refused(self, news: dict[str, Any], mistakes: Sequence[Mistake]) -> CheckResult:
        # The property stays unnamed: Pulumi would print its value.
        _guarded.census.declare(self.kind, news)
        return CheckResult(news, [CheckFailure("", str(mistake)) for mistake in mistakes])

    def _check(self, known: Mapping[str, Any], olds: Mapping[str, Any], *, previewed: bool) -> None:
        with suppress(ValidationError):  # unknown inputs are missing here: they are checked once known
            self.kind.check(sessions.session(), known, olds)
        if previewed:
            require_another_login()

    def _declared(self, inputs: dict[str, Any]) -> CheckResult:
        _guarded.census.declare(self.kind, inputs)
        return CheckResult(inputs, [])

    @crossing
    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare inputs with recorded outputs; an unknown input is a change."""
        known, unknown = known_of(news)
        olds = self.kind.declaration.completed(olds)
        difference = self.kind.diff(known | {name: olds[name] for name in unknown if name in olds}, olds)
        object_id = self.kind.object_id(_id, olds)
        _guarded.census.compare(self.kind, object_id, news, replaced=bool(difference.replaces))
        for reason in difference.reasons:
            say(f"{_id}: {reason}")
        if _guarded.program and difference.delete_first:
            _looked(lambda: self._check_creation(known, found=False))
        is_update = _guarded.program and difference.changed and not difference.replaces
        if is_update:
            self.kind.announce(sessions.session(), object_id, known, olds)
        if is_update and ACCOUNT not in unknown and _guards():
            self._guard_change(_id, known, olds)
        if _guarded.program and not difference.replaces and _guards():
            self._name_twins(object_id, olds)
        secrets = {SECRETS} if plain(news.get(SECRETS)) != plain(olds.get(SECRETS)) else ()  # outputs have to be marked
        changed = sorted({*difference.changed, *unknown, *secrets})
        fixed = {name for name, twilio in self.kind.declaration.table().items() if twilio.replaces} | {ACCOUNT}
        replaces = sorted({*difference.replaces, *(unknown & fixed)})
        if _guarded.program and replaces and MOVED not in replaces:
            # Whatever the preview is for: by the time of the deletion the replacement would exist.
            _looked(lambda: self.kind.guard_replacement(sessions.session(), known, olds, replaces))
        return DiffResult(changes=bool(changed), replaces=replaces, delete_before_replace=difference.delete_first)

    @crossing
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Find or create the object."""
        run = (_guarded.purchases, _guarded.census)
        outcome = _reported(lambda: self.kind.create(sessions.session(), props, *run))
        _guarded.census.hold(self.kind, outcome.live.id)
        warn(outcome.notes)
        return CreateResult(self.kind.resource_id(outcome.live), self._outputs(props, outcome.live, outcome.incomplete))

    @crossing
    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Update the object to what is declared."""
        recorded = self.kind.declaration.completed(olds)
        if id_ not in _guarded.changes:
            self._guard_change(id_, news, recorded)
        outcome = _reported(lambda: self.kind.update(sessions.session(), news, recorded, id_))
        _guarded.census.hold(self.kind, outcome.live.id)
        return UpdateResult(self._outputs(news, outcome.live, outcome.incomplete))

    @crossing
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read the object for a refresh; an empty id says that it is gone."""
        recorded = self.kind.declaration.completed(props)

        def read() -> Live | None:
            try:
                return self.kind.read(sessions.session(), recorded, id_)
            except AccountSuspended as suspended:
                say(
                    f"subaccount {suspended.sid} is suspended: its objects were not read, and keep their recorded state"
                )
                return self.kind.recorded(self.kind.object_id(id_, recorded), recorded)

        live = _reported(read)
        if live is None:
            return ReadResult("", {}, {})
        self._name_twins(self.kind.object_id(id_, recorded), recorded)
        outputs = self._outputs(props, live, props.get(INCOMPLETE, []))
        ours = {name: props[name] for name in ("__provider", SECRETS) if name in props}
        return ReadResult(id_, outputs, self.kind.inputs_of(outputs) | ours)

    @crossing
    def delete(self, id_: str, props: dict[str, Any]) -> None:
        """Delete the object, unless this run declares it under another name; if it is already gone, that is success."""
        recorded = self.kind.declaration.completed(props)
        object_id = self.kind.object_id(id_, recorded)
        if _guarded.census.keeps(self.kind, object_id, recorded):
            say(f"{self.kind.noun} {object_id} is kept: another resource of this run has it")
            return
        warn(_reported(lambda: self.kind.delete(sessions.session(), recorded, id_)))

    def _check_creation(self, known: Mapping[str, Any], *, found: bool) -> None:
        """Check for obstacles to a create; `found`: an existing object with its identity is taken over."""
        if not _guards():
            return
        session = sessions.session()
        account = session.account(known.get(ACCOUNT)) if found else None
        self.kind.check_creation(session, account, known)
        self.kind.guard_creation(session, account, known, _guarded.purchases)

    def _name_twins(self, object_id: str, recorded: Mapping[str, Any]) -> None:
        """Warn of other objects with a recorded one's identity; an unreachable Twilio is reported elsewhere."""
        with suppress(Problem):
            session = sessions.session()
            with session.operation(_BRIEF):
                twins = self.kind.twins(session.account(recorded.get(ACCOUNT)), object_id, recorded)
            for twin in twins:
                if not _guarded.census.has(self.kind, twin.id):
                    message = (
                        f"There is a second {self.kind.noun} {twin.values['friendly_name']!r}: {twin.id}, besides "
                        f"{object_id}, which is recorded. An interrupted run may have created it: twilio-env leftovers."
                    )
                    warn([message])

    def _guard_change(self, id_: str, known: Mapping[str, Any], recorded: Mapping[str, Any]) -> None:
        def guard() -> None:
            self.kind.guard_change(sessions.session().account(known.get(ACCOUNT)), known, recorded)
            _guarded.changes.add(id_)

        _looked(guard)

    def _fields(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in inputs.items() if name not in ("__provider", *_OURS)}

    def _outputs(self, inputs: Mapping[str, Any], live: Live, incomplete: Any) -> dict[str, Any]:
        kept = {name: value for name, value in inputs.items() if name not in _UNRECORDED}
        outputs: dict[str, Any] = self.kind.declaration.compact(kept | dict(live.values)) | dict(live.facts)
        return outputs | ({INCOMPLETE: list(incomplete)} if incomplete else {})


@dataclass
class _Guarded:
    """What the guard rails of this process depend on.

    `program` says that a program declares resources here: a refresh asks for differences too, and is never refused.
    `changes` are the ids of objects whose update was checked: where the preview did not check, the update does.
    """

    purchases: Purchases = field(default_factory=Purchases)
    census: Census = field(default_factory=Census)
    program: bool = False
    changes: set[str] = field(default_factory=set)


_guarded = _Guarded()


def _guards() -> bool:
    return not os.environ.get(ONLY_LOOKS)


_BRIEF = 10.0  # seconds for a check that is not worth waiting for


def _looked(look: Callable[[], None]) -> None:
    """Check for obstacles to an update, unless that has to wait."""

    def unless_it_waits() -> None:
        try:
            look()
        except Problem as problem:
            if not _waits(problem):
                raise

    _reported(unless_it_waits)


def _waits(problem: Problem) -> bool:
    """Return whether a check has to wait for the account that this very run sets to active, before anything in it."""
    return isinstance(problem, AccountSuspended) and problem.sid in sessions.session().resuming


def _reported(operation: Callable[[], T]) -> T:
    """Run an operation within the session's limits of time."""
    with sessions.session().operation():
        return operation()
