"""The server as a client of the official SDK sees it: in this process, and once over a real pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError

from schedc.card import card
from schedc.library import policies, policy_text
from schedc.mcp import jobs, results
from schedc.mcp.server import build
from schedc.model.gates import Outcome
from schedc.syntax.grammar import grammar_text
from schedc.verifier import certificate as certificates

ROOT = Path(__file__).parents[2]
FIFO = policy_text("fifo")
LOSES = FIFO.replace("    insert task into ready for slice", "    if task.woken { insert task into ready for slice }")
STARVES = FIFO.replace("queue ready: fifo\n", "queue ready: fifo\nqueue late: fifo\n").replace(
    "    insert task into ready for slice",
    "    if task.nice > 0 { insert task into late for slice } else { insert task into ready for slice }",
).replace("pull ready\n", "pull ready or late\n")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


pytestmark = pytest.mark.anyio


def client(seconds: float = 600) -> Client:
    return Client(build("test", seconds))


async def test_what_is_offered() -> None:
    async with client() as session:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert set(tools) == {
            "check_policy", "compile_policy", "simulate_policy", "fuzz_policy", "verify_policy", "certify_policy", "explain",
            "search_policies", "get_policy", "compare_policies",
        }  # fmt: skip
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        check = tools["check_policy"]
        assert check.input_schema["properties"]["policy"]["maxLength"] == 65_536
        assert check.output_schema is not None and "findings" in check.output_schema["properties"]
        prompts = {prompt.name for prompt in (await session.list_prompts()).prompts}
        assert prompts == {"write_policy", "mend_policy", "choose_policy", "explain_policy"}


async def test_a_policy_is_checked() -> None:
    async with client() as session:
        good = await session.call_tool("check_policy", {"policy": FIFO})
        assert good.structured_content is not None and good.structured_content["passed"] is True
        bad = await session.call_tool("check_policy", {"policy": LOSES})
        assert bad.structured_content is not None and bad.structured_content["passed"] is False
        assert bad.content[0].type == "text" and '"code": "S301"' in bad.content[0].text
        assert bad.content[1].type == "resource_link"
        assert '"laws"' in await read(session, bad.content[1].uri)


async def read(session: Client, uri: str) -> str:
    content = (await session.read_resource(uri)).contents[0]
    text: str = content.text  # type: ignore[union-attr]
    return text


async def test_a_long_result_is_cut_and_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "MOST_WORDS", 50)
    async with client() as session:
        bad = await session.call_tool("check_policy", {"policy": LOSES})
        assert bad.content[0].type == "text" and len(bad.content[0].text) < 160
        assert "the rest is in schedc://results/1" in bad.content[0].text


async def test_the_pages() -> None:
    async with client() as session:
        assert await read(session, "schedc://card") == card()
        assert await read(session, "schedc://grammar") == grammar_text()
        assert await read(session, "schedc://library/fair") == policy_text("fair")
        assert (await read(session, "schedc://codes/S301")).startswith("S301")
        assert "schedc://library/fair: " in await read(session, "schedc://library")
        assert "schedc://reference/language: " in await read(session, "schedc://reference")
        assert await read(session, "schedc://reference/laws") == (ROOT / "docs" / "laws.md").read_text(encoding="utf-8")


async def test_the_prompts() -> None:
    async with client() as session:
        assert card() in await asked(session, "write_policy", {"goal": "be quick"})
        assert LOSES in await asked(session, "mend_policy", {"policy": LOSES})
        assert LOSES in await asked(session, "explain_policy", {"policy": LOSES})
        assert "search_policies" in await asked(session, "choose_policy", {"workload": "a web server"})


async def asked(session: Client, name: str, arguments: dict[str, str]) -> str:
    text: str = (await session.get_prompt(name, arguments)).messages[0].content.text  # type: ignore[union-attr]
    return text


@pytest.mark.parametrize("uri", ["schedc://library/..%2F..%2Fapi", "schedc://library/none", "schedc://reference/..%2FREADME", "schedc://codes/X", "schedc://results/9"])
async def test_there_is_nothing_else_to_read(uri: str) -> None:
    async with client() as session:
        with pytest.raises(MCPError):
            await session.read_resource(uri)


async def test_the_library_is_searched() -> None:
    async with client() as session:
        found = await session.call_tool("search_policies", {"words": "games, where a frame must be in time"})
        assert found.structured_content is not None
        assert found.structured_content["result"][0]["name"] == "lavd"
        assert len(found.structured_content["result"]) <= 8
        everything = await session.call_tool("search_policies", {"most": 100})
        assert everything.structured_content is not None
        assert [each["name"] for each in everything.structured_content["result"]] == list(policies())
        text = await session.call_tool("get_policy", {"name": "fifo"})
        assert text.content[0].type == "text" and text.content[0].text == FIFO


async def test_policies_of_the_library_are_compared() -> None:
    async with client() as session:
        found = await session.call_tool("compare_policies", {"one": "fair", "other": "fifo"})
        assert found.structured_content is not None
        params = {row["what"]: row for row in found.structured_content["params"]}
        assert params["lag"]["other"] is None and params["lag"]["differs"] is True


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("check_policy", {}),
        ("check_policy", {"policy": "x" * 70_000}),
        ("get_policy", {"name": "../../etc/passwd"}),
        ("compare_policies", {"one": "fair", "other": "../fair"}),
        ("explain", {"code": "S999"}),
        ("verify_policy", {"policy": FIFO, "kernel": "/boot/vmlinuz"}),
        ("verify_policy", {"policy": FIFO, "seconds": 100_000}),
        ("simulate_policy", {"policy": FIFO, "stories": "many"}),
        ("fuzz_policy", {"policy": FIFO, "stories": 10**30}),
        ("certify_policy", {"policy": FIFO, "gates": ["load"]}),
        ("certify_policy", {"policy": ["language 1"]}),
        ("search_policies", {"words": {"a": {"b": {}}}}),
        ("load_policy", {"policy": FIFO}),
    ],
)
async def test_what_is_refused(tool: str, arguments: dict[str, Any]) -> None:
    async with client() as session:
        try:
            answer = await session.call_tool(tool, arguments)
        except MCPError:
            return
        assert answer.is_error


async def test_long_work_says_how_it_goes_and_its_finding_is_a_story() -> None:
    said: list[str | None] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        said.append(message)

    async with client() as session:
        answer = await session.call_tool("simulate_policy", {"policy": STARVES, "stories": 1}, progress_callback=progress)
        assert answer.structured_content is not None and answer.structured_content["passed"] is False
        assert "breaks `no_abort`" in answer.structured_content["findings"]
    assert said == ["1 stories"]


async def test_every_gate_tells_what_is_wrong() -> None:
    async with client() as session:
        for tool in ("compile_policy", "simulate_policy", "fuzz_policy", "verify_policy", "certify_policy"):
            bad = await session.call_tool(tool, {"policy": LOSES})
            assert bad.structured_content is not None and bad.structured_content["passed"] is False
            assert '"code": "S301"' in bad.structured_content["findings"], tool


async def test_stories_and_a_certificate() -> None:
    async with client() as session:
        bad = await session.call_tool("fuzz_policy", {"policy": STARVES, "stories": 1})
        assert bad.structured_content is not None and "breaks `no_abort`" in bad.structured_content["findings"]
        good = await session.call_tool("certify_policy", {"policy": FIFO, "gates": ["simulate"], "stories": 4})
        assert good.structured_content is not None and good.structured_content["passed"] is True
        made = json.loads(await read(session, good.structured_content["report"]))["report"]
        assert certificates.read(json.dumps(made).encode()).policy == "fifo"


async def test_a_clients_work_ends_with_its_share() -> None:
    async with client(seconds=0.0) as session:
        for tool in ("check_policy", "compile_policy"):
            answer = await session.call_tool(tool, {"policy": FIFO})
            assert answer.is_error and answer.content[0].type == "text" and "used up" in answer.content[0].text


async def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand requests at once each gets an answer, and most are told to wait."""
    entered = threading.Event()

    def slow(gate: str, text: str, options: dict[str, Any]) -> Outcome:
        entered.wait(0.2)
        return Outcome(gate, True, "well")

    monkeypatch.setattr(jobs, "_here", slow)
    answers: list[bool] = []

    async with client() as session:
        async def ask() -> None:
            answers.append((await session.call_tool("check_policy", {"policy": FIFO})).is_error is True)

        async with anyio.create_task_group() as group:
            for _ in range(1000):
                group.start_soon(ask)
            await anyio.sleep(0.3)
            entered.set()
        assert len(answers) == 1000 and 0 < answers.count(False) < 500
        monkeypatch.undo()
        assert not (await session.call_tool("check_policy", {"policy": FIFO})).is_error


def workers(server: int) -> list[str]:
    """The gates that run under this process."""
    shown = subprocess.run(["ps", "--ppid", str(server), "-o", "args="], capture_output=True, text=True, check=False)
    return [line for line in shown.stdout.splitlines() if "gates.worker" in line]


async def give_up(tool: str, begun: Callable[[], bool], **arguments: Any) -> None:
    """Calls the tool, cancels the call when its work has begun, and waits until no worker is left."""
    async with client() as session:
        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                group.start_soon(partial(session.call_tool, tool, {"policy": FIFO, **arguments}))
                while not begun():
                    await anyio.sleep(0.05)
                group.cancel_scope.cancel()
            while workers(os.getpid()):
                await anyio.sleep(0.05)


@pytest.mark.parametrize("tool", ["simulate_policy", "fuzz_policy", "certify_policy"])
async def test_a_request_that_is_given_up_is_ended(tool: str) -> None:
    await give_up(tool, lambda: workers(os.getpid()) != [], stories=400)


async def test_over_a_real_pipe(tmp_path: Path) -> None:
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "schedc.cli", "mcp"], env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path
    )
    async with Client(stdio_client(server)) as session:
        answer = await session.call_tool("check_policy", {"policy": FIFO})
        assert answer.structured_content is not None and answer.structured_content["passed"] is True
    assert list(tmp_path.iterdir()) == []


@pytest.mark.vm
async def test_a_real_kernel_takes_it() -> None:
    async with client() as session:
        answer = await session.call_tool("verify_policy", {"policy": FIFO, "seconds": 3})
        assert answer.structured_content is not None and answer.structured_content["passed"] is True


def guests(server: int) -> list[int]:
    """The virtual machines below this process."""
    shown = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,comm="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in shown.stdout.splitlines()]
    below, found = {str(server)}, []
    for pid, parent, name in sorted(rows, key=lambda row: int(row[0])):
        if parent in below:
            below.add(pid)
            found += [int(pid)] if name.startswith("qemu") else []
    return found


@pytest.mark.vm
async def test_a_guest_that_is_given_up_is_ended() -> None:
    started: list[int] = []

    def begun() -> bool:
        started.extend(guests(os.getpid()))
        return started != []

    await give_up("verify_policy", begun, seconds=6)
    with anyio.fail_after(20):
        while any(Path(f"/proc/{pid}").exists() for pid in started):
            await anyio.sleep(0.05)
