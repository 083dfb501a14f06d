import { Panel } from '../../components/Panel';
import { Loaded, LoadingBlock } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import type { RecordedCurvesQuery } from '../../gql/graphql';
import { windowText } from '../../lib/time';
import { ConfusionPanel } from './ConfusionPanel';
import { CurvePanel } from './CurvePanel';

const RecordedCurves = graphql(`
  query RecordedCurves($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      latestEvaluation {
        id
        windowStart
        windowEnd
        confusions {
          ...ConfusionFigures
        }
        curves {
          ...CurveFigures
        }
      }
    }
  }
`);

/** The curves and confusions of the newest recorded evaluation: a live reading keeps none. */
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
        <Recorded evaluation={model.latestEvaluation} />
      )}
    </Loaded>
  );
}

type Latest = NonNullable<NonNullable<RecordedCurvesQuery['model']>['latestEvaluation']>;

function Recorded({ evaluation }: { evaluation: Latest }) {
  const window = `Recorded, window ${windowText(evaluation.windowStart, evaluation.windowEnd)}`;
  return (
    <>
      <ConfusionPanel confusions={evaluation.confusions} window={window} />
      <CurvePanel curves={evaluation.curves} window={window} />
    </>
  );
}
