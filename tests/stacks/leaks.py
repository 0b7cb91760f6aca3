"""Where a secret is that must not be there: every file of a stack's home, every output, the CLI's own encrypted log."""

import base64
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.stacks.stack import Stack


def secrets_of(stack: Stack) -> dict[str, str]:
    """Every secret that a run has had in its hands."""
    found = {}
    for account in stack.rows("accounts"):
        found[f"the auth token of {account['friendly_name']}"] = account["auth_token"]
    for key in stack.rows("keys"):
        found[f"the secret of {key['friendly_name']}"] = key["_secret"]
    if stack.documents:
        found["the store's credential"] = stack.documents.secret
    return found


def leaks(stack: Stack) -> list[str]:
    """Name every place that holds a secret, and which one it is; also asks the CLI for all that it can show.

    A plan in JSON is one of these; a test has it made (`preview --json`) where it fits, and at the latest here.
    """
    secrets = secrets_of(stack)
    logs = sorted((stack.home / "pulumi" / "logs").glob("*.log"))
    for log in logs:
        stack.pulumi("logs", "decrypt", str(log))
    stack.pulumi("stack", "export", "--show-secrets")
    stack.pulumi("stack", "output", "--json", "--show-secrets")
    stack.pulumi("stack", "history", "--json", "--show-secrets")
    if not any(run.arguments[:2] == ("preview", "--json") for run in stack.runs):
        stack.preview("--json")
    for run in stack.runs:
        (stack.home / "outputs").mkdir(exist_ok=True)
        text = f"{run.arguments}\n{run.output}"
        (stack.home / "outputs" / f"{stack.runs.index(run)}-{run.arguments[0]}").write_text(text, encoding="utf-8")
    assert logs, "the CLI keeps no encrypted log any more: look where it went"
    return list(scan(stack.home, secrets))


def scan(folder: Path, secrets: Mapping[str, str]) -> Iterator[str]:
    """Yield `place: which secret, in which form` for every file below `folder`; links are not followed."""
    forms = {name: dict(encoded(secret)) for name, secret in secrets.items()}
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file() or any(parent.is_symlink() for parent in path.parents):
            continue
        content = path.read_bytes()
        for name, encodings in forms.items():
            for form, needle in encodings.items():
                if needle in content:
                    yield f"{path.relative_to(folder)}: {name}, {form}"


def encoded(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield the forms in which a secret may be written down."""
    raw = secret.encode()
    yield "as it is", raw
    yield "in hexadecimal", raw.hex().encode()
    escaped = urllib.parse.quote(secret, safe="").encode()
    if escaped != raw:
        yield "url-escaped", escaped
    for offset in range(3):  # what stands before it shifts its base64; the first and last digits depend on neighbours
        shifted = base64.b64encode(b"\0" * offset + raw).rstrip(b"=")
        core = shifted[-(-offset * 8 // 6) : len(shifted) - 1]
        yield f"in base64 ({offset})", core
        if core.translate(bytes.maketrans(b"+/", b"-_")) != core:
            yield f"in url-safe base64 ({offset})", core.translate(bytes.maketrans(b"+/", b"-_"))
