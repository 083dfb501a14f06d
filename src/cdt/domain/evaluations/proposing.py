"""The plan that suits a version, told from its baseline, with the reason of each choice."""

import math

import msgspec
from msgspec.structs import replace

from cdt.domain.evaluations.plan import DAY_SECONDS, DEFAULT_POLICY, Output, PlanPolicy

WINDOW_DAYS = (1, 7, 30, 90)
GOOD_ROWS = 1_000
"""So many tell a population stability index of 0.15 over ten bins from the noise of sampling: without any drift, and
against a baseline of as many rows, it is about 2 * 9 / rows, or 0.02."""
LEAST_MINIMUM_ROWS = 50
LEAST_GROUP_SIZE = 30
"""Below, an interval of a group's rate is so wide that nothing is ever judged."""
MOST_DAYS_APART = 2.0
"""Of the days on which rows come, on average: a weekend makes no batches."""
MOST_OTHERS = 0.5
MOST_MISSING = 0.99
SHARE_OF_LABELS = 0.5


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
    them there were any; None where that is not known. smallest_group: the smallest share of the rows that a group of
    any attribute has; None without attributes. labelled: the share of the rows with a label.
    """

    rows: int
    days: float
    busy_days: int | None = None
    columns: tuple[ColumnShape, ...] = ()
    smallest_group: float | None = None
    labelled: float = 0.0
    has_scores: bool = False


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
    size = DEFAULT_POLICY.minimum_group_size
    if shape.smallest_group is not None and shape.smallest_group * expected < size:
        size = max(LEAST_GROUP_SIZE, min(size, math.floor(shape.smallest_group * expected)))
        reasons.append(
            Reason(
                "minimumGroupSize",
                f"the smallest group is {shape.smallest_group:.1%} of the rows;"
                f" fewer than {LEAST_GROUP_SIZE} rows are never judged",
            )
        )
    features, left_out = _features(shape)
    reasons += left_out
    outputs: tuple[Output, ...] = ("decision", "score") if shape.has_scores else ("decision",)
    reasons.append(Reason("outputs", "what a version decides moves before its labels tell that it is wrong"))
    label_share = 0.0
    if shape.labelled > 0:
        label_share = math.floor(100 * SHARE_OF_LABELS * shape.labelled) / 100
        reasons.append(
            Reason(
                "leastLabelShare",
                f"{shape.labelled:.0%} of the baseline's rows have a label; the first to come are seldom a fair sample",
            )
        )
    policy = replace(
        DEFAULT_POLICY,
        window_seconds=days * DAY_SECONDS,
        minimum_rows=minimum_rows,
        minimum_group_size=size,
        features=features,
        outputs=outputs,
        least_label_share=label_share,
    )
    return Proposal(policy, tuple(reasons))


def _window(shape: BaselineShape) -> tuple[int, Reason]:
    """How many days a window has: the fewest that hold enough rows, and one batch where they come in batches."""
    usual = DEFAULT_POLICY.window_seconds // DAY_SECONDS
    if shape.days <= 0:
        return usual, Reason("windowSeconds", "of which days the baseline's rows are is not known")
    a_day = shape.rows / shape.days
    allowed = WINDOW_DAYS
    apart = shape.days / shape.busy_days if shape.busy_days else 0.0
    in_batches = apart > MOST_DAYS_APART
    if in_batches:
        allowed = tuple(each for each in WINDOW_DAYS if each >= apart)
    days = next((each for each in allowed if each * a_day >= GOOD_ROWS), WINDOW_DAYS[-1])
    rate = f"{a_day:,.0f}" if a_day >= 10 else f"{a_day:.1f}"
    because = f"{rate} rows come in on a day, so that {days} days hold about {a_day * days:,.0f}"
    if in_batches:
        because += "; on most days none do"
    return days, Reason("windowSeconds", because.replace("1 days hold", "one holds"))


def _features(shape: BaselineShape) -> tuple[tuple[str, ...] | None, list[Reason]]:
    """The features that are watched, None for all, and which are not."""
    left_out = {column.name: why for column in shape.columns if (why := _why_not(column)) is not None}
    watched = tuple(column.name for column in shape.columns if column.name not in left_out)
    if not left_out or not watched:
        return None, []
    return watched, [Reason("features", f"{name!r} is left out: {why}") for name, why in left_out.items()]


def _why_not(column: ColumnShape) -> str | None:
    if column.missing > MOST_MISSING:
        return "it is hardly ever there"
    if column.is_constant:
        return "it has one value alone"
    if column.others > MOST_OTHERS:
        return "most of its values are rare, as of an identifier or a free text"
    return None
