import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { windowText } from '../../lib/time';
import { WeakestPanel } from './WeakestPanel';

const RecordedWeakest = graphql(`
  query RecordedWeakest($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      latestEvaluation {
        id
        windowStart
        windowEnd
        weakestSegments {
          ...WeakestFigures
        }
      }
    }
  }
`);

/** The weakest segments of the newest recorded evaluation: a live reading has counts, which do not tell them. */
export function LatestWeakest({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [{ data }] = useKeptQuery({ query: RecordedWeakest, variables: { id: modelId, asOf } });
  const evaluation = data?.model?.latestEvaluation;
  if (!evaluation?.weakestSegments) return null;
  return <WeakestPanel weakest={evaluation.weakestSegments} window={`Recorded, window ${windowText(evaluation.windowStart, evaluation.windowEnd)}`} />;
}
