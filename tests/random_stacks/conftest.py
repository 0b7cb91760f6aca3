from tests.damage.conftest import store, twilio  # noqa: F401 - the same servers as there
