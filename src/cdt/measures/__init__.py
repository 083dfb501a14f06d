"""Computes: pure functions over NumPy arrays and counts, from rows or profiles to numbers with their uncertainty.

The way through this room: `fit_grid` fixes, from reference rows, how a version's rows are counted;
`profile_predictions` and `profile_labels` count rows into a `Profile`; profiles are merged, subtracted and stored;
`reading_from_profiles` and `reading_from_rows` measure a window against its baseline. `catalog` lists the measures. No
verdicts are given here. `drift`, `fairness` and `performance` have measures as functions of plain arrays, for all.
"""

from cdt.measures import drift, fairness, performance
from cdt.measures.catalog import BY_NAME, MEASURES, as_markdown, definition, digest_of
from cdt.measures.columns import CategoryColumn, Column, Columns, NumberColumn, concatenate, number_column
from cdt.measures.definitions import ReadingRules
from cdt.measures.distribution import Distribution
from cdt.measures.estimates import Estimate
from cdt.measures.fitting import GroupRule, fit_grid
from cdt.measures.folding import GroupCodes, class_codes, group_codes, profile_labels, profile_predictions
from cdt.measures.grid import Grid
from cdt.measures.measure import Measure
from cdt.measures.packing import BrokenProfile, decode, decode_all, encode
from cdt.measures.profile import Profile, empty, merge, merge_all, subtract
from cdt.measures.rates import GroupRates
from cdt.measures.readings import Measured, Reading, reading_from_profiles, reading_from_rows
from cdt.measures.samples import LabelRows, PredictionRows, Sample

__all__ = [
    "BY_NAME",
    "MEASURES",
    "BrokenProfile",
    "CategoryColumn",
    "Column",
    "Columns",
    "Distribution",
    "Estimate",
    "Grid",
    "GroupCodes",
    "GroupRates",
    "GroupRule",
    "LabelRows",
    "Measure",
    "Measured",
    "NumberColumn",
    "PredictionRows",
    "Profile",
    "Reading",
    "ReadingRules",
    "Sample",
    "as_markdown",
    "class_codes",
    "concatenate",
    "decode",
    "decode_all",
    "definition",
    "digest_of",
    "drift",
    "empty",
    "encode",
    "fairness",
    "fit_grid",
    "group_codes",
    "merge",
    "merge_all",
    "number_column",
    "performance",
    "profile_labels",
    "profile_predictions",
    "reading_from_profiles",
    "reading_from_rows",
    "subtract",
]
