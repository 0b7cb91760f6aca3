"""due.py PLAN: the URNs of the keys that a preview would update although their declaration is unchanged.

That is a rotation by age, or the end of an overlap. A key with a change in the stack file is left to `pulumi up`, which
somebody approves: a schedule must not bypass that.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ending import end

_KEY = "pulumi-python:dynamic/twilio:ApiKey"


def due(plan: str) -> None:
    """Print one URN per line; report on stderr what is left alone."""
    for step in json.loads(Path(plan).read_text(encoding="utf-8")).get("steps") or []:
        if step["op"] != "update" or step["newState"]["type"] != _KEY:
            continue
        before, after = (step[state]["inputs"] for state in ("oldState", "newState"))
        if changed := sorted(name for name in before | after if before.get(name) != after.get(name)):
            print(f"{step['urn']} is left to pulumi up: its {', '.join(changed)} changed", file=sys.stderr)
        else:
            print(step["urn"])


if __name__ == "__main__":
    end(due)
