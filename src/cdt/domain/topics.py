"""The names under which events are stored, for ever; never module paths, so that a moved file keeps history readable."""

from cdt.domain import kernel
from cdt.domain.accounts import events as accounts
from cdt.domain.registry import events as registry
from cdt.domain.tenancy import events as tenancy

TOPICS: dict[str, type[kernel.Event]] = {
    "kernel.NameClaimed": kernel.NameClaimed,
    "accounts.UserRegistered": accounts.UserRegistered,
    "accounts.PasswordSet": accounts.PasswordSet,
    "accounts.SignedIn": accounts.SignedIn,
    "tenancy.OrganizationCreated": tenancy.OrganizationCreated,
    "tenancy.MemberAdded": tenancy.MemberAdded,
    "tenancy.ProjectCreated": tenancy.ProjectCreated,
    "tenancy.KeyCreated": tenancy.KeyCreated,
    "registry.ModelRegistered": registry.ModelRegistered,
    "registry.VersionAdded": registry.VersionAdded,
    "registry.BaselineSet": registry.BaselineSet,
    "registry.Promoted": registry.Promoted,
    "registry.RolledBack": registry.RolledBack,
}
TOPIC_OF: dict[type[kernel.Event], str] = {event: topic for topic, event in TOPICS.items()}
