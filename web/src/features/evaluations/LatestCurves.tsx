import { Panel } from '../../components/Panel';
import { Loaded, LoadingBlock } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { windowText } from '../../lib/time';
import { CurvePanel } from './CurvePanel';

const RecordedCurves = graphql(`
  query RecordedCurves($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      latestEvaluation {
        id
        windowStart
        windowEnd
        curves {
          ...CurveFigures
        }
      }
    }
  }
`);

/** The curves of the newest recorded evaluation: a live reading keeps none. */
export function LatestCurves({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: RecordedCurves, variables: { id: modelId, asOf } });
  return (
    <Loaded
      what="The curves"
      result={result}
      onRetry={() => readAgain({ requestPolicy: 'network-only' })}
      loading={<LoadingBlock height={300} />}
      isEmpty={(data) => !data.model?.latestEvaluation}
      empty={<Panel title="Curves"><p className="dim">They are drawn from recorded evaluations; none is recorded yet.</p></Panel>}
    >
      {({ model }) => model?.latestEvaluation && (
        <CurvePanel
          curves={model.latestEvaluation.curves}
          window={`Recorded, window ${windowText(model.latestEvaluation.windowStart, model.latestEvaluation.windowEnd)}`}
        />
      )}
    </Loaded>
  );
}
