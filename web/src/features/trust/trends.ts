import type { TrustFiguresFragment } from '../../gql/graphql';
import { share } from '../../lib/format';

const ARROWS = { UP: '↗ up', DOWN: '↘ down', STEADY: '→ steady', UNKNOWN: 'unknown' } as const;

/** The direction in a word and an arrow, with how far it went. */
export function trendText(trend: TrustFiguresFragment['trend']): string {
  const word = ARROWS[trend.direction];
  const isMoving = trend.direction === 'UP' || trend.direction === 'DOWN';
  return isMoving && typeof trend.share === 'number' ? `${word} ${share(Math.abs(trend.share))}` : word;
}
