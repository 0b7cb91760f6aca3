"""Our idea of what Pulumi makes of a stack file's YAML, held against the real Pulumi."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.settings.stack_file import as_pulumi

STACK_FILE = """\
twilio:local: true
twilio:octal: 010
twilio:eight: 089
twilio:yes: yes
twilio:nothing:
twilio:date: 2024-01-02
twilio:whole: 6.0
twilio:large: 123456789012345678901234567890
twilio:number: +15005550006
twilio:text: '{"a": 1}'
twilio:broken: '{"a": 1'
twilio:list: [a, 1, null, 1.5]
twilio:mapping:
  whole: 6
  fraction: 6.5
  fraction_of_whole: 6.0
  octal: 010
  new_octal: 0o10
  hexadecimal: 0x1F
  underscored: 1_000
  exponent: 1e3
  large: 123456789012345678901234567890
  negative: -1
  yes: yes
  no: no
  true: true
  nothing:
  date: 2024-01-02
  moment: 2024-01-02T03:04:05Z
  sexagesimal: 12:30:45
  number: +15005550006
  3: three
  turned: "\\u202Eabc"
"""
PROGRAM = """
import os
from pathlib import Path
Path(os.environ["HANDED_OVER"]).write_text(os.environ["PULUMI_CONFIG"])
"""


def _pulumi() -> Path | None:
    if there := shutil.which("pulumi"):
        return Path(there).parent
    tool = Path(__file__).parents[2] / "tools" / "install.py"
    found = subprocess.run([sys.executable, tool, "path", "pulumi"], capture_output=True, text=True, check=False)
    return Path(found.stdout.strip()) if found.returncode == 0 and found.stdout.strip() else None


def test_a_stack_file_is_handed_over_to_the_program_as_these_tests_do_it(tmp_path):
    pulumi = _pulumi()
    if pulumi is None:
        pytest.skip("pulumi is not installed: python tools/install.py")
    handed_over, backend = tmp_path / "handed_over", tmp_path / "backend"
    backend.mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: handing-over\nruntime:\n  name: python\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(pulumi), os.environ["PATH"]]),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"{backend.as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "HANDED_OVER": str(handed_over),
    }

    def run(*words):
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("stack", "init", "one")
    settings = tmp_path / "Pulumi.one.yaml"
    config = "".join(f"  {line}\n" for line in STACK_FILE.splitlines())
    settings.write_text(settings.read_text() + "config:\n" + config)
    run("preview", "--stack", "one")
    real = json.loads(handed_over.read_text())
    assert {key: _parsed(value) for key, value in as_pulumi(STACK_FILE).items()} == {
        key: _parsed(value) for key, value in real.items()
    }


def _parsed(value: str) -> object:
    try:
        return json.loads(value) if value[:1] in ("{", "[") else value
    except ValueError:
        return value
