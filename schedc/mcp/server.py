"""The server, over standard input and output: one client, which has its own limits and results."""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer

from schedc.mcp import pages, tools
from schedc.mcp.jobs import Jobs
from schedc.mcp.results import Results

_INSTRUCTIONS = (
    "schedc checks, compiles, simulates and verifies CPU scheduling policies written in its language `.sched`. Read "
    "the resource schedc://card first. Nothing here changes how this machine schedules: verify_policy runs in a "
    "virtual machine."
)


def build(version: str, seconds: float) -> MCPServer[None]:
    """`seconds`: work of gates in all."""
    server: MCPServer[None] = MCPServer(
        "schedc", title="schedc", instructions=_INSTRUCTIONS, version=version, log_level="WARNING"
    )
    results = Results()
    tools.register(server, Jobs(seconds), results)
    pages.register(server, results)
    return server
