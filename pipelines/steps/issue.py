"""issue.py open|edit|close FILE: keep one open issue that has the first line of the file.

open makes it, or edits the one that is there. edit does nothing when there is none. close edits it as well: the file
then says that there is nothing any more.
"""

from __future__ import annotations

from pathlib import Path

from ending import end
from host import issues

_MARKER_START, _MARKER_END = "<!-- twilio-environments ", " -->"


def issue(action: str, file: str) -> None:
    """Do it; raise Problem."""
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
