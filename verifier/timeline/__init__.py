"""Who ran where, from the kernel's own trace events, as a file that Perfetto and chrome://tracing open."""

from schedc.verifier.timeline.chrome import Guest, to_json

__all__ = ["Guest", "to_json"]
