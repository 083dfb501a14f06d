"""The plan that suits a version, told from its baseline, with the reason of each choice."""

import math

import msgspec
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations import plan as plans
from cdt.domain.evaluations.kinds import fitted
from cdt.domain.evaluations.plan import DAY_SECONDS, DEFAULT_POLICY, Output, PlanPolicy
from cdt.domain.evaluations.results import ESTIMATED_MEAN_ABSOLUTE_ERROR
from cdt.domain.evaluations.spelling import in_the_api, shortened, spelled

WINDOW_DAYS = (1, 7, 30, 90)
GOOD_ROWS = 1_000
"""So many tell a population stability index of 0.15 over ten bins from the noise of sampling: without any drift, and
against a baseline of as many rows, it is about 2 * 9 / rows, or 0.02."""
LEAST_MINIMUM_ROWS = 50
LEAST_GROUP_SIZE = 30
"""Below, an interval of a group's rate is so wide that nothing is ever judged."""
MOST_DAYS_APART = 2.0
"""Of the days on which rows come, on average: a weekend makes no batches."""
USUAL_DAYS = DEFAULT_POLICY.window_seconds // DAY_SECONDS
"""For the sake of a small group a window is no longer than that: drift would be seen too late."""
LATENESS_HOURS = (1, 6, 24, 72, 168)
MOST_OTHERS = 0.5
MOST_MISSING = 0.99
SHARE_OF_LABELS = 0.5
MOST_NAMED = 20
"""Columns that are left out, each with its reason; what a fact holds is bounded."""
WHOLE_PLAN = "plan"
"""The field of a reason that is told of all of a plan: it is that of a former version, which somebody had changed."""


class ColumnShape(msgspec.Struct, frozen=True, kw_only=True):
    """What the baseline's rows hold in one feature.

    missing: the share without a value. others: of those with one, the share whose value is too rare to be counted by
    itself; 0 for a number. is_constant: there is one value at most.
    """

    name: str
    missing: float
    others: float = 0.0
    is_constant: bool = False


class BaselineShape(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a version when its baseline is set.

    days: of how many days the baseline's rows are, gaps included; 0 where that is not known. busy_days: on how many of
    them there were any; None where that is not known. groups: the share of the rows that each group of any attribute
    has. labelled: the share of the rows with a label. is_of_numbers: whether the version predicts numbers. has_rows:
    whether the rows are there, and not their counts alone. seen: how rows came in while a version was in use.
    """

    rows: int
    days: float
    busy_days: int | None = None
    columns: tuple[ColumnShape, ...] = ()
    groups: tuple[float, ...] = ()
    labelled: float = 0.0
    has_scores: bool = False
    is_of_numbers: bool = False
    has_rows: bool = False
    seen: "Seen | None" = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of a version came in while it was in use.

    tag: of the version, where that is a former one. rows_seconds: so long after they were predicted 99 of 100 rows had
    come in. labelled: the share of its predictions with a label. labels_seconds: so long after the prediction half
    of those labels had come in; None without any.
    """

    tag: str | None = None
    rows_seconds: float
    labelled: float = 0.0
    labels_seconds: float | None = None

    @property
    def whose(self) -> str:
        """Whose rows these are, for a sentence."""
        return "" if self.tag is None else f" of version {shortened(self.tag)}"


class Reason(msgspec.Struct, frozen=True):
    """Why a field of the plan, by its name in the API, is what it is."""

    field: str
    because: str


class Proposal(msgspec.Struct, frozen=True):
    """A plan and why; a field without a reason is the default one."""

    policy: PlanPolicy
    because: tuple[Reason, ...]


def propose(shape: BaselineShape) -> Proposal:
    """The default plan, with what suits this version better."""
    days, window = _window(shape)
    expected = shape.rows / shape.days * days if shape.days > 0 else math.inf
    reasons = [window]
    minimum_rows = DEFAULT_POLICY.minimum_rows
    if expected < 2 * minimum_rows:
        minimum_rows = max(LEAST_MINIMUM_ROWS, min(minimum_rows, math.floor(expected / 2)))
        reasons.append(
            Reason("minimumRows", f"about {expected:,.0f} rows are expected in a window; half of them must be there")
        )
    size, of_groups = _group_size(shape, expected)
    features, left_out = _features(shape)
    lateness, late = _lateness(shape.seen)
    label_share, of_labels = _label_share(shape)
    measures, outputs, of_kind = _of_kind(shape)
    policy = replace(
        DEFAULT_POLICY,
        measures=measures,
        window_seconds=days * DAY_SECONDS,
        lateness_seconds=lateness,
        minimum_rows=minimum_rows,
        minimum_group_size=size,
        features=features,
        outputs=outputs,
        least_label_share=label_share,
    )
    if features is not None and not _is_kept(policy):
        policy, left_out = replace(policy, features=None), []
    return Proposal(policy, (*reasons, *late, *of_groups, *left_out, *of_kind, *of_labels))


def _of_kind(shape: BaselineShape) -> tuple[tuple[str, ...], tuple[Output, ...], list[Reason]]:
    """What is measured besides, and the outputs whose drift is, by what the version makes."""
    if not shape.is_of_numbers:
        because = Reason("outputs", "what a version decides moves before its labels tell that it is wrong")
        return DEFAULT_POLICY.measures, ("decision", "score") if shape.has_scores else ("decision",), [because]
    measures = fitted(DEFAULT_POLICY, is_of_numbers=True).measures
    why = "the version predicts numbers: what is expected of decisions tells nothing of it"
    if shape.has_rows and shape.labelled:
        measures = (ESTIMATED_MEAN_ABSOLUTE_ERROR, *measures)
        why = "labels come late, and the baseline's labelled rows tell which are predicted badly"
    outputs: tuple[Output, ...] = ("score", "label") if shape.labelled else ("score",)
    of_outputs = Reason("outputs", "what a version predicts moves before its labels tell that it is wrong")
    return measures, outputs, [Reason("measures", why), of_outputs]


def told_by(policy: PlanPolicy, changed: PlanPolicy) -> list[str]:
    """The fields, by their names in the API, of which a reason no longer tells once a plan has changed."""
    return [in_the_api(name) for name in policy.__struct_fields__ if getattr(policy, name) != getattr(changed, name)]


def _window(shape: BaselineShape) -> tuple[int, Reason]:
    """How many days a window has: the fewest that hold enough rows, and one batch where they come in batches.

    Up to the usual length it is as long as the groups need of which a window of that length holds enough rows.
    """
    if shape.days <= 0:
        return USUAL_DAYS, Reason("windowSeconds", "of which days the baseline's rows are is not known")
    a_day = shape.rows / shape.days
    allowed = WINDOW_DAYS
    apart = shape.days / shape.busy_days if shape.busy_days else 0.0
    in_batches = apart > MOST_DAYS_APART
    if in_batches:
        allowed = tuple(each for each in WINDOW_DAYS if each >= apart)
    days = next((each for each in allowed if each * a_day >= GOOD_ROWS), WINDOW_DAYS[-1])
    rate = f"{a_day:,.0f}" if a_day >= 10 else f"{a_day:.1f}"
    needed = DEFAULT_POLICY.minimum_group_size / a_day
    judged = min((share for share in shape.groups if share * USUAL_DAYS >= needed), default=1.0)
    longer = max(days, next((each for each in allowed if judged * each >= needed), days))
    because = f"{rate} rows come in on a day, so that {longer} days hold about {a_day * longer:,.0f}"
    because = because.replace("so that 1 days hold", "so that one holds")
    if in_batches:
        because += "; on most days none do"
    if longer > days:
        because += f", and {DEFAULT_POLICY.minimum_group_size} of a group that has {judged:.1%} of the rows"
    return longer, Reason("windowSeconds", because)


def _group_size(shape: BaselineShape, expected: float) -> tuple[int, list[Reason]]:
    """The rows that a group needs: so many that each group is judged of which a window holds enough for any verdict."""
    usual = DEFAULT_POLICY.minimum_group_size
    rows, share = min(((s * expected, s) for s in shape.groups if s * expected >= LEAST_GROUP_SIZE), default=(usual, 0))
    if rows >= usual:
        return usual, []
    because = (
        f"a window holds about {rows:,.0f} rows of a group that has {share:.1%} of them;"
        f" fewer than {LEAST_GROUP_SIZE} are never judged"
    )
    return math.floor(rows), [Reason("minimumGroupSize", because)]


def _lateness(seen: Seen | None) -> tuple[int, list[Reason]]:
    """How long a window waits for rows that come late."""
    if seen is None:
        return DEFAULT_POLICY.lateness_seconds, []
    hours = next((each for each in LATENESS_HOURS if each * 3_600 >= seen.rows_seconds), LATENESS_HOURS[-1])
    because = f"99 of 100 rows{seen.whose} came within {spelled(seen.rows_seconds)}"
    return hours * 3_600, [Reason("latenessSeconds", because)]


def _label_share(shape: BaselineShape) -> tuple[float, list[Reason]]:
    """The share of a window's rows whose labels must be there."""
    seen = shape.seen
    labelled, whose = shape.labelled, " of the baseline"
    if not labelled and seen is not None:
        labelled, whose = seen.labelled, seen.whose
    least = math.floor(100 * SHARE_OF_LABELS * labelled) / 100
    if not least:
        return 0.0, []
    because = f"{labelled:.0%} of the rows{whose} have a label; the first to come are seldom a fair sample"
    if seen is not None and seen.labels_seconds is not None:
        because += f"; half of the labels{seen.whose} came within {spelled(seen.labels_seconds)}"
    return least, [Reason("leastLabelShare", because)]


def _features(shape: BaselineShape) -> tuple[tuple[str, ...] | None, list[Reason]]:
    """The features that are watched, None for all, and which are not."""
    left_out = {column.name: why for column in shape.columns if (why := _why_not(column)) is not None}
    watched = tuple(column.name for column in shape.columns if column.name not in left_out)
    if not left_out or not watched:
        return None, []
    return watched, reasons_of("features", left_out)


def reasons_of(field: str, why_by_name: dict[str, str]) -> list[Reason]:
    """A reason for each column that is left out, for so many as are named one by one."""
    reasons = [Reason(field, f"{shortened(name)} is left out: {why}") for name, why in why_by_name.items()]
    if len(reasons) > MOST_NAMED:
        return [*reasons[:MOST_NAMED], Reason(field, f"{len(reasons) - MOST_NAMED} more columns are left out")]
    return reasons


def _why_not(column: ColumnShape) -> str | None:
    if column.missing > MOST_MISSING:
        return "it is hardly ever there"
    if column.is_constant:
        return "it has one value alone"
    if column.others > MOST_OTHERS:
        return "most of its values are rare, as of an identifier or a free text"
    return None


def _is_kept(policy: PlanPolicy) -> bool:
    """Whether a plan is small enough to be kept."""
    try:
        plans.check(policy)
    except Invalid:
        return False
    return True
