"""Ways to call the emulator: bare HTTP for what is on the wire, and Twilio's own client for what it makes of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as SdkResponse
from twilio.rest import Client

from twilio_environments.emulator import Emulator

Credential = tuple[str, str]


@dataclass
class Wire:
    """Bare HTTP, by the main account at first: `wire.post("https://iam.twilio.com/v1/Keys", FriendlyName="x")`."""

    twilio: Any  # an Emulator, or anything else with an endpoint, an account_sid and an auth_token
    auth: Credential | None = None

    def __post_init__(self):
        self.session = requests.Session()
        self.session.trust_env = False

    def as_(self, *auth: str) -> "Wire":
        return Wire(self.twilio, (auth[0], auth[1]))

    def call(self, method: str, url: str, *, form=None, headers=None, auth: Any = ..., **options) -> requests.Response:
        address = urlsplit(url)
        query = f"?{address.query}" if address.query else ""
        chosen = (self.auth or (self.twilio.account_sid, self.twilio.auth_token)) if auth is ... else auth
        return self.session.request(
            method,
            self.twilio.endpoint + address.path + query,
            data=form,
            headers={"Host": address.netloc, **(headers or {})},
            auth=chosen,
            timeout=20,
            **options,
        )

    def get(self, url: str, **params) -> requests.Response:
        return self.call("GET", url, params=params)

    def post(self, url: str, **form) -> requests.Response:
        return self.call("POST", url, form=form)

    def delete(self, url: str) -> requests.Response:
        return self.call("DELETE", url)

    def accounts(self, path: str = "") -> str:
        return f"https://api.twilio.com/2010-04-01/Accounts{path}.json"

    def subaccount(self, name: str = "staging") -> "Subaccount":
        """A new subaccount, and the wire that goes by its own credentials."""
        body = self.post(self.accounts(), FriendlyName=name).json()
        return Subaccount(body["sid"], self.as_(body["sid"], body["auth_token"]))


@dataclass
class Subaccount:
    sid: str
    wire: Wire


def code(response: requests.Response) -> tuple[int, int]:
    """HTTP status and Twilio's code."""
    return response.status_code, response.json()["code"]


class _ToEmulator(TwilioHttpClient):
    """Twilio's client, with the address changed and the host kept."""

    def __init__(self, endpoint: str):
        super().__init__(timeout=20)
        self.endpoint = endpoint

    # mypy: the same parameters, but the last three not spelled out
    def request(  # type: ignore[override]
        self, method, url, params=None, data=None, headers=None, *rest, **options
    ) -> SdkResponse:
        address = urlsplit(url)
        query = f"?{address.query}" if address.query else ""
        headers = {**(headers or {}), "Host": address.netloc}
        url = self.endpoint + address.path + query
        return super().request(method, url, params, data, headers, *rest, **options)


def sdk(twilio: Emulator, *auth: str, account: str | None = None) -> Client:
    user, password = auth or (twilio.account_sid, twilio.auth_token)
    return Client(user, password, account, http_client=_ToEmulator(twilio.endpoint))
