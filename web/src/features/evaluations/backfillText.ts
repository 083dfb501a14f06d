import { count, plural } from '../../lib/format';

interface HowFar {
  windows: number;
  completed: number;
  failed: number;
  cancelled: number;
  notAskedFor: number;
}

/** How far a history is measured, in words. */
export function backfillText(tag: string, { windows, completed, failed, cancelled, notAskedFor }: HowFar): string {
  const rest = [failed > 0 && `${count(failed)} failed`, cancelled > 0 && `${count(cancelled)} cancelled`].filter((each) => each !== false);
  const told = [`History of ${tag}: ${count(completed)} of ${count(windows)} windows measured`, ...rest].join(', ');
  if (notAskedFor === 0) return told;
  return `${told}. No evaluation of ${plural(notAskedFor, 'window')} was asked for yet; if that stays so, what they are measured by cannot be read: stop it and ask again`;
}
