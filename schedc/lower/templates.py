"""The templates as an environment of jinja: compiled once, then read back from the user's cache.

Compiling them takes longer than all else that is done for a policy.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from types import CodeType
from typing import Any

import jinja2
from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound

from schedc import table_cache
from schedc.lower.folder import TEMPLATES

_ENDING = ".j2"


@lru_cache(maxsize=1)
def environment() -> Environment:
    made = Environment(
        loader=_Loader(), undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
    )  # fmt: skip
    made.filters["tabs"] = _tabs
    made.filters["power_of_two"] = lambda n: 1 << max(0, n - 1).bit_length()
    return made


def _tabs(text: str) -> str:
    """Eight leading blanks, as `indent` makes them, are a tab in C."""
    return re.sub(r"(?m)^( {8})+", lambda match: "\t" * (len(match[0]) // 8), text)


class _Loader(BaseLoader):
    """Gives the environment the code of all templates, which are compiled and stored together."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] | None = None

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            return _texts()[template], os.path.join(TEMPLATES, template), lambda: True
        except KeyError as error:
            raise TemplateNotFound(template) from error

    def load(
        self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        if self._codes is None:
            self._codes = _codes(environment)
        code = self._codes.get(name)
        if code is None:
            raise TemplateNotFound(name)
        return environment.template_class.from_code(environment, code, globals or {})


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    texts = {}
    for name in sorted(os.listdir(TEMPLATES)):
        if name.endswith(_ENDING):
            with open(os.path.join(TEMPLATES, name), encoding="utf-8") as file:
                texts[name] = file.read()
    return texts


def _codes(environment: Environment) -> dict[str, CodeType]:
    texts = _texts()
    # Whatever the code depends on: the environment's settings and filters are in this file.
    stamps = (table_cache.stamp(jinja2.__file__), table_cache.stamp(__file__), sys.version)
    name = f"templates-{table_cache.key(*stamps, TEMPLATES, *texts, *texts.values())}.code"
    stored = table_cache.read(name, code=True)
    if stored is not None and (found := _thaw(stored)) is not None:
        return found
    made = {
        template: environment.compile(text, template, os.path.join(TEMPLATES, template))
        for template, text in texts.items()
    }
    table_cache.write(name, marshal.dumps(made))
    return made


def _thaw(stored: bytes) -> dict[str, CodeType] | None:
    try:
        codes = marshal.loads(stored)
    except (EOFError, TypeError, ValueError):
        return None
    whole = isinstance(codes, dict) and all(isinstance(code, CodeType) for code in codes.values())
    return codes if whole else None
