"""Every host that there is: each takes down what it is sent, over TLS or in clear, and lets nobody in.

They are reached in two ways. Within this process each name and number leads to a server of its own, whichever library
asks for it. Other processes are given a proxy. The certificates are of a CA that `variables` names: a thief's would be
good ones.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import pytest
import trustme

_ANSWER = b'{"code": 20003, "status": 403, "message": "no", "errors": ["permission denied"], "__type": "AccessDenied"}'
_HEAD = f"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: {len(_ANSWER)}\r\n\r\n".encode()
_HELLO = b"\x16"  # the first byte of TLS
_SECONDS = 10.0


class Hosts:
    """The servers; a context manager. `places` are the hosts, each with all that it was sent, for a scan."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA(organization_name="everybody", key_type=trustme.KeyType.ECDSA)
        self._ca = folder / "everybody.pem"
        self._authority.cert_pem.write_to_path(str(self._ca))
        self._lock = threading.Lock()
        self._servers: dict[str, socket.socket] = {}
        self._certificates: dict[str, trustme.LeafCert] = {}
        self._sent: dict[str, bytearray] = defaultdict(bytearray)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.close()

    @property
    def variables(self) -> dict[str, str]:
        """The environment of whoever trusts all hosts."""
        return dict.fromkeys(("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE"), str(self._ca))

    @property
    def as_proxy(self) -> dict[str, str]:
        """The environment of a process whose connections to other machines go through here."""
        proxy = f"http://127.0.0.1:{self.port('')}"
        return self.variables | {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": "127.0.0.1,localhost"}

    def instead_of_the_network(self, patch: pytest.MonkeyPatch) -> None:
        """Let all names and numbers but this machine's lead here, in this process."""
        real = socket.getaddrinfo

        def resolve(host: Any, port: Any, *args: Any, **options: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else str(host)
            if name == "localhost" or name.startswith("127.") or name == "::1":
                return real(host, port, *args, **options)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", self.port(name)))]

        patch.setattr(socket, "getaddrinfo", resolve)

    def places(self) -> Iterator[tuple[str, bytes]]:
        """Yield each host as a place, with all that it was sent."""
        with self._lock:
            yield from [(f"host {name}", bytes(sent)) for name, sent in self._sent.items()]

    def forget(self) -> None:
        with self._lock:
            self._sent.clear()

    def port(self, name: str) -> int:
        """Return the port of a host's server; of the proxy for ""."""
        with self._lock:
            if name not in self._servers:
                self._servers[name] = server = socket.create_server(("127.0.0.1", 0))
                threading.Thread(target=self._accept, args=(server, name), daemon=True).start()
            return int(self._servers[name].getsockname()[1])

    def _accept(self, server: socket.socket, name: str) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = server.accept()
                connection.settimeout(_SECONDS)
                threading.Thread(target=self._serve, args=(connection, name), daemon=True).start()

    def _serve(self, connection: socket.socket, name: str) -> None:
        with suppress(OSError), connection:
            if not name and connection.recv(8, socket.MSG_PEEK) == b"CONNECT ":
                name = _request(connection).split()[1].decode().rpartition(":")[0].strip("[]")
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            stream = connection
            if connection.recv(1, socket.MSG_PEEK) == _HELLO:
                stream = self._context(name).wrap_socket(connection, server_side=True)
            while request := _request(stream):
                url = re.match(rb"[A-Z]+ http://([^/:]+)", request)  # as a proxy is asked in clear
                with self._lock:
                    self._sent[name or (url[1].decode(errors="replace") if url else "unknown")] += request
                stream.sendall(_HEAD + (b"" if request.startswith(b"HEAD") else _ANSWER))

    def _context(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with self._lock:
            if name not in self._certificates:
                self._certificates[name] = self._authority.issue_cert(name, key_type=trustme.KeyType.ECDSA)
            self._certificates[name].configure_cert(context)
        return context


def _request(stream: socket.socket) -> bytes:
    """Return one request whole, b"" at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]) and (more := stream.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body
