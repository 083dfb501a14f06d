import { useLive } from '../../components/useLive';
import { readFragment } from '../../gql';
import type { LiveTrustSubscription, TrustFiguresFragment } from '../../gql/graphql';
import { newest } from '../../lib/live';
import { LiveTrust, TrustFigures } from './fragments';

export interface LiveTrustReading {
  reading: LiveTrustSubscription['trustScore'];
  score: TrustFiguresFragment;
}

/** The newest live reading of a model, never an older one after a newer. Null until the first has arrived. */
export function useLiveTrust(modelId: string, isPaused: boolean): LiveTrustReading | null {
  const data = useLive(
    { query: LiveTrust, variables: { modelId }, pause: isPaused },
    (shown: LiveTrustSubscription | undefined, arrived) => ({
      ...arrived,
      trustScore: newest(shown?.trustScore, arrived.trustScore),
    }),
  );
  if (isPaused || data === undefined) return null;
  return { reading: data.trustScore, score: readFragment(TrustFigures, data.trustScore.score) };
}
