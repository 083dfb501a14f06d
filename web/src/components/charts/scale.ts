/** A straight map from numbers to pixels. */
export interface Scale {
  (value: number): number;
  invert: (pixel: number) => number;
  domain: readonly [number, number];
}

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const [start, end] = range;
  const span = to - from || 1;
  const scale = (value: number) => start + ((value - from) / span) * (end - start);
  return Object.assign(scale, {
    invert: (pixel: number) => from + ((pixel - start) / (end - start || 1)) * span,
    domain,
  });
}

const STEPS = [1, 2, 2.5, 5, 10];

/** Round numbers inside a domain, at most about `wanted` of them. */
export function ticks([from, to]: readonly [number, number], wanted: number): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const CLOCK_STEPS = [
  1_000, 5_000, 15_000, 30_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE, 720 * MINUTE,
];
const DAY_STEPS = [1, 2, 7, 14];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];
const MONTH_DAYS = 31;

/** Moments inside a domain as a clock and a calendar have them: full hours, midnights, firsts of a month, in the reader's zone. */
export function timeTicks([from, to]: readonly [number, number], wanted: number): number[] {
  const rough = (to - from) / Math.max(1, wanted);
  const clock = CLOCK_STEPS.find((each) => each >= rough);
  const days = DAY_STEPS.find((each) => each * DAY >= rough);
  const months = MONTH_STEPS.find((each) => each * MONTH_DAYS * DAY >= rough) ?? 120;
  const start = new Date(from);
  const [year, month, day] = [start.getFullYear(), start.getMonth(), start.getDate()];
  const zone = start.getTimezoneOffset() * MINUTE;
  const nth = clock !== undefined
    ? (n: number) => (Math.ceil((from - zone) / clock) + n) * clock + zone
    : days !== undefined
      ? (n: number) => new Date(year, month, day + n * days).getTime()
      : (n: number) => new Date(year, month - (month % months) + n * months, 1).getTime();
  const found: number[] = [];
  for (let n = 0; n < 60 && nth(n) <= to; n += 1) if (nth(n) >= from) found.push(nth(n));
  return found.length > 0 ? found : [from];
}

/** The domain that a share is drawn in: all of the data, a little air, never outside [0, 1], on round numbers. */
export function shareDomain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const air = Math.max(0.02, (high - low) * 0.12);
  const from = Math.max(0, Math.floor((low - air) * 20) / 20);
  const to = Math.min(1, Math.ceil((high + air) * 20) / 20);
  return [Number(from.toFixed(2)), Number(to.toFixed(2))];
}

/** The domain that numbers of any size are drawn in: all of them, and a little air. */
export function numberDomain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const air = (high - low) * 0.12 || Math.abs(high) * 0.12 || 1;
  return [low - air, high + air];
}

/** Runs of neighbours that have a value; a missing one breaks the line instead of bridging it. */
export function runs<T>(points: readonly T[], hasValue: (point: T) => boolean): T[][] {
  const found: T[][] = [];
  let current: T[] = [];
  for (const point of points) {
    if (hasValue(point)) {
      current.push(point);
    } else if (current.length > 0) {
      found.push(current);
      current = [];
    }
  }
  if (current.length > 0) found.push(current);
  return found;
}

export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

export function bandPath(
  upper: readonly (readonly [number, number])[],
  lower: readonly (readonly [number, number])[],
): string {
  if (upper.length === 0) return '';
  return `${linePath(upper)}${linePath(lower.toReversed()).replace('M', 'L')}Z`;
}
