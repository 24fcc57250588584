"""What is known of the library's policies: their texts, what the checks say, and what was measured."""

from schedc.catalog.compare import Side
from schedc.catalog.entry import Entry, Param, Property, entry, policies
from schedc.catalog.figures import CallbackBound, CallbackTime, Costs, Figure, Interval, Measured
from schedc.catalog.ranking import Ranking, Standing, rankings
from schedc.catalog.search import Match

__all__ = [
    "CallbackBound",
    "CallbackTime",
    "Costs",
    "Entry",
    "Figure",
    "Interval",
    "Match",
    "Measured",
    "Param",
    "Property",
    "Ranking",
    "Side",
    "Standing",
    "entry",
    "policies",
    "rankings",
]
