"""Which fields of which facts people write freely: they may tell of somebody, and can be redacted."""

from cdt.domain.alerts.events import Acknowledged, Resolved
from cdt.domain.compliance.events import ErasureRequested, HoldLifted, HoldPlaced
from cdt.domain.evaluations.events import PlanChanged
from cdt.domain.kernel import Event
from cdt.domain.registry.events import IntakePolicyChanged, ModelRegistered, Promoted, QuarantineSettled, RolledBack
from cdt.domain.tenancy.events import KeyRevoked, OrganizationDescribed, ProjectDescribed
from cdt.domain.topics import TOPIC_OF
from cdt.domain.trust.events import DefaultPolicySet, PolicySet

_FIELD_OF: dict[type[Event], str] = {
    ModelRegistered: "description",
    Promoted: "reason",
    IntakePolicyChanged: "reason",
    QuarantineSettled: "reason",
    RolledBack: "reason",
    OrganizationDescribed: "description",
    ProjectDescribed: "description",
    PlanChanged: "reason",
    PolicySet: "reason",
    DefaultPolicySet: "reason",
    KeyRevoked: "reason",
    Acknowledged: "note",
    Resolved: "note",
    HoldPlaced: "reason",
    HoldLifted: "reason",
    ErasureRequested: "reason",
}
FREE_TEXT: dict[str, str] = {TOPIC_OF[event]: field for event, field in _FIELD_OF.items()}
"""topic -> the field."""
