"""The page of a comparison: everything in it, nothing from elsewhere, and no name that becomes markup."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from schedc.verifier.measure import curves
from schedc.verifier.measure.histogram import Histogram, bucket_of
from schedc.verifier.measure.measure import Callback, Costs, Failed, Measured, Measurement, Options
from schedc.verifier.measure.page import html
from schedc.verifier.measure.result import GroupRun, Run
from schedc.verifier.measure.subject import Subject
from schedc.verifier.measure.workload import Group, Workload
from schedc.verifier.vm.machine import Machine

HOSTILE = "<script>&\"'</script>"


def histogram(seed: int, mean: float) -> Histogram:
    draw = random.Random(seed)
    values = [1 + int(draw.expovariate(1 / mean)) for _ in range(2000)]
    counts: dict[int, int] = {}
    for value in values:
        counts[bucket_of(value)] = counts.get(bucket_of(value), 0) + 1
    return Histogram(len(values), sum(values), max(values), tuple(sorted(counts.items())))


def run(seed: int, mean: float) -> Run:
    woken = histogram(seed, mean)
    none = Histogram()
    group = GroupRun("web", 9, 9, 0, 0, 10**9, (10**8,), 0, 5, 5, 0, woken, none, none)
    return Run(seed, 10**9, 1000, (group,))


def measured(name: str, mean: float, seeds: int) -> Measured:
    subject = replace(Subject.default(), name=name)
    runs = tuple(run(seed, mean * (1 + seed / 100)) for seed in range(seeds))
    return Measured(subject, runs, (), Costs((Callback("enqueue", 10, 5000),), 1000))


@pytest.fixture(scope="module")
def measurement() -> Measurement:
    workload = Workload("latency", HOSTILE, (Group("web", "requests"),))
    slow = measured(HOSTILE, 40_000, 10)
    slow = replace(slow, failed=(Failed(10, "stall", HOSTILE),))
    both = (measured("default", 10_000, 10), slow)
    return Measurement(workload, Options(cpus=2), "7.3", "#1", "QEMU", "0" * 64, Machine(), both)


@pytest.fixture(scope="module")
def page(measurement: Measurement) -> str:
    return html(measurement)


def test_the_same_measurement_gives_the_same_page(measurement: Measurement, page: str) -> None:
    assert html(measurement) == page


def test_no_name_becomes_markup_and_nothing_is_fetched(page: str) -> None:
    assert "<script" not in page and "&lt;script&gt;" in page
    assert not any(word in page for word in ("http:", "https:", "src=", "@import", "url("))


def test_the_page_says_what_was_found(page: str) -> None:
    assert "worse" in page and "stall" in page and "Not given here" in page and "enqueue" in page
    body = page[page.index("<body>") : page.index("</html>")]
    root = ElementTree.fromstring(body)
    assert len(root.findall(".//polyline")) == 2


def test_curves_rise_and_stay_in_the_picture() -> None:
    found = curves.chart("web: wakeup", [(0, "a", histogram(1, 1e4)), (1, "b", histogram(2, 1e6))])
    for line in found.lines:
        places = [tuple(map(float, point.split(","))) for point in line.points.split()]
        assert places == sorted(places, key=lambda place: place[0])
        assert all(later[1] <= one[1] for one, later in pairwise(places))
        assert all(curves.LEFT - 1 <= x <= curves.WIDTH and 0 <= y <= curves.HEIGHT for x, y in places)
    middle = [line.points.split()[0] for line in found.lines]
    assert float(middle[0].split(",")[0]) < float(middle[1].split(",")[0])


def test_a_single_value_is_a_curve() -> None:
    one = Histogram(1, 500, 500, ((bucket_of(500), 1),))
    assert curves.chart("web: wakeup", [(0, "a", one)]).lines[0].points


class Nesting(HTMLParser):
    """Every element that has an end has one, in order, and no attribute stands twice."""

    VOID = frozenset(("meta", "br", "hr", "img", "link", "input"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_html(page: str) -> None:
    parser = Nesting()
    parser.feed(page)
    parser.close()
    assert page.startswith("<!doctype html>") and not parser.open
    assert {"html", "head", "title", "body", "table", "svg", "polyline"} <= parser.seen
