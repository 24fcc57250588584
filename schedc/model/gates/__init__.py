"""What a policy has to pass, in the order of cost; each gate's findings are told to whoever wrote it."""

from schedc.model.gates.outcome import GateTrouble, Outcome
from schedc.model.gates.registry import DEFAULT, GATES, asked, chosen

__all__ = ["DEFAULT", "GATES", "GateTrouble", "Outcome", "asked", "chosen"]
