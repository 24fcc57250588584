"""The tools: each checks, builds or runs a policy that the client sends, or finds one of the library."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import BaseModel, Field

from schedc.catalog import Side, entry
from schedc.catalog import compare as tables
from schedc.catalog.entry import found as found_for
from schedc.catalog.head import head
from schedc.catalog.plain import plain
from schedc.diagnostics import explain as pages
from schedc.library import policies, policy_text
from schedc.mcp.jobs import Jobs
from schedc.mcp.results import Results, Verdict, verdict
from schedc.model.gates import GateTrouble
from schedc.syntax.limits import MAX_CHARACTERS

Policy = Annotated[str, Field(max_length=MAX_CHARACTERS, description="the whole text of a .sched policy")]
# A series, never a path: clients name no files of this machine.
Kernel = Annotated[str, Field(pattern=r"^\d{1,2}\.\d{1,3}$", description="a kernel's series, such as 6.18")]
Later = Literal["simulate", "exhaust", "kernel"]
Name = Annotated[str, Field(max_length=80, description="a policy of the library")]
_LATER: list[Later] = ["simulate", "exhaust", "kernel"]
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class Entry(BaseModel):
    """A policy of the library."""

    name: str
    title: str
    workloads: str = Field(description="what it is for")
    bad_at: str
    matched: list[str] = Field(description="which words, and where it has them")
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
        stories: Annotated[int, Field(ge=1, le=400, description="how many, full machines first")] = 40,
    ) -> Annotated[CallToolResult, Verdict]:
        """Run a policy on fully loaded simulated machines, then through some drawn stories; what breaks it is told."""
        return await judged("simulate", policy, ctx, stories=stories)

    @server.tool(annotations=_READS)
    async def fuzz_policy(
        policy: Policy,
        ctx: Context[Any, Any],
        stories: Annotated[int, Field(ge=1, le=5_000, description="how many are drawn")] = 200,
        seed: Annotated[int, Field(ge=0, le=1_000_000, description="which ones")] = 1,
    ) -> Annotated[CallToolResult, Verdict]:
        """Search for a story on the simulated core that breaks a property; the shortest one found is told."""
        return await judged("fuzz", policy, ctx, stories=stories, seed=seed)

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
    async def certify_policy(
        policy: Policy,
        ctx: Context[Any, Any],
        gates: Annotated[list[Later], Field(max_length=3, description="beside check and compile")] = _LATER,
        kernel: Kernel = "6.18",
        stories: Annotated[int, Field(ge=1, le=5_000)] = 200,
    ) -> Annotated[CallToolResult, Verdict]:
        """Run the gates and make the certificate of what passed; it is the linked report. Unsigned; minutes."""
        return await judged("certify", policy, ctx, gates=gates, kernels=[kernel], stories=stories)

    @server.tool(annotations=_READS)
    def explain(code: Annotated[str, Field(max_length=8, description="such as S301")]) -> str:
        """The page of a diagnostic's code: what it means, a policy that has it and one that is mended."""
        page = pages.page(code)
        if page is None:
            raise ToolError(f"there is no page for that code; codes are S001 to S899, such as {pages.codes()[0]}")
        return pages.shown(page)

    @server.tool(annotations=_READS)
    def search_policies(
        words: Annotated[str, Field(max_length=200, description="a workload or an idea; none: all")] = "",
        most: Annotated[int, Field(ge=1, le=100, description="how many at most")] = 8,
    ) -> list[Entry]:
        """Policies of the library that suit the words, best first. The resource schedc://library lists all."""
        entries = []
        for name, matched in found_for(words)[:most]:
            said = head(policy_text(name))
            places = [f"{match.word}: {match.where}" for match in matched]
            entries.append(
                Entry(
                    name=name,
                    title=said.title,
                    workloads=said.workloads,
                    bad_at=said.bad_at,
                    matched=places,
                    resource=f"schedc://library/{name}",
                )
            )
        return entries

    @server.tool(annotations=_READS)
    def get_policy(name: Name) -> str:
        """The text of a policy of the library, with its comments on what it is for and bad at."""
        return policy_text(known(name))

    @server.tool(annotations=_READS)
    def compare_policies(one: Name, other: Name) -> dict[str, Any]:
        """How two policies of the library differ: properties with their levels, params, what callbacks cost at worst,
        and what each was measured to do beside the kernel's default, with the command that made it."""
        left, right = entry(known(one)), entry(known(other))
        measured = {each.name: plain(each.measured) for each in (left, right)}
        return {**tables.to_json(Side.stored(left), Side.stored(right)), "measured": measured}


def known(name: str) -> str:
    """Refuses what the library does not have."""
    if name not in policies():
        raise ToolError(f"the library has no such policy; there are: {', '.join(policies())}")
    return name
