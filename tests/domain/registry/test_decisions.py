"""What may happen to a model."""

import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid, NotFound
from cdt.domain.kernel import Change
from cdt.domain.registry import decisions
from cdt.domain.registry.baselines import FittedBaseline, MovingBaseline
from cdt.domain.registry.decisions import BaselineIsSet, ModelExists, NoGrid, NothingToRollBackTo, VersionExists
from cdt.domain.registry.events import (
    BaselineFollowed,
    BaselineSet,
    GridRefitted,
    ModelRegistered,
    Promoted,
    RolledBack,
    VersionAdded,
)
from cdt.domain.registry.state import RegisteredModel, registry
from tests.builders import A_SIGNATURE, NOON, an_id, noon_plus
from tests.domain.builders import A_DIGEST, A_VERSION, ANOTHER_DIGEST, ANOTHER_VERSION, a_registered_model

OTHER_SIGNATURE = type(A_SIGNATURE)(columns=A_SIGNATURE.columns[:1], classes=("0", "1"), positive_class="1")
FITTED = FittedBaseline(grid=A_DIGEST, baseline=A_DIGEST, rows=9, labelled_rows=3)
BASELINE = {"version_id": A_VERSION, "fitted": FITTED}
ON_ANOTHER_GRID = replace(FITTED, grid=ANOTHER_DIGEST, predicted_from=NOON, predicted_to=noon_plus(days=1))
REFITTED = {"version_id": A_VERSION, "fitted": ON_ANOTHER_GRID}
TRAILING = MovingBaseline(kind="trailing", days=30)
CHAMPION = {"environment": "production", "role": "champion"}


def after(model: RegisteredModel, events: list) -> RegisteredModel:
    for event in events:
        model = registry.evolve(model, event)
    return model


def with_baseline() -> RegisteredModel:
    return after(a_registered_model(A_VERSION), decisions.set_baseline(a_registered_model(A_VERSION), **BASELINE))


def promote(model: RegisteredModel, version=A_VERSION, reason: str = "it is better", **where) -> list:
    return decisions.promote(model, version_id=version, reason=reason, **{**CHAMPION, **where})


def test_a_new_model_is_registered_under_its_trimmed_name() -> None:
    assert decisions.register(RegisteredModel(), name=" churn ", description="who leaves") == [
        ModelRegistered(name="churn", description="who leaves")
    ]


def test_registering_the_same_model_again_changes_nothing() -> None:
    assert decisions.register(a_registered_model(), name="churn", description="who leaves") == []


def test_another_model_under_the_same_id_is_refused() -> None:
    with pytest.raises(ModelExists):
        decisions.register(a_registered_model(), name="fraud", description="who leaves")


def test_a_version_is_added_with_its_signature() -> None:
    assert decisions.add_version(a_registered_model(), version_id=A_VERSION, tag="1", signature=A_SIGNATURE) == [
        VersionAdded(version_id=A_VERSION, tag="1", signature=A_SIGNATURE)
    ]


def test_the_same_version_again_changes_nothing() -> None:
    model = a_registered_model(A_VERSION)

    assert decisions.add_version(model, version_id=an_id(99), tag="1", signature=A_SIGNATURE) == []


def test_a_version_never_changes() -> None:
    with pytest.raises(VersionExists):
        decisions.add_version(a_registered_model(A_VERSION), version_id=A_VERSION, tag="1", signature=OTHER_SIGNATURE)


def test_only_a_registered_model_has_versions() -> None:
    with pytest.raises(NotFound):
        decisions.add_version(RegisteredModel(), version_id=A_VERSION, tag="1", signature=A_SIGNATURE)


def test_a_baseline_names_grid_and_profile() -> None:
    assert decisions.set_baseline(
        a_registered_model(A_VERSION), version_id=A_VERSION, fitted=replace(FITTED, predicted_from=NOON)
    ) == [
        BaselineSet(
            version_id=A_VERSION, grid=Change(None, A_DIGEST), baseline=Change(None, A_DIGEST), rows=9, labelled_rows=3,
            predicted_from=NOON,
        )
    ]  # fmt: skip


def test_the_same_baseline_again_changes_nothing() -> None:
    model = after(a_registered_model(A_VERSION), decisions.set_baseline(a_registered_model(A_VERSION), **BASELINE))

    assert decisions.set_baseline(model, **BASELINE) == []


def test_another_baseline_may_follow_on_the_same_grid() -> None:
    model = after(a_registered_model(A_VERSION), decisions.set_baseline(a_registered_model(A_VERSION), **BASELINE))

    (event,) = decisions.set_baseline(model, version_id=A_VERSION, fitted=replace(FITTED, baseline=ANOTHER_DIGEST))

    assert event.baseline == Change(A_DIGEST, ANOTHER_DIGEST)


def test_the_grid_is_fitted_once() -> None:
    model = after(a_registered_model(A_VERSION), decisions.set_baseline(a_registered_model(A_VERSION), **BASELINE))

    with pytest.raises(BaselineIsSet):
        decisions.set_baseline(model, version_id=A_VERSION, fitted=replace(FITTED, grid=ANOTHER_DIGEST))


def test_what_moves_takes_the_place_of_a_baseline_until_one_is_set() -> None:
    model = with_baseline()
    follow = {"version_id": A_VERSION, "moving": TRAILING}
    (followed,) = decisions.follow_baseline(model, **follow)
    model = after(model, [followed])
    (again,) = decisions.set_baseline(model, **BASELINE)

    assert followed == BaselineFollowed(version_id=A_VERSION, moving=Change(None, TRAILING))
    assert decisions.follow_baseline(model, **follow) == []
    assert (again.baseline, again.moving) == (Change(A_DIGEST, A_DIGEST), Change(TRAILING, None))
    assert after(model, [again]) == with_baseline()


def test_an_upload_is_told_from_a_window_with_the_same_profile() -> None:
    upload = {**BASELINE, "source": "upload", "body": ANOTHER_DIGEST}
    (event,) = decisions.set_baseline(with_baseline(), **upload)

    assert (event.source, event.body, event.predicted_from) == ("upload", ANOTHER_DIGEST, None)
    assert decisions.set_baseline(after(with_baseline(), [event]), **upload) == []


def test_nothing_moves_without_a_grid_and_none_is_fitted_anew() -> None:
    with pytest.raises(NoGrid):
        decisions.follow_baseline(a_registered_model(A_VERSION), version_id=A_VERSION, moving=TRAILING)
    with pytest.raises(NoGrid):
        decisions.refit_grid(a_registered_model(A_VERSION), **REFITTED)


def test_another_grid_comes_with_the_baseline_on_it_and_what_moves_goes_on() -> None:
    model = after(with_baseline(), decisions.follow_baseline(with_baseline(), version_id=A_VERSION, moving=TRAILING))
    events = decisions.refit_grid(model, **REFITTED)
    model = after(model, events)

    assert events == [
        GridRefitted(
            version_id=A_VERSION, grid=Change(A_DIGEST, ANOTHER_DIGEST), baseline=Change(A_DIGEST, A_DIGEST), rows=9,
            labelled_rows=3, predicted_from=NOON, predicted_to=noon_plus(days=1),
        )
    ]  # fmt: skip
    assert (model.versions[A_VERSION].grid, model.versions[A_VERSION].moving) == (ANOTHER_DIGEST, TRAILING)
    assert decisions.refit_grid(model, **REFITTED) == []
    with pytest.raises(Invalid):
        decisions.refit_grid(model, version_id=A_VERSION, fitted=FITTED)  # of rows whose times nobody knows


def test_an_unknown_version_has_no_baseline() -> None:
    with pytest.raises(NotFound):
        decisions.set_baseline(a_registered_model(), **BASELINE)


def test_a_promotion_names_who_served_before() -> None:
    model = a_registered_model(A_VERSION, ANOTHER_VERSION)
    model = after(model, promote(model))

    assert promote(model, ANOTHER_VERSION) == [
        Promoted(
            version_id=ANOTHER_VERSION,
            environment="production",
            role="champion",
            serving=Change(A_VERSION, ANOTHER_VERSION),
            reason="it is better",
        )
    ]


def test_promoting_who_serves_already_changes_nothing() -> None:
    model = a_registered_model(A_VERSION)

    assert promote(after(model, promote(model))) == []


def test_a_promotion_needs_a_reason() -> None:
    with pytest.raises(Invalid):
        promote(a_registered_model(A_VERSION), reason=" ")


def test_a_challenger_takes_no_champions_place() -> None:
    model = a_registered_model(A_VERSION, ANOTHER_VERSION)
    model = after(model, promote(model))

    model = after(model, promote(model, ANOTHER_VERSION, role="challenger"))

    assert model.serving == {("production", "champion"): A_VERSION, ("production", "challenger"): ANOTHER_VERSION}
    assert model.former_champions == {"production": ()}


def test_a_roll_back_lets_the_former_champion_serve() -> None:
    model = a_registered_model(A_VERSION, ANOTHER_VERSION)
    model = after(model, promote(model))
    model = after(model, promote(model, ANOTHER_VERSION))

    events = decisions.roll_back(model, environment="production", reason="it was worse")

    assert events == [
        RolledBack(environment="production", serving=Change(ANOTHER_VERSION, A_VERSION), reason="it was worse")
    ]
    assert after(model, events).serving == {("production", "champion"): A_VERSION}
    assert after(model, events).former_champions == {"production": ()}


def test_the_first_champion_can_not_be_rolled_back() -> None:
    model = a_registered_model(A_VERSION)

    with pytest.raises(NothingToRollBackTo):
        decisions.roll_back(after(model, promote(model)), environment="production", reason="it was worse")
