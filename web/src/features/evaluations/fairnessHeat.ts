interface Judged {
  measure: string;
  subject: string | null;
  value: number | null;
  limit: number | null;
}

export interface FairnessHeatMap<Of> {
  /** The attributes; null is all of them together, or everybody. */
  columns: (string | null)[];
  rows: { measure: string; cells: (Of | null)[] }[];
}

const TOGETHER = 'intersectional_';

/** Measures as rows and attributes as columns. What is measured of the intersections stands beside what it is of. */
export function toFairnessHeat<Of extends Judged>(results: readonly Of[], attributes: readonly string[]): FairnessHeatMap<Of> {
  const rowOf = (result: Of) => (result.measure.startsWith(TOGETHER) ? result.measure.slice(TOGETHER.length) : result.measure);
  const measures = [...new Set(results.map(rowOf))];
  const columns: (string | null)[] = results.some((each) => each.subject === null) ? [...attributes, null] : [...attributes];
  const rows = measures.map((measure) => ({
    measure,
    cells: columns.map((column) => results.find((each) => rowOf(each) === measure && each.subject === column) ?? null),
  }));
  return { columns, rows };
}

/** How dark a cell is, in [0, 1]: half at its limit, whole at twice as far from what is fair. Without a limit nothing. */
export function unfairness({ value, limit }: { value: number | null; limit: number | null }, fair: number): number {
  if (value === null || limit === null || limit === fair) return 0;
  return Math.min(1, Math.abs(value - fair) / (2 * Math.abs(limit - fair)));
}

/** What stands for no difference at all: a ratio of 1, and 0 of all else. */
export function fairValue(measure: string): number {
  return measure.endsWith('_ratio') ? 1 : 0;
}
