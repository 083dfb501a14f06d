import { Asked } from '../../components/Asked';
import { Changing } from '../../components/Changing';
import { MeaningMark } from '../../components/Meaning';
import { STANDINGS } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty } from '../../components/states';
import { Time } from '../../components/Time';
import { TrustScale } from '../../components/charts/TrustScale';
import type { FreshnessFiguresFragment, TrustFiguresFragment } from '../../gql/graphql';
import { count, interval, share } from '../../lib/format';
import { windowText } from '../../lib/time';
import { scoreAnswer } from './answers';
import { standingNow } from './standingNow';
import { trendText } from './trends';
import type { LiveTrustReading } from './useLiveTrust';
import classes from './TrustNow.module.css';

/** The trust score, big: live, or as recorded when the past is shown or nothing is live. */
export function TrustNow({ modelId, recorded, freshness, live, isPast, maySend }: {
  modelId: string;
  recorded: TrustFiguresFragment | null;
  freshness: FreshnessFiguresFragment | null;
  live: LiveTrustReading | null;
  isPast: boolean;
  maySend: boolean;
}) {
  const score = live?.score ?? recorded;
  const title = live ? 'Trust, live' : isPast ? 'Trust, as recorded then' : 'Trust, last recorded';
  if (!score) {
    return (
      <Panel title="Trust">
        <Empty title={isPast ? 'No score was recorded by then' : 'No score yet'}>
          {!isPast && (
            <>
              The score appears when a version with a baseline is in production and its first predictions arrive.{' '}
              {maySend && <PlaceLink to={paths.sendTo(modelId)}>Send predictions</PlaceLink>}
            </>
          )}
        </Empty>
      </Panel>
    );
  }
  const { meaning, word } = STANDINGS[standingNow(score, freshness)];
  const evaluation = score.evaluationId ?? (live ? recorded?.evaluationId : null);
  return (
    <Panel title={title} actions={<MeaningMark meaning={meaning}>{word}</MeaningMark>}>
      <div className={classes.now}>
        <div className={classes.figure} data-meaning={meaning}>
          <Asked answer={scoreAnswer(score, live?.reading)} to={evaluation ? paths.evaluation(evaluation) : null}>
            <Changing value={share(score.value)} />
          </Asked>
        </div>
        <dl className={classes.beside}>
          <div><dt>Interval</dt><dd>{score.interval ? interval(score.interval) : '–'}</dd></div>
          <div><dt>Trend</dt><dd>{trendText(score)}</dd></div>
          <div><dt>Coverage</dt><dd><Changing value={share(score.coverage * (freshness?.weight ?? 1))} /></dd></div>
        </dl>
      </div>
      <TrustScale value={score.value} low={score.interval?.low} high={score.interval?.high} threshold={score.threshold} meaning={meaning} />
      {freshness?.sentence && <p className={classes.reason}>{freshness.sentence}</p>}
      {score.value === null && score.reason && <p className={classes.reason}>{score.reason}</p>}
      <p className={classes.foot}>
        {live ? (
          <>
            {count(live.reading.rows)} rows, {count(live.reading.labels)} labels in the window{' '}
            {windowText(live.reading.windowStart, live.reading.windowEnd)}
          </>
        ) : (
          <>Recorded <Time at={score.recordedAt} isExact /> at position {count(Number(score.position))}</>
        )}
      </p>
    </Panel>
  );
}
