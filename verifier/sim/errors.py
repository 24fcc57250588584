"""What can go wrong around a simulation, apart from what the policy does."""

from __future__ import annotations

from schedc.verifier.trouble import Trouble


class SimError(Trouble):
    """The scenario cannot be, or was not over in time."""
