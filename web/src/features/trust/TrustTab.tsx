import { Fact, Facts } from '../../components/Fact';
import { Panel } from '../../components/Panel';
import { Loaded, LoadingBlock, Empty } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import type { TrustFiguresFragment } from '../../gql/graphql';
import { share, words } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { TrustChart } from './TrustChart';
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
        version
        threshold
        aggregation
        minimumCoverage
        weights {
          kind
          weight
        }
        changedAt
        changedBy {
          kind
          id
          name
        }
        reason
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

const REFRESH_MILLISECONDS = 10_000;

/** How the score went, what it is made of, and the policy that makes it. */
export function TrustTab({ modelId, live, score }: {
  modelId: string;
  live: LiveTrustReading | null;
  score: TrustFiguresFragment | null;
}) {
  const { asOf } = useAsOf();
  const [axis, setAxis] = useParam('axis', 'recorded');
  const [scale, setScale] = useParam('scale', 'near');
  const [result, readAgain] = useKeptQuery({ query: TrustHistory, variables: { id: modelId, asOf } });
  const retry = () => readAgain({ requestPolicy: 'network-only' });
  useRefresh(readAgain, asOf === null ? REFRESH_MILLISECONDS : null);
  const policy = result.data?.model?.trustPolicy;
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
      <div className={classes.two}>
        <Waterfall score={score} />
        <Panel title="Trust policy" note="Thresholds and weights are policy; changing them is recorded.">
          {policy ? (
            <Facts>
              <Fact name="Threshold">{share(policy.threshold)}</Fact>
              <Fact name="Minimum coverage">{share(policy.minimumCoverage)}</Fact>
              <Fact name="Aggregation">{words(policy.aggregation)}</Fact>
              {policy.weights.map((each) => (
                <Fact key={each.kind} name={`Weight of ${each.kind.toLowerCase()}`}>{share(each.weight)}</Fact>
              ))}
              <Fact name="Version">{policy.version}</Fact>
              {policy.changedAt && <Fact name="Changed"><Time at={policy.changedAt} /> by {actorName(policy.changedBy)}</Fact>}
            </Facts>
          ) : result.error ? (
            <p className="dim">It could not be read.</p>
          ) : (
            <LoadingBlock height={140} />
          )}
        </Panel>
      </div>
    </div>
  );
}
