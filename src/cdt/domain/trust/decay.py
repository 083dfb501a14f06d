"""How much evidence counts that has grown old: the score stays, what it covers shrinks.

For a while after rows last came in, `fresh_seconds` of the policy, evidence counts whole; from then on half as much
with each `half_life_seconds`. By that share coverage is less, and below what the policy asks for there is not enough
evidence to trust. No value is weighted by it: what was bad is not forgotten, so a score never rises by being left
alone. The age is told by when rows were taken in, not by when they were predicted: rows of former years that come in
today are fresh.
"""

from typing import NamedTuple

from cdt.domain.trust.policy import TrustPolicy
from cdt.domain.trust.score import Score, Standing

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
_ROUNDING = 1e-12  # as the formula has it


class Aged(NamedTuple):
    """What a score is worth a while after rows last came in.

    weight: how much its evidence counts, in (0, 1]. coverage: the share of the weight that has such evidence.
    sentence: what to tell a reader; None while it counts whole.
    """

    weight: float
    coverage: float
    standing: Standing
    sentence: str | None


def aged(score: Score, policy: TrustPolicy, *, age_seconds: float) -> Aged:
    """The score's evidence by the policy's decay, so long after rows last came in."""
    weight = weight_of(age_seconds, policy)
    if weight == 1:
        return Aged(1.0, score.coverage, score.standing, None)
    coverage = score.coverage * weight
    has_enough = score.value is not None and coverage >= policy.minimum_coverage - _ROUNDING
    told = f"No rows have come in for {_long(age_seconds)}, so the evidence counts {weight:.2f}"
    if score.value is None or has_enough:
        return Aged(weight, coverage, score.standing, f"{told}.")
    less = f"and covers {coverage:.2f} of the weight; the policy asks for {policy.minimum_coverage:.2f}"
    return Aged(weight, coverage, "not_enough_evidence", f"{told}, {less}.")


def weight_of(age_seconds: float, policy: TrustPolicy) -> float:
    """How much evidence of that age counts: 1 while it is fresh, then half as much with each half-life.

    >>> week = 7 * DAY_SECONDS
    >>> policy = TrustPolicy(fresh_seconds=week, half_life_seconds=week)
    >>> [weight_of(days * DAY_SECONDS, policy) for days in (0, 7, 14, 21)]
    [1.0, 1.0, 0.5, 0.25]
    """
    beyond = age_seconds - policy.fresh_for
    return 1.0 if beyond <= 0 else 2.0 ** -min(beyond / policy.half_life, 1_000.0)


def _long(seconds: float) -> str:
    amount, unit = (seconds // DAY_SECONDS, "day") if seconds >= DAY_SECONDS else (seconds // HOUR_SECONDS, "hour")
    if amount < 1:
        amount, unit = max(1, seconds // 60), "minute"
    return f"{amount:,.0f} {unit}{'' if amount == 1 else 's'}"
