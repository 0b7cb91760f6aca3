"""The local AWS: moto's server, which here gives the current secret to whoever asks for a secret without a stage.

AWS answers GetSecretValue with AWSCURRENT where neither a version nor a stage is named, which is how most people read.
moto 5.2 answers with the version that was put last as AWSCURRENT, and does not follow the label when it is moved, so a
rotation would seem to have done nothing.
"""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend
from moto.server import main

_moved = SecretsManagerBackend.update_secret_version_stage


def _moved_and_followed(self: SecretsManagerBackend, secret_id: str, *stage: Any, **named: Any) -> tuple[str, str]:
    moved = _moved(self, secret_id, *stage, **named)
    secret: Any = self.secrets[secret_id]
    current = (version for version, about in secret.versions.items() if "AWSCURRENT" in about["version_stages"])
    secret.set_default_version_id(next(current, None))
    return moved


SecretsManagerBackend.update_secret_version_stage = _moved_and_followed  # type: ignore[method-assign]  # see above

if __name__ == "__main__":
    main()
