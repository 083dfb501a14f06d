"""The measures of drift, of each feature of a window and of what the version made of it."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import UNSET

from cdt.measures.answers import Answer
from cdt.measures.bin_distances import chi_square_of_bins, l_infinity_of_bins, total_variation_of_bins
from cdt.measures.bins import bin_counts
from cdt.measures.definitions import ReadingRules
from cdt.measures.divergences import (
    Counts,
    hellinger_of_bins,
    jensen_shannon_of_bins,
    kullback_leibler_of_bins,
    nothing_to_tell,
    stability_of_bins,
)
from cdt.measures.drift.many import drift_score
from cdt.measures.estimates import Estimate
from cdt.measures.grid import Grid, NumberFeature
from cdt.measures.kolmogorov_smirnov import kolmogorov_smirnov_of_cells, kolmogorov_smirnov_of_rows
from cdt.measures.outputs import Target, deviation_of, targets
from cdt.measures.profile import Profile
from cdt.measures.samples import Sample
from cdt.measures.wasserstein import ENDLESS, by_spread, wasserstein_of_cells
from cdt.measures.whole_rows import WHOLE_ROWS, SampledRows, whole_rows

NO_SCORE_BINS = "the grid was fitted without scores, and has no bins of them"
SPREAD_UNKNOWN = "the spread of the baseline is not known"

OVER_BINS: Mapping[str, Callable[[Counts, Counts, ReadingRules, float], Estimate]] = {
    "population_stability_index": lambda old, new, rules, confidence: stability_of_bins(
        old, new, epsilon=rules.epsilon, confidence=confidence
    ),
    "jensen_shannon_distance": lambda old, new, _, confidence: jensen_shannon_of_bins(old, new, confidence=confidence),
    "kullback_leibler_divergence": lambda old, new, rules, confidence: kullback_leibler_of_bins(
        old, new, epsilon=rules.epsilon, confidence=confidence
    ),
    "hellinger_distance": lambda old, new, _, confidence: hellinger_of_bins(old, new, confidence=confidence),
    "total_variation_distance": lambda old, new, _, confidence: total_variation_of_bins(
        old, new, confidence=confidence
    ),
    "l_infinity_distance": lambda old, new, _, confidence: l_infinity_of_bins(old, new, confidence=confidence),
    "chi_square": lambda old, new, _, __: chi_square_of_bins(old, new),
}


def stability(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """How far each feature and output has moved, over its bins."""
    wanted = [(name, measure) for name, measure in OVER_BINS.items() if rules.wants(name)]
    confidence = rules.confidence_of("drift")
    for target in targets(grid, rules.outputs) if wanted else ():
        old, new = target.bins(baseline), target.bins(current)
        has_no_bins = target.output == "score" and len(old) == 2 and old[0] > 0
        for name, measure in wanted:
            if has_no_bins:
                found = Estimate.missing(NO_SCORE_BINS)
            elif rules.edition is UNSET:
                found = measure(old, new, rules, confidence)
            else:
                found = nothing_to_tell(old, new) or measure(old, new, rules, confidence)
            yield Answer(name, target.subject, found)


def score(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """How far all features together have moved."""
    if not rules.wants("drift_score"):
        return
    confidence = rules.confidence_of("drift")
    distances: dict[str, Estimate] = {}
    for name in rules.watched_of(grid):
        old, new = (bin_counts(grid.by_name[name], side) for side in (baseline, current))
        distances[name] = nothing_to_tell(old, new) or jensen_shannon_of_bins(old, new, confidence=confidence)
    yield Answer("drift_score", None, drift_score(distances))


def of_whole_rows(grid: Grid, baseline: SampledRows, current: SampledRows, rules: ReadingRules) -> Iterator[Answer]:
    """How far rows have moved as wholes."""
    wanted = tuple(name for name in WHOLE_ROWS if rules.wants(name))
    confidence = rules.confidence_of("drift")
    found = whole_rows(
        grid, rules.watched_of(grid), baseline, current, wanted=wanted, seed=rules.seed, confidence=confidence
    )
    for measure, estimate in found:
        yield Answer(measure, None, estimate, counted_from="rows")


def gaps(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """The greatest gap of each number, by the cells of the grid."""
    for target in _numbers(grid, rules, "kolmogorov_smirnov"):
        assert isinstance(target.feature, NumberFeature)
        old, new = target.numbers(baseline), target.numbers(current)
        gap = kolmogorov_smirnov_of_cells(target.feature.cells, old, new, confidence=rules.confidence_of("drift"))
        yield Answer("kolmogorov_smirnov", target.subject, gap)


def gaps_of_rows(grid: Grid, baseline: Sample, current: Sample, rules: ReadingRules) -> Iterator[Answer]:
    """The greatest gap of each number, at every value of the rows."""
    for target in _numbers(grid, rules, "kolmogorov_smirnov"):
        assert isinstance(target.feature, NumberFeature)
        old, new = (target.values(side) for side in (baseline, current))
        gap = kolmogorov_smirnov_of_rows(target.feature.cells, old, new, confidence=rules.confidence_of("drift"))
        yield Answer("kolmogorov_smirnov", target.subject, gap, counted_from="rows")


def ways(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """How far the values of each number have to be carried, by the cells of the grid."""
    for target in _numbers(grid, rules, "wasserstein_distance", "normalized_wasserstein_distance"):
        assert isinstance(target.feature, NumberFeature)
        old, new = target.numbers(baseline), target.numbers(current)
        is_endless = rules.edition is not UNSET and any(target.is_infinite(side) for side in (baseline, current))
        if is_endless and old.rows and new.rows:
            endless = Estimate.missing(ENDLESS, rows=min(old.rows, new.rows))
            yield Answer("wasserstein_distance", target.subject, endless)
            yield Answer("normalized_wasserstein_distance", target.subject, endless)
            continue
        way = wasserstein_of_cells(target.feature.cells, old, new, confidence=rules.confidence_of("drift"))
        yield Answer("wasserstein_distance", target.subject, way)
        if way.value is not None:
            deviation = deviation_of(target.spread(grid, baseline))
            unknown = Estimate.missing(SPREAD_UNKNOWN, rows=way.rows)
            way = unknown if deviation is None else by_spread(way, deviation)
        yield Answer("normalized_wasserstein_distance", target.subject, way)


def _numbers(grid: Grid, rules: ReadingRules, *measures: str) -> Iterator[Target]:
    if any(rules.wants(name) for name in measures):
        yield from (each for each in targets(grid, rules.outputs) if isinstance(each.feature, NumberFeature))
