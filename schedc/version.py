"""Which schedc this is."""

from __future__ import annotations


def version() -> str:
    """The version of the package that is installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("schedc")
    except PackageNotFoundError:
        return "from a checkout"
