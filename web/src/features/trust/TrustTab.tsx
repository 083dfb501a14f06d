import { Panel } from '../../components/Panel';
import { PolicyPanel } from '../../components/PolicyPanel';
import { Loaded, LoadingBlock, Empty } from '../../components/states';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import type { TrustFiguresFragment } from '../../gql/graphql';
import { ChangePanel } from './ChangePanel';
import { TrustChart } from './TrustChart';
import { TriedScore } from './TriedScore';
import { Waterfall } from './Waterfall';
import { toPoints } from './history';
import type { LiveTrustReading } from './useLiveTrust';
import { Choice } from '../../components/Choice';
import classes from './TrustTab.module.css';

const TrustHistory = graphql(`
  query TrustHistory($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      trustHistory(maxPoints: 600) {
        positions
        recordedAt
        windowEnd
        values
        lows
        highs
        coverages
      }
      trustPolicy {
        threshold
        ...PolicyFigures
      }
      marks {
        position
        recordedAt
        kind
        text
      }
    }
  }
`);

const ChangeTrustPolicy = graphql(`
  mutation ChangeTrustPolicy($input: ChangeTrustPolicyInput!) {
    changeTrustPolicy(input: $input) {
      __typename
      ... on ChangeTrustPolicyPayload {
        policy {
          ...PolicyFigures
        }
      }
      ...Refusal
    }
  }
`);

const REFRESH_MILLISECONDS = 10_000;

/** How the score went, what it is made of, and the policy that makes it. */
export function TrustTab({ modelId, mayChange, live, score }: {
  modelId: string;
  mayChange: boolean;
  live: LiveTrustReading | null;
  score: TrustFiguresFragment | null;
}) {
  const { asOf } = useAsOf();
  const [axis, setAxis] = useParam('axis', 'recorded');
  const [scale, setScale] = useParam('scale', 'near');
  const [result, readAgain] = useKeptQuery({ query: TrustHistory, variables: { id: modelId, asOf } });
  const retry = () => readAgain({ requestPolicy: 'network-only' });
  useRefresh(readAgain, asOf === null ? REFRESH_MILLISECONDS : null);
  const change = useCommand(ChangeTrustPolicy, retry, ['Model']);
  const isByWindow = axis === 'window';
  return (
    <div className={classes.tab}>
      <Panel
        title="Recorded trust"
        note={asOf === null ? 'Each point is a recorded score with its interval; the last, dotted, is live.' : 'Each point is a recorded score with its interval.'}
        actions={
          <>
            <Choice name="Time axis" value={axis} onChoose={setAxis} options={[['recorded', 'When recorded'], ['window', 'When predicted']]} />
            <Choice name="Scale" value={scale} onChoose={setScale} options={[['near', 'Near'], ['whole', '0 to 1']]} />
          </>
        }
      >
        <Loaded
          what="The recorded scores"
          result={result}
          onRetry={retry}
          loading={<LoadingBlock height={280} />}
          isEmpty={(data) => (data.model?.trustHistory.positions.length ?? 0) === 0}
          empty={<Empty title="No score has been recorded yet">The first stands here when a window closes or the live score moves by 0.01.</Empty>}
        >
          {(data) =>
            data.model && (
              <TrustChart
                points={toPoints(data.model.trustHistory, isByWindow)}
                marks={isByWindow ? [] : data.model.marks}
                threshold={data.model.trustPolicy.threshold}
                live={live && !isByWindow ? { at: live.reading.readAt, value: live.score.value ?? null } : null}
                isWhole={scale === 'whole'}
                axisName={isByWindow ? 'end of the window that was scored' : 'time of recording'}
              />
            )
          }
        </Loaded>
      </Panel>
      <ChangePanel modelId={modelId} points={result.data?.model ? toPoints(result.data.model.trustHistory, false) : []} newest={result.data?.model?.trustHistory.positions.at(-1) ?? null} />
      <div className={classes.two}>
        <Waterfall score={score} />
        <PolicyPanel
          title="Trust policy"
          note="Thresholds and weights are policy; changing them is recorded."
          happens={['reckon and judge the scores from now on by these rules', 'leave the scores that are recorded as they are', 'be recorded with your name and the reason']}
          policy={result.data?.model?.trustPolicy}
          isFailed={result.error !== undefined}
          command={change}
          tried={(rules) => <TriedScore modelId={modelId} rules={rules} />}
          onChange={mayChange && asOf === null ? (wanted) => change.send({ input: { modelId, ...wanted } }) : null}
        />
      </div>
    </div>
  );
}
