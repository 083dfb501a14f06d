import { measureName, share } from '../../lib/format';

interface Component {
  kind: string;
  value: number | null;
  reason: string | null;
  parts: readonly { name: string; value: number }[];
}

const SHOWN = 2;
const WELL: Partial<Record<string, string>> = { STABILITY: 'No feature is beyond its PSI limit', PERFORMANCE: 'Nothing is below its baseline' };
/** What a part of 1 stands for; a part is never the measured value itself. */
const RELATIVE: Partial<Record<string, string>> = { PERFORMANCE: 'relative to its baseline', FAIRNESS: 'relative to four fifths' };
/** What would be written as 1.00. */
const NEARLY_WHOLE = 0.995;

/** Why a component is where it is: its own reason, else the parts of it that do worst. */
export function why({ kind, value, reason, parts }: Component): string | null {
  if (reason !== null) return reason;
  const worst = parts.filter((part) => part.value < NEARLY_WHOLE).slice(0, SHOWN);
  if (worst.length === 0) return value === null ? null : WELL[kind] ?? 'Nothing is below its limit';
  const rest = parts.filter((part) => part.value < NEARLY_WHOLE).length - worst.length;
  const more = rest > 0 ? `, and ${String(rest)} more` : '';
  if (kind === 'STABILITY') return `Drifted: ${worst.map((part) => part.name).join(', ')}${more}`;
  if (kind === 'QUALITY') return `Not kept: ${worst.map((part) => part.name).join('; ')}${more}`;
  const relative = RELATIVE[kind] === undefined ? '' : `${worst.length > 1 ? ', each' : ''} ${RELATIVE[kind]}`;
  return `Lowest: ${worst.map((part) => `${measureName(part.name)} ${share(part.value)}`).join(', ')}${more}${relative}`;
}
