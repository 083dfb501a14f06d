import type { TrustFiguresFragment } from '../../gql/graphql';
import { share } from '../../lib/format';

const WORDS = { UP: '↗ up', DOWN: '↘ down', STEADY: '→ steady', UNKNOWN: 'not known yet' } as const;

/** The direction in an arrow and a word, and by how much. The API tells the change relative to the score before. */
export function trendText({ trend, value }: Pick<TrustFiguresFragment, 'trend' | 'value'>): string {
  const word = WORDS[trend.direction];
  const change = value === null || trend.share === null || trend.share <= -1 ? null : Math.abs(value - value / (1 + trend.share));
  const isMoving = trend.direction === 'UP' || trend.direction === 'DOWN';
  if (!isMoving || change === null) return word;
  return Number(change.toFixed(2)) === 0 ? 'unchanged' : `${word} ${share(change)}`;
}
