"""Somebody changes, deletes and adds things behind the stack's back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.drift.mutations import FOREIGN, MESSAGING, VERIFY
from tests.emulator.wire import Wire
from tests.kinds.cases import BY_SECTION, messaging_service, phone_number, verify_service
from tests.kinds.strategies import BOUNDS
from twilio_environments.emulator import Emulator
from twilio_environments.kinds.messaging_service import MessagingService

STUDIO = "https://studio.twilio.com/v2/Flows"
IAM = "https://iam.twilio.com/v1/Keys"
Act = Callable[[], Any]
WriteDocument = Callable[[str], None]


@dataclass(frozen=True)
class Scene:
    """A stack that is up: its account, its objects by place (section, SID), and what alters a document by place."""

    twilio: Emulator
    account_sid: str
    objects: Mapping[str, tuple[str, str]]
    alter: Mapping[str, Act]

    @property
    def wire(self) -> Wire:
        row = self.twilio.state.table("accounts").get(self.account_sid)
        assert row
        return Wire(self.twilio, (row["sid"], row["auth_token"]))

    def v2010(self, path: str) -> str:
        return self.wire.accounts(f"/{self.account_sid}{path}")

    def acts(self) -> dict[str, Act]:
        """All that somebody may do, by what it is called."""
        found: dict[str, Act] = {}
        for place, (section, sid) in sorted(self.objects.items()):
            acts = getattr(self, f"_{section}", partial(self._others, section))
            found |= {f"{name} of {place}": act for name, act in acts(sid)}
        found |= {f"the secret of {place}": act for place, act in sorted(self.alter.items())}
        return found

    def _post(self, url: str, **form: str) -> None:
        self.wire.post(url, **form)  # what Twilio refuses is nothing that happened

    def _delete(self, url: str) -> None:
        self.wire.delete(url)

    def _others(self, section: str, sid: str) -> Iterator[tuple[str, Act]]:
        """What is done to a kind that has nothing of its own here."""
        case = BY_SECTION[section]
        url = case.operations[0].url(self.account_sid, sid)
        for change in case.changes:
            value = str(change.value).lower() if isinstance(change.value, bool) else str(change.value)
            yield change.name, partial(self._post, url, **{case.parameter(change.name): value})
        yield "deletion", partial(self._delete, url)

    def _numbers(self, sid: str) -> Iterator[tuple[str, Act]]:
        url = self.v2010(f"/IncomingPhoneNumbers/{sid}")
        for name, value in (
            ("friendly_name", "by hand"),
            ("voice_url", f"{FOREIGN}/voice"),
            ("voice_method", "GET"),
            ("sms_url", f"{FOREIGN}/sms"),
            ("status_callback", f"{FOREIGN}/status"),
            ("voice_caller_id_lookup", "true"),
            ("voice_receive_mode", "fax"),
            ("trunk_sid", "TK" + "0" * 31 + "2"),
            ("bundle_sid", ""),
        ):
            yield name, partial(self._post, url, **{phone_number.CASE.parameter(name): value})
        yield "release", partial(self._delete, url)

    def _messaging_services(self, sid: str) -> Iterator[tuple[str, Act]]:
        url = f"{MESSAGING}/{sid}"
        for name in messaging_service.SERVICE:
            field = MessagingService.model_fields[name]
            value = str(not field.default).lower() if isinstance(field.default, bool) else f"{FOREIGN}/{name}"
            value = {"friendly_name": "by hand", "usecase": "discussion", "validity_period": "77"}.get(name, value)
            yield name, partial(self._post, url, **{messaging_service.CASE.parameter(name): value})
        yield "deletion", partial(self._delete, url)
        yield "a sender more", partial(self._post, f"{url}/AlphaSenders", AlphaSender="ELSE")
        yield "a sender less", partial(self._first, f"{url}/PhoneNumbers", "phone_numbers", delete=True)
        for place, (section, number) in sorted(self.objects.items()):
            if section == "numbers":
                yield f"{place} in the pool", partial(self._post, f"{url}/PhoneNumbers", PhoneNumberSid=number)

    def _verify_services(self, sid: str) -> Iterator[tuple[str, Act]]:
        url = f"{VERIFY}/{sid}"
        for name in verify_service.LOGIN:
            value = (
                str(BOUNDS[name][0]) if name in BOUNDS else "Elses" if "name" in name or "issuer" in name else "true"
            )
            yield name, partial(self._post, url, **{verify_service.CASE.parameter(name): value})
        yield "deletion", partial(self._delete, url)
        yield "a limit more", partial(self._post, f"{url}/RateLimits", UniqueName="else")
        yield "a limit less", partial(self._first, f"{url}/RateLimits", "rate_limits", delete=True)
        yield "a limit", partial(self._first, f"{url}/RateLimits", "rate_limits", Description="by hand")
        yield "a webhook", partial(self._first, f"{url}/Webhooks", "webhooks", Status="disabled")
        yield "a webhook less", partial(self._first, f"{url}/Webhooks", "webhooks", delete=True)
        yield "a country less", partial(self._delete, f"{url}/MessagingConfigurations/US")

    def _studio_flows(self, sid: str) -> Iterator[tuple[str, Act]]:
        url = f"{STUDIO}/{sid}"
        yield "deletion", partial(self._delete, url)
        yield "friendly_name", partial(self._post, url, Status="published", FriendlyName="by hand")
        for name, status in (("definition", "published"), ("draft", "draft")):
            yield name, partial(self._edit, url, status, say="By hand")
        yield "layout", partial(self._edit, url, "published", offset={"x": 7, "y": 7})

    def _keys(self, sid: str) -> Iterator[tuple[str, Act]]:
        url = self.v2010(f"/Keys/{sid}")
        yield "friendly_name", partial(self._post, url, FriendlyName="by hand")
        yield "deletion", partial(self._delete, url)
        yield "policy", partial(self._post, f"{IAM}/{sid}", Policy=json.dumps({"allow": ["/twilio/studio/flows/list"]}))

    def _subaccount(self, sid: str) -> Iterator[tuple[str, Act]]:
        parent, url = Wire(self.twilio), Wire(self.twilio).accounts(f"/{sid}")
        yield "friendly_name", partial(parent.post, url, FriendlyName="by hand")
        yield "closing", partial(parent.post, url, Status="closed")

    def _first(self, url: str, collection: str, *, delete: bool = False, **form: str) -> None:
        for one in self.wire.get(url).json().get(collection, [])[:1]:
            self._delete(f"{url}/{one['sid']}") if delete else self._post(f"{url}/{one['sid']}", **form)

    def _edit(self, url: str, status: str, **properties: Any) -> None:
        found = self.wire.get(url)
        if found.ok:
            definition = found.json()["definition"]
            definition["states"][1]["properties"] |= properties
            self._post(url, Status=status, Definition=json.dumps(definition))
