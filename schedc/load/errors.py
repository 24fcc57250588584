"""What keeps a policy from being loaded."""

from __future__ import annotations

from schedc.verifier.trouble import Trouble


class LoadError(Trouble):
    """This machine cannot load anything, or not now."""


class NotAllowed(LoadError):
    """This policy is not to run on this machine."""
