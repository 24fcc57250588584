"""The gates that a compiled policy passes before a kernel sees it."""
