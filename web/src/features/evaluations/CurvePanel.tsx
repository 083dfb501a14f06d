import { Panel } from '../../components/Panel';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { CurveChart } from './CurveChart';
import { positiveShare, precisionPoints, reliabilityPoints, rocPoints } from './curvePoints';
import own from './CurvePanel.module.css';

export const CurveFigures = graphql(`
  fragment CurveFigures on PerformanceCurves {
    current {
      reason
      labelled
      positives
      thresholds
      falsePositiveRates
      truePositiveRates
      precisions
      meanScores
      positiveShares
      positiveShareIntervals {
        low
        high
      }
      binRows
      reliabilityReason
    }
    baseline {
      reason
      labelled
      positives
      thresholds
      falsePositiveRates
      truePositiveRates
      precisions
      meanScores
      positiveShares
      positiveShareIntervals {
        low
        high
      }
      binRows
      reliabilityReason
    }
  }
`);

/** What scores tell of labels at every threshold: three curves beside each other, the baseline dotted. */
export function CurvePanel({ curves: masked, window }: { curves: FragmentType<typeof CurveFigures> | null; window: string }) {
  const curves = readFragment(CurveFigures, masked);
  if (!curves) {
    return <Panel title="Curves" note={window}><p className="dim">This evaluation was recorded before curves were kept; the next one has them.</p></Panel>;
  }
  const { current, baseline } = curves;
  if (current.reason !== null && baseline.reason !== null) {
    return <Panel title="Curves" note={window}><p className="dim">There are none: {current.reason}. Baseline: {baseline.reason}.</p></Panel>;
  }
  const prevalence = positiveShare(current);
  return (
    <Panel
      title="Curves"
      note={
        <span className={own.key}>
          {window}:
          <span><i className={own.now} /> this window</span>
          <span><i className={own.then} /> baseline</span>
          <span><i className={own.none} /> no skill; of reliability, what scores promise</span>
        </span>
      }
    >
      <div className={own.row}>
        <CurveChart
          title="ROC" xName="False positive rate" yName="True positive rate" ofName="Score from"
          current={rocPoints(current)} baseline={rocPoints(baseline)} noSkill={[0, 1]}
          reason={current.reason} baselineReason={baseline.reason}
        />
        <CurveChart
          title="Precision by recall" xName="Recall" yName="Precision" ofName="Score from"
          current={precisionPoints(current)} baseline={precisionPoints(baseline)} noSkill={prevalence === null ? null : [prevalence, prevalence]}
          reason={current.reason} baselineReason={baseline.reason}
        />
        <CurveChart
          title="Reliability" xName="Mean score" yName="Share of positive labels" ofName="Rows" isDotted
          current={reliabilityPoints(current)} baseline={reliabilityPoints(baseline)} noSkill={[0, 1]}
          reason={current.reliabilityReason} baselineReason={baseline.reliabilityReason}
        />
      </div>
    </Panel>
  );
}
