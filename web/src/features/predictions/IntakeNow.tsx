import { Asked } from '../../components/Asked';
import { Fact, Facts } from '../../components/Fact';
import { Panel } from '../../components/Panel';
import { Age, Time } from '../../components/Time';
import { useLive } from '../../components/useLive';
import { useNow } from '../../components/useNow';
import { RateLine } from '../../components/charts/RateLine';
import { graphql, readFragment, type FragmentType } from '../../gql';
import type { LiveIngestionSubscription } from '../../gql/graphql';
import { count, rate } from '../../lib/format';
import { slide } from '../../lib/live';
import { CallsNow } from './CallsNow';
import classes from './IntakeNow.module.css';

export const IntakeFigures = graphql(`
  fragment IntakeFigures on Intake {
    predictions
    labels
    rejected
    highWater
    lastReceivedAt
  }
`);

const LiveIngestion = graphql(`
  subscription LiveIngestion($modelId: ID!, $after: Cursor) {
    ingestion(modelId: $modelId, after: $after) {
      cursor
      predictions
      labels
      rejected
      rowsPerSecond
      labelsPerSecond
      highWater
      lastReceivedAt
    }
  }
`);

const POINTS = 60;
const QUIET_MILLISECONDS = 10_000;

interface Shown {
  state: LiveIngestionSubscription['ingestion'];
  rates: number[];
}

/** What comes in: the rate as it is now, and what has come in so far. Under `asOf`, what had come in by then. */
export function IntakeNow({ modelId, intake, isPast }: {
  modelId: string;
  intake: FragmentType<typeof IntakeFigures>;
  isPast: boolean;
}) {
  const recorded = readFragment(IntakeFigures, intake);
  const points = useLive(
    { query: LiveIngestion, variables: { modelId }, pause: isPast },
    (before: Shown | undefined, { ingestion }): Shown => ({
      state: ingestion,
      rates: ingestion.rowsPerSecond === null ? (before?.rates ?? []) : slide(before?.rates ?? [], ingestion.rowsPerSecond, POINTS),
    }),
  );
  const live = isPast ? undefined : points;
  const clock = useNow();
  // The first reading of a stream that rests has no rate, and no second one comes: nothing comes in.
  const isQuiet = live !== undefined && clock - Date.parse(live.state.lastReceivedAt ?? '1970-01-01') > QUIET_MILLISECONDS;
  const rows = live?.state.rowsPerSecond ?? (isQuiet ? 0 : null);
  const labels = live?.state.labelsPerSecond ?? (isQuiet ? 0 : null);
  const now = live?.state ?? recorded;
  return (
    <Panel title={isPast ? 'Intake, by then' : 'Intake, live'}>
      {live && (
        <div className={classes.rate}>
          <Asked
            answer={{
              title: 'Rows a second',
              text: 'Predictions accepted and durable, over the last seconds.',
              lines: [['Predictions', `${rate(rows)} per second`], ['Labels', `${rate(labels)} per second`]],
            }}
          >
            <span className={classes.figure}>{rate(rows)}</span>
          </Asked>
          <span className="dim">rows/s<br />{rate(labels)} labels/s</span>
          <div className={classes.line}>
            <RateLine points={live.rates} label={`Rows a second, the last ${live.rates.length} readings`} />
          </div>
        </div>
      )}
      <Facts>
        <Fact name="Predictions">{count(now.predictions)}</Fact>
        <Fact name="Labels">{count(now.labels)}</Fact>
        <Fact name="Rejected rows">{count(now.rejected)}</Fact>
        <Fact name="Newest prediction made"><Time at={now.highWater} /></Fact>
        <Fact name="Last received"><Age at={now.lastReceivedAt} isPast={isPast} /></Fact>
        {!isPast && <CallsNow modelId={modelId} />}
      </Facts>
    </Panel>
  );
}
