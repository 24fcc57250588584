"""What can go wrong around a comparison, apart from a disagreement."""

from __future__ import annotations

from schedc.verifier.trouble import Trouble


class InterpretError(Trouble):
    """There is no policy to compare, or its run says nothing."""
