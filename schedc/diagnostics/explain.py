"""The pages that `schedc explain` prints: one a code, a Markdown file in `pages/`.

A page has a title, why, then policies in fenced blocks: `sched fails` (yields the code, and those that a line
`also: S010` names) and `sched fixed` (yields none). A page of S6 to S8 may have no such block: what it is
about is not in the text of a policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_DIRECTORY = Path(__file__).parent / "pages"
_CODE = re.compile(r"S[0-9]{3}")
_TITLE = re.compile(r"# (S[0-9]{3}): (.+)")
_BLOCK = re.compile(r"^```sched (fails|fixed)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ALSO = re.compile(r"^also: (S[0-9]{3}(?:, S[0-9]{3})*)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """`fails` and `fixed` are whole policies; `also` are further codes that the failing ones may yield."""

    code: str
    title: str
    text: str
    fails: tuple[str, ...]
    fixed: tuple[str, ...]
    also: frozenset[str]


def codes() -> list[str]:
    """All codes that have a page."""
    return sorted(path.stem for path in _DIRECTORY.glob("S*.md") if _CODE.fullmatch(path.stem))


def page(code: str) -> Page | None:
    """The page of a code, in any case; None if there is none."""
    code = code.strip().upper()
    path = _DIRECTORY / f"{code}.md"
    if not _CODE.fullmatch(code) or not path.is_file():
        return None
    return parse_page(path.read_text(encoding="utf-8"))


def parse_page(text: str) -> Page:
    """The parts of a page; ValueError where its form is not that of a page."""
    title = _TITLE.match(text)
    if title is None:
        raise ValueError("a page begins with `# CODE: title`")
    blocks = _BLOCK.findall(text)
    also = _ALSO.search(text)
    return Page(
        title[1],
        title[2].strip(),
        text,
        tuple(policy for kind, policy in blocks if kind == "fails"),
        tuple(policy for kind, policy in blocks if kind == "fixed"),
        frozenset(also[1].split(", ")) if also else frozenset(),
    )


def listing() -> str:
    """One line a code, for `schedc explain` without one."""
    found = [(code, page(code)) for code in codes()]
    return "".join(f"{code}  {each.title}\n" for code, each in found if each is not None)


def shown(page: Page) -> str:
    """A page for a terminal: without the marks that are for tests."""
    lines = (_ALSO.sub("", page.text)).split("\n")
    out: list[str] = []
    inside = False
    for line in lines:
        if line.startswith("```"):
            inside = not inside
            out += ["It fails:" if "fails" in line else "Fixed:", ""] if inside and "sched " in line else []
            continue
        out.append(f"    {line}" if inside and line else line.removeprefix("# "))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip() + "\n"
