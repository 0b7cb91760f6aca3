"""What an answer means: a result, or an error and whether the call may be retried."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from twilio.http.response import Response
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from twilio_environments.rest.errors import NOT_FOUND, NotFound, OutcomeUnknown, TwilioError
from twilio_environments.rest.saying import shown

NOT_PROCESSED = frozenset({20162, 20409, 20429})
"""Conflicts and "too many requests": Twilio did nothing, so any verb may go again [its page of each code]."""
DEFINITION_NOT_VALID = 81022  # the one code whose `details` concern only what the user wrote
_DETAILS = 20  # how many of Studio's complaints are passed on
_DETAIL_LENGTH = 200
# Answers without a SID; all others must have one, or we would lose what was just created.
_WITHOUT_SID = re.compile(
    r"/(AvailablePhoneNumbers|MessagingConfigurations|AuthTokens|Flows/Validate|PhoneNumbers/Countries|Voice/Numbers)(/|$)"
)
# Those that are read as a list; Twilio's answer to a number search has no other properties of a page.
_LISTS_WITHOUT_SID = re.compile(r"/(AvailablePhoneNumbers/\w+/\w+\.json|MessagingConfigurations)$")
# Fields that are text or null wherever they occur: identities, and those that the client library parses as dates.
_TEXTS = re.compile(r"(sid|name|phone_number|^status|^date_\w+)$")


@dataclass(frozen=True)
class Call:
    """What errors may say about a call: verb, product, path without SIDs, the names of the parameters sent.

    `values` are what it sent, including the credentials: no error may repeat them.
    """

    method: str
    product: str
    path: str
    sent: Collection[str] = ()
    values: Collection[Any] = field(default=(), repr=False)

    @property
    def operation(self) -> str:
        """Return "POST api /2010-04-01/Accounts/{sid}/Keys.json"."""
        return f"{self.method} {self.product} {re.sub(r'[A-Z]{2}[0-9a-fA-F]{32}', '{sid}', self.path)}"

    @property
    def repeatable(self) -> bool:
        """Whether the call is idempotent [Twilio error 20500: GET and DELETE]; a validation is a read."""
        return self.method in {"GET", "HEAD", "DELETE"} or self.path.endswith("/Flows/Validate")


@dataclass(frozen=True)
class Failure:
    """An error, whether the call may be retried, and how long Twilio asks to wait (seconds)."""

    error: TwilioError
    again: Literal["never", "a few times", "until the deadline"]
    wait: float = 0.0


class Answer(Response):
    """A result; its repr shows no body, which may hold a token."""

    def __repr__(self) -> str:
        return f"<Answer HTTP {self.status_code}>"


def unanswered(call: Call, reason: str, *, sent: bool = True) -> Failure:
    """Judge a call without an answer; `sent`: it may have reached Twilio."""
    return _undecided(call, sent=sent, reason=reason)


def judge(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> Answer | Failure:
    """Judge an answer; a `body` cut short comes as b""."""
    payload = _decoded(body)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        if _is_readable(call, payload) or (status == HTTPStatus.NO_CONTENT and call.method == "DELETE"):
            return Answer(status, body.decode(), headers)
        return _undecided(call, status=status, reason="Twilio's answer could not be read")

    about = payload if isinstance(payload, dict) else {}
    code = int(about["code"]) if re.fullmatch("[0-9]{1,6}", str(about.get("code"))) else 0
    known: dict[str, Any] = {
        "status": status,
        "code": code,
        "request_id": request_id_of(headers),
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in NOT_PROCESSED:
        return Failure(TwilioError(call.operation, **known), "until the deadline", _retry_after(headers))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return _undecided(call, wait=_retry_after(headers), **known)
    # Without Twilio's code it is some proxy's page, and taking that for "gone" would create everything a second time.
    is_missing = code in NOT_FOUND or (status == HTTPStatus.NOT_FOUND and code)
    message = _message(about)
    # Without a code the answer need not be Twilio's.
    known |= {"message": message, "said": shown(message, call.values, call.sent) if code else ""}
    error = NotFound if is_missing else TwilioError
    return Failure(error(call.operation, named=_named(call, about), details=_details(code, about), **known), "never")


def leads_back(query: str, text: str) -> bool:
    """Return whether a page of a list names itself as the next one, as from a cache: reading would never end."""
    if "PageToken=" not in query:
        return False
    about = json.loads(text)
    meta = about.get("meta")
    following = about.get("next_page_uri") or (meta.get("next_page_url") if isinstance(meta, dict) else "")
    return str(following or "").rpartition("?")[2] == query


def request_id_of(headers: Mapping[str, str]) -> str:
    """Return the request id that Twilio's support asks for; "" if there is none, or it is malformed."""
    request_id = headers.get("Twilio-Request-Id", "")
    return request_id if re.fullmatch(r"RQ\w{1,62}", request_id) else ""


def _undecided(call: Call, *, sent: bool = True, wait: float = 0.0, reason: str = "", **known: Any) -> Failure:
    if sent and not call.repeatable:
        return Failure(OutcomeUnknown(call.operation, reason=reason, **known), "never")
    return Failure(TwilioError(call.operation, reason=reason, **known), "a few times", wait)


def _decoded(body: bytes) -> object:
    try:
        return json.loads(body.decode())  # UTF-8, and no other encoding that JSON could be read in [RFC 8259, 8.1]
    except (ValueError, RecursionError):
        return None


def _is_readable(call: Call, payload: object) -> bool:
    """Whether Twilio's client library can parse this as an object or a page without raising its own exceptions."""
    if not _is_object(payload):
        return False
    assert isinstance(payload, dict)
    has_sid = not _WITHOUT_SID.search(call.path)
    page: object = []
    if "meta" in payload:
        meta = payload["meta"]
        page = payload.get(meta.get("key")) if isinstance(meta, dict) else None
    elif "next_page_uri" in payload or (call.method == "GET" and _LISTS_WITHOUT_SID.search(call.path)):
        page = next((value for value in payload.values() if isinstance(value, list)), None)
    elif has_sid and "sid" not in payload:
        return False
    return isinstance(page, list) and all(_is_object(item) and (not has_sid or "sid" in item) for item in page)


def _is_object(payload: object) -> bool:
    if not isinstance(payload, dict) or not payload or payload.get("sid", "") is None:
        return False
    return all(isinstance(value, str | None) for name, value in payload.items() if _TEXTS.search(name))


def _retry_after(headers: Mapping[str, str]) -> float:
    try:
        return float(Retry().parse_retry_after(headers.get("Retry-After", "0")))
    except InvalidHeader:
        return 0.0


def _message(about: Mapping[str, Any]) -> str:
    """Return Twilio's message; in the newer form of errors [RFC 9457] it is a title with a detail."""
    if "title" in about and "message" not in about:
        return ": ".join(str(about[name]) for name in ("title", "detail") if about.get(name))
    return str(about.get("message") or "")


def _named(call: Call, about: Mapping[str, Any]) -> list[str]:
    """Return the names that we recognize in Twilio's message: parameters sent, missing permissions."""
    text = json.dumps([about.get("message"), about.get("detail"), about.get("errors")])
    words = set(re.findall(r"[A-Za-z][\w.]*\w", text))
    return [name for name in call.sent if name in words] + sorted(set(re.findall(r"/twilio/[\w./*-]*[\w*]", text)))


def _details(code: int, about: Mapping[str, Any]) -> list[str]:
    """Return Studio's complaints about a definition as "path: message"; their shape is not documented."""
    if code != DEFINITION_NOT_VALID:
        return []
    return [
        re.sub(r"[^ -~]+", " ", f"{path}: {message}" if path else message)[:_DETAIL_LENGTH]
        for path, message in list(_complaints(about.get("details")))[:_DETAILS]
    ]


def _complaints(details: object) -> Iterator[tuple[str, str]]:
    if isinstance(details, list):
        for item in details:
            yield from _complaints(item)
    elif isinstance(details, dict):
        if "message" in details:
            yield str(details.get("property_path") or ""), str(details["message"])
        else:
            yield from _complaints(details.get("errors"))
    elif isinstance(details, str):
        yield "", details
