"""comment.py FILE: keep one pull request comment that begins with the first line of the file; edit it in place.

Without a pull request, the text goes to the job's summary, if the host has one.
"""

from __future__ import annotations

import os
from pathlib import Path

from ending import end
from host import comments


def comment(file: str) -> None:
    """Publish the file; raise Problem."""
    body = Path(file).read_text(encoding="utf-8")
    posts = comments()
    if posts is None:
        if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(summary).open("a", encoding="utf-8") as opened:
                opened.write(body)
        return
    if found := posts.find(body.partition("\n")[0]):
        posts.edit(found, {"body": body})
    else:
        posts.create({"body": body})


if __name__ == "__main__":
    end(comment)
