"""How the drift of each feature went from window to window, as a picture over time shows it."""

from collections.abc import Sequence
from datetime import datetime

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.evaluations.results import RECORDED, MeasureResult
from cdt.domain.evaluations.severities import BANDS
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.evaluations.results import Severity, Verdict, severity_shown
from cdt.readmodels import evaluations
from cdt.workers.readings import JudgedReading

MOST_SUBJECTS = 200
_GRAVITY = tuple(Severity)
DRIFT_MEASURES = tuple(measure for measure in BANDS if RECORDED[measure].has_subjects)
"""Those of features that have bands of severity."""


@needs(Permission.READ)
@strawberry.type(description="A measure of drift of each feature and output in the newest recorded windows.")
class DriftHistory:
    """Parallel arrays: an evaluation for each window, oldest first; a row of each matrix for each subject."""

    measure: str
    evaluation_ids: list[strawberry.ID]
    window_starts: list[datetime]
    window_ends: list[datetime]
    subjects: list[str] = strawberry.field(
        description="The gravest in any of the windows first, of equals that which has moved most by the newest."
    )
    subject_count: int = strawberry.field(
        description="How many there are, or have the name that was asked for, also those that are not shown."
    )
    values: list[list[float | None]] = strawberry.field(description="By subject and window; null where there is none.")
    severities: list[list[Severity | None]]
    verdicts: list[list[Verdict | None]]

    @classmethod
    def of(
        cls,
        measure: str,
        found: Sequence[tuple[evaluations.Evaluation, JudgedReading]],
        *,
        most_subjects: int,
        name: str = "",
    ) -> "DriftHistory":
        """From evaluations with their results, oldest first. name: what the subjects' names hold, in any case."""
        columns = [{each.subject: each for each in reading.results if each.measure == measure} for _, reading in found]
        newest = columns[-1] if columns else {}
        names = {subject for column in columns for subject in column if subject is not None}
        names = {subject for subject in names if name.casefold() in subject.casefold()}
        bands = [reading.chosen_bands for _, reading in found]

        def gravity(subject: str) -> tuple[int, float, str]:
            said = (
                severity_shown(column[subject], chosen)
                for column, chosen in zip(columns, bands, strict=True)
                if subject in column
            )
            result = newest.get(subject)
            moved = 0.0 if result is None or result.value is None or not result.has_enough_rows else result.value
            return -max((_GRAVITY.index(each) for each in said if each is not None), default=-1), -moved, subject

        shown = sorted(names, key=gravity)[:most_subjects]
        rows: list[list[MeasureResult | None]] = [[column.get(subject) for column in columns] for subject in shown]
        return cls(
            measure=measure,
            evaluation_ids=[
                strawberry.ID(str(relay.GlobalID(type_name="Evaluation", node_id=str(row.id)))) for row, _ in found
            ],
            window_starts=[row.window_start for row, _ in found],
            window_ends=[row.window_end for row, _ in found],
            subjects=shown,
            subject_count=len(names),
            values=[[None if each is None else each.value for each in row] for row in rows],
            severities=[
                [
                    None if each is None else severity_shown(each, chosen)
                    for each, chosen in zip(row, bands, strict=True)
                ]
                for row in rows
            ],
            verdicts=[[None if each is None else Verdict(each.verdict) for each in row] for row in rows],
        )
