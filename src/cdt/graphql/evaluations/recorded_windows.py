"""The newest recorded windows of a model's production champion, as a picture over time shows them."""

from collections.abc import Sequence

from cdt.graphql.context import At, Info
from cdt.graphql.limits import A_STATEMENT, spend
from cdt.readmodels import evaluations, registry
from cdt.workers.readings import JudgedReading

MOST_WINDOWS = 100


async def recorded_windows(
    info: Info, at: At, model: registry.Model, *, windows: int
) -> Sequence[tuple[evaluations.Evaluation, JudgedReading]]:
    """Windows that have closed, each as it was recorded last, and the newest record of all; oldest first."""
    latest = await info.context.loaders.evaluations.latest_of_model.load((at, model.id))
    if latest is None:
        return []
    spend(A_STATEMENT)
    async with info.context.view(at) as view:
        rows = await evaluations.recorded_windows(view, latest.version_id, limit=windows)
    by_window = {(latest.window_start, latest.window_end): latest}
    for row in rows:
        by_window.setdefault((row.window_start, row.window_end), row)
    shown = sorted(by_window.values(), key=lambda row: (row.window_end, row.window_start))[-windows:]
    shown = [row for row in shown if row.results_digest is not None]
    load = info.context.loaders.evaluations.reading.load_many
    readings = await load([(row.project_id, str(row.results_digest)) for row in shown])
    return list(zip(shown, readings, strict=True))
