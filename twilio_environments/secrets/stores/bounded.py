"""Stores' answers are read up to a bound: a proxy, or anything in the store's place, must not exhaust memory."""

from __future__ import annotations

import io
from typing import Any

import requests
import urllib3.exceptions as wire
from requests.adapters import HTTPAdapter

from twilio_environments import bounds


class TooLarge(requests.RequestException):
    """An answer that exceeds the bound once decompressed."""


class Bounded(HTTPAdapter):
    """Reads an answer whole, as it would be without `stream`, but no further than the bound."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send a request; raises what requests does, and TooLarge."""
        answer = super().send(request, *args, **options | {"stream": True})
        body = bytearray()
        try:
            while chunk := answer.raw.read1(65536, decode_content=True):
                body += chunk
                if len(body) > bounds.ANSWER:
                    answer.close()
                    raise TooLarge
        except (wire.HTTPError, OSError) as error:
            if isinstance(error, TooLarge):
                raise
            raise requests.ConnectionError(type(error).__name__) from None
        answer.raw = io.BytesIO(bytes(body))
        return answer
