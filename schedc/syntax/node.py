"""Nodes of trees, and what is done with any of them."""

from schedc.record import changed, field, fields, node

__all__ = ["changed", "field", "fields", "node"]
