"""At which line of a TOML file a key stands: the standard library's parser does not tell."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")
Key = tuple[str, int, str]


def places(text: str) -> dict[Key, int]:
    """Lines, from 1, by table, the table's number among those of its name, and key.

    The table's own line has the key "". What stands before the first table is of table "", number 0. Keys in
    strings of several lines may be taken for keys, which costs a wrong line in a message and nothing else.
    """
    found: dict[Key, int] = {}
    counts: dict[str, int] = {}
    table, number = "", 0
    for line, content in enumerate(text.splitlines(), 1):
        header = _TABLE.match(content)
        key = _KEY.match(content)
        if header:
            table = header[1]
            number = counts.get(table, 0)
            counts[table] = number + 1
            found.setdefault((table, number, ""), line)
        elif key:
            found.setdefault((table, number, key[1]), line)
    return found
