"""Why a mutant is not caught, by mutation and policy."""

from __future__ import annotations

REASONS: dict[tuple[str, str], str] = {}
