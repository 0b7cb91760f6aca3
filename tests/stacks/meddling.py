"""What people do behind our back: each one act, why it is worth a test, and what a refresh has to say of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.wire import Wire
from tests.stacks.changes import Changes
from tests.stacks.stack import Config, Stack

MESSAGING = "https://messaging.twilio.com/v1/Services"
VERIFY = "https://verify.twilio.com/v2/Services"
STUDIO = "https://studio.twilio.com/v2/Flows"
IAM = "https://iam.twilio.com/v1/Keys"


@dataclass
class Scene:
    """A stack that is up, and how to reach what is in it as somebody else."""

    stack: Stack
    state: Mapping[str, Any] = field(init=False)
    wire: Wire = field(init=False)

    def __post_init__(self) -> None:
        self.state, self.wire = self.stack.resources(), self.stack.account()

    def sid(self, name: str) -> str:
        resource = self.state[name]
        return str(resource["outputs"].get("sid") or resource["id"])

    def v2010(self, path: str) -> str:
        assert self.wire.auth
        return self.wire.accounts(f"/{self.wire.auth[0]}{path}")

    def post(self, url: str, **form: str) -> None:
        answer = self.wire.post(url, **form)
        assert answer.ok, answer.text

    def delete(self, url: str) -> None:
        answer = self.wire.delete(url)
        assert answer.ok, answer.text

    def edit_flow(self, name: str, status: str) -> None:
        url = f"{STUDIO}/{self.sid(name)}"
        definition = self.wire.get(url).json()["definition"]
        definition["states"][1]["properties"]["say" if "ivr" in name else "body"] = "Edited in the Console."
        self.post(url, Status=status, Definition=json.dumps(definition))

    def change_document(self, path: str, **properties: str) -> None:
        assert self.stack.documents
        self.stack.documents.write(path, self.stack.documents.read(path) | properties)

    def first(self, url: str, collection: str) -> str:
        return str(self.wire.get(url).json()[collection][0]["sid"])


@dataclass(frozen=True)
class Act:
    reason: str
    act: Callable[[Scene], None]
    drift: Changes
    review: Callable[[Config], object] = lambda _: None
    """What the stack file has to say before it is set back."""


def _another_bucket(scene: Scene) -> None:
    limits = f"{VERIFY}/{scene.sid('verify_services.login')}/RateLimits"
    buckets = f"{limits}/{scene.first(limits, 'rate_limits')}/Buckets"
    scene.post(f"{buckets}/{scene.first(buckets, 'buckets')}", Max="5")


CHANGED = [
    Act(
        "a webhook set in the Console is the drift that costs a business its calls",
        lambda scene: scene.post(
            scene.v2010(f"/IncomingPhoneNumbers/{scene.sid('numbers.office')}"), VoiceUrl="https://else.example.com/"
        ),
        {"numbers.office": {"voice_url"}},
    ),
    Act(
        "a number's own name is nothing that others go by, and yet declared",
        lambda scene: scene.post(
            scene.v2010(f"/IncomingPhoneNumbers/{scene.sid('numbers.support')}"), FriendlyName="hands off"
        ),
        {"numbers.support": {"friendly_name"}},
    ),
    Act(
        "a sender added by hand sends in our name",
        lambda scene: scene.post(
            f"{MESSAGING}/{scene.sid('messaging_services.alerts')}/AlphaSenders", AlphaSender="ELSE"
        ),
        {"messaging_services.alerts.senders": {"alpha_senders"}},
    ),
    Act(
        "a boolean and a field that was left out of the stack file drift like any other",
        lambda scene: scene.post(
            f"{MESSAGING}/{scene.sid('messaging_services.marketing')}", StickySender="true", MmsConverter="false"
        ),
        {"messaging_services.marketing": {"sticky_sender", "mms_converter"}},
    ),
    Act(
        "what is published runs, so publishing is drift; the revision says which one it was",
        lambda scene: scene.edit_flow("studio_flows.ivr", "published"),
        {"studio_flows.ivr": {"definition", "revision"}},
        lambda config: config["studio_flows"]["ivr"].update(reviewed=2),
    ),
    Act(
        "a draft does not run, so it is no drift",
        lambda scene: scene.edit_flow("studio_flows.autoreply", "draft"),
        {},
        lambda config: config["studio_flows"]["autoreply"].update(reviewed=2),
    ),
    Act(
        "what hangs below a service is not in the service's own answer",
        _another_bucket,
        {"verify_services.login": {"rate_limits"}},
    ),
    Act(
        "a restricted key that may suddenly do more is a hole",
        lambda scene: scene.post(
            f"{IAM}/{scene.sid('keys.reporting')}",
            Policy=json.dumps({"allow": ["/twilio/messaging/services/list", "/twilio/messaging/services/delete"]}),
        ),
        {"keys.reporting": {"policy"}},
    ),
    Act(
        "a secret altered in the store does not open the key any more",
        lambda scene: scene.change_document("staging/twilio-ci", key_secret="0" * 32),
        {"keys.ci": {"secret_status"}},
    ),
    Act(
        "a SID altered in the store sends consumers elsewhere",
        lambda scene: scene.change_document("staging/twilio", phone_number_support="+15005550006"),
        {"secrets": {"properties"}},
    ),
]
GONE = [
    Act(
        "a number released by hand is gone from its pool too",
        lambda scene: scene.delete(scene.v2010(f"/IncomingPhoneNumbers/{scene.sid('numbers.alerts-1')}")),
        {"numbers.alerts-1": "delete", "messaging_services.alerts.senders": {"phone_numbers"}},
    ),
    Act(
        "with a Messaging Service goes its pool, while its numbers stay",
        lambda scene: scene.delete(f"{MESSAGING}/{scene.sid('messaging_services.marketing')}"),
        {"messaging_services.marketing": "delete", "messaging_services.marketing.senders": "delete"},
    ),
    Act(
        "a Verify service goes with all that hangs below it",
        lambda scene: scene.delete(f"{VERIFY}/{scene.sid('verify_services.login')}"),
        {"verify_services.login": "delete"},
    ),
    Act(
        "a flow that another flow and two numbers name",
        lambda scene: scene.delete(f"{STUDIO}/{scene.sid('studio_flows.ivr')}"),
        {"studio_flows.ivr": "delete"},
    ),
    Act(
        "a deleted key opens nothing, whatever the store still has",
        lambda scene: scene.delete(scene.v2010(f"/Keys/{scene.sid('keys.api')}")),
        {"keys.api": "delete"},
    ),
]


def _without_document(path: str) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        assert scene.stack.documents
        scene.stack.documents.delete(path)

    return act


def document_gone(stack: str, keys: set[str]) -> list[Act]:
    """The document of a stack that is deleted, with the secrets of `keys` in it."""
    drift: Changes = {"secrets": "delete"} | {f"keys.{key}": {"secret_status"} for key in keys}
    return [
        Act(
            "the document takes with it the secrets that cannot be read anywhere else",
            _without_document(stack + "/twilio"),
            drift,
        )
    ]
