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
const TIME_STEPS = [
  1_000, 5_000, 15_000, 30_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE,
  720 * MINUTE, 1_440 * MINUTE, 2_880 * MINUTE, 10_080 * MINUTE, 43_200 * MINUTE, 129_600 * MINUTE, 525_600 * MINUTE,
];

export function timeTicks([from, to]: readonly [number, number], wanted: number): number[] {
  const rough = (to - from) / Math.max(1, wanted);
  const step = TIME_STEPS.find((each) => each >= rough) ?? 525_600 * MINUTE;
  const zone = new Date(from).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((from - zone) / step) * step + zone;
  const found: number[] = [];
  for (let tick = first; tick <= to && found.length < 50; tick += step) found.push(tick);
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
