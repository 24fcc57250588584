"""The typed policy: every name resolved, every value with its unit."""
