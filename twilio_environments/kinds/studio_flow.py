"""A Studio flow: its definition comes from a file, with placeholders for what differs between environments.

Twilio promises: every update makes a revision, whether anything changed or not; a fetch returns the latest revision,
draft or not, and `Revisions/LatestPublished` the one that runs. The listing says neither definition nor validity, but
the revision, so a revision that did not move means that nothing changed. Reads lag behind writes: what a write answered
is taken for the state. Status has to be sent with every update [Twilio: Studio v2 Flows, Revisions, Flow Validate].
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from twilio_environments.kinds import flow_template
from twilio_environments.kinds.declaration import OURS, Declaration, FriendlyName, Twilio
from twilio_environments.kinds.lifecycle import ACCOUNT, ListedKind, Live
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account, Session

Status = Literal["published", "draft"]


class StudioFlow(Declaration):
    """A Studio flow."""

    friendly_name: FriendlyName = ""
    """Its name; the logical name where left out."""
    status: Status = "published"
    """`published` runs; `draft` is kept beside what runs."""
    commit_message: Annotated[str, StringConstraints(max_length=255), Twilio(compared=False)] = ""
    """What the revision is about; sent with a change, never a change by itself."""


class Definition(StudioFlow):
    """A flow with its definition, as the lifecycle takes it."""

    definition: Annotated[str, Twilio(normalise=flow_template.canonical)]
    """The definition's JSON, with placeholders."""
    placeholders: Annotated[dict[str, str], OURS] = {}
    """What stands for each placeholder."""


class FlowFile(StudioFlow):
    """A flow as a stack file declares it."""

    file: Annotated[str, OURS, StringConstraints(min_length=1)]
    """The definition's file, relative to the stack file, such as studio/ivr.json."""


class StudioFlowKind(ListedKind[Definition]):
    """Studio flows, told apart by their friendly name."""

    noun = "Studio flow"
    section = "studio_flows"
    declaration = Definition
    listed_whole = False  # no definition; the revision tells
    facts = ("sid", "webhook_url", "revision", "template")

    def inputs_of(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        inputs = super().inputs_of(outputs)
        template = str(outputs.get("template", ""))
        if template and _rendered(template, outputs.get("placeholders") or {}) == outputs["definition"]:
            inputs["definition"] = template  # what is live is what the template gives, so it stays as it was declared
        return inputs

    def desired(self, declared: Definition) -> dict[str, Any]:
        return super().desired(declared) | {"definition": _rendered(declared.definition, declared.placeholders)}

    def check(self, session: Session, inputs: Mapping[str, Any]) -> None:
        super().check(session, inputs)
        account = session.account(inputs.get(ACCOUNT))
        declared = self.read_inputs(inputs)
        template = json.loads(declared.definition)
        values = flow_template.stand_ins(template) | declared.placeholders
        account.client.studio.v2.flow_validate.update(
            friendly_name=declared.friendly_name,
            status=declared.status,  # type: ignore[arg-type]  # the library's enumeration is a string
            definition=flow_template.render(template, values),
        )

    def collection(self, account: Account) -> Any:
        return account.client.studio.v2.flows

    def fetch(self, account: Account, object_id: str) -> Live:
        return self.live(account.client.studio.v2.flows(object_id).fetch())

    def observed(self, account: Account, live: Live, recorded: Mapping[str, Any]) -> Live:
        # Revisions only grow, so a lower one than ours is a reading from before our own update.
        if live.facts["revision"] <= (recorded.get("revision") or 0):
            return self.recorded(live.id, recorded)
        facts = dict(live.facts) | {"template": recorded.get("template", "")}
        flow = account.client.studio.v2.flows(live.id)
        if live.values["status"] == "draft" and recorded.get("status") != "draft":
            # Somebody's draft lies on top of what runs. What runs is what was declared, so that is compared.
            try:
                published = self.live(flow.revisions("LatestPublished").fetch(), live.id)
                return Live(live.id, published.values, facts)
            except NotFound:
                pass
        return Live(live.id, self.live(flow.fetch()).values, facts)

    def running(self, account: Account, object_id: str) -> tuple[Any, bool]:
        """Return the published definition, layout and all, and whether a draft lies on top of it; raise NotFound.

        Of a flow that was never published it is the draft itself.
        """
        flow = account.client.studio.v2.flows(object_id)
        latest = flow.fetch()
        if str(latest.status) != "draft":
            return latest.definition, False
        try:
            return flow.revisions("LatestPublished").fetch().definition, True
        except NotFound:
            return latest.definition, False

    def make(self, account: Account, declared: Definition) -> Live:
        return self._written(account.client.studio.v2.flows.create(**self._parameters(declared)), declared)

    def change(self, account: Account, live: Live, declared: Definition, names: set[str]) -> Live:  # noqa: ARG002
        answer = account.client.studio.v2.flows(live.id).update(**self._parameters(declared))
        return self._written(answer, declared)

    def remove(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:  # noqa: ARG002
        account.client.studio.v2.flows(object_id).delete()

    def _written(self, answer: Any, declared: Definition) -> Live:
        live = self.live(answer)
        return Live(live.id, live.values, dict(live.facts) | {"template": declared.definition})

    def _parameters(self, declared: Definition) -> dict[str, Any]:
        rendered = flow_template.render(json.loads(declared.definition), declared.placeholders)
        return declared.parameters() | {"definition": rendered}


def _rendered(template: str, placeholders: Mapping[str, str]) -> str:
    # In a preview a value may be unknown yet; then the definition differs, whatever stands in for it.
    definition = json.loads(template)
    return flow_template.canonical(
        flow_template.render(definition, flow_template.stand_ins(definition) | dict(placeholders))
    )


KIND = StudioFlowKind()
