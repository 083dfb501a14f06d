"""The measure of what decisions are worth, as the catalog lists it."""

from cdt.measures.measure import WILSON_SOURCE, Measure

WORTH: tuple[Measure, ...] = (
    Measure(
        name="business_value",
        title="Business value",
        meaning="What a decision is worth on average, by what each pair of decision and label gains or costs.",
        family="performance",
        subject="model",
        low=None,
        high=None,
        better_when="higher",
        formula="mean of the value of each row's decision and label",
        interval="Wilson score between the least and the greatest value, with the number of rows that would have the "
        "variance, half a row of each extreme added to it",
        source=f"Elkan 2001, The foundations of cost-sensitive learning; {WILSON_SOURCE}",
        version=2,
        needs=("values",),
        defaults={"confidence": 0.95, "missing": "left out"},
    ),
)
