import type { Standing } from '../../gql/graphql';

type Freshness = { standing: Standing; sentence: string | null } | null | undefined;

/** Where a model stands by now: as its score says, unless its evidence has grown too old for one. */
export function standingNow(score: { standing: Standing }, freshness: Freshness): Standing {
  return isTooOld(freshness) ? 'NOT_ENOUGH_EVIDENCE' : score.standing;
}

/** The headline: first how old the evidence is, where that is too old. */
export function sentenceNow(score: { sentence: string }, freshness: Freshness): string {
  return isTooOld(freshness) ? `${freshness?.sentence ?? ''} Until then: ${score.sentence}` : score.sentence;
}

function isTooOld(freshness: Freshness): boolean {
  return Boolean(freshness?.sentence) && freshness?.standing === 'NOT_ENOUGH_EVIDENCE';
}
