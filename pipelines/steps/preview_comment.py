"""preview_comment.py STACK CODE TEXT: what `pulumi preview --diff` printed, as Markdown for a comment.

The first line is hidden and names the stack: by it the next run finds the comment and edits it in place.
"""

from __future__ import annotations

import re
from pathlib import Path

from ending import end

from twilio_environments.visible import uncommanded, visible_lines

_LIMIT = 60_000  # characters; GitHub refuses a comment of more than 65,536
_COUNT = re.compile(r"^ +[-+~=<>]+ ?(\d+ \S.*)$", re.MULTILINE)


def preview_comment(stack: str, code: str, text: str) -> None:
    """Print the comment."""
    print(markdown(stack, code == "0", Path(text).read_text(encoding="utf-8")), end="")


def markdown(stack: str, succeeded: bool, text: str) -> str:
    """Return the comment; the beginning and the end of the output always fit."""
    name = re.sub(r"[^\w./]+", "-", stack, flags=re.ASCII)
    counts = ", ".join(_COUNT.findall(text.rpartition("\nResources:\n")[2])) or "no changes"
    summary = counts if succeeded else "**failed**"
    shown = uncommanded(visible_lines(text.rstrip("\n")))
    if len(shown) > _LIMIT:
        cut = "\n\n… the middle does not fit here; the job's log has all of it …\n\n"
        shown = shown[: _LIMIT // 2] + cut + shown[-_LIMIT // 2 :]
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", shown)), 3)
    return (
        f"<!-- twilio-environments preview {name} -->\n"
        f"## Preview of <code>{name}</code>: {summary}\n\n"
        f"<details{'' if succeeded else ' open'}>\n<summary>pulumi preview --diff</summary>\n\n"
        f"{fence}diff\n{shown}\n{fence}\n\n</details>\n"
    )


if __name__ == "__main__":
    end(preview_comment)
