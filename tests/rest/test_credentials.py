import pytest

from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import Credentials, from_environment

AC, SK = "AC" + "0" * 31 + "1", "SK" + "0" * 31 + "1"
HUSH = "hush" * 8


def environment(sid=None, token=None, key=None, secret=None):
    values = {
        "TWILIO_ACCOUNT_SID": sid,
        "TWILIO_AUTH_TOKEN": token,
        "TWILIO_API_KEY": key,
        "TWILIO_API_SECRET": secret,
    }
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize(
    ("given", "username", "kind", "reason"),
    [
        (environment(AC, HUSH), AC, "auth_token", "the usual case"),
        (environment(AC, None, SK, HUSH), SK, "api_key", "enough for one account"),
        (environment(AC, HUSH, SK, "other"), AC, "auth_token", "only the token creates subaccounts and keys"),
        (environment(AC, HUSH, SK), AC, "auth_token", "half a pair that is not needed is no trouble"),
        (environment(AC, HUSH, "", ""), AC, "auth_token", "empty is missing"),
        (environment(f" {AC}\n", f"{HUSH}\n"), AC, "auth_token", "secrets read from files end in a line end"),
    ],
)
def test_credentials_are_read_and_the_auth_token_wins(given, username, kind, reason):
    credentials = from_environment(given)
    assert (credentials.account_sid, credentials.username, credentials.kind) == (AC, username, kind), reason
    assert credentials.password == HUSH


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({}, "no Twilio credentials"),
        (environment(sid="", token=""), "no Twilio credentials"),
        (environment(token=HUSH), "TWILIO_ACCOUNT_SID is not set"),
        (environment(key=SK, secret=HUSH), "TWILIO_ACCOUNT_SID is not set"),
        (environment(AC), "without a secret"),
        (environment(AC, None, SK), "TWILIO_API_KEY is set without TWILIO_API_SECRET"),
        (environment(AC, None, None, HUSH), "TWILIO_API_SECRET is set without TWILIO_API_KEY"),
        (environment(HUSH, HUSH), "TWILIO_ACCOUNT_SID does not have the form AC"),
        (environment(SK, HUSH), "TWILIO_ACCOUNT_SID does not have the form AC"),
        (environment(AC[:-1], HUSH), "TWILIO_ACCOUNT_SID does not have the form AC"),
        (environment(AC + "\n\nx", HUSH), "TWILIO_ACCOUNT_SID does not have the form AC"),
        (environment(AC, None, HUSH, HUSH), "TWILIO_API_KEY does not have the form SK"),
        (environment(AC, f"{HUSH} {HUSH}"), "TWILIO_AUTH_TOKEN is empty, or contains blanks"),
        (environment(AC, f"{HUSH}\u20ac"), "TWILIO_AUTH_TOKEN is empty, or contains blanks"),
        (environment(AC, None, SK, f"{HUSH}\r\nX: y"), "TWILIO_API_SECRET is empty, or contains blanks"),
    ],
)
def test_bad_credentials_are_one_problem_that_quotes_nothing(given, what):
    with pytest.raises(Problem, match=what) as caught:
        from_environment(given)
    assert caught.value.remedy
    assert HUSH not in str(caught.value)


def test_the_secret_is_in_no_repr():
    assert HUSH not in repr(Credentials(AC, AC, HUSH))
