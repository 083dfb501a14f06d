import type { TrustFiguresFragment } from '../gql/graphql';
import { TrustTab } from '../features/trust/TrustTab';
import type { LiveTrustReading } from '../features/trust/useLiveTrust';
import { NotFoundPage } from './NotFoundPage';

export const TABS: readonly [name: string, label: string][] = [
  ['trust', 'Trust'],
];

/** The part of a model that the address names. */
export function ModelTab({ tab, modelId, live, score }: {
  tab: string;
  modelId: string;
  live: LiveTrustReading | null;
  score: TrustFiguresFragment | null;
}) {
  switch (tab) {
    case 'trust':
      return <TrustTab modelId={modelId} live={live} score={score} />;
    default:
      return <NotFoundPage />;
  }
}
