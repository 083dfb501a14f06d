import type { Standing } from '../../gql/graphql';

/** Where a model stands by now: as its score says, unless its evidence has grown too old for one. */
export function standingNow(score: { standing: Standing }, freshness: { standing: Standing; sentence: string | null } | null | undefined): Standing {
  return freshness?.sentence && freshness.standing === 'NOT_ENOUGH_EVIDENCE' ? 'NOT_ENOUGH_EVIDENCE' : score.standing;
}
