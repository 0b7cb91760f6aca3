"""The local AWS: moto's server, made to return the current secret when no stage is named.

AWS answers GetSecretValue with AWSCURRENT if neither a version nor a stage is named, which is how most people read.
moto 5.2 answers with the version that was last put as AWSCURRENT, and does not follow the label when it moves, so a
rotation would seem to have done nothing. And moto answers any web page in a browser on this machine; here it does not.
"""

from __future__ import annotations

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.secretsmanager.models import SecretsManagerBackend
from moto.server import main

from twilio_environments.emulator.hosts import is_loopback

_answered = DomainDispatcherApplication.__call__
_moved = SecretsManagerBackend.update_secret_version_stage


def _moved_and_followed(self: SecretsManagerBackend, secret_id: str, *stage: Any, **named: Any) -> tuple[str, str]:
    moved = _moved(self, secret_id, *stage, **named)
    secret: Any = self.secrets[secret_id]
    current = (version for version, about in secret.versions.items() if "AWSCURRENT" in about["version_stages"])
    secret.set_default_version_id(next(current, None))
    return moved


def _answered_to_programs(self: DomainDispatcherApplication, environ: dict[str, Any], start_response: Any) -> Any:
    # A page sends its origin, or uses a name of its own that resolves here.
    if "HTTP_ORIGIN" in environ or not is_loopback(environ.get("HTTP_HOST", "")):
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"This AWS is for programs of this machine, at 127.0.0.1, and for no web page.\n"]
    return _answered(self, environ, start_response)


DomainDispatcherApplication.__call__ = _answered_to_programs  # type: ignore[method-assign]  # see above
SecretsManagerBackend.update_secret_version_stage = _moved_and_followed  # type: ignore[method-assign]  # see above

if __name__ == "__main__":
    main()
