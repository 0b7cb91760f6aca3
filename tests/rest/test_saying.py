"""What of Twilio's message is shown: a sentence of one line, and no value that anybody could want to keep."""

import json
import secrets

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from twilio.rest import Client

from twilio_environments.explain import ENTRIES, explain
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.saying import MASK, shown
from twilio_environments.rest.session import Session

from .scripted import Clock, Scripted, refuses, says, scripted

HEX = secrets.token_hex(16)
SID = "AC" + HEX
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def session(twilio: Scripted, token: str = HEX) -> Session:
    clock = Clock()
    return Session(Credentials(SID, SID, token), Endpoint(url=twilio.url), sleep=clock.sleep, clock=clock)


def refusal(answer, act=lambda client: client.messaging.v1.services.create(friendly_name="Acme hush")) -> TwilioError:
    with scripted(answer) as twilio:
        client: Client = session(twilio).own.client
        with pytest.raises(TwilioError) as caught:
            act(client)
    assert caught.value.__context__ is None
    return caught.value


SHOWN = [
    ("Primary compliance profile is not approved", "Primary compliance profile is not approved"),
    ("Voice is not supported in realm ie1.", "Voice is not supported in realm ie1."),
    ("A phone number of type A2P 10DLC needs a Bundle", "A phone number of type A2P 10DLC needs a Bundle"),
    ("E.164 is required, since 2010-04-01; at most 1,000", "E.164 is required, since 2010-04-01; at most 1,000"),
    ("IncomingPhoneNumbers aren't for the account's owner", "IncomingPhoneNumbers aren't for the account's owner"),
    ("Missing permission /twilio/iam/accounts/list.", "Missing permission /twilio/iam/accounts/list."),
    ("One\r\n  line\tonly", "One line only"),
    ("Authenticate", ""),
    ("", ""),
    (None, ""),
    (20003, ""),
    ({"a": "sentence of an object"}, ""),
    (f"The requested resource /2010-04-01/Accounts/{SID}.json was not found", ""),
    (f"Account {SID} is not active", f"Account {MASK} is not active"),
    (f"Account {SID.lower()} is not active", f"Account {MASK} is not active"),
    (f"Token {HEX} is not valid", f"Token {MASK} is not valid"),
    (f"Key {secrets.token_urlsafe(32)}1 is not valid", f"Key {MASK} is not valid"),
    (f"Key {ALPHABET} is not valid", f"Key {MASK} is not valid"),
    ("Number +14155550100 is not yours", f"Number {MASK} is not yours"),
    ("Number (415) 555-0100 is not yours", f"Number {MASK} is not yours"),
    ("Numbers +44 20 7946 0123 are not yours", f"Numbers {MASK} are not yours"),
    ("Write to ops@example.com for help", f"Write to {MASK} for help"),
    ("Look at https://user:word@example.com/a?b=c for help", f"Look at {MASK} for help"),
    ("Name 'my own words' is taken", f"Name {MASK} is taken"),
    ('Name "my own words" is taken', f"Name {MASK} is taken"),
    ("Name “my own words” is taken", f"Name {MASK} is taken"),
    ("Name 'my own words", ""),
    ("Wrong password: my own words", ""),
    ("Not valid here: Bearer abcdefgh", f"Not valid here: {MASK}"),
    ("Parameter 'FriendlyName' is too long", "Parameter FriendlyName is too long"),
    ("Red \x1b[31malert <{%fg 1%}> for `you` and @all", None),
    ("turned \u202earound and \u200bhidden", "turned around and hidden"),
]


@pytest.mark.parametrize(("message", "expected"), SHOWN, ids=map(str, range(len(SHOWN))))
def test_a_sentence_is_shown_and_values_are_masked(message, expected):
    said = shown(message, names=["FriendlyName"])
    assert expected is None or said == expected
    assert not set(said) & set("<>{}[]@`|\\$#\x1b\n\u202e\u200b")


SENT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=30)


@given(
    SENT,
    st.sampled_from(["Not valid: {}", "The name {} is taken here", "{} is too long for a name", "Not a name: ({})"]),
)
@example("Acme.staging", "The name {} is taken here")
@example("a", "The name {} is taken here")
@example("is", "The name {} is taken here")
@example("***", "The name {} is taken here")
def test_what_was_sent_is_never_repeated(value, sentence):
    assume(value not in {"true", "false", "GET", "POST"})
    definition = json.dumps({"states": [{"properties": {"say": value}}]})
    for sent in ([value], [{"FriendlyName": value}], [definition], [{"Definition": definition, "Status": "draft"}]):
        said = shown(sentence.format(value), sent)
        assert said == "" or shown(sentence.format(MASK)) == said or value not in said


@given(st.text())
def test_any_message_comes_out_as_one_short_line(message):
    said = shown(message)
    assert len(said) <= 201
    assert said == " ".join(said.split())


def test_a_long_message_is_cut_between_words():
    said = shown("word " * 999)
    assert said.endswith("word…")
    assert len(said) <= 201


CAUSES = [
    (401, 20003, "Primary compliance profile is not approved", "Trust Hub", "SID and secret"),
    (403, 20003, "Policy evaluation failed", "Twilio policy does not allow", "SID and secret"),
    (401, 20003, "The moon is in the wrong house", "this code does not say why", "SID and secret"),
    (401, 20003, "Authentication Error - invalid username", "did not accept these credentials", "Trust Hub"),
    (400, 20001, "Messaging is not supported in realm ie1", "not available in the run's region", "parameter"),
    (400, 20001, "Missing required parameter Name in the post body", "a required one is missing", "region"),
    (400, 20001, "The moon is in the wrong house", "this code does not say why", "required"),
    (400, 70002, "Unknown permission in Policy", "does not exist at Twilio", "Auth Token"),
    (400, 70002, "secondaryAuthToken already exists on account", "second Auth Token exists already", "permission"),
    (400, 98765, "The moon is in the wrong house", "not in our catalogue", "Correct"),
    (403, 98765, "The moon is in the wrong house", "docs/api/errors/98765", "credentials"),
    (401, 98765, "The moon is in the wrong house", "Follow Twilio's message", "SID and secret"),
]


@pytest.mark.parametrize(("status", "code", "message", "claimed", "unclaimed"), CAUSES)
def test_a_cause_is_claimed_only_where_it_is_the_one(status, code, message, claimed, unclaimed):
    error = refusal(refuses(status, code, message))
    said = str(error)
    assert f'Twilio says: "{message}".' in said
    assert claimed in said
    assert unclaimed not in said
    assert "\n" not in said
    assert (error.status, error.code) == (status, code)


@pytest.mark.parametrize("message", ["Authenticate", ""])
def test_where_twilio_says_no_more_than_the_code_the_catalogue_speaks(message):
    error = refusal(refuses(401, 20003, message))
    assert "did not accept these credentials here" in error.what
    assert error.remedy.startswith("Check that SID and secret")
    assert "Twilio says" not in str(error)


def test_neither_what_was_sent_nor_the_credentials_come_back():
    token = secrets.token_hex(4)  # too short to be told from a word by its looks
    message = f"Acme hush with {token} for {SID} is not allowed to 7"
    with scripted(refuses(400, 20422, message)) as twilio:
        client = session(twilio, token).own.client
        with pytest.raises(TwilioError) as create:
            client.messaging.v1.services.create(friendly_name="Acme hush", validity_period=7)
        with pytest.raises(TwilioError) as listing:
            client.api.v2010.account.incoming_phone_numbers.list(friendly_name="Acme hush")
    for caught in (create, listing):
        told = f"{caught.value!s} {caught.value!r} {vars(caught.value)}"
        assert f'Twilio says: "{MASK} with {MASK} for {MASK} is not allowed to ' in told
        assert not [one for one in ("Acme", "hush", token, SID, HEX) if one in told]
    assert f"allowed to {MASK}" in str(create.value)


def test_the_names_of_what_was_sent_stay():
    message = "FriendlyName and PageSize do not go together, and a state needs a name"
    sent = [{"FriendlyName": "Acme"}, {"PageSize": 1000}, {"Definition": json.dumps({"states": [{"name": "say"}]})}]
    assert shown(message, sent) == message


def test_the_newer_form_of_errors_has_its_message_in_title_and_detail():
    body = {"type": "x", "title": "Not allowed", "status": 403, "code": 20403, "detail": "the trial has ended"}
    assert 'Twilio says: "Not allowed: the trial has ended".' in str(refusal(says(403, body)))


def test_who_answers_without_a_code_is_not_quoted_as_twilio():
    assert "Twilio says" not in str(refusal(says(403, {"message": "the proxy does not like you"})))


EVERY_CAUSE = [(entry, cause) for entry in ENTRIES.values() for cause in entry.causes]


@pytest.mark.parametrize(
    ("entry", "cause"), EVERY_CAUSE, ids=lambda one: getattr(one, "name", getattr(one, "code", ""))
)
def test_each_of_several_causes_is_a_sentence_of_what_and_a_sentence_of_remedy(entry, cause):
    assert cause.remedy.endswith(".")
    assert not cause.meaning.endswith(".")
    assert len([one for one in entry.causes if one.name == cause.name]) == 1


@pytest.mark.parametrize("entry", [one for one in ENTRIES.values() if one.usual], ids=lambda one: one.code)
def test_a_code_with_several_causes_says_so_where_its_message_is_of_none(entry):
    assert explain(400, entry.code).cause == ""
    untold = explain(400, entry.code, "the moon is in the wrong house")
    assert untold.cause == "untold"
    assert str(entry.code) in untold.remedy
