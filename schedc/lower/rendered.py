"""What rendering gives, apart from what it takes: loading jinja2 is not needed to receive it."""

from __future__ import annotations

from schedc.record import record
from schedc.verifier.audit.poly import Poly


@record
class Rendered:
    """The C text, and for the lines of generated loops (behind the policy's last one) their bounds."""

    text: str
    generated: dict[int, Poly]
