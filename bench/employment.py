"""The signature of the demo's model, a number and fifteen categories, and one row of it as NDJSON."""

from cdt.domain.registry.signature import Column, GroupAttribute, Signature

CATEGORIES = (
    *("SCHL", "MAR", "RELP", "DIS", "ESP", "CIT", "MIG", "MIL", "ANC", "NATIVITY", "DEAR", "DEYE", "DREM", "SEX"),
    "RAC1P",
)

SIGNATURE = Signature(
    columns=(Column("AGEP", "number"), *(Column(name, "category") for name in CATEGORIES)),
    classes=("0", "1"),
    positive_class="1",
    groups=(GroupAttribute("sex", "SEX"), GroupAttribute("race", "RAC1P")),
)

BODY = (
    b'{"prediction_id":"%s-%d","predicted_at":"2026-03-01T12:00:00Z","decision":"1","score":0.731,"features":{"AGEP":41,'
    + b",".join(b'"%s":"%d"' % (name.encode(), place) for place, name in enumerate(CATEGORIES))
    + b"}}\n"
)
"""For an id's two parts."""
