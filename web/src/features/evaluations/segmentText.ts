import type { WeakestFiguresFragment } from '../../gql/graphql';
import { count, share, significant } from '../../lib/format';

export type WeakSegment = WeakestFiguresFragment['segments'][number];
type Condition = WeakSegment['conditions'][number];

export interface Names {
  titleOf: (column: string) => string;
  labelOf: (column: string, value: string) => string;
}

/** What the rows of a segment have in common: "Schooling is grade 9 and Age in years is 55 or more". */
export function conditionsText(conditions: readonly Condition[], names: Names): string {
  return conditions.map((condition) => `${names.titleOf(condition.column)} is ${valueText(condition, names)}`).join(' and ');
}

/** How bad it is, and how many it concerns: "0.18 below the rest’s (0.12 to 0.24); 312 rows". */
export function gapText(segment: WeakSegment): string {
  const between = segment.interval ? ` (${share(segment.interval.low)} to ${share(segment.interval.high)})` : '';
  return `${share(segment.gap)} below the rest’s${between}; ${count(segment.rows)} rows`;
}

/** Of predicted numbers: "0.18 above the rest’s (0.12 to 0.24); 312 rows". */
export function farOffText(segment: WeakSegment): string {
  return gapText(segment).replace('below the rest’s', 'above the rest’s');
}

/** The share of decisions that are right. */
export function accuracyOf(errorRate: number): number {
  return 1 - errorRate;
}

function valueText({ column, label, low, high }: Condition, names: Names): string {
  if (label === '(missing)') return 'missing';
  if (label === '(other)') return 'one of the rarer values';
  if (label !== null) return label === '' ? 'empty' : names.labelOf(column, label);
  if (low === null && high === null) return 'known';
  if (low === null) return `below ${significant(high)}`;
  return high === null ? `${significant(low)} or more` : `at least ${significant(low)} and below ${significant(high)}`;
}
