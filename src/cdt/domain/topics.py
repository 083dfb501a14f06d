"""The names under which events are stored, for ever; no module paths, so that a moved file keeps history readable."""

from cdt.domain import kernel
from cdt.domain.accounts import events as accounts
from cdt.domain.alerts import events as alerts
from cdt.domain.evaluations import events as evaluations
from cdt.domain.notifications import events as notifications
from cdt.domain.registry import events as registry
from cdt.domain.tenancy import events as tenancy
from cdt.domain.trust import events as trust

TOPICS: dict[str, type[kernel.Event]] = {
    "kernel.NameClaimed": kernel.NameClaimed,
    "kernel.NameReleased": kernel.NameReleased,
    "accounts.UserRegistered": accounts.UserRegistered,
    "accounts.PasswordSet": accounts.PasswordSet,
    "accounts.SignedIn": accounts.SignedIn,
    "accounts.VerificationRequested": accounts.VerificationRequested,
    "accounts.EmailVerified": accounts.EmailVerified,
    "accounts.ResetRequested": accounts.ResetRequested,
    "accounts.SessionEnded": accounts.SessionEnded,
    "accounts.ProfileChanged": accounts.ProfileChanged,
    "accounts.UserErased": accounts.UserErased,
    "tenancy.OrganizationCreated": tenancy.OrganizationCreated,
    "tenancy.OrganizationRenamed": tenancy.OrganizationRenamed,
    "tenancy.OrganizationDescribed": tenancy.OrganizationDescribed,
    "tenancy.OrganizationDomainSet": tenancy.OrganizationDomainSet,
    "tenancy.OrganizationDeleted": tenancy.OrganizationDeleted,
    "tenancy.MemberAdded": tenancy.MemberAdded,
    "tenancy.RoleChanged": tenancy.RoleChanged,
    "tenancy.MemberRemoved": tenancy.MemberRemoved,
    "tenancy.MemberLeft": tenancy.MemberLeft,
    "tenancy.OwnershipTransferred": tenancy.OwnershipTransferred,
    "tenancy.MemberInvited": tenancy.MemberInvited,
    "tenancy.InvitationAccepted": tenancy.InvitationAccepted,
    "tenancy.InvitationDeclined": tenancy.InvitationDeclined,
    "tenancy.InvitationWithdrawn": tenancy.InvitationWithdrawn,
    "tenancy.ProjectRoleSet": tenancy.ProjectRoleSet,
    "tenancy.ProjectCreated": tenancy.ProjectCreated,
    "tenancy.ProjectRenamed": tenancy.ProjectRenamed,
    "tenancy.ProjectDescribed": tenancy.ProjectDescribed,
    "tenancy.ProjectSettingsChanged": tenancy.ProjectSettingsChanged,
    "tenancy.ProjectArchived": tenancy.ProjectArchived,
    "tenancy.ProjectRestored": tenancy.ProjectRestored,
    "tenancy.ProjectDeleted": tenancy.ProjectDeleted,
    "tenancy.KeyCreated": tenancy.KeyCreated,
    "registry.ModelRegistered": registry.ModelRegistered,
    "registry.VersionAdded": registry.VersionAdded,
    "registry.BaselineSet": registry.BaselineSet,
    "registry.Promoted": registry.Promoted,
    "registry.RolledBack": registry.RolledBack,
    "evaluations.PlanMade": evaluations.PlanMade,
    "evaluations.Requested": evaluations.Requested,
    "evaluations.Completed": evaluations.Completed,
    "evaluations.Failed": evaluations.Failed,
    "trust.PolicySet": trust.PolicySet,
    "trust.Scored": trust.Scored,
    "alerts.RuleAdded": alerts.RuleAdded,
    "alerts.RuleEnabled": alerts.RuleEnabled,
    "alerts.RuleDisabled": alerts.RuleDisabled,
    "alerts.Raised": alerts.Raised,
    "alerts.Reopened": alerts.Reopened,
    "alerts.Acknowledged": alerts.Acknowledged,
    "alerts.Resolved": alerts.Resolved,
    "notifications.EndpointAdded": notifications.EndpointAdded,
    "notifications.EndpointRemoved": notifications.EndpointRemoved,
    "notifications.DeliveryRequested": notifications.DeliveryRequested,
    "notifications.Delivered": notifications.Delivered,
    "notifications.GaveUp": notifications.GaveUp,
}
TOPIC_OF: dict[type[kernel.Event], str] = {event: topic for topic, event in TOPICS.items()}
