"""The tools: each checks, builds or runs a policy that the client sends, or finds one of the library."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import BaseModel, Field

from schedc.diagnostics import explain as pages
from schedc.library import policies, policy_text
from schedc.library import title as title_of
from schedc.mcp.jobs import Jobs
from schedc.mcp.results import Results, Verdict, verdict
from schedc.model.gates import GateTrouble
from schedc.syntax.limits import MAX_CHARACTERS

Policy = Annotated[str, Field(max_length=MAX_CHARACTERS, description="the whole text of a .sched policy")]
# A series, never a path: clients name no files of this machine.
Kernel = Annotated[str, Field(pattern=r"^\d{1,2}\.\d{1,3}$", description="a kernel's series, such as 6.18")]
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class Entry(BaseModel):
    """A policy of the library."""

    name: str
    title: str
    resource: str


def register(server: MCPServer[Any], jobs: Jobs, results: Results) -> None:
    """All tools; `jobs` and `results` are the client's."""

    async def judged(gate: str, policy: str, ctx: Context[Any, Any], **options: Any) -> CallToolResult:
        steps = 0

        async def report(line: str) -> None:
            nonlocal steps
            steps += 1
            await ctx.report_progress(steps, None, line)

        try:
            return verdict(await jobs.run(gate, policy, options, report), results)
        except GateTrouble as trouble:
            raise ToolError(str(trouble)) from None

    @server.tool(annotations=_READS)
    async def check_policy(policy: Policy, ctx: Context[Any, Any]) -> Annotated[CallToolResult, Verdict]:
        """Check a policy's text against the language and its laws. Takes less than a second; do it first."""
        return await judged("check", policy, ctx)

    @server.tool(annotations=_READS)
    async def compile_policy(policy: Policy, ctx: Context[Any, Any]) -> Annotated[CallToolResult, Verdict]:
        """Compile a policy to a BPF object and audit it. The report has sizes, costs and params, not the object."""
        return await judged("compile", policy, ctx)

    @server.tool(annotations=_READS)
    async def simulate_policy(
        policy: Policy,
        ctx: Context[Any, Any],
        stories: Annotated[int, Field(ge=1, le=400, description="how many are drawn")] = 40,
    ) -> Annotated[CallToolResult, Verdict]:
        """Run a policy through scenes and drawn stories on a simulated scheduler core; what breaks it is told."""
        return await judged("simulate", policy, ctx, stories=stories)

    @server.tool(annotations=_READS)
    async def verify_policy(
        policy: Policy,
        ctx: Context[Any, Any],
        kernel: Kernel = "6.18",
        seconds: Annotated[int, Field(ge=3, le=60, description="guest seconds under load")] = 6,
    ) -> Annotated[CallToolResult, Verdict]:
        """Load a policy into a real kernel in a virtual machine and run it under load. Takes about a minute."""
        return await judged("kernel", policy, ctx, kernels=[kernel], seconds=seconds)

    @server.tool(annotations=_READS)
    def explain(code: Annotated[str, Field(max_length=8, description="such as S301")]) -> str:
        """The page of a diagnostic's code: what it means, a policy that has it and one that is mended."""
        page = pages.page(code)
        if page is None:
            raise ToolError(f"there is no page for that code; codes are S001 to S899, such as {pages.codes()[0]}")
        return pages.shown(page)

    @server.tool(annotations=_READS)
    def search_policies(
        words: Annotated[str, Field(max_length=200, description="words to look for; none: all")] = "",
    ) -> list[Entry]:
        """Policies of the library whose text has all of these words."""
        wanted = words.lower().split()
        texts = ((name, policy_text(name)) for name in policies())
        return [
            Entry(name=name, title=title_of(text), resource=f"schedc://library/{name}")
            for name, text in texts
            if all(word in text.lower() for word in wanted)
        ]

    @server.tool(annotations=_READS)
    def get_policy(name: Annotated[str, Field(max_length=80, description="a policy of the library")]) -> str:
        """The text of a policy of the library, with its comments on what it is for and bad at."""
        if name not in policies():
            raise ToolError(f"the library has no such policy; there are: {', '.join(policies())}")
        return policy_text(name)
