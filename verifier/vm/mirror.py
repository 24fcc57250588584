"""Which Debian mirror this machine uses, read from its own apt sources."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schedc.verifier.vm.errors import VmError

# Suites of the Debian archive itself. Other vendors' repositories use such names too, but not with `main`.
RELEASES = {"bullseye", "bookworm", "trixie", "forky", "sid", "oldstable", "stable", "testing", "unstable"}
OVERRIDE = "SCHEDC_DEBIAN_MIRROR"


@dataclass(frozen=True)
class Source:
    """One entry of an apt sources file."""

    uri: str
    suite: str
    components: tuple[str, ...]

    @property
    def is_debian(self) -> bool:
        """The main archive: not security, which has only a few packages."""
        release = self.suite.removesuffix("-updates").removesuffix("-backports")
        return (
            release in RELEASES
            and "main" in self.components
            and self.uri.startswith(("http", "file:", "mirror"))
        )


def one_line(text: str) -> Iterator[Source]:
    """`deb [option=...] uri suite component...`"""
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[[^]]*\]\s*)?(\S+)\s+(\S+)\s+([^#]+)", line)
        if match:
            yield Source(match[1], match[2], tuple(match[3].split()))


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():  # continues the field above
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def deb822(text: str) -> Iterator[Source]:
    """Stanzas of `Types:`, `URIs:`, `Suites:`, `Components:`."""
    for stanza in re.split(r"\n\s*\n", text):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(uri, suite, tuple(fields.get("components", "").split()))


def sources(etc: Path = Path("/etc/apt")) -> Iterator[Source]:
    """All entries of the system, in apt's order."""
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    for file in files:
        if file.suffix not in (".list", ".sources") or not file.is_file():
            continue
        text = file.read_text(errors="replace")
        yield from deb822(text) if file.suffix == ".sources" else one_line(text)


def chosen() -> str:
    """The mirror that the user names in place of the system's; empty: none."""
    return os.environ.get(OVERRIDE, "")


def debian_mirror(etc: Path = Path("/etc/apt")) -> str:
    """The URI of the Debian archive that this system is set up for."""
    named = chosen()
    if named:
        return named
    for source in sources(etc):
        if source.is_debian:
            return source.uri
    raise VmError(
        "no Debian archive is configured in apt's sources",
        f"set {OVERRIDE} to the URI of a Debian mirror that this machine may use",
    )
