"""Take the screenshot for the drift page: change the environment of `make up` behind its back, then review it.

Afterwards `pulumi up --refresh` restores what the stack file says. Needs chromium on the PATH.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import local
import requests
from background import LocalError, say
from environment import without_credentials
from stack import STACK, Pulumi

PICTURE = local.ROOT / "docs" / "drift.png"
SIZE = "1200,1000"
PERSON = "US" + "0" * 31 + "1"
CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run")


class Console:
    """Somebody in Twilio's Console, in the stack's account."""

    def __init__(self, pulumi: Pulumi) -> None:
        self.environment = pulumi.environment
        self.made = json.loads(pulumi.ask("stack", "output", "--json", "--stack", STACK))["environment"]
        main = self.environment["TWILIO_ACCOUNT_SID"], self.environment["TWILIO_AUTH_TOKEN"]
        self.account = str(self.made["account_sid"])
        token = self._call("GET", "api", f"/2010-04-01/Accounts/{self.account}.json", main, {})["auth_token"]
        self._own = self.account, token

    def __call__(self, method: str, product: str, path: str, **form: str) -> dict[str, Any]:
        """Create, read, update or delete something."""
        return self._call(method, product, path, self._own, form)

    def _call(
        self, method: str, product: str, path: str, auth: tuple[str, str], form: dict[str, str]
    ) -> dict[str, Any]:
        headers = {"Host": f"{product}.twilio.com", "Emulator-Console-User": PERSON}
        url = self.environment["TWILIO_ENDPOINT"] + path
        answer = requests.request(method, url, auth=auth, data=form, headers=headers, timeout=20)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}


@contextmanager
def meddled(console: Console) -> Iterator[None]:
    """Make the changes of a Friday afternoon; afterwards, undo those that an update leaves or refuses."""
    v2010 = f"/2010-04-01/Accounts/{console.account}"
    numbers = console("GET", "api", f"{v2010}/IncomingPhoneNumbers.json")["incoming_phone_numbers"]
    support = next(one["sid"] for one in numbers if one["friendly_name"] == "support")
    console(
        "POST", "api", f"{v2010}/IncomingPhoneNumbers/{support}.json", VoiceUrl="https://calls.partner.example/voice"
    )
    service = console.made["messaging_services"]["alerts"]
    console("POST", "messaging", f"/v1/Services/{service}", StatusCallback="", ValidityPeriod="600")
    flow = f"/v2/Flows/{console.made['studio_flows']['ivr']}"
    definition = console("GET", "studio", flow)["definition"]
    edited = json.loads(json.dumps(definition))
    edited["states"][1]["properties"]["say"] = "We are closed on Friday."
    console("POST", "studio", flow, Status="published", Definition=json.dumps(edited), CommitMessage="closed early")
    key = console("POST", "api", f"{v2010}/Keys.json", FriendlyName="for the agency")["sid"]
    other = console("POST", "messaging", "/v1/Services", FriendlyName="test, please ignore")["sid"]
    yield
    console("POST", "studio", flow, Status="published", Definition=json.dumps(definition))
    console("DELETE", "api", f"{v2010}/Keys/{key}.json")
    console("DELETE", "messaging", f"/v1/Services/{other}")


def main() -> int:
    """Run the command."""
    os.chdir(local.ROOT)
    pulumi = local.running()
    if pulumi is None:
        raise LocalError("The local environment is not running: run `make up` first.")
    with meddled(Console(pulumi)), tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "drift.html"
        command = local.python("-m", "twilio_environments.cli", "drift", "--stack", STACK, "--format", "html")
        subprocess.run([*command, "--output", str(page)], env=pulumi.environment, check=False)
        if not page.exists():
            raise LocalError("There is no review to take a screenshot of, for the reason above.")
        options = [f"--user-data-dir={folder}/chromium", f"--window-size={SIZE}", f"--screenshot={PICTURE}"]
        subprocess.run([*CHROMIUM, *options, page.as_uri()], env=without_credentials(), check=True, capture_output=True)
    print(PICTURE.relative_to(local.ROOT))
    return pulumi.run("up", "--stack", STACK, "--yes", "--refresh", "--skip-preview", "--suppress-outputs")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LocalError as error:
        say(str(error))
        sys.exit(1)
