"""Where the credentials of a run may go: to hosts that its environment names, never to those that only a file names.

A file is anything that a pull request can change, or that an earlier run left: the stack file, flow files, the state.
It may repeat what the environment says, which is checked, and it may name this machine. Twilio's own hosts and AWS's
need not be named: the credentials are theirs.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from twilio_environments import bounds
from twilio_environments.host_names import host_of
from twilio_environments.problems import Problem

TRUSTED = "TWILIO_ENVIRONMENTS_TRUSTED"
"""What else a file may name, by spaces or commas: addresses of Vault (with its namespace as the path), origins that
validation URLs may go to, and ARNs of roles."""
_PORTS = {"https": 443, "http": 80}

_production = False


def declare(*, production: bool) -> None:
    """Return whether the stack of this process is production: its files may not even name this machine."""
    global _production  # noqa: PLW0603  one stack per process
    _production = production


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, by its name or IP address alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def normal(url: str) -> str:
    """Return an address in the normal form used for comparison, without a trailing slash.

    Raises ValueError if it is not http or https, has credentials, a query or a fragment, or is something that two
    parsers could read in two ways.
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme, host_of(url, strict=False)
    plain = url.isascii() and url.isprintable() and not re.search(r"[\s\\%@?#]", url)
    steps = [step for step in parts.path.split("/") if step]
    if scheme not in _PORTS or not plain or {".", ".."} & {*steps}:
        message = "is not an address"
        raise ValueError(message)
    port = parts.port or _PORTS[scheme]
    shown = f"[{host}]" if ":" in host else host
    return "/".join([f"{scheme}://{shown}" + ("" if port == _PORTS[scheme] else f":{port}"), *steps])


def local(url: str) -> bool:
    """Return whether a file may name this address because it is on this machine; production's may not."""
    return not _production and is_loopback(urlsplit(url).hostname or "")


def named(*by_environment: str | None) -> set[str]:
    """Return what the environment names: these addresses and ARNs, and those of TRUSTED; what is unusable is left out.

    An address is in its normal form.
    """
    return {*_named(*by_environment, *re.split(r"[\s,]+", os.environ.get(TRUSTED, "")))}


def is_named(url: str, known: Collection[str]) -> bool:
    """Return whether an address is among `known` ones, which are in their normal form."""
    try:
        return normal(url) in known
    except ValueError:
        return False


def _named(*texts: str | None) -> Iterator[str]:
    for text in texts:
        if not text:
            continue
        if text.startswith("arn:"):
            yield text
            continue
        try:
            yield normal(text)
        except ValueError:
            continue


def require_own_environment(root: Path) -> None:
    """Raise Problem when a stack file in a project's folder defines variables of the run's environment.

    With Pulumi Cloud, `environment: {values: {environmentVariables: …}}` sets them before anything runs, and could
    name hosts in the run's place [Pulumi: cmd/pulumi/config/io.go]. Environments that are imported by their names are
    kept elsewhere, by whoever may.
    """
    for path in sorted(root.glob("Pulumi.*.yaml")):
        try:
            text = bounds.text_of(path)
        except (OSError, ValueError):  # whoever reads it reports that
            continue
        document = bounds.yaml_of(path.name, text) if "environment" in text else None
        inline = document.get("environment") if isinstance(document, Mapping) else None
        if isinstance(inline, Mapping) and "values" in inline:
            raise Problem(
                f"{path.name} defines an environment of its own (environment: values), which could choose the hosts "
                "that this run's credentials are sent to.",
                "Keep it in Pulumi ESC, and import it by name: environment: [acme/prod].",
            )


def refused(what: str, where: str, remedy: str) -> Problem:
    """Return the Problem for something that only a file names: `what` it is, `where` it would go."""
    return Problem(
        f"{what} {where} is named by a file (the stack file, or the state of an earlier run) but not by the "
        "environment of this run, and would receive its credentials or secrets.",
        f"{remedy}, or list it in {TRUSTED}.",
    )


def require_origin(url: str) -> None:
    """Raise Problem for a URL whose host only a file names."""
    parts = urlsplit(url)
    if not is_named(f"{parts.scheme}://{parts.netloc}", named()) and not local(url):
        raise Problem(
            f"The validation URL goes to {parts.hostname}, which is named by a file (the stack file, or the state of "
            "an earlier run) but not by the environment of this run.",
            f"List its origin, such as https://hooks.example.com, in {TRUSTED}.",
        )
