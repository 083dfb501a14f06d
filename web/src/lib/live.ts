/*
 * States that arrive live. Newest wins: what is older than what is shown is dropped, whatever order the network chose.
 */

/** Compares two whole numbers that are written as text and may be longer than a double can hold. */
export function compareDigits(left: string, right: string): number {
  const a = left.replace(/^0+(?=\d)/, '');
  const b = right.replace(/^0+(?=\d)/, '');
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The newer of what is shown and what arrived: by when it was read, then by the intake sequence that it reached. */
export function newest<T extends { sequence: string; readAt: string }>(shown: T | null | undefined, arrived: T): T {
  if (shown === null || shown === undefined) return arrived;
  const later = Date.parse(arrived.readAt) - Date.parse(shown.readAt);
  if (later !== 0) return later > 0 ? arrived : shown;
  return compareDigits(arrived.sequence, shown.sequence) >= 0 ? arrived : shown;
}

/** The last `limit` values, oldest first: the points of a sliding chart. */
export function slide<T>(points: readonly T[], arrived: T, limit: number): T[] {
  return [...points, arrived].slice(-limit);
}

/** Entries of a log, newest first, each once, however often and in whatever order they were told. */
export function newestFirst<T extends { position: string }>(entries: readonly T[]): T[] {
  const byPosition = new Map(entries.map((entry) => [entry.position, entry]));
  return [...byPosition.values()].toSorted((left, right) => compareDigits(right.position, left.position));
}
