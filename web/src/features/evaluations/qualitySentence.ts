import { plural, shortName } from '../../lib/format';

interface Check {
  name: string;
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
}

const MOST_NAMES = 4;

/** The first glance: is anything wrong with the data, and if so, what? */
export function qualitySentence(checks: readonly Check[]): string {
  const of = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict);
  const failing = of('FAIL');
  if (failing.length > 0) {
    const shown = failing.slice(0, MOST_NAMES).map((check) => shortName(check.name));
    const rest = failing.length - shown.length;
    return `Wrong with the data: ${shown.join(', ')}${rest > 0 ? ` and ${plural(rest, 'other')}` : ''}`;
  }
  const unclear = of('INCONCLUSIVE').length;
  return unclear === 0 ? 'Nothing is wrong with the data' : `Nothing is known to be wrong with the data; ${plural(unclear, 'check')} can\u2019t be told`;
}
