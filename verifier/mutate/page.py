"""The outcomes as a page: what was caught by what, and what was not, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from schedc.verifier.mutate.campaign import DRAWN
from schedc.verifier.mutate.catalogue import GROUPS
from schedc.verifier.mutate.mutation import Mutation
from schedc.verifier.mutate.outcome import Outcome
from schedc.verifier.mutate.reasons import REASONS

_BEGIN, _END = "<!-- made by python -m schedc.verifier.mutate --write -->", "<!-- to here -->"


def written(page: str, outcomes: Sequence[Outcome]) -> str:
    """The page with what stands between its two marks made anew; `ValueError` where it has no marks."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"there are no lines `{_BEGIN}` and `{_END}` for the tables to stand between")
    return f"{before}{_BEGIN}\n\n" + "\n".join(tables(outcomes)) + f"\n{_END}{after}"


def tables(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A summary, a table for each group, and what was not caught."""
    yield from _summary(outcomes)
    of = {(each.mutation, each.policy): each for each in outcomes}
    for group, mutations in GROUPS.items():
        yield from (f"### {group}", "", "| mutation | the fault | caught by |", "|---|---|---|")
        for mutation in mutations:
            yield f"| `{mutation.name}` | {mutation.meaning} | {'; '.join(_cells(mutation, of))} |"
        yield ""


def missed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What nothing caught, though it is said to break something."""
    return [each for each in outcomes if not each.by and not _argued(each)]


def _argued(outcome: Outcome) -> str:
    return next(
        (each.equivalent.get(outcome.policy, "") for group in GROUPS.values() for each in group
         if each.name == outcome.mutation), "",
    )  # fmt: skip


def _summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    equivalent = [each for each in outcomes if not each.by and _argued(each)]
    left, counted = missed(outcomes), len(outcomes) - len(equivalent)
    caught = [each for each in outcomes if each.by]
    share = len(caught) / max(1, counted)
    names = {each.mutation for each in outcomes}
    yield f"{len(names)} mutations, {len(outcomes)} mutants of {len({each.policy for each in outcomes})} policies."
    yield f"{len(caught)} of {counted} are caught ({share:.1%}),"
    drawn = sum(each.story == DRAWN for each in caught)
    longest = max((each.seconds for each in caught), default=0.0)
    yield f"{drawn} of them by a story that was drawn, each in {longest:.1f} s or less of processor time;"
    yield f"{len(equivalent)} break nothing."
    yield from ("", "| caught by | mutants |", "|---|---|")
    for by, count in Counter(each.by for each in caught).most_common():
        yield f"| {_name(by)} | {count} |"
    yield ""
    yield from _reasons("Not caught", [(each, REASONS.get((each.mutation, each.policy), "")) for each in left])
    yield from _reasons("Mutants that break nothing", [(each, _argued(each)) for each in equivalent])


def _reasons(title: str, rows: Sequence[tuple[Outcome, str]]) -> Iterator[str]:
    if rows:
        yield from (f"### {title}", "", "| mutant | policy | why |", "|---|---|---|")
        yield from (f"| `{each.mutation}` | {each.policy} | {why} |" for each, why in rows)
        yield ""


def _cells(mutation: Mutation, of: Mapping[tuple[str, str], Outcome]) -> Iterator[str]:
    """Policies that were caught alike stand together."""
    alike: dict[str, list[str]] = {}
    for policy in mutation.policies:
        alike.setdefault(_cell(mutation, policy, of.get((mutation.name, policy))), []).append(policy)
    for by, policies in alike.items():
        yield f"{', '.join(policies)}: {by}" if len(alike) > 1 else by


def _cell(mutation: Mutation, policy: str, found: Outcome | None) -> str:
    if found is None:
        return "not run"
    if not found.by:
        return "breaks nothing" if policy in mutation.equivalent else "**nothing**"
    return f"{_name(found.by)}, *{found.story}*" if found.story else _name(found.by)


def _name(by: str) -> str:
    return by if " " in by or by == "clang" else f"`{by}`"
