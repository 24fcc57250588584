"""A client that keeps no rule, over a real pipe: it gets errors, and the server answers the next one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schedc.library import policy_text

ROOT = Path(__file__).parents[2]
_HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "hostile", "version": "0"},
}


class Raw:
    """Lines in, lines out; nothing of a client's SDK."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "schedc.cli", "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=folder,
        )  # fmt: skip
        self._number = 0

    def send(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def ask(self, method: Any, params: Any = None) -> dict[str, Any]:
        """The answer to this request, whatever else is said before it."""
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method}
        self.send(json.dumps(request if params is None else {**request, "params": params}).encode())
        assert self.process.stdout is not None
        for line in self.process.stdout:
            answer: dict[str, Any] = json.loads(line)
            if answer.get("id") == self._number:
                return answer
        raise AssertionError("the server has gone")

    def well(self) -> bool:
        """It does what it is for."""
        arguments = {"policy": policy_text("fifo")}
        answer = self.ask("tools/call", {"name": "check_policy", "arguments": arguments})
        return answer["result"]["structuredContent"]["passed"] is True

    def refused(self, method: str, params: Any) -> bool:
        answer = self.ask(method, params)
        return "error" in answer or answer["result"].get("isError") is True


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raw]:
    raw = Raw(tmp_path_factory.mktemp("server"))
    assert "result" in raw.ask("initialize", _HELLO)
    raw.send(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}')
    yield raw
    assert raw.process.stdin is not None
    raw.process.stdin.close()
    assert raw.process.wait(60) == 0


@pytest.mark.parametrize(
    "line",
    [
        b"", b"hello", b"{", b"[]", b"null", b"17", b'"x"', b"\xff\xfe\x00", b'{"jsonrpc": "2.0"}',
        b'{"jsonrpc": "1.0", "id": 1, "method": 3}', b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}',
        b'{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 99999}}',
        b'{"jsonrpc": "2.0", "id": 5, "result": {}}', b'{"jsonrpc": "2.0", "id": 6, "method": "\\ud800"}',
        b"[" * 100_000, b'{"a":' * 100_000, b"x" * 20_000_000,
    ],
    ids=lambda line: f"{line[:24]!r}-{len(line)}",
)  # fmt: skip
def test_what_is_no_message(server: Raw, line: bytes) -> None:
    server.send(line)
    assert server.well()


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("no/such", None), ("tools/load", {}), ("tools/call", None), ("tools/call", {"name": 3}),
        ("tools/call", {"name": "check_policy", "arguments": []}),
        ("tools/call", {"name": "check_policy", "arguments": {"policy": "x" * 10_000_000}}),
        ("tools/call", {"name": "check_policy", "arguments": {"policy": {"a": [None] * 1000}}}),
        ("tools/call", {"name": "get_policy", "arguments": {"name": "/etc/passwd"}}),
        ("tools/call", {"name": "get_policy", "arguments": {"name": "x\u0000"}}),
        ("resources/read", {"uri": "file:///etc/passwd"}), ("resources/read", {"uri": "schedc://library/../api"}),
        ("resources/read", {"uri": "schedc://reference/%2e%2e%2fREADME"}), ("resources/read", {"uri": 1}),
        ("prompts/get", {"name": "write_policy"}), ("prompts/get", {"name": "nothing", "arguments": {"goal": 1}}),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_what_is_no_right_request(server: Raw, method: str, params: Any) -> None:
    assert server.refused(method, params)
    assert server.well()


@pytest.mark.parametrize(
    "policy",
    ["", "\x00" * 1000, "(" * 60_000, "on enqueue(task) { " + "if true { " * 6_000, "language 1\n" * 5_000],
    ids=lambda policy: f"{policy[:12]!r}-{len(policy)}",
)
def test_texts_that_are_no_policies(server: Raw, policy: str) -> None:
    answer = server.ask("tools/call", {"name": "check_policy", "arguments": {"policy": policy}})
    assert answer["result"]["structuredContent"]["passed"] is False
    assert len(json.dumps(answer)) < 20_000
    assert server.well()


def test_a_thousand_calls(server: Raw) -> None:
    arguments = {"name": "get_policy", "arguments": {"name": "../fifo"}}
    assert all(server.refused("tools/call", arguments) for _ in range(1000))
    assert server.well()
