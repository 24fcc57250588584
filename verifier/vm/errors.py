"""What can go wrong around the VM, said so that the user knows the way out."""

from __future__ import annotations

from schedc.verifier.trouble import Trouble


class VmError(Trouble):
    """The VM, its kernel or what it needs."""
