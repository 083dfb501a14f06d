"""What no measure tells is named, has no component, and changes no score."""

from datetime import UTC, datetime

from cdt.domain.kernel import Position
from cdt.graphql.context import At
from cdt.graphql.trust.kinds import ComponentKind
from cdt.graphql.trust.types import TrustScore
from tests.builders import an_id
from tests.domain.builders import a_result, a_score


def test_robustness_and_explainability_are_named_as_missing_and_never_stand_among_the_components() -> None:
    score = a_score(a_result("population_stability_index", 0.01, subject="age"))
    ended, now = datetime(2026, 1, 1, tzinfo=UTC), At(Position(1), is_now=True)

    told = TrustScore.live(score, sentence="", window_end=ended, version_id=an_id(1), at=now)

    assert told.not_measured == ["robustness", "explainability"]
    assert not {each.value for each in ComponentKind} & set(told.not_measured)
    assert (told.value, told.coverage) == (score.value, score.coverage)
