"""What the demo's columns and their codes mean.

Source: the data dictionary of the Public Use Microdata Sample of the American Community Survey, 2015 (US Census Bureau,
public domain). A code 0 stands for those of whom the question is not asked.
"""

from typing import Any

from cdt.demo.rows import CATEGORY_COLUMNS, NUMBER_COLUMNS

YES_NO = {"1": "yes", "2": "no"}
GRADES = {str(grade + 3): f"grade {grade}" for grade in range(1, 12)}
TITLES = {
    "AGEP": "Age in years",
    "SCHL": "Schooling",
    "MAR": "Marital status",
    "RELP": "Relation to the householder",
    "DIS": "Disability",
    "ESP": "Employment of the parents",
    "CIT": "Citizenship",
    "MIG": "Moved within a year",
    "MIL": "Military service",
    "ANC": "Ancestries named",
    "NATIVITY": "Nativity",
    "DEAR": "Difficulty in hearing",
    "DEYE": "Difficulty in seeing",
    "DREM": "Difficulty in remembering",
    "SEX": "Sex",
    "RAC1P": "Race",
}
LABELS = {
    "SCHL": {
        "0": "under 3 years old", "1": "none", "2": "nursery school", "3": "kindergarten", **GRADES,
        "15": "grade 12, no diploma", "16": "high school diploma", "17": "high school by test",
        "18": "college, under a year", "19": "college, no degree", "20": "associate's degree",
        "21": "bachelor's degree", "22": "master's degree", "23": "professional degree", "24": "doctorate",
    },
    "MAR": {"1": "married", "2": "widowed", "3": "divorced", "4": "separated", "5": "never married"},
    "RELP": {
        "0": "householder", "1": "husband or wife", "2": "child", "3": "adopted child", "4": "stepchild",
        "5": "brother or sister", "6": "parent", "7": "grandchild", "8": "parent-in-law", "9": "child-in-law",
        "10": "other relative", "11": "roomer", "12": "housemate", "13": "unmarried partner", "14": "foster child",
        "15": "not related", "16": "in an institution", "17": "in other group quarters",
    },
    "DIS": {"1": "with", "2": "without"},
    "ESP": {
        "0": "not asked", "1": "two parents, both in the labor force", "2": "two parents, the father in it",
        "3": "two parents, the mother in it", "4": "two parents, none in it", "5": "father alone, in the labor force",
        "6": "father alone, not in it", "7": "mother alone, in the labor force", "8": "mother alone, not in it",
    },
    "CIT": {
        "1": "born in the US", "2": "born in its territories", "3": "born abroad of US parents", "4": "naturalized",
        "5": "not a citizen",
    },
    "MIG": {"0": "under a year old", "1": "stayed", "2": "came from abroad", "3": "moved within the US"},
    "MIL": {
        "0": "under 17", "1": "on active duty", "2": "in the past", "3": "in training only", "4": "never",
    },
    "ANC": {"1": "one", "2": "several", "3": "not classified", "4": "not told"},
    "NATIVITY": {"1": "native", "2": "foreign born"},
    "DEAR": YES_NO,
    "DEYE": YES_NO,
    "DREM": {"0": "under 5 years old", **YES_NO},
    "SEX": {"1": "male", "2": "female"},
    "RAC1P": {
        "1": "white",
        "2": "black",
        "3": "American Indian",
        "4": "Alaska Native",
        "5": "American Indian or Alaska Native",
        "6": "Asian",
        "7": "Pacific Islander",
        "8": "other",
        "9": "two or more",
    },
}  # fmt: skip


def labels_of(column: str) -> list[dict[str, str]]:
    """What the column's codes stand for, as the API takes it."""
    return [{"value": value, "label": label} for value, label in LABELS.get(column, {}).items()]


def columns() -> list[dict[str, Any]]:
    """What every column means, as `describeColumns` takes it."""
    return [
        {"name": name, "title": TITLES[name], "values": labels_of(name)}
        for name in (*NUMBER_COLUMNS, *CATEGORY_COLUMNS)
    ]
