import { Asked } from '../../components/Asked';
import { Changing } from '../../components/Changing';
import { Sparkline } from '../../components/charts/Sparkline';
import { TrustScale } from '../../components/charts/TrustScale';
import { STANDINGS } from '../../components/meanings';
import { paths } from '../../components/paths';
import { Time } from '../../components/Time';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { interval, share } from '../../lib/format';
import { useLiveTrust } from './useLiveTrust';
import { FreshnessFigures, TrustFigures } from './fragments';
import { scoreAnswer } from './answers';
import { standingNow } from './standingNow';
import classes from './TrustCell.module.css';

export const TrustCellModel = graphql(`
  fragment TrustCellModel on Model {
    id
    trust {
      ...TrustFigures
    }
    trustFreshness {
      ...FreshnessFigures
    }
    trustHistory(maxPoints: 60) {
      values
      lows
      highs
    }
  }
`);

/** One model's trust in a row of the list: the number, its interval, the whole range, and where it came from. */
export function TrustCell({ model, isPast }: { model: FragmentType<typeof TrustCellModel>; isPast: boolean }) {
  const { id, trust, trustFreshness, trustHistory } = readFragment(TrustCellModel, model);
  const recorded = readFragment(TrustFigures, trust);
  const live = useLiveTrust(id, isPast || recorded === null);
  const score = live?.score ?? recorded;
  if (!score) return <span className="dim">not scored yet</span>;
  const freshness = readFragment(FreshnessFigures, trustFreshness);
  const { meaning } = STANDINGS[standingNow(score, freshness)];
  const values = trustHistory.values;
  return (
    <div className={classes.cell}>
      <div className={classes.figure}>
        <Asked
          answer={scoreAnswer(score, live?.reading)}
          to={recorded?.evaluationId ? paths.evaluation(recorded.evaluationId) : null}
        >
          <strong><Changing value={share(score.value)} /></strong>
        </Asked>
        <span className={classes.interval}>{score.value === null ? `coverage ${share(score.coverage)}` : interval(score.interval)}</span>
        {freshness?.sentence && <span className={classes.interval}>no rows since <Time at={freshness.newestRowsAt} /></span>}
      </div>
      <div className={classes.scale}>
        <TrustScale
          value={score.value}
          low={score.interval?.low}
          high={score.interval?.high}
          threshold={score.threshold}
          meaning={meaning}
          isCompact
        />
      </div>
      <div className={classes.spark}>
        {values.length > 1 && (
          <Sparkline
            values={values}
            lows={trustHistory.lows}
            highs={trustHistory.highs}
            threshold={score.threshold}
            label={`Recorded trust, ${values.length} points`}
          />
        )}
      </div>
    </div>
  );
}
