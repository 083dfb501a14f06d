import type { CurveFiguresFragment } from '../../gql/graphql';

type Side = CurveFiguresFragment['current'];

export interface CurvePoint {
  x: number;
  y: number;
  low: number | null;
  high: number | null;
  /** What the point stands for in the table: a threshold, or a number of rows. */
  of: number | null;
}

const at = (x: number | undefined, y: number | undefined, of: number | null, interval?: { low: number; high: number } | null): CurvePoint =>
  ({ x: x ?? 0, y: y ?? 0, of, low: interval?.low ?? null, high: interval?.high ?? null });

/** True by false positive rates; from the corner where nothing is taken. */
export function rocPoints(side: Side): CurvePoint[] {
  if (side.thresholds.length === 0) return [];
  return [at(0, 0, null), ...side.thresholds.map((threshold, point) => at(side.falsePositiveRates[point], side.truePositiveRates[point], threshold))];
}

/** Precision by recall. Where nothing is taken there is no precision, so it begins at the first point. */
export function precisionPoints(side: Side): CurvePoint[] {
  return side.thresholds.map((threshold, point) => at(side.truePositiveRates[point], side.precisions[point], threshold));
}

/** Shares of positive labels by mean score. */
export function reliabilityPoints(side: Side): CurvePoint[] {
  return side.meanScores.map((score, bin) => at(score, side.positiveShares[bin], side.binRows[bin] ?? null, side.positiveShareIntervals[bin]));
}

/** What a ranking without any skill has for a precision. */
export function positiveShare(side: Side): number | null {
  return side.labelled > 0 ? side.positives / side.labelled : null;
}
