import { count } from '../../lib/format';

/** How far a history is measured, in words. */
export function backfillText(tag: string, { windows, completed, failed, cancelled }: { windows: number; completed: number; failed: number; cancelled: number }): string {
  const rest = [failed > 0 && `${count(failed)} failed`, cancelled > 0 && `${count(cancelled)} cancelled`].filter((each) => each !== false);
  return [`History of ${tag}: ${count(completed)} of ${count(windows)} windows measured`, ...rest].join(', ');
}
