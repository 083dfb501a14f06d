import type { PerformanceOverWindowsQuery } from '../../gql/graphql';

export type History = NonNullable<PerformanceOverWindowsQuery['model']>['performanceHistory'];

export interface Side {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface RealisedPoint {
  evaluationId: string;
  windowStart: string;
  windowEnd: string;
  labelCoverage: number | null;
  realised: Side;
  estimated: Side;
}

/** One measure of a history, window by window; nothing of one that it does not hold. */
export function realisedPoints(history: History, measure: string): RealisedPoint[] {
  const found = history.measures.find((each) => each.measure === measure);
  if (!found) return [];
  const side = (values: readonly (number | null)[], intervals: readonly ({ low: number; high: number } | null)[], window: number): Side => ({
    value: values[window] ?? null,
    low: intervals[window]?.low ?? null,
    high: intervals[window]?.high ?? null,
  });
  return history.evaluationIds.map((evaluationId, window) => ({
    evaluationId,
    windowStart: history.windowStarts[window] ?? '',
    windowEnd: history.windowEnds[window] ?? '',
    labelCoverage: history.labelCoverages[window] ?? null,
    realised: side(found.realised, found.realisedIntervals, window),
    estimated: side(found.estimated, found.estimatedIntervals, window),
  }));
}
