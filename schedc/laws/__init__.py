"""The laws, an analysis each: what an accepted policy is known to keep, and how surely."""
