"""Every reaction; importing it declares them."""

from cdt.reactions import alerts, backfills, erasure, evaluations, mail, notifications, trust
from cdt.reactions.responding import REACTIONS

DECLARED = (evaluations, backfills, trust, alerts, notifications, mail, erasure)

__all__ = ["DECLARED", "REACTIONS"]
