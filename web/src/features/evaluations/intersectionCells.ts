import type { IntersectionFiguresFragment } from '../../gql/graphql';

type Interval = IntersectionFiguresFragment['selectionIntervals'][number];

export interface IntersectionCell {
  values: string[];
  rows: number;
  selectionRate: number | null;
  selectionInterval: Interval;
  truePositiveRate: number | null;
  truePositiveInterval: Interval;
  isLargeEnough: boolean;
}

/** The parallel arrays of intersections as cells. */
export function toCells(figures: IntersectionFiguresFragment): IntersectionCell[] {
  return figures.values.map((values, place) => ({
    values,
    rows: figures.rows[place] ?? 0,
    selectionRate: figures.selectionRates[place] ?? null,
    selectionInterval: figures.selectionIntervals[place] ?? null,
    truePositiveRate: figures.truePositiveRates[place] ?? null,
    truePositiveInterval: figures.truePositiveIntervals[place] ?? null,
    isLargeEnough: figures.areLargeEnough[place] ?? false,
  }));
}
