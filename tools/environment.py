"""The environment for programs that need no credentials: installers, compilers, a browser."""

from __future__ import annotations

import os
import re

_CREDENTIAL = re.compile(r"TOKEN|SECRET|PASSW|PASSPHRASE|JWT|CREDENTIAL|API_?KEY|ACCESS_KEY|PRIVATE_KEY", re.IGNORECASE)


def without_credentials(**more: str) -> dict[str, str]:
    """Return this process's environment without variables named like credentials, plus `more`."""
    return {name: value for name, value in os.environ.items() if not _CREDENTIAL.search(name)} | more
