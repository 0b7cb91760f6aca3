"""Servers that end with the test, and the scripts of `tools/` as modules."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "tools"))  # these are scripts: they run before anything is installed

from background import Server

ECHO = """
import http.server, sys
if sys.argv[2] == "fails":
    sys.exit("no disk left")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if sys.argv[2] == "answers" else 503)
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    """Make servers of one name in one folder that behave as told; whatever runs is stopped in the end."""
    import local  # noqa: PLC0415  after the path is set

    def make(behaviour: str = "answers") -> Server:
        return Server(
            "echo",
            tmp_path,
            lambda port: [sys.executable, "-c", ECHO, str(port), behaviour],
            lambda port: local.answers(f"http://127.0.0.1:{port}/") is not None,
        )

    yield make
    make().stop()
