import { measureName, signed, words } from '../../lib/format';

interface Part {
  name: string;
  cause: string;
  amount: number;
}

interface Contribution {
  kind: string | null;
  cause: string;
  parts: readonly Part[];
}

const SHOWN = 3;
/** What would be written as 0.000. */
const LEAST = 0.0005;

/** What moved: a component, or the policy. */
export function nameOf({ kind, cause }: Contribution): string {
  if (kind !== null) return words(kind);
  return cause === 'WEIGHTS' ? 'Weights of the policy' : 'Aggregation of the policy';
}

/** What it was about: the parts with what each adds, or what became of the component as a whole. */
export function whatMoved(contribution: Contribution): string {
  const { cause, kind, parts } = contribution;
  if (cause === 'CAME') return 'can be judged now';
  if (cause === 'WENT') return 'can no longer be judged';
  if (kind === null) return 'the trust policy changed';
  const told = parts.filter((part) => Math.abs(part.amount) >= LEAST);
  const shown = told.slice(0, SHOWN).map(partWords);
  const rest = told.slice(SHOWN).reduce((sum, part) => sum + part.amount, 0);
  if (told.length > SHOWN) shown.push(`${String(told.length - SHOWN)} more ${signed(rest, 3)}`);
  return shown.join(', ');
}

function partWords({ name, cause, amount }: Part): string {
  const how = { CAME: ', new', WENT: ', no longer measured', LIMIT: ', by another limit' }[cause] ?? '';
  return `${measureName(name)}${how} ${signed(amount, 3)}`;
}
