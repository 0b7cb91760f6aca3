"""The scanner finds what it is there to find."""

import base64
import json
import urllib.parse

import pytest

from tests.stacks.leaks import leaks, scan

SECRET = "plus+and/slash" + "0123456789abcdef"

FORMS = {
    "as it is": SECRET,
    "within a line of JSON": json.dumps({"token": SECRET, "more": [1, 2]}),
    "in a query": "a=b&token=" + urllib.parse.quote_plus(SECRET),
    "in basic authentication": base64.b64encode(f"AC1:{SECRET}".encode()).decode(),
    "in basic authentication, shifted": base64.b64encode(f"AC12:{SECRET}".encode()).decode(),
    "in basic authentication, shifted again": base64.b64encode(f"AC123:{SECRET}".encode()).decode(),
    "in url-safe base64": base64.urlsafe_b64encode(f"x{SECRET}y".encode()).decode(),
    "in hexadecimal": SECRET.encode().hex(),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_planted_secret_is_found(tmp_path, text):
    (tmp_path / "deep" / "folder").mkdir(parents=True)
    (tmp_path / "deep" / "folder" / "state.json").write_bytes(b"\xff before " + text.encode() + b" after")
    assert list(scan(tmp_path, {"it": SECRET}))


def test_a_clean_folder_is_clean(tmp_path):
    (tmp_path / "state.json").write_text(json.dumps({"token": SECRET[:-1]}))
    assert list(scan(tmp_path, {"it": SECRET})) == []


def test_a_secret_that_somebody_declares_is_found_wherever_it_then_goes(new_stack):
    stack = new_stack("staging")
    stack.edit(lambda config: [config.pop(name) for name in list(config) if name not in ("subaccount", "allow")])
    stack.edit(lambda config: config["subaccount"].update(friendly_name=stack.twilio.auth_token))
    stack.up()
    found = leaks(stack)
    places = ("backend/", "-stack: ", "-preview: ", "-logs: ", f"project/Pulumi.{stack.name}.yaml: ")
    assert [place for place in places if not any(place in leak for leak in found)] == []
