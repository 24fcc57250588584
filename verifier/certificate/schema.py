"""Whether a value is what schema.json says, for the words of JSON Schema that are used there."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

from schedc.verifier.certificate.errors import CertificateError

# Deep enough for every certificate; what is nested deeper is made to hurt.
_DEPTH, _TEXT, _LARGEST = 12, 4000, 1 << 64
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "boolean": (bool,), "null": (type(None),),
}  # fmt: skip


@cache
def schema() -> dict[str, Any]:
    """The schema of a certificate."""
    text = (resources.files("schedc.verifier.certificate") / "schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def check(value: Any) -> None:
    """`CertificateError` that names the place of the first thing that is wrong."""
    _plain(value, "certificate", 0)
    _check(value, schema(), "certificate")


def _wrong(place: str, what: str) -> CertificateError:
    return CertificateError(f"{place} {what}", "this is no certificate of schedc, or it was changed")


def _plain(value: Any, place: str, depth: int) -> None:
    """Only what is fit to be kept and shown, wherever it stands."""
    if depth > _DEPTH:
        raise _wrong(place, "is nested too deeply")
    if isinstance(value, str):
        if len(value) > _TEXT or not value.isprintable():
            raise _wrong(place, "is too long, or has characters that cannot be shown")
    elif isinstance(value, float):
        raise _wrong(place, "is no whole number")
    elif isinstance(value, int):
        if abs(value) > _LARGEST:
            raise _wrong(place, "is too large a number")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            _plain(item, f"{place}[{at}]", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            _plain(name, f"a name in {place}", depth + 1)
            _plain(item, f"{place}.{name}", depth + 1)


def _check(value: Any, rules: dict[str, Any], place: str) -> None:
    if "$ref" in rules:
        rules = schema()["$defs"][rules["$ref"].removeprefix("#/$defs/")]
    if "type" in rules and not _is(value, rules["type"]):
        raise _wrong(place, f"is not of the type {_words(rules['type'])}")
    if "const" in rules and value != rules["const"]:
        raise _wrong(place, f"is not {json.dumps(rules['const'])}")
    if "enum" in rules and value not in rules["enum"]:
        raise _wrong(place, f"is none of {', '.join(rules['enum'])}")
    if "pattern" in rules and isinstance(value, str) and not re.search(rules["pattern"], value):
        raise _wrong(place, f"is not of the form {rules['pattern']}")
    if isinstance(value, int) and value < rules.get("minimum", value):
        raise _wrong(place, f"is less than {rules['minimum']}")
    if isinstance(value, list) and "items" in rules:
        for at, item in enumerate(value):
            _check(item, rules["items"], f"{place}[{at}]")
    if isinstance(value, dict):
        _fields(value, rules, place)


def _fields(value: dict[str, Any], rules: dict[str, Any], place: str) -> None:
    for name in rules.get("required", ()):
        if name not in value:
            raise _wrong(place, f"has no `{name}`")
    known = rules.get("properties", {})
    for name, item in value.items():
        if name in known:
            _check(item, known[name], f"{place}.{name}")
        elif rules.get("additionalProperties") is False:
            raise _wrong(place, f"has `{name}`, which there is not")
        elif isinstance(rules.get("additionalProperties"), dict):
            _check(item, rules["additionalProperties"], f"{place}.{name}")


def _is(value: Any, types: str | list[str]) -> bool:
    names = [types] if isinstance(types, str) else types
    # A bool is an int in Python, and none in JSON.
    return any(type(value) in _TYPES[name] for name in names)


def _words(types: str | list[str]) -> str:
    return types if isinstance(types, str) else " or ".join(types)
