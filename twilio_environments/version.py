"""The version of this library that is running."""

import tomllib
from importlib import metadata
from pathlib import Path

_PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def version() -> str:
    """Return the installed version, such as 1.2.0; in a checkout that nobody installed, 1.2.0+checkout."""
    try:
        return metadata.version("twilio-environments")
    except metadata.PackageNotFoundError:
        return f"{tomllib.loads(_PROJECT.read_text(encoding='utf-8'))['project']['version']}+checkout"
