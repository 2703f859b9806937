"""The acts of online update: propose, ask, recall, approve, refuse."""

from cityloop.grid.updates.deciding import Batch, approve, approve_confirmations, refuse
from cityloop.grid.updates.proposing import Proposed, ask, propose, recall

__all__ = ["Batch", "Proposed", "approve", "approve_confirmations", "ask", "propose", "recall", "refuse"]
