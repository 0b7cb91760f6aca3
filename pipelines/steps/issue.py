"""issue.py open|edit|close FILE: keep one open issue that begins with the first line of the file.

`open` creates it, or edits the one that exists. `edit` does nothing if there is none. `close` edits it too: the file
then says that nothing is left.
"""

from __future__ import annotations

from pathlib import Path

from ending import end
from host import issues

_MARKER_START, _MARKER_END = "<!-- twilio-environments ", " -->"


def issue(action: str, file: str) -> None:
    """Perform the action; raise Problem."""
    body = Path(file).read_text(encoding="utf-8")
    marker = body.partition("\n")[0]
    posts = issues()
    text = {posts.body: body}
    if found := posts.find(marker):
        posts.edit(found, text | dict(posts.closing if action == "close" else {}))
    elif action == "open":
        about = marker.removeprefix(_MARKER_START).removesuffix(_MARKER_END)
        posts.create(text | {"title": f"Twilio: {about}"})


if __name__ == "__main__":
    end(issue)
