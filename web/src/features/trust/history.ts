import type { TrustHistoryQuery } from '../../gql/graphql';

type Series = NonNullable<TrustHistoryQuery['model']>['trustHistory'];

export interface TrustPoint {
  position: string;
  /** Milliseconds on the axis that is shown. */
  at: number;
  recordedAt: string;
  windowEnd: string | null;
  value: number | null;
  low: number | null;
  high: number | null;
  coverage: number | null;
}

/** The parallel arrays of a series as points, in the order of the axis that is shown. */
export function toPoints(series: Series, isByWindow: boolean): TrustPoint[] {
  const points = series.positions.map((position, index): TrustPoint => {
    const recordedAt = series.recordedAt[index] ?? '';
    const windowEnd = series.windowEnd[index] ?? null;
    return {
      position,
      at: Date.parse(isByWindow ? (windowEnd ?? '') : recordedAt),
      recordedAt,
      windowEnd,
      value: series.values[index] ?? null,
      low: series.lows[index] ?? null,
      high: series.highs[index] ?? null,
      coverage: series.coverages[index] ?? null,
    };
  });
  return points.filter((point) => !Number.isNaN(point.at)).toSorted((left, right) => left.at - right.at);
}

/** The index of the point nearest to a time. */
export function nearest(points: readonly TrustPoint[], at: number): number {
  let best = 0;
  points.forEach((point, index) => {
    if (Math.abs(point.at - at) < Math.abs((points[best]?.at ?? 0) - at)) best = index;
  });
  return best;
}
