import { share, words } from '../../lib/format';

interface Component {
  kind: string;
  value: number | null;
  reason: string | null;
  parts: readonly { name: string; value: number }[];
}

const SHOWN = 2;
/** What would be written as 1.00. */
const NEARLY_WHOLE = 0.995;

/** Why a component is where it is: its own reason, else the parts of it that do worst. */
export function why({ kind, value, reason, parts }: Component): string | null {
  if (reason !== null) return reason;
  const worst = parts.filter((part) => part.value < NEARLY_WHOLE).slice(0, SHOWN);
  if (worst.length === 0) return value === null ? null : kind === 'STABILITY' ? 'No feature has drifted' : 'Nothing is below its limit';
  const rest = parts.filter((part) => part.value < NEARLY_WHOLE).length - worst.length;
  const named = worst.map((part) => `${words(part.name)} ${share(part.value)}`).join(', ');
  return `${kind === 'STABILITY' ? 'Drifted: ' : 'Lowest: '}${named}${rest > 0 ? `, and ${String(rest)} more` : ''}`;
}
