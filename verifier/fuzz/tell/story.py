"""The whole of a broken story as text, for somebody who has never seen the simulator."""

from __future__ import annotations

from collections.abc import Iterator

from schedc.verifier.fuzz.catalogue import CATALOGUE
from schedc.verifier.fuzz.run import Judged
from schedc.verifier.fuzz.subject import Subject
from schedc.verifier.fuzz.tell import scene
from schedc.verifier.fuzz.tell.cause import Cause


def tell(subject: Subject, judged: Judged) -> str:
    """Of a run with its trace. What breaks no property is told without a cause."""
    return "\n".join(_lines(subject, judged))


def _lines(subject: Subject, judged: Judged) -> Iterator[str]:
    story = judged.story
    if judged.broken:
        first = judged.broken[0]
        yield f"{subject.name} breaks `{first.name}`: {first.what}"
        yield f"  `{first.name}` says: {CATALOGUE[first.name].says}"
    else:
        yield f"{subject.name} stands this story: no property is broken"
    yield ""
    yield f"Machine: {'; '.join([scene.machine(story.scenario), *scene.clocks(story.scenario)])}"
    yield from _part("Params", scene.settings(subject, story))
    yield from _part("Tasks", scene.tasks(story.scenario, judged.result))
    yield from _part("What happens", scene.events(story.scenario))
    if not judged.broken:
        return
    cause = Cause(subject, judged)
    yield from _part("How it came", cause.sentences())
    yield from _part(
        "Lines that decided", (f"{line:>4} | {subject.line(line)}" for line in sorted(cause.lines)), indent=""
    )
    also = [f"`{each.name}`: {each.what}" for each in judged.broken[1:4]]
    yield from _part("Broken as well", iter(also))


def _part(title: str, lines: Iterator[str], indent: str = "  ") -> Iterator[str]:
    """Nothing where there is nothing to say."""
    found = list(lines)
    if found:
        yield f"{title}:"
        yield from (f"{indent}{line}" for line in found)
