import { VERDICTS } from '../../components/meanings';
import type { ProofFiguresFragment } from '../../gql/graphql';
import { MISSING, measured } from '../../lib/format';

type Difference = ProofFiguresFragment['recomputations'][number]['differences'][number];
type Result = NonNullable<Difference['now']>;

const PARTS = { value: 'value', low: 'interval', high: 'interval', rows: 'rows', verdict: 'verdict', reason: 'reason', baseline: 'baseline', limit: 'limit' } as const;

/** Two results that differ, written so that it shows: every digit where fewer would be the same, and what of them differs. */
export function apart({ recorded, now, withinTolerance }: Difference): { recorded: string; now: string; besides: string } {
  if (recorded === null || now === null) return { recorded: shown(recorded, measured), now: shown(now, measured), besides: 'one of the two is not there' };
  const differing = [...new Set(Object.entries(PARTS).flatMap(([name, word]) => (recorded[name as keyof Result] === now[name as keyof Result] ? [] : [word])))];
  const areAlike = recorded.value !== now.value && measured(recorded.value) === measured(now.value);
  const write = areAlike ? exactly : measured;
  const what = differing.length > 0 ? differing.join(', ') : 'what defines it';
  return { recorded: shown(recorded, write), now: shown(now, write), besides: withinTolerance ? `${what}, by 1e-12 at most` : what };
}

function shown(result: Difference['now'], write: (value: number | null) => string): string {
  return result === null ? 'none' : `${write(result.value)}, ${VERDICTS[result.verdict].word.toLowerCase()}`;
}

function exactly(value: number | null): string {
  return value === null ? MISSING : String(value);
}
