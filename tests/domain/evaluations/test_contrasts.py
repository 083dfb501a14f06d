"""What groups are held against, where a plan says so."""

import msgspec
import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.contrasts import Contrast, check_attributes
from cdt.domain.evaluations.following import follow
from cdt.domain.evaluations.plan import DEFAULT_POLICY, PlanPolicy, check

WHOLE = Contrast(attribute="sex", against="whole")
TO_MEN = Contrast(attribute="sex", against="reference", reference="m")


def with_contrasts(*contrasts: Contrast) -> PlanPolicy:
    return replace(DEFAULT_POLICY, contrasts=contrasts)


@pytest.mark.parametrize(
    "contrasts",
    [(WHOLE,), (TO_MEN,), (Contrast(attribute="sex", least_share=0.02),), (WHOLE, replace(TO_MEN, attribute="race"))],
)
def test_a_plan_may_say_what_groups_are_held_against(contrasts: tuple[Contrast, ...]) -> None:
    check(with_contrasts(*contrasts))


@pytest.mark.parametrize(
    ("contrasts", "field", "problem"),
    [
        ((WHOLE, TO_MEN), "contrasts.1.attribute", "name an attribute once, with everything that is asked of it"),
        ((replace(TO_MEN, reference=None),), "contrasts.0.reference", "name the group that the others"),
        ((replace(WHOLE, reference="m"),), "contrasts.0.reference", "name the group that the others"),
        ((replace(TO_MEN, reference=""),), "contrasts.0.reference", "a group's name has 1 to 200 characters"),
        ((replace(TO_MEN, reference="m" * 201),), "contrasts.0.reference", "a group's name has 1 to 200 characters"),
        ((replace(WHOLE, least_share=0.51),), "contrasts.0.leastShare", "it lies in [0, 0.5]"),
        ((replace(WHOLE, least_share=-0.1),), "contrasts.0.leastShare", "it lies in [0, 0.5]"),
        ((replace(WHOLE, least_share=float("nan")),), "contrasts.0.leastShare", "it lies in [0, 0.5]"),
        ((Contrast(attribute="sex"),), "contrasts.0.against", "that is how groups are compared anyway"),
        ((replace(WHOLE, against="best"),), "contrasts.0.against", "it is one of groups, reference, whole"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_contrast_that_means_nothing_is_refused_by_its_field(
    contrasts: tuple[Contrast, ...], field: str, problem: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check(with_contrasts(*contrasts))

    assert refused.value.field == field
    assert refused.value.problem.startswith(problem)


def test_an_attribute_that_the_version_has_not_is_refused() -> None:
    check_attributes([WHOLE], ["sex", "race"])
    with pytest.raises(Invalid, match="the version has no attribute 'sex'"):
        check_attributes([WHOLE], ["race"])


def test_a_plan_that_says_nothing_of_them_is_the_json_that_it_was() -> None:
    assert b"contrasts" not in msgspec.json.encode(DEFAULT_POLICY)
    said = with_contrasts(WHOLE, replace(TO_MEN, attribute="race"))
    assert msgspec.json.decode(msgspec.json.encode(said), type=PlanPolicy) == said


def test_the_next_version_begins_with_those_whose_attribute_it_has() -> None:
    policy = with_contrasts(WHOLE, replace(TO_MEN, attribute="race"))

    kept, left = (follow(policy, tag="7", columns=(), attributes=each) for each in (["sex", "race"], ["sex"]))

    assert kept.policy.contrasts == policy.contrasts
    assert left.policy.contrasts == (WHOLE,)
    assert left.because[-1].because == "'race' is left out: the version has no such attribute"
    assert follow(policy, tag="7", columns=()).policy.contrasts is msgspec.UNSET
