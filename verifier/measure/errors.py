"""What is wrong with a workload or with what is asked of the lab: where, why, and the way out."""

from __future__ import annotations

from schedc.verifier.trouble import Trouble


class MeasureError(Trouble):
    """The workload, or what is asked of it."""
