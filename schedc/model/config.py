"""Models, prices and limits: those that come with schedc, and over them the user's."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from schedc.model.budget import Limits, Price
from schedc.verifier.trouble import Trouble

_OURS = Path(__file__).with_name("models.toml")
_MAX_BYTES = 1_000_000
_PROVIDERS = ("messages", "command")
_PRICE = ("input", "cache_write", "cache_read", "output")
_MAX_OUTPUT = 16_000


class BadConfig(Trouble):
    """A configuration that cannot be used."""


@dataclass(frozen=True)
class Model:
    """Who answers, and how it is asked. `key_env` names the variable that holds the key; empty: the SDK's own rules."""

    name: str
    provider: str = "messages"
    base_url: str = ""
    key_env: str = ""
    command: tuple[str, ...] = ()
    thinking: str = ""
    effort: str = ""
    max_output: int = _MAX_OUTPUT
    price: Price | None = None


@dataclass(frozen=True)
class Config:
    """`models` as they are configured; one that is not listed is asked through the Messages API, without a price."""

    default: str
    limits: Limits
    models: Mapping[str, Model]

    def model(self, name: str) -> Model:
        return self.models.get(name) or Model(name)


def users_file() -> Path:
    """Where the user's own stands, if there is one."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(home) / "schedc" / "models.toml"


def load(given: Path | None = None) -> Config:
    """`BadConfig` with the file and the key that is wrong. A file that is given has to be there."""
    table = _read(_OURS)
    users = given or users_file()
    if given is not None or users.is_file():
        table = _merged(table, _read(users))
    return _config(table, str(users))


def _read(path: Path) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return tomllib.loads(file.read(_MAX_BYTES).decode(), parse_float=Decimal)
    except OSError as error:
        raise BadConfig((error.strerror or str(error)).lower(), place=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(str(error), place=str(path)) from None


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables key by key, anything else whole."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


class _Table:
    """Typed values of a table; what is left over is no key."""

    def __init__(self, place: str, name: str, values: object) -> None:
        self._place, self._name = place, name
        if not isinstance(values, dict):
            raise BadConfig(f"{name} is no table", place=place)
        self._values = dict(values)

    def wrong(self, key: str, what: str) -> BadConfig:
        name = f"{self._name}.{key}" if self._name else key
        return BadConfig(f"{name}: {what}", place=self._place)

    def text(self, key: str, default: str = "", among: tuple[str, ...] = ()) -> str:
        value = self._values.pop(key, default)
        if not isinstance(value, str) or (among and value not in among):
            raise self.wrong(key, f"one of {', '.join(among)}" if among else "a text is needed")
        return value

    def number(self, key: str, default: Decimal | int | None = None) -> Decimal | None:
        value = self._values.pop(key, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value < 10**12:
            raise self.wrong(key, "a number that is not negative is needed")
        return Decimal(value)

    def needed(self, key: str) -> Decimal:
        value = self.number(key)
        if value is None:
            raise self.wrong(key, "is missing")
        return value

    def whole(self, key: str, default: int) -> int:
        value = self.number(key, default)
        if value is None or value != int(value):
            raise self.wrong(key, "a whole number is needed")
        return int(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "a list of texts is needed")
        return tuple(value)

    def take(self, key: str) -> object:
        return self._values.pop(key, None)

    def done(self) -> None:
        for key in self._values:
            raise self.wrong(key, "no such key")


def _config(table: dict[str, Any], place: str) -> Config:
    top = _Table(place, "", table)
    limits = _limits(_Table(place, "limits", top.take("limits") or {}))
    models = _Table(place, "models", listed := top.take("models") or {})
    assert isinstance(listed, dict)
    found = {name: _model(name, _Table(place, f'models."{name}"', models.take(name)), place) for name in listed}
    config = Config(top.text("default"), limits, found)
    top.done()
    return config


def _limits(table: _Table) -> Limits:
    tokens = table.number("tokens")
    limits = Limits(
        table.whole("attempts", 6), float(table.whole("seconds", 1800)), None if tokens is None else int(tokens),
        table.number("money"),
    )  # fmt: skip
    table.done()
    return limits


def _model(name: str, table: _Table, place: str) -> Model:
    prices = table.take("price")
    model = Model(
        name,
        table.text("provider", "messages", _PROVIDERS),
        table.text("base_url"),
        table.text("key_env"),
        table.texts("command"),
        table.text("thinking", "", ("", "adaptive")),
        table.text("effort", "", ("", "low", "medium", "high", "xhigh", "max")),
        table.whole("max_output", _MAX_OUTPUT),
        None if prices is None else _price(_Table(place, f'models."{name}".price', prices)),
    )
    table.done()
    if model.provider == "command" and not model.command:
        raise table.wrong("command", "a command is needed")
    return model


def _price(table: _Table) -> Price:
    """Beside the numbers a table says when they were read, and where."""
    table.text("as_of")
    table.text("source")
    input_, cache_write, cache_read, output = (table.needed(key) for key in _PRICE)
    price = Price(input_, cache_write, cache_read, output, table.whole("prompt_limit", 0))
    table.done()
    return price
