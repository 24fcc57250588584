"""What a tool gives back: a summary that a model reads at once, and a link to the rest."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from mcp.types import CallToolResult, ContentBlock, ResourceLink, TextContent
from pydantic import BaseModel, Field

from schedc.model.gates import Outcome

# Of what a gate found; all of it stands in the linked report.
MOST_WORDS = 6_000
_KEPT = 32


class Verdict(BaseModel):
    """What a gate says of a policy."""

    gate: str
    passed: bool
    summary: str = Field(description="one line")
    findings: str = Field(description="what is wrong, for whoever writes the policy; cut off where it is long")
    report: str = Field(description="the resource with everything")


class Results:
    """Reports of this client, the last ones, by the number in their address."""

    def __init__(self) -> None:
        self._reports: OrderedDict[str, str] = OrderedDict()
        self._count = 0

    def keep(self, report: dict[str, Any]) -> str:
        """Its address."""
        self._count += 1
        self._reports[str(self._count)] = json.dumps(report, indent=2)
        if len(self._reports) > _KEPT:
            self._reports.popitem(last=False)
        return f"schedc://results/{self._count}"

    def get(self, number: str) -> str | None:
        return self._reports.get(number)


def verdict(outcome: Outcome, results: Results) -> CallToolResult:
    """In words, as data, and as a link."""
    address = results.keep(outcome.to_json())
    told = outcome.told[:MOST_WORDS]
    if len(outcome.told) > MOST_WORDS:
        told += f"\n(the rest is in {address})"
    data = Verdict(gate=outcome.gate, passed=outcome.passed, summary=outcome.summary, findings=told, report=address)
    words = f"{outcome.gate}: {'passed' if outcome.passed else 'NOT passed'}: {outcome.summary}"
    content: list[ContentBlock] = [
        TextContent(type="text", text=f"{words}\n{told}".rstrip()),
        ResourceLink(type="resource_link", uri=address, name=f"report of {outcome.gate}", mime_type="application/json"),
    ]
    return CallToolResult(content=content, structured_content=data.model_dump())
