"""Themes: each a kind of trouble that schedulers have met in the field."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from schedc.typed import tree as t
from schedc.types.kinds import Kind
from schedc.verifier.fuzz.draw import machines, tasks
from schedc.verifier.fuzz.draw.events import events
from schedc.verifier.fuzz.draw.stops import STOPS
from schedc.verifier.fuzz.draw.tasks import Crowd
from schedc.verifier.fuzz.story import Story
from schedc.verifier.sim.scenario import MS, SECOND, Cpu, Event, Scenario

_ALL = ("affinity", "nice", "cgroup", "off", "on", "higher")
_ALL_AND_SLEEP = (*_ALL, "bypass", "bypass")
_OF_GROUPS = ("cgroup", "cgroup", "weight", "rmcgroup", "mkcgroup")
# Where a queue's clock begins: at zero, where 64 bits wrap, and where the sign does.
_CLOCKS = (0, 0, (1 << 64) - 30 * MS, (1 << 63) - 30 * MS)


@dataclass(frozen=True)
class Theme:
    """`seconds` are how long its stories are; `events` which ones there are, `most_events` how many; with `stops`
    callbacks stop in the middle, and with `clocks` those of CPUs differ."""

    name: str
    crowd: Crowd
    machine: st.SearchStrategy[tuple[Cpu, ...]] = machines.SMALL
    events: tuple[str, ...] = ()
    most_events: int = 0
    seconds: tuple[int, ...] = (2,)
    forks: bool = False
    stops: bool = False
    clocks: bool = False


THEMES = (
    Theme("anything", Crowd(placed=True, grouped=True, own=1), events=_ALL, most_events=8, forks=True),
    Theme("pinned kernel threads", Crowd(placed=True, own=2, most=8), events=("higher",), most_events=2),
    Theme("wakeup storm", Crowd(least=4, most=16, does=tasks.STORM), machines.ANY),
    Theme("fork storm", Crowd(most=3), forks=True, machine=machines.ANY),
    Theme("affinity flips", Crowd(least=2, placed=True), events=("affinity",), most_events=12),
    Theme("nice mix", Crowd(least=2, most=8), machines.SMALL, seconds=(2, 65)),
    Theme("two on a CPU", Crowd(least=2, most=3, does=tasks.HOG), machines.SINGLE, seconds=(8, 65)),
    Theme("long sleepers", Crowd(least=2, does=st.one_of(tasks.LONG_SLEEPER, tasks.HOG)), seconds=(12,)),
    Theme("groups", Crowd(least=2, grouped=True), events=("cgroup", "nice"), most_events=8),
    Theme("groups come and go", Crowd(least=2, grouped=True), events=_OF_GROUPS, most_events=12),
    Theme("hotplug", Crowd(placed=True), events=("off", "off", "on"), most_events=8),
    Theme("bursts of a higher class", Crowd(least=2), events=("higher",), most_events=12),
    Theme("the machine sleeps", Crowd(placed=True, own=1), events=_ALL_AND_SLEEP, most_events=6, forks=True),
    Theme("crowd", Crowd(least=8, most=20, weighed=False), machines.SINGLE, seconds=(5, 12)),
    Theme("large machine", Crowd(least=4, most=16, placed=True), machines.LARGE, _ALL, 4, seconds=(1,)),
    Theme("clocks apart", Crowd(least=2, most=8, placed=True), machines.SEVERAL, _ALL, 4, seconds=(2, 12), clocks=True),
    Theme("callbacks that stop", Crowd(least=2, placed=True, own=1), machines.SEVERAL, _ALL, 4, forks=True, stops=True),
    Theme("stops in a storm", Crowd(least=4, most=12, does=tasks.STORM), machines.SEVERAL, seconds=(2, 40), stops=True),
)  # fmt: skip
ATOMIC = tuple(theme for theme in THEMES if not theme.stops)
"""Those in which one callback is over before the next begins."""


@st.composite
def stories(draw: st.DrawFn, theme: Theme, params: tuple[t.Param, ...] = ()) -> Story:
    """One story of the theme, with values for these params in their ranges."""
    cpus = draw(theme.machine)
    cpus = draw(machines.apart(cpus)) if theme.clocks else cpus
    who = draw(tasks.crowds(theme.crowd, cpus))
    if theme.forks and draw(st.booleans()):
        who += tasks.fork_storm(len(who) + 1, draw(st.sampled_from((8, 40))), draw(st.booleans()))
    happens = draw(events(theme.events, theme.most_events, cpus, len(who))) if theme.events else ()
    end = draw(st.sampled_from(theme.seconds)) * SECOND
    live = [param for param in params if param.live]
    changes = draw(st.booleans()) if live else False
    if changes:
        happens += (_change(draw, draw(st.sampled_from(live))),)
    stops = draw(STOPS) if theme.stops else ()
    return Story(
        Scenario(cpus, who, happens, end, seed=draw(st.integers(1, 1000)), stops=stops),
        _settings(draw, params),
        draw(st.sampled_from(_CLOCKS)),
    )


def _settings(draw: st.DrawFn, params: tuple[t.Param, ...]) -> dict[str, int]:
    settings: dict[str, int] = {}
    for param in params:
        if draw(st.booleans()):
            settings[param.name] = _value(draw, param)
    return settings


def _value(draw: st.DrawFn, param: t.Param) -> int:
    """Its default, one of the ends of its range, or anything between them."""
    low, high = param.range.low, param.range.high
    if param.type.kind is Kind.BOOL:
        return draw(st.sampled_from((0, 1)))
    ends = st.sampled_from((param.default, low, high))
    return draw(st.one_of(ends, st.integers(low, high)))


def _change(draw: st.DrawFn, param: t.Param) -> Event:
    return Event(draw(st.integers(0, 1000)) * MS, "param", value=_value(draw, param), group=param.name)
