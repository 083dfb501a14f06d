"""Commands about policies and scores, on a real log."""

from cdt.commands import trust
from cdt.domain.kernel import Change, EvaluationId
from cdt.domain.trust.decisions import Wanted
from cdt.domain.trust.events import PolicySet
from cdt.domain.trust.state import policy_id_of, score_id_of
from tests.builders import NOON, a_command, an_id
from tests.domain.builders import A_MODEL, A_VERSION, a_policy, a_score
from tests.readmodels.recording import Recording

AN_EVALUATION = EvaluationId(an_id(500))


async def test_a_policy_changes_from_what_the_record_holds(recording: Recording) -> None:
    recording.do(trust.change_trust_policy, A_MODEL, wanted=Wanted(threshold=0.8), reason="the board wants it")
    recording.do(trust.change_trust_policy, A_MODEL, wanted=Wanted(threshold=0.9), reason="still too low")

    newest = recording.log.history(policy_id_of(A_MODEL))[-1].event

    assert newest == PolicySet(
        model_id=A_MODEL,
        policy=Change(a_policy(version=2, threshold=0.8), a_policy(version=3, threshold=0.9)),
        reason="still too low",
    )


async def test_an_evaluation_is_scored_once_in_each_environment(recording: Recording) -> None:
    recording.record_score(AN_EVALUATION, a_score())
    recording.record_score(AN_EVALUATION, a_score(), environment="staging")

    again = trust.record_score(
        recording.log, AN_EVALUATION, model_id=A_MODEL, version_id=A_VERSION, environment="production", score=a_score(),
        previous=None, previous_window_end=None, window_end=NOON, by=a_command(id=an_id(7)),
    )  # fmt: skip

    assert again is None
    assert len(recording.log.history(score_id_of(AN_EVALUATION, "production"))) == 1
    assert len(recording.log.history(score_id_of(AN_EVALUATION, "staging"))) == 1
