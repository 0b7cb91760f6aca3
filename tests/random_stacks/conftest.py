import pytest

from tests.damage.conftest import store, twilio  # noqa: F401 - the same servers as there


@pytest.fixture(autouse=True)
def _nothing_between_here_and_the_server(monkeypatch):
    """All is on loopback, and to look for proxies before each call takes a quarter of the time."""
    monkeypatch.setattr("requests.sessions.get_environ_proxies", lambda *_args, **_more: {})
