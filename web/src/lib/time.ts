import { MISSING } from './format';

const DAY_AND_MINUTE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit',
});
const DAY_AND_SECOND = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
});
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' });
const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const MINUTE = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const SECOND = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const SECOND_MILLISECONDS = 1_000;
const MINUTE_MILLISECONDS = 60 * SECOND_MILLISECONDS;
const HOUR_MILLISECONDS = 60 * MINUTE_MILLISECONDS;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

function formatted(format: Intl.DateTimeFormat, time: string | number | null | undefined): string {
  if (time === null || time === undefined) return MISSING;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? MISSING : format.format(date).replace(',', '').replace('Sept', 'Sep');
}

/** 3 Mar 2026 12:00, in the reader's time zone. */
export function moment(time: string | number | null | undefined): string {
  return formatted(DAY_AND_MINUTE, time);
}

export function exactMoment(time: string | number | null | undefined): string {
  return formatted(DAY_AND_SECOND, time);
}

export function day(time: string | number | null | undefined): string {
  return formatted(DAY, time);
}

/** How long ago, in the one unit that matters. */
export function age(time: string | number | null | undefined, now: number): string {
  if (time === null || time === undefined) return MISSING;
  const elapsed = Math.max(0, now - new Date(time).getTime());
  if (Number.isNaN(elapsed)) return MISSING;
  if (elapsed < 5 * SECOND_MILLISECONDS) return 'now';
  if (elapsed < MINUTE_MILLISECONDS) return `${Math.floor(elapsed / SECOND_MILLISECONDS)} s ago`;
  if (elapsed < HOUR_MILLISECONDS) return `${Math.floor(elapsed / MINUTE_MILLISECONDS)} min ago`;
  if (elapsed < DAY_MILLISECONDS) return `${Math.floor(elapsed / HOUR_MILLISECONDS)} h ago`;
  const days = Math.floor(elapsed / DAY_MILLISECONDS);
  return days === 1 ? '1 day ago' : `${days} days ago`;
}

/** A length of time in words: 604800 is 7 days. */
export function duration(seconds: number): string {
  const units: [number, string][] = [[86_400, 'day'], [3_600, 'hour'], [60, 'minute'], [1, 'second']];
  for (const [size, name] of units) {
    if (seconds >= size && seconds % size === 0) {
      const amount = seconds / size;
      return `${amount} ${name}${amount === 1 ? '' : 's'}`;
    }
  }
  return `${Math.round(seconds)} seconds`;
}

/** How the marks of a time axis are written, by the length that the axis spans. */
export function tickOf(spanMilliseconds: number): (time: number) => string {
  const format = spanMilliseconds > 300 * DAY_MILLISECONDS ? MONTH
    : spanMilliseconds > 3 * DAY_MILLISECONDS ? DAY_OF_YEAR
    : spanMilliseconds > 10 * MINUTE_MILLISECONDS ? MINUTE
    : SECOND;
  return (time) => formatted(format, time);
}

/** A window of `predicted_at`, half-open: from the first day to the last. */
export function windowText(start: string | null | undefined, end: string | null | undefined): string {
  if (!start || !end) return MISSING;
  const isLong = new Date(end).getTime() - new Date(start).getTime() >= 2 * DAY_MILLISECONDS;
  return isLong ? `${day(start)} to ${day(end)}` : `${moment(start)} to ${moment(end)}`;
}

/** For an `input type="datetime-local"`, in the reader's zone, to the second. */
export function toLocalInput(time: string | number): string {
  const date = new Date(time);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MILLISECONDS);
  return local.toISOString().slice(0, 19);
}

/** A moment of the reader's zone, as the API takes it; null for none. */
export function timeOf(text: string): string | null {
  const time = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
