import { count, interval, measured, signed, significant } from '../../lib/format';

/** What is counted, and no share. */
const COUNTED = new Set(['volume']);

/** What is of the labels' own size and unit. */
const OWN_UNIT = new Set(['mean_absolute_error', 'root_mean_squared_error']);

/** A measured number: a count as a whole number, four digits of what has a unit, anything else with three decimals. */
export function valueText(measure: string, value: number | null): string {
  if (OWN_UNIT.has(measure)) return significant(value);
  return COUNTED.has(measure) ? count(value) : measured(value);
}

export function intervalText(measure: string, value: { low: number; high: number } | null): string {
  if (value !== null && OWN_UNIT.has(measure)) return `${significant(value.low)} to ${significant(value.high)}`;
  return interval(value, COUNTED.has(measure) ? 0 : 3);
}

/** Whether a measure of performance is told in hundredths. */
export function isShare(measure: string): boolean {
  return !OWN_UNIT.has(measure);
}

/** A change of a measure, with its sign. */
export function changeText(measure: string, change: number): string {
  if (!OWN_UNIT.has(measure)) return signed(change, 3);
  return `${change > 0 ? '+' : ''}${significant(change)}`;
}

/** What a number has to keep to pass. */
export function limitText(result: { measure: string; limit: number | null }, betterWhen: string | undefined): string | null {
  if (result.limit === null) return null;
  const limit = valueText(result.measure, result.limit);
  if (betterWhen === undefined) return limit;
  return `${betterWhen.startsWith('low') ? 'below' : 'at least'} ${limit}`;
}

interface Judged {
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  value: number | null;
}

const RANK = { FAIL: 0, INCONCLUSIVE: 1, PASS: 2 } as const;

/** The worst of several: one failing is a failure, then what can't be told. */
export function worst(results: readonly Judged[]): Judged['verdict'] | null {
  const [first] = results.toSorted((left, right) => RANK[left.verdict] - RANK[right.verdict]);
  return first?.verdict ?? null;
}
