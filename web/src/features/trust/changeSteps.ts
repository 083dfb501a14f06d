interface Contribution {
  amount: number;
}

export interface Level<Of> {
  contribution: Of;
  from: number;
  to: number;
}

/** The score after each contribution in turn, from the first value on. */
export function levels<Of extends Contribution>(before: number, contributions: readonly Of[]): Level<Of>[] {
  let from = before;
  return contributions.map((contribution) => {
    const level = { contribution, from, to: from + contribution.amount };
    from = level.to;
    return level;
  });
}

/** The least room that the drawing shows, so that a change of nothing is not drawn as a large one. */
const LEAST_SPAN = 0.05;
const MARGIN = 0.15;

/** The stretch of [0, 1] that a drawing of these levels shows. */
export function stretch(values: readonly number[]): { low: number; high: number } {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const span = Math.max(LEAST_SPAN, (most - least) * (1 + 2 * MARGIN));
  const middle = (least + most) / 2;
  const low = Math.max(0, Math.min(middle - span / 2, 1 - span));
  return { low, high: Math.min(1, low + span) };
}
