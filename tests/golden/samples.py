"""One event of every topic, in its present format, and the file that keeps one of every format there ever was.

After an event's `format` has risen, `python -m tests.golden.samples` appends its new sample; what the file holds
already stays for ever, since such events are in somebody's record.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec

from cdt.database.mapper import encode
from cdt.domain.accounts.events import (
    EmailVerified,
    EndOfSession,
    PasswordSet,
    ProfileChanged,
    ResetRequested,
    SessionEnded,
    SignedIn,
    UserErased,
    UserRegistered,
    VerificationRequested,
)
from cdt.domain.alerts.events import Acknowledged, Raised, Reopened, Resolved, RuleAdded, RuleDisabled, RuleEnabled
from cdt.domain.compliance.events import (
    ErasureCompleted,
    ErasureRequested,
    HoldLifted,
    HoldPlaced,
    RowsErased,
    RowsRemoved,
)
from cdt.domain.evaluations.events import (
    BackfillCancelled,
    BackfillRequested,
    Cancelled,
    Completed,
    Failed,
    PlanChanged,
    PlanMade,
    RecomputationFailed,
    RecomputationRequested,
    Recomputed,
    Requested,
)
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import (
    Actor,
    AlertId,
    BackfillId,
    Change,
    Digest,
    EndpointId,
    Envelope,
    EvaluationId,
    Event,
    NameClaimed,
    NameReleased,
    PlanId,
    Position,
    RecomputationId,
    RuleId,
    Sealed,
    Tenant,
)
from cdt.domain.notifications.events import Delivered, DeliveryRequested, EndpointAdded, EndpointRemoved, GaveUp
from cdt.domain.registry.baselines import MovingBaseline
from cdt.domain.registry.dictionary import ColumnMeaning
from cdt.domain.registry.events import (
    BaselineFollowed,
    BaselineSet,
    ColumnsDescribed,
    GridRefitted,
    IntakePolicyChanged,
    ModelRegistered,
    Promoted,
    QuarantineSettled,
    RolledBack,
    VersionAdded,
)
from cdt.domain.tenancy.events import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationWithdrawn,
    KeyCreated,
    KeyRevoked,
    KeyRotated,
    MemberAdded,
    MemberInvited,
    MemberLeft,
    MemberRemoved,
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationDescribed,
    OrganizationDomainSet,
    OrganizationRenamed,
    OwnershipTransferred,
    PersonalKeyCreated,
    PersonalKeyRevoked,
    PersonalKeyRotated,
    ProjectArchived,
    ProjectCreated,
    ProjectDeleted,
    ProjectDescribed,
    ProjectRenamed,
    ProjectRestored,
    ProjectRoleSet,
    ProjectSettingsChanged,
    RoleChanged,
    TextRedacted,
)
from cdt.domain.tenancy.roles import KeyPermission, Role
from cdt.domain.topics import TOPIC_OF
from cdt.domain.trust.events import DefaultPolicySet, PolicySet, Scored
from cdt.domain.trust.policy import TrustPolicy, Weights
from cdt.domain.trust.score import Component, Part, Trend
from tests.builders import A_SIGNATURE, NOON, an_id, noon_plus

FILE = Path(__file__).parent / "events.jsonl"

A, B = Digest("a" * 64), Digest("b" * 64)
MODEL, VERSION, PERSON, TEXT = an_id(1), an_id(11), an_id(1001), an_id(1005)
STABILITY = Component(
    kind="stability", value=0.5, low=0.25, high=0.75, weight=0.5, contribution=0.25, evidence=1.0, rows=1000,
    parts=(Part("age", 0.0),),
)  # fmt: skip
NO_LABELS = Component(kind="performance", value=None, weight=0.5, evidence=0.0, reason="accuracy: no labels yet.")

EVENTS: tuple[Event, ...] = (
    NameClaimed(scope="model/1", holder=MODEL),
    UserRegistered(name=Sealed(PERSON, "bmFtZQ=="), email=Sealed(PERSON, "ZW1haWw="), email_hash="c" * 64),
    PasswordSet(),
    SignedIn(
        session_id=an_id(1004), session_ends_at=noon_plus(days=30), address=Sealed(PERSON, "YWRkcmVzcw=="),
        agent=Sealed(PERSON, "YWdlbnQ="),
    ),
    VerificationRequested(request_id=an_id(1005), expires_at=noon_plus(days=2)),
    EmailVerified(),
    ResetRequested(request_id=an_id(1006), expires_at=noon_plus(days=2)),
    SessionEnded(session_id=an_id(1004), reason=EndOfSession.SIGNED_OUT),
    ProfileChanged(name=Change(Sealed(PERSON, "bmFtZQ=="), Sealed(PERSON, "bmV3IG5hbWU="))),
    UserErased(),
    OrganizationCreated(name="Census"),
    MemberAdded(user_id=PERSON, role=Change(None, Role.OWNER)),
    ProjectCreated(organization_id=an_id(1002), name="Employment", time_zone="America/New_York"),
    KeyCreated(
        key_id=an_id(5), name="streamer", prefix="cdt_ab12", model_ids=(an_id(9),), expires_at=noon_plus(days=90)
    ),
    KeyRotated(
        key_id=an_id(5), secret_id=an_id(6), prefix=Change("cdt_ab12", "cdt_cd34"),
        expires_at=Change(None, noon_plus(days=90)), former_ends_at=noon_plus(days=1),
    ),
    KeyRevoked(key_id=an_id(5), reason=Sealed(TEXT, "cmVwbw==")),
    PersonalKeyCreated(
        key_id=an_id(7), user_id=PERSON, name=Sealed(PERSON, "bmFtZQ=="), prefix="cdt_ef56",
        permissions=(KeyPermission.READ, KeyPermission.WRITE), expires_at=noon_plus(days=90),
    ),
    PersonalKeyRotated(
        key_id=an_id(7), secret_id=an_id(8), prefix=Change("cdt_ef56", "cdt_gh78"),
        expires_at=Change(noon_plus(days=90), noon_plus(days=180)), former_ends_at=noon_plus(days=1),
    ),
    PersonalKeyRevoked(key_id=an_id(7), reason=Sealed(PERSON, "cmVhc29u")),
    TextRedacted(of=7, field="reason"),
    OrganizationRenamed(name=Change("Census", "Census Bureau")),
    OrganizationDescribed(description=Change("", Sealed(TEXT, "V2hvIGNvdW50cw=="))),
    OrganizationDomainSet(domain=Change(None, "census.example")),
    OrganizationDeleted(),
    RoleChanged(user_id=PERSON, role=Change(Role.VIEWER, Role.MEMBER)),
    MemberRemoved(user_id=PERSON, role=Change(Role.MEMBER, None)),
    MemberLeft(user_id=PERSON, role=Change(Role.AUDITOR, None)),
    OwnershipTransferred(
        from_user_id=PERSON, from_role=Change(Role.OWNER, Role.ADMIN), to_user_id=an_id(1004),
        to_role=Change(Role.MEMBER, Role.OWNER),
    ),
    MemberInvited(
        invitation_id=an_id(51), email=Sealed(an_id(52), "ZW1haWw="), email_hash="c" * 64, role=Role.MEMBER,
        expires_at=noon_plus(days=7),
    ),
    InvitationAccepted(invitation_id=an_id(51), user_id=PERSON),
    InvitationDeclined(invitation_id=an_id(51)),
    InvitationWithdrawn(invitation_id=an_id(51)),
    ProjectRoleSet(project_id=an_id(1003), user_id=PERSON, role=Change(None, Role.ADMIN)),
    ProjectRenamed(name=Change("Employment", "Work")),
    ProjectDescribed(description=Change(Sealed(TEXT, "V2hv"), Sealed(TEXT, "V2hvIHdvcmtz"))),
    ProjectSettingsChanged(time_zone=Change("UTC", "Europe/Berlin"), retention_days=Change(None, 365)),
    ProjectArchived(),
    ProjectRestored(),
    ProjectDeleted(),
    NameReleased(scope="model/1", holder=MODEL),
    ModelRegistered(name="Employment", description=Sealed(TEXT, "V2hvIGlz")),
    VersionAdded(version_id=VERSION, tag="1", signature=A_SIGNATURE),
    BaselineSet(
        version_id=VERSION, grid=Change(None, A), baseline=Change(None, B), rows=1000, labelled_rows=900,
        source="upload", body=A, moving=Change(MovingBaseline(kind="trailing", days=30), None),
    ),
    BaselineFollowed(version_id=VERSION, moving=Change(None, MovingBaseline(kind="seasonal", days=28))),
    GridRefitted(
        version_id=VERSION, grid=Change(A, B), baseline=Change(B, A), rows=1000, labelled_rows=900,
        predicted_from=NOON, predicted_to=noon_plus(days=1),
    ),
    Promoted(
        version_id=VERSION, environment="production", role="champion", serving=Change(None, VERSION),
        reason=Sealed(TEXT, "Zmlyc3Q="),
    ),
    RolledBack(environment="production", serving=Change(an_id(12), VERSION), reason=Sealed(TEXT, "d29yc2U=")),
    PlanMade(version_id=VERSION, model_id=MODEL, policy=PlanPolicy(minimum_group_size=30)),
    PlanChanged(
        version_id=VERSION, model_id=MODEL,
        policy=Change(
            PlanPolicy(),
            PlanPolicy(
                measures=("wasserstein_distance",), features=("age",), least_label_share=0.5, triggers=("labels",),
                schedule="0 6 * * 1",
            ),
        ),
        reason=Sealed(TEXT, "bGF0ZQ=="),
    ),
    Cancelled(),
    RecomputationRequested(
        recomputation_id=RecomputationId(an_id(23)), evaluation_id=EvaluationId(an_id(22)), version_id=VERSION,
        model_id=MODEL, specification=A, rows_digest=A, results_digest=B,
    ),
    Recomputed(
        recomputation_id=RecomputationId(an_id(23)), outcome="within_tolerance", differences=2, rows_digest=A,
        results_digest=B, libraries={"numpy": "2.3.1"}, processor="x86-64-v3",
    ),
    BackfillRequested(
        backfill_id=BackfillId(an_id(25)), plan_id=PlanId(an_id(21)), version_id=VERSION, model_id=MODEL,
        environment="production", through_sequence=7,
        windows=(Window(NOON, noon_plus(days=1)), Window(noon_plus(days=3), noon_plus(days=4))),
        rules=A, reason=Sealed(TEXT, "aGlzdG9yeQ=="),
    ),
    BackfillCancelled(
        backfill_id=BackfillId(an_id(25)), plan_id=PlanId(an_id(21)), version_id=VERSION, model_id=MODEL,
        reason=Sealed(TEXT, "bm8gbW9yZQ=="),
    ),
    RecomputationFailed(recomputation_id=RecomputationId(an_id(23)), attempts=4, reason="out of memory"),
    Requested(
        plan_id=PlanId(an_id(21)), version_id=VERSION, model_id=MODEL, environment="production", cause="window_closed",
        window_start=NOON, window_end=noon_plus(days=30), through_sequence=7, specification=A,
    ),
    Completed(
        rows=1000, labels=900, rows_digest=A, results_digest=B, passed=12, failed=2, inconclusive=1,
        libraries={"numpy": "2.3.1"}, processor="x86-64-v3",
    ),
    Failed(attempts=3, reason="out of memory"),
    PolicySet(
        model_id=MODEL,
        policy=Change(
            None, TrustPolicy(version=2, threshold=0.8, weights=Weights(stability=2, fairness=1, performance=1))
        ),
        reason=Sealed(TEXT, "Ym9hcmQ="),
    ),
    DefaultPolicySet(policy=Change(None, TrustPolicy(version=2, threshold=0.9)), reason=Sealed(TEXT, "c3RyaWN0")),
    Scored(
        model_id=MODEL, version_id=VERSION, environment="production", evaluation_id=EvaluationId(an_id(22)),
        value=Change(None, 0.5), low=0.25, high=0.75, coverage=0.5, standing=Change(None, "below_threshold"),
        reason=None, threshold=0.7, components=(STABILITY, NO_LABELS), trend=Trend("unknown"), policy_version=1,
        formula=1, window_end=noon_plus(days=30), sentence="Below its threshold of 0.70, at 0.50, its first score.",
    ),
    RuleAdded(model_id=MODEL, name="Trust is low", subject="trust", operator="below", threshold=0.7, in_a_row=2),
    RuleEnabled(is_enabled=Change(False, True)),
    RuleDisabled(is_enabled=Change(True, False)),
    Raised(
        rule_id=RuleId(an_id(31)), model_id=MODEL, version_id=VERSION, evaluation_id=EvaluationId(an_id(22)), value=0.5,
        judged_through=Position(40), state=Change(None, "open"),
    ),
    Reopened(
        evaluation_id=EvaluationId(an_id(23)), value=0.4, judged_through=Position(50), state=Change("resolved", "open")
    ),
    Acknowledged(note=Sealed(TEXT, "b24gaXQ="), state=Change("open", "acknowledged")),
    Resolved(
        note="", evaluation_id=EvaluationId(an_id(24)), value=0.9, judged_through=Position(60),
        state=Change("acknowledged", "resolved"),
    ),
    EndpointAdded(kind="webhook", url="https://hooks.example.org/cdt"),
    EndpointRemoved(url=Change("https://hooks.example.org/cdt", None)),
    DeliveryRequested(
        endpoint_id=EndpointId(an_id(41)), alert_id=AlertId(an_id(42)), model_id=MODEL, what="raised", fact=Position(41)
    ),
    Delivered(attempts=2, status=204),
    GaveUp(attempts=5, status=None, error="timed out"),
    IntakePolicyChanged(policy=Change("reject_row", "keep_marked"), reason=Sealed(TEXT, "d2h5")),
    ColumnsDescribed(
        columns=Change(
            (ColumnMeaning(name="age", title="Age"),), (ColumnMeaning(name="sex", title="Sex", labels={"1": "male"}),)
        )
    ),
    QuarantineSettled(version_id=VERSION, settlement="discarded", rows=(3, 4), reason=Sealed(TEXT, "b2xk")),
    HoldPlaced(hold_id=an_id(61), model_id=MODEL, reason=Sealed(TEXT, "bGF3c3VpdA==")),
    HoldLifted(hold_id=an_id(61), reason=Sealed(TEXT, "b3Zlcg==")),
    RowsRemoved(version_id=VERSION, predicted_before=NOON, predictions=1000, labels=900, segments=7),
    ErasureRequested(
        erasure_id=an_id(62), model_id=MODEL, version_ids=(VERSION,), column="customer", subjects=("d" * 64,),
        reason=Sealed(TEXT, "YXNrZWQ="),
    ),
    RowsErased(
        erasure_id=an_id(62), version_id=VERSION, predictions=3, labels=2, waiting_labels=1, segments=2, tombstones=A
    ),
    ErasureCompleted(erasure_id=an_id(62)),
)  # fmt: skip
SAMPLES = {TOPIC_OF[type(event)]: event for event in EVENTS}


class Line(msgspec.Struct, frozen=True):
    """A stored event, as its table holds it; `chain` is the SHA-256 of the chain before and of this line's contents."""

    topic: str
    format: int
    stream: UUID
    version: int
    state: msgspec.Raw
    chain: str = ""


def lines() -> list[Line]:
    """The file's lines, oldest first."""
    return [msgspec.json.decode(line, type=Line) for line in FILE.read_bytes().splitlines()] if FILE.exists() else []


def chained(before: str, line: Line) -> str:
    """What a line's chain must be: a line that was changed, removed or put in between breaks it."""
    contents = msgspec.json.encode((line.topic, line.format, line.stream, line.version, line.state))
    return hashlib.sha256(before.encode() + contents).hexdigest()


def missing() -> Iterator[Line]:
    """The samples that the file has not got."""
    present = {(line.topic, line.format) for line in lines()}
    for number, (topic, event) in enumerate(SAMPLES.items(), 1):
        if (topic, type(event).format) not in present:
            stored = encode(_enveloped(event, number))
            yield Line(topic, type(event).format, an_id(number), 1, msgspec.Raw(stored.state))


def _enveloped(event: Event, number: int) -> Envelope:
    return Envelope(
        originator_id=an_id(number),
        originator_version=1,
        timestamp=NOON,
        actor=Actor("user", str(PERSON)),
        command_id=an_id(number),
        tenant=Tenant(an_id(1002), an_id(1003)),
        caused_by=Position(number),
        event=event,
    )


def append_missing() -> None:
    """Append what is missing to the file."""
    before = lines()
    chain = before[-1].chain if before else ""
    with FILE.open("ab") as file:
        for line in list(missing()):
            chain = chained(chain, line)
            file.write(msgspec.json.encode(Line(line.topic, line.format, line.stream, line.version, line.state, chain)))
            file.write(b"\n")


if __name__ == "__main__":
    append_missing()
