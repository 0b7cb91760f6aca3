"""Addresses in texts that Twilio acts on: which hosts a flow, or any value, can lead to, and how much may be shown.

An address is anything with a host: a URL of any scheme, a SIP address, a bare user@host. Flows build texts with
Liquid at run time; its value is not known, so a host that contains Liquid counts as decided at run time. A text
that people hear or read (`say`, `body`) leads Twilio nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from twilio_environments.host_names import host_of

_LIQUID, _BETWEEN = "\ue000", "\ue001"
"""Stand for Liquid's output in a text, and for a Liquid tag; no text that people write contains them."""
_VALUE = re.compile(r"\{\{(.*?)(?:\}\}|$)", re.DOTALL)
_TAG = re.compile(r"\{%(.*?)(?:%\}|$)", re.DOTALL)
_END = r"\s\"'<>`"
_SLASHES = re.compile(r":[/\\]{2,}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*$")
_SIP = re.compile(rf"(?<![A-Za-z0-9])(sips?):(?![/\\]{{2}})([^{_END}]+)", re.IGNORECASE)
_REST = re.compile(rf"[^{_END}]{{0,400}}")
_HOST = re.compile(r"(?:[A-Za-z0-9_\ue000-]+\.)+[A-Za-z\ue000][A-Za-z0-9\ue000-]*\.?(?=[:/?#]|$)|\[[0-9A-Fa-f:.]+\]")
_READ = re.compile(r"say|body|message|text|prompt|greeting|description|friendly_name|hints|voice|language")
_LEADS = re.compile(
    r"(^|_)(url|uri|endpoint|callback|webhook|host|domain)$|^(play|media|sip|redirect|stream|src|href)$"
)
_CREDENTIALS = (
    (re.compile(rf"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]*:[/\\]{{2,}})[^/\\{_END}@]{{0,400}}@"), r"\1***@"),
    (re.compile(rf"\b(sips?:)[^{_END}@:]{{1,200}}:[^{_END}@]{{1,200}}@", re.IGNORECASE), r"\1***@"),
    (re.compile(rf"(?<![\w:/.*+-])(?!sips?:)[\w.+-]+:[^{_END}@:/]{{1,200}}@(?=[\w-]+\.)"), "***@"),
)
"""What is replaced by what, where somebody wrote a password into an address. Bounded, so that no text takes long."""


@dataclass(frozen=True)
class Address:
    """One address: `host` is "" if it is not known, because it is decided at run time or because of a `problem`."""

    scheme: str
    host: str = ""
    path: str = ""
    at_run_time: str = ""
    """The beginning of the text whose host a flow decides when it runs."""
    problem: str = ""
    """What is wrong with it, as a clause."""


@dataclass(frozen=True)
class AddressPlace:
    """An address in a flow: its widget, the path of the field in it, and whether the field holds nothing else."""

    widget: str
    field: str
    address: Address
    surely: bool = True


def in_text(text: str) -> Iterator[Address]:
    """Yield the addresses with a scheme anywhere in a text; Liquid is read as far as it is written out."""
    texts, pieces = _without_liquid(text)
    for one in (*texts, *pieces):
        for slashes in _SLASHES.finditer(one):
            if scheme := _SCHEME.search(one, max(0, slashes.start() - 40), slashes.start()):
                rest = _REST.match(one, slashes.end())
                yield _url(scheme[0], re.sub(r"[.,;:!?)}*]+$", "", rest[0] if rest else ""))
        for sip, rest in _SIP.findall(one):
            yield from _sip(sip, rest)


def in_flow(definition: Any) -> Iterator[AddressPlace]:
    """Yield the addresses in the widgets of a flow's definition, whose placeholders are already replaced."""
    states = definition.get("states") if isinstance(definition, Mapping) else None
    for number, state in enumerate(states if isinstance(states, list) else ()):
        if isinstance(state, Mapping):
            kind = str(state.get("type", ""))
            widget = str(state.get("name") or f"{kind or 'widget'} {number + 1}")
            properties = state.get("properties")
            dials = isinstance(properties, Mapping) and properties.get("noun") == "sip"
            for path, leaf, text in _strings(properties, "", ""):
                for address, surely in _of_field(leaf, text, dials=dials, calls="call" in kind):
                    yield AddressPlace(widget, path, address, surely)


def masked(value: Any) -> Any:
    """Return a value with the credentials in its addresses masked: somebody may have set them in the Console."""
    if isinstance(value, str):
        for pattern, instead in _CREDENTIALS:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, Mapping):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def _of_field(name: str, text: str, *, dials: bool, calls: bool) -> Iterator[tuple[Address, bool]]:
    """Yield the addresses in a field, each with whether nothing else could stand there."""
    leaf = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    if _READ.fullmatch(leaf):
        return
    surely = bool(_LEADS.search(leaf)) or (dials and leaf == "to")
    texts, pieces = _without_liquid(text)
    found = [*in_text(text)]
    for plain in texts:
        found += [*(_whole(plain.strip(), text) if surely else ()), *_bare(plain)]
    for piece in pieces:
        found += _bare(piece)
    yield from ((one, True) for one in dict.fromkeys(found))
    if not found and calls and leaf == "to" and texts[0].startswith(_LIQUID):
        yield Address("", at_run_time=_shown(text)), False


def _whole(plain: str, text: str) -> Iterator[Address]:
    """Yield the address that a text must be as a whole, not one that it merely contains."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", plain)
    if scheme and scheme[1].lower() in {"sip", "sips"}:
        yield from _sip(scheme[1], plain[scheme.end() :].lstrip("/"))
    elif scheme and re.match(r"[/\\]", plain[scheme.end() :]):
        yield _url(scheme[1], plain[scheme.end() :].lstrip("/\\"), text)
    elif re.match(r"[/\\]{2}", plain):
        yield _url("", plain.lstrip("/\\"), text)
    elif _HOST.match(plain):
        yield _url("", plain, text)
    elif _LIQUID in plain and "@" not in plain:
        yield Address("", at_run_time=_shown(text))


def _bare(plain: str) -> Iterator[Address]:
    """Yield the hosts of every user@host without a scheme."""
    text = _SIP.sub(" ", re.sub(rf"{_SLASHES.pattern}{_REST.pattern}", " ", plain))
    before, *parts = text.split("@")
    for part in parts:
        host = re.match(rf"[^{_END}@,;()/?]+", part)
        if host and re.search(rf"[^{_END}@,;()/]$", before):
            yield _address("", host[0].rstrip("."), "", host[0])
        before = part


def _url(scheme: str, rest: str, text: str = "") -> Address:
    authority, _, behind = re.match(r"([^/?#]*)(/?)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    return _address(scheme, authority, f"/{behind}", text)


def _sip(scheme: str, rest: str) -> Iterator[Address]:
    """Yield a SIP address once for each @: whatever precedes the last one may be a user name or a mistake."""
    for part in rest.split("@")[1:] or [rest]:
        yield _address(scheme, re.split(r"[;?/>,\s]", part)[0], "", rest)


def _address(scheme: str, authority: str, path: str, text: str) -> Address:
    scheme = scheme.lower()
    if _LIQUID in authority:
        return Address(scheme, at_run_time=_shown(text or authority))
    try:
        host = host_of(f"https://{authority.rstrip()}", strict=False)
        if urlsplit(f"https://{authority}").port == 0:
            return Address(scheme, problem="has an invalid port")
    except ValueError as error:
        return Address(scheme, problem=str(error) if "host" in str(error) else "has an address without a readable host")
    return Address(scheme, host, path)


def _without_liquid(text: str) -> tuple[list[str], list[str]]:
    """Return the texts before, between and after tags, and the content of the Liquid itself.

    A tag outputs nothing; the text after it need not follow the text before it.
    """
    outside = _TAG.sub(_BETWEEN, text)
    return _VALUE.sub(_LIQUID, outside).split(_BETWEEN), [*_TAG.findall(text), *_VALUE.findall(outside)]


def _shown(text: str) -> str:
    return text.replace(_LIQUID, "{{…}}")[:80]


def _strings(value: Any, path: str, leaf: str) -> Iterator[tuple[str, str, str]]:
    """Yield path, innermost name and text of all texts in a value."""
    if isinstance(value, str):
        yield path, leaf, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _strings(item, f"{path}.{name}" if path else str(name), str(name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(item, f"{path}[{number}]", leaf)
