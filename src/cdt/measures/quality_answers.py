"""The measures of the data's quality, of a window and of each feature."""

from collections.abc import Iterator

from cdt.measures import quality
from cdt.measures.answers import Answer
from cdt.measures.definitions import ReadingRules
from cdt.measures.grid import Grid, NumberFeature
from cdt.measures.profile import Profile
from cdt.measures.quality import Received, Span


def quality_of(
    grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules, span: Span | None, received: Received | None
) -> Iterator[Answer]:
    """What came in, and of what quality each column is."""
    confidence = rules.confidence_of("quality")
    yield Answer("volume", None, quality.volume(current))
    yield Answer("freshness", None, quality.freshness(span, current.rows))
    yield Answer("clock_skew", None, quality.clock_skew(current, confidence=confidence))
    yield Answer("duplicate_share", None, quality.duplicate_share(received, current, confidence=confidence))
    yield Answer("violation_share", None, quality.violation_share(received, current, confidence=confidence))
    unlikely, before = (quality.unlikely_share(side, confidence=confidence) for side in (current, baseline))
    yield Answer("unlikely_share", None, unlikely, before.value, baseline_reason=before.reason)
    for feature in grid.features:
        name = feature.name
        now, then = (quality.missing_share(feature, side, confidence=confidence) for side in (current, baseline))
        yield Answer("missing_share", name, now, then.value)
        yield Answer("constant", name, quality.constant(feature, baseline, current, confidence=confidence))
        if isinstance(feature, NumberFeature):
            unseen, sides = (
                "out_of_range_share",
                [quality.out_of_range_share(feature, side, confidence=confidence) for side in (current, baseline)],
            )
        else:
            unseen, sides = (
                "new_category_share",
                [quality.new_category_share(feature, side, confidence=confidence) for side in (current, baseline)],
            )
        yield Answer(unseen, name, sides[0], sides[1].value)
