"""What is slow to import is imported by those alone who use it: the program never calls Twilio or a store."""

import subprocess
import sys

from tests.servers import ROOT

SLOW = ("requests", "urllib3", "twilio", "boto3", "botocore", "hvac", "tenacity", "aiohttp", "typer")


def test_the_program_and_the_provider_classes_bring_no_client_library():
    code = f"import components, sys; print(*sorted({set(SLOW)!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_no_model_reads_its_own_source():
    """Which pydantic does for descriptions, at every import, and took half of the import of the models."""
    code = "import linecache, components; print(*[one for one in linecache.cache if 'twilio_environments' in one])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
