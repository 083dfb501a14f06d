"""How far a number taken from profiles may lie from that of the rows; a test holds ten shapes of column to it."""

from typing import NamedTuple


class ProfileError(NamedTuple):
    """At most so much, of the unit that is named."""

    most: float
    unit: str
    because: str


KOLMOGOROV_SMIRNOV = ProfileError(
    5e-4, "absolute", "the gap is looked at where cells begin; the interval allows for it"
)
ROC_AUC = ProfileError(1e-4, "absolute", "scores of one cell are ties; the interval allows for it")
WASSERSTEIN = ProfileError(5e-3, "of the value", "values are as wide as their cell, and as far outside as their mean")
MEAN = ProfileError(2e-8, "of the grid's range", "offsets are whole numbers of a small unit")
DEVIATION = ProfileError(1.6e-5, "of the grid's range", "squares are taken of coarser steps")

PROFILE_ERRORS = {
    "Kolmogorov-Smirnov distance": KOLMOGOROV_SMIRNOV,
    "ROC AUC": ROC_AUC,
    "Wasserstein distance": WASSERSTEIN,
    "mean of a column": MEAN,
    "standard deviation of a column": DEVIATION,
}


def as_markdown() -> list[str]:
    """The lines of `docs/measures.md` about it."""
    return [
        "## From profiles and from rows",
        "",
        "A live reading is taken from counts on the version's grid, a recorded evaluation from rows. Counts are whole",
        "numbers: whatever is a share or rests on bins, groups or labels is the same to the bit, least and greatest",
        "value are exact, and profiles that are merged in any order and grouping are the profile of the whole. The",
        "rest lies within these errors, of columns of 40,000 rows in ten shapes from normal to zero-inflated with a",
        "long tail; a test holds them. Of a column that the grid knows as steps (whole numbers, say) and that now",
        "holds other values, the two distances are right to one step.",
        "",
        "| number | error at most | because |",
        "|---|---|---|",
        *(f"| {name} | {each.most:g} {each.unit} | {each.because} |" for name, each in PROFILE_ERRORS.items()),
    ]
