"""One diagnostic model for every stage, its catalogue, its pages and its renderers."""

from schedc.diagnostics.model import (
    Applicability,
    Diagnostic,
    Diagnostics,
    Edit,
    Fix,
    Label,
    Severity,
)

__all__ = ["Applicability", "Diagnostic", "Diagnostics", "Edit", "Fix", "Label", "Severity"]
