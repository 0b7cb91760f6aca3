"""The pages of the documentation, and the code that stands in them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.servers import ROOT

sys.path.append(str(ROOT / "tools"))  # these are scripts

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PAGES.append(ROOT / "twilio_environments" / "SKILL.md")
PAGES = list(dict.fromkeys(PAGES))


@dataclass(frozen=True)
class Code:
    """A block of code, or what stands between backticks in a line (`inline`)."""

    page: Path
    line: int
    language: str
    text: str
    inline: bool = False

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def tokens(page: Path) -> list[Token]:
    return MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))


def codes() -> Iterator[Code]:
    for page in PAGES:
        for token in tokens(page):
            line = (token.map or [0])[0] + 1
            if token.type in ("fence", "code_block"):
                yield Code(page, line, token.info, token.content)
            for child in token.children or []:
                if child.type == "code_inline":
                    yield Code(page, line, "", child.content, inline=True)


def links(page: Path) -> Iterator[str]:
    for token in tokens(page):
        for child in token.children or []:
            target = child.attrGet("href") or child.attrGet("src")
            if target:
                yield str(target)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as its hosts make them."""
    found = set()
    parsed = tokens(page)
    for token, following in pairwise(parsed):
        if token.type == "heading_open":
            text = "".join(child.content for child in following.children or [])
            found.add(re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-"))
    return found
