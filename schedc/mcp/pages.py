"""What a client can read, and prompts for the common jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from schedc.card import card
from schedc.diagnostics import explain
from schedc.library import policies, policy_text, reference, title
from schedc.mcp.results import Results
from schedc.model import material
from schedc.syntax.grammar import grammar_text

_MARKDOWN, _TEXT = "text/markdown", "text/plain"
_STEPS = (
    "Check it with check_policy and mend all that it finds, then compile_policy, simulate_policy, fuzz_policy and "
    "verify_policy. After a change begin again with check_policy. When all pass, certify_policy. Say at the end which "
    "of them passed."
)


def register(server: MCPServer[Any], results: Results) -> None:
    """Resources and prompts."""
    _resources(server, results)
    _prompts(server)


def _resources(server: MCPServer[Any], results: Results) -> None:
    @server.resource("schedc://card", title="The language card", mime_type=_MARKDOWN)
    def language_card() -> str:
        """The policy language on a page. Read it before writing a policy."""
        return card()

    @server.resource("schedc://grammar", title="The grammar", mime_type=_TEXT)
    def grammar() -> str:
        """In lark's notation, for constrained decoding."""
        return grammar_text()

    @server.resource("schedc://reference", title="The pages of the reference", mime_type=_MARKDOWN)
    def contents() -> str:
        """Which pages there are, with their headings."""
        return _listed("schedc://reference", {name: _heading(path) for name, path in reference().items()})

    @server.resource("schedc://reference/{page}", title="A page of the reference", mime_type=_MARKDOWN)
    def reference_page(page: str) -> str:
        """`language` is normative; the others say what the laws, the gates and the commands are."""
        if page not in reference():
            raise ResourceNotFoundError(f"the reference has no page {page!r}")
        return reference()[page].read_text(encoding="utf-8")

    @server.resource("schedc://library", title="The library", mime_type=_MARKDOWN)
    def library_contents() -> str:
        """Which policies there are, with their titles."""
        return _listed("schedc://library", {name: title(policy_text(name)) for name in policies()})

    @server.resource("schedc://library/{name}", title="A policy of the library", mime_type=_TEXT)
    def library(name: str) -> str:
        """With comments on what it is for."""
        if name not in policies():
            raise ResourceNotFoundError(f"the library has no policy {name!r}")
        return policy_text(name)

    @server.resource("schedc://codes/{code}", title="A diagnostic's page", mime_type=_MARKDOWN)
    def page(code: str) -> str:
        """What a code means, and how to mend it."""
        found = explain.page(code)
        if found is None:
            raise ResourceNotFoundError(f"there is no page for {code!r}")
        return explain.shown(found)

    @server.resource("schedc://results/{number}", title="A gate's report", mime_type="application/json")
    def result(number: str) -> str:
        """Everything that a tool found; the last ones are kept."""
        found = results.get(number)
        if found is None:
            raise ResourceNotFoundError(f"there is no result {number!r}, or it was given up for later ones")
        return found


def _heading(path: Path) -> str:
    with open(path, encoding="utf-8") as page:
        return page.readline().strip("# \n")


def _listed(address: str, names: dict[str, str]) -> str:
    return "".join(f"- {address}/{name}: {said}\n" for name, said in names.items())


def _prompts(server: MCPServer[Any]) -> None:
    @server.prompt(title="Write a policy")
    def write_policy(goal: str) -> str:
        """A new policy for a goal."""
        return f"{card()}\n\nWrite a scheduling policy for this goal: {goal}\n\n{_STEPS}"

    @server.prompt(title="Mend a policy")
    def mend_policy(policy: str) -> str:
        """A policy that a gate refuses."""
        return f"{card()}\n\nMend this policy.\n{material.RULE}\n{material.quoted('policy', policy)}\n\n{_STEPS}"

    @server.prompt(title="Choose a policy")
    def choose_policy(workload: str) -> str:
        """The policy of the library that suits a workload."""
        return (
            f"Find the policy of the library that suits this workload.\n{material.RULE}\n"
            f"{material.quoted('workload', workload)}\n\nSearch with search_policies, read the best ones with "
            "get_policy and hold them against each other with compare_policies. Say which one you would take, what it "
            "is bad at, and which params to set. Figures count only where compare_policies gives them."
        )

    @server.prompt(title="Explain a policy")
    def explain_policy(policy: str) -> str:
        """What a policy does, for whom it is good and for whom not."""
        quoted = material.quoted("policy", policy)
        return f"{card()}\n\nExplain what this policy does, and whom it serves badly.\n{material.RULE}\n{quoted}"
