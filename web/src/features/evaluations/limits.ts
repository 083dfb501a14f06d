import { measured } from '../../lib/format';

/** What a number has to keep to pass. */
export function limitText(limit: number | null, betterWhen: string | undefined): string | null {
  if (limit === null) return null;
  if (betterWhen === undefined) return measured(limit);
  return `${betterWhen.startsWith('low') ? 'at most' : 'at least'} ${measured(limit)}`;
}

interface Judged {
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  value: number | null;
}

const RANK = { FAIL: 0, INCONCLUSIVE: 1, PASS: 2 } as const;

/** The worst of several: one failing is a failure, then what can't be told. */
export function worst(results: readonly Judged[]): Judged['verdict'] | null {
  const [first] = results.toSorted((left, right) => RANK[left.verdict] - RANK[right.verdict]);
  return first?.verdict ?? null;
}
