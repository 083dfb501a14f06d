import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { windowText } from '../../lib/time';
import { SlicesPanel } from './SlicesPanel';

const RecordedSlices = graphql(`
  query RecordedSlices($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      latestEvaluation {
        id
        windowStart
        windowEnd
        slices {
          ...SliceFigures
        }
      }
    }
  }
`);

/** The slices of the newest recorded evaluation: they are told from rows, which a live reading has not. */
export function LatestSlices({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [{ data }] = useKeptQuery({ query: RecordedSlices, variables: { id: modelId, asOf } });
  const evaluation = data?.model?.latestEvaluation;
  if (!evaluation) return null;
  return <SlicesPanel slices={evaluation.slices} origin={{ evaluationId: evaluation.id, window: `Recorded, window ${windowText(evaluation.windowStart, evaluation.windowEnd)}` }} />;
}
