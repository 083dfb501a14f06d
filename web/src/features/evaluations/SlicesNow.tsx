import { Panel } from '../../components/Panel';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { windowText } from '../../lib/time';
import { SlicesPanel } from './SlicesPanel';

const CountedSlices = graphql(`
  query CountedSlices($id: ID!) {
    model(id: $id) {
      id
      production {
        version {
          id
          plan {
            slices {
              name
            }
          }
          slices {
            windowStart
            windowEnd
            reason
            slices {
              ...SliceFigures
            }
          }
        }
      }
    }
  }
`);

const TITLE = 'Slices now';

/** The slices of the plan's window up to the newest row, from counts; nothing of the past, and of a plan without slices. */
export function SlicesNow({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [{ data }] = useKeptQuery({ query: CountedSlices, variables: { id: modelId }, pause: asOf !== null });
  const version = data?.model?.production?.version;
  if (asOf !== null || !version?.plan?.slices.length) return null;
  const { windowStart, windowEnd, reason, slices } = version.slices;
  if (slices.length === 0 || windowStart === null || windowEnd === null) {
    return <Panel title={TITLE}><span className="dim">They can’t be told: {reason ?? 'there are none'}.</span></Panel>;
  }
  return <SlicesPanel title={TITLE} slices={slices} origin={{ evaluationId: null, window: `Counted, window ${windowText(windowStart, windowEnd)}` }} />;
}
