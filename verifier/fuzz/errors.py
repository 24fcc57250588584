"""What keeps the harness from its work, apart from what it finds."""

from __future__ import annotations

from schedc.verifier.trouble import Trouble


class FuzzError(Trouble):
    """A story's file, or what is asked of the harness."""
