"""Every reaction; importing it declares them."""

from cdt.reactions import alerts, evaluations, notifications, trust
from cdt.reactions.responding import REACTIONS

DECLARED = (evaluations, trust, alerts, notifications)

__all__ = ["DECLARED", "REACTIONS"]
