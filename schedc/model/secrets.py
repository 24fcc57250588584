"""What must not be written down: the keys that the SDK reads from the environment, and those that are configured."""

from __future__ import annotations

import os

from schedc.model.config import Model

_VARIABLES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


def known(model: Model) -> tuple[str, ...]:
    """The values as they are in this process."""
    names = (*_VARIABLES, *((model.key_env,) if model.key_env else ()))
    return tuple(value for name in names if (value := os.environ.get(name)))
