"""A Studio flow: its definition comes from a file, with placeholders for what differs between environments.

Twilio promises: every update creates a revision, whether anything changed or not; a fetch returns the latest revision,
draft or not, and `Revisions/LatestPublished` the one that runs. The listing shows neither definition nor validity, but
it does show the revision, so an unchanged revision means that nothing changed. Reads lag behind writes, so a write's
answer is taken as the state. Status has to be sent with every update [Twilio: Studio v2 Flows, Revisions, Flow
Validate].
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from twilio_environments.guard_rails import REVIEWED_EDITS
from twilio_environments.lifecycle.adoption import Found
from twilio_environments.lifecycle.card import Carried, Program
from twilio_environments.lifecycle.copying import Copying
from twilio_environments.lifecycle.declaration import OURS, Declaration, FriendlyName, Twilio
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.objects import ACCOUNT, Difference, Live, Outcome
from twilio_environments.lifecycle.review import Drawn, Elsewhere, Level, Notice, Reading, Severity, Surroundings
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account, Session
from twilio_environments.studio import flow_template

Status = Literal["published", "draft"]

_IN_FILE = Elsewhere(
    "A flow is accepted into its file.",
    "Run twilio-env flows pull --stack {stack}, and review it.",
    "twilio-env flows pull --stack {stack} {name}",
    "Write the published flow to its file, review the change, then:",
)


class StudioFlow(Declaration):
    """A Studio flow."""

    friendly_name: FriendlyName = ""
    """Its name; default: the logical name."""
    status: Status = "published"
    """`published` runs; `draft` is saved without being published."""
    commit_message: Annotated[str, StringConstraints(max_length=255), Twilio(compared=False)] = ""
    """The revision's commit message; sent with a change, but not a change by itself."""
    reviewed: Annotated[int | None, OURS, Field(ge=1)] = None
    """The revision of a Console edit that somebody has reviewed, so that an update may overwrite it."""


class Definition(StudioFlow):
    """A flow with its definition, as the lifecycle takes it."""

    definition: Annotated[str, Twilio(normalise=flow_template.canonical)]
    """The definition's JSON, with placeholders."""
    placeholders: Annotated[dict[str, str], OURS] = {}
    """The value of each placeholder."""

    @field_validator("definition")
    @classmethod
    def _is_json(cls, definition: str) -> str:
        try:
            is_one = isinstance(json.loads(definition), dict)
        except (ValueError, RecursionError):
            is_one = False
        if not is_one:
            raise ValueError("is not a JSON object: pass the text of a flow's file, such as studio/ivr.json")
        return definition


class FlowFile(StudioFlow):
    """A flow as a stack file declares it."""

    file: Annotated[str, OURS, StringConstraints(min_length=1), Field(examples=["studio/ivr.json"])]
    """The definition's file, relative to the stack file, such as studio/ivr.json."""


class StudioFlowKind(ListedKind[Definition]):
    """Studio flows, identified by their friendly name."""

    order = 60
    noun = "Studio flow"
    resource = "StudioFlow"
    described = "A Studio flow; `id` is its SID."
    section = "studio_flows"
    component = "Flows"
    path = "studio.v2.flows"
    prefix = "FW"
    gives = ("sid", "webhook_url")
    addresses = {"webhook_url": "https://webhooks.twilio.com/v1/Accounts/{account_sid}/Flows/{sid}"}
    carried = Carried("studio_flow_sid")
    declaration = Definition
    stack_file = FlowFile
    defined_in = "file"
    defines = "definition"
    facts = {"sid": str, "webhook_url": str, "revision": int, "template": str, "written": int}
    listed_whole = False  # no definition; the revision tells
    derived = {"definition": ("placeholders",), "template": ("definition",)}
    free_texts = ("definition", "placeholders")
    console = "develop/studio/flows/{sid}"
    drawn = Drawn("flow", "Studio flows", 20, "Studio flow")
    unlogged = ("definition",)
    stated_as = {defines: defined_in}
    copying = Copying(left_out=("reviewed",))

    def resource_inputs(self, name: str, program: Program) -> dict[str, Any]:
        definition = program.definition(self.section, name)
        used = sorted(flow_template.placeholders(definition))
        return {
            "definition": json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
            "placeholders": {placeholder: program.value(placeholder) for placeholder in used},
        }

    def inputs_of(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        inputs = super().inputs_of(outputs)
        template = str(outputs.get("template", ""))
        if template and _rendered(template, outputs.get("placeholders") or {}) == outputs["definition"]:
            inputs["definition"] = template  # the live one is what the template gives, so it stays as it was declared
        return inputs

    def desired(self, declared: Definition) -> dict[str, Any]:
        return super().desired(declared) | {"definition": _rendered(declared.definition, declared.placeholders)}

    def check(self, session: Session, inputs: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
        super().check(session, inputs, before)
        account = session.account(inputs.get(ACCOUNT))
        declared = self.read_inputs(inputs)
        template = json.loads(declared.definition)
        values = flow_template.stand_ins(template) | declared.placeholders
        account.client.studio.v2.flow_validate.update(
            friendly_name=declared.friendly_name,
            status=declared.status,  # type: ignore[arg-type]  # the library's enumeration is a string
            definition=flow_template.render(template, values),
        )

    def foreseen(self, session: Session, inputs: Mapping[str, Any], unknown: AbstractSet[str]) -> Sequence[str]:
        rendered = {"definition"} if "placeholders" in unknown else set()
        return super().foreseen(session, inputs, unknown | rendered)

    def diff(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Difference:
        difference = super().diff(inputs, recorded)
        if not difference.changed and _last_written(recorded) not in {None, recorded.get("definition")}:
            # The file adopted an edit that a refresh has recorded: from now on that counts as written from here.
            return Difference(["written"], [])
        return difference

    def update(
        self, session: Session, inputs: Mapping[str, Any], recorded: Mapping[str, Any], resource_id: str
    ) -> Outcome:
        outcome = super().update(session, inputs, recorded, resource_id)
        facts = {"template": self.read_inputs(inputs).definition, "written": outcome.live.facts["revision"]}
        return replace(outcome, live=replace(outcome.live, facts=dict(outcome.live.facts) | facts))

    def findings(self, reading: Reading, around: Surroundings) -> Iterator[Notice]:  # noqa: ARG002 - see Reviewable
        """See Reviewable; a draft on top of what runs, and a revision that changes nothing that runs."""
        revision, before = reading.facts.get("revision"), plain(reading.recorded.get("revision"))
        if reading.listed.get("status") == "draft" and reading.recorded.get("status") != "draft":
            yield Notice(
                "draft",
                f"revision {revision} is a draft on top of the published one",
                Severity(Level.COSMETIC, "a draft does not run, and the next update from here overwrites it"),
                "Discard or publish the draft in the Console; the next update from here overwrites it.",
            )
        elif revision != before and not reading.changed:
            what = "was published, but only the layout or the commit message changed"
            yield Notice(
                "layout",
                f"revision {revision} {what}; the recorded one is {before}",
                Severity(Level.COSMETIC, "callers notice nothing"),
                "There is nothing to revert: the flow behaves the same.",
                possible=False,
                refresh="Record the new revision; the stack file does not cover the layout.",
            )

    def remark(self, reading: Reading) -> str:
        before = plain(reading.recorded.get("revision"))
        return f"revision {reading.facts['revision']} is published, {before} is recorded"

    def before_reverting(self, name: str, live: Any, facts: Mapping[str, Any]) -> str:
        if name != "definition":
            return super().before_reverting(name, live, facts)
        return f"that the edit was reviewed (reviewed: {facts['revision']})"

    def accepted_elsewhere(self, name: str) -> Elsewhere | None:
        return _IN_FILE if name == "definition" else super().accepted_elsewhere(name)

    def unadoptable(self, values: Mapping[str, Any]) -> Problem | None:
        return Problem(
            "A flow is adopted through its file.",
            f"Save its definition as studio/<name>.json (Studio: Show Flow JSON), and declare file and adopt: true "
            f"with friendly_name {str(values.get('friendly_name'))!r}.",
        )

    def detailed(self, account: Account, live: Live, recorded: Mapping[str, Any]) -> Live:
        # Revisions only grow, so one lower than ours was read before our own update.
        if live.facts["revision"] <= (recorded.get("revision") or 0):
            return self.recorded(live.id, recorded)
        facts = dict(live.facts) | {"template": recorded.get("template", ""), "written": _written(recorded, live)}
        flow = self.collection(account)(live.id)
        if live.values["status"] == "draft" and recorded.get("status") != "draft":
            # Somebody's draft lies on top of what runs. What runs is what was declared, so that is compared.
            try:
                published = self.live(flow.revisions("LatestPublished").fetch(), live.id)
                return Live(live.id, published.values, facts)
            except NotFound:
                pass
        return Live(live.id, self.live(flow.fetch()).values, facts)

    def to_adopt(self, account: Account, live: Live) -> Found:
        """See ListedKind; what runs is taken over, layout and all, whatever draft lies on top of it."""
        definition, under_a_draft = self.running(account, live.id)
        status = "published" if under_a_draft else live.values["status"]
        values = dict(live.values) | {"status": status, "definition": flow_template.canonical(definition)}
        return Found(Live(live.id, values, live.facts), definition)

    def running(self, account: Account, object_id: str) -> tuple[Any, bool]:
        """Return the published definition, layout and all, and whether a draft lies on top of it; raise NotFound.

        For a flow that was never published, it is the draft itself.
        """
        flow = self.collection(account)(object_id)
        latest = flow.fetch()
        if str(latest.status) != "draft":
            return latest.definition, False
        try:
            return flow.revisions("LatestPublished").fetch().definition, True
        except NotFound:
            return latest.definition, False

    def guard_change(self, account: Account, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> None:
        declared = self.read_inputs(inputs)
        object_id = str(recorded["sid"])
        try:
            live = self.fetched(account, object_id)
        except NotFound:  # there is nothing to lose
            return
        revision, ours = live.facts["revision"], _written(recorded, live)
        if revision <= max(ours, declared.reviewed or 0):
            return
        known = {self.desired(declared)["definition"], _last_written(recorded)}
        if recorded["revision"] <= ours:
            known.add(recorded["definition"])
        edited = {live.values["definition"]}
        if live.values["status"] == "draft":
            edited.add(flow_template.canonical(self.running(account, object_id)[0]))
        if edited - known:
            raise REVIEWED_EDITS.problem(
                f"The Studio flow {declared.friendly_name!r} was edited in the Console: it is at revision {revision}, "
                f"and the last one from here is {ours}",
                "Review it with twilio-env flows diff; then keep it with twilio-env flows pull, "
                f"or set reviewed: {revision} on the flow to overwrite it.",
            )

    def create_object(self, account: Account, declared: Definition) -> Live:
        return self._answered(self.collection(account).create(**self._parameters(declared)), declared)

    def update_object(self, account: Account, live: Live, declared: Definition, names: set[str]) -> Live:  # noqa: ARG002
        answer = self.collection(account)(live.id).update(**self._parameters(declared))
        return self._answered(answer, declared)

    def _answered(self, answer: Any, declared: Definition) -> Live:
        live = self.live(answer)
        facts = {"template": declared.definition, "written": live.facts["revision"]}
        return Live(live.id, live.values, dict(live.facts) | facts)

    def _parameters(self, declared: Definition) -> dict[str, Any]:
        rendered = flow_template.render(json.loads(declared.definition), declared.placeholders)
        return declared.parameters() | {"definition": rendered}


def _written(recorded: Mapping[str, Any], live: Live) -> int:
    """Return the revision of our last write; for a flow that was taken over unchanged, the one it had then."""
    return int(recorded.get("written") or recorded.get("revision") or live.facts["revision"])


def _last_written(recorded: Mapping[str, Any]) -> str | None:
    """Return the definition that was last written from here, None if there was none."""
    template = recorded.get("template")
    return _rendered(template, recorded.get("placeholders") or {}) if template else None


def _rendered(template: str, placeholders: Mapping[str, str]) -> str:
    # In a preview a value may still be unknown; then the definition differs, whatever stands in for it.
    definition = json.loads(template)
    return flow_template.canonical(
        flow_template.render(definition, flow_template.stand_ins(definition) | dict(placeholders))
    )


KIND = StudioFlowKind()
