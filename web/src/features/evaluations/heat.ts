interface Cell {
  value: number | null;
  limit: number | null;
  verdict: string;
}

interface Column {
  id: string;
  windowEnd: string;
  drift: readonly { feature: string; psi: Cell }[];
}

export interface Heat {
  columns: readonly Column[];
  rows: { feature: string; cells: (Cell | null)[] }[];
}

/** Evaluations as columns, oldest first, features as rows, the most moved in the newest evaluation first. */
export function toHeat(columns: readonly Column[]): Heat {
  const features = new Set(columns.flatMap((column) => column.drift.map((each) => each.feature)));
  const rows = [...features].map((feature) => ({
    feature,
    cells: columns.map((column) => column.drift.find((each) => each.feature === feature)?.psi ?? null),
  }));
  const newest = (row: (typeof rows)[number]) => row.cells.at(-1)?.value ?? -1;
  return { columns, rows: rows.toSorted((left, right) => newest(right) - newest(left)) };
}

/** How dark a cell is, in [0, 1]: half at its limit, whole at twice that. Missing is nothing. */
export function shadeOf(value: number | null, limit: number | null): number {
  if (value === null) return 0;
  return Math.min(1, value / (2 * (limit ?? 0.15)));
}
