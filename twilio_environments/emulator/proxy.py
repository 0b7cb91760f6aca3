"""A CONNECT proxy that knows one destination, so that a client needs only `HTTPS_PROXY` to talk to the emulator."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from .hosts import is_twilio

__all__ = ["start_proxy"]

HEAD_LIMIT = 65_536  # bytes of a request's head


async def start_proxy(port: int, *, https_port: int, http_port: int) -> asyncio.Server:
    """Listen on 127.0.0.1: CONNECT to `*.twilio.com:443` reaches the TLS port, `http://` requests the plain one.

    Any other destination is refused with 403, so that nothing meant for the emulator leaves the machine by mistake.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, *_ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            if method == "CONNECT" and is_twilio(target) and target.endswith(":443"):
                upstream = await asyncio.open_connection("127.0.0.1", https_port)
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            elif method != "CONNECT" and is_twilio(urlsplit(target).hostname or ""):
                upstream = await asyncio.open_connection("127.0.0.1", http_port)
                upstream[1].write(_origin_form(head, target))
            else:
                text = f"The emulator's proxy reaches *.twilio.com only, not {target[:200]}\n".encode()
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
                await writer.drain()
                return
            await asyncio.gather(_pump(reader, upstream[1]), _pump(upstream[0], writer))
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", port, limit=HEAD_LIMIT)


def _origin_form(head: bytes, target: str) -> bytes:
    """Rewrite `GET http://host/path` to `GET /path`, for one request: the connection must not carry another."""
    path = target.split("/", 3)[3] if target.count("/") > 2 else ""  # noqa: PLR2004
    first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    method, _, version = first.split(b" ")
    kept = [line for line in lines if not line.lower().startswith((b"connection:", b"proxy-"))]
    line = b" ".join([method, b"/" + path.encode("latin-1"), version])
    return b"\r\n".join([line, *kept, b"Connection: close", b"", b""])


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, OSError):
        while data := await source.read(HEAD_LIMIT):
            sink.write(data)
            await sink.drain()
    with suppress(ConnectionError, OSError):
        sink.close()
