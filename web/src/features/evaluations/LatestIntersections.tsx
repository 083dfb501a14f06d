import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { windowText } from '../../lib/time';
import { IntersectionPanel } from './IntersectionPanel';

const RecordedIntersections = graphql(`
  query RecordedIntersections($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      latestEvaluation {
        id
        windowStart
        windowEnd
        intersections {
          ...IntersectionFigures
        }
      }
    }
  }
`);

/** The intersections of the newest recorded evaluation: a live reading has counts, which do not tell them. */
export function LatestIntersections({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [{ data }] = useKeptQuery({ query: RecordedIntersections, variables: { id: modelId, asOf } });
  const evaluation = data?.model?.latestEvaluation;
  if (!evaluation?.intersections) return null;
  return <IntersectionPanel intersections={evaluation.intersections} window={`Recorded, window ${windowText(evaluation.windowStart, evaluation.windowEnd)}`} />;
}
