/** `asOf` in the address: a recorded time or a position. Null is now. */
export const AS_OF = 'asOf';

/** What an address says, or null when it says nothing that the API would take. */
export function readAsOf(params: URLSearchParams): string | null {
  const value = params.get(AS_OF);
  if (value === null) return null;
  if (/^\d{1,18}$/.test(value)) return value;
  return /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)) ? value : null;
}

/** A moment in the address that can't be read; null where there is none, or one that can. */
export function unreadableAsOf(params: URLSearchParams): string | null {
  const value = params.get(AS_OF);
  return value === null || readAsOf(params) !== null ? null : value;
}

export function isPosition(asOf: string): boolean {
  return /^\d+$/.test(asOf);
}

/** The same address at another moment; everything else in it stays. */
export function withAsOf(params: URLSearchParams, asOf: string | null): URLSearchParams {
  const next = new URLSearchParams(params);
  if (asOf === null) next.delete(AS_OF);
  else next.set(AS_OF, asOf);
  return next;
}

/** Where on a slider of `steps` steps between the first and the last recorded time a moment lies. */
export function toStep(time: number, first: number, last: number, steps: number): number {
  if (last <= first) return steps;
  return Math.round(Math.min(1, Math.max(0, (time - first) / (last - first))) * steps);
}

/** The moment of a step. The last step is now, so that it keeps moving. */
export function fromStep(step: number, first: number, last: number, steps: number): string | null {
  if (step >= steps || last <= first) return null;
  return new Date(first + ((last - first) * Math.max(0, step)) / steps).toISOString();
}
